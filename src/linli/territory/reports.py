"""What the commands take and give back: plain rows and reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from linli.kernel.errors import BadInput
from linli.territory.rules.faults import Fault
from linli.territory.rules.sheets import PartFigures


@dataclass(frozen=True)
class NewDwelling:
    """A dwelling that somebody named: building's id, stair well (may be empty), room."""

    building: UUID
    unit: str = ""
    room: str = ""
    area_m2: float | None = None
    use: str = ""

    @property
    def key(self) -> tuple[UUID, str, str]:
        return (self.building, self.unit, self.room)


@dataclass
class DwellingsReport:
    """``rows`` = new + changed + same + one fault for each row that was refused."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[BadInput] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "refused": len(self.faults),
            "faults": [{"row": fault.where.row, "words": fault.words.as_json()} for fault in self.faults],
        }


@dataclass
class LayerReport:
    """One layer: ``features`` = new + changed + same + refused; ``absent``: known before and not in this file, kept
    as they are."""

    role: str
    layer: str
    crs: str
    features: int
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    absent: int = 0


@dataclass
class ImportReport:
    """What became of a territory file. ``again``: this very file was taken before and nothing was done."""

    file: str
    sha256: str
    again: bool = False
    layers: list[LayerReport] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    version: UUID | None = None
    state: str | None = None
    seconds: float = 0.0

    @property
    def refused(self) -> int:
        return sum(layer.refused for layer in self.layers)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "sha256": self.sha256,
            "again": self.again,
            "layers": [vars(layer) for layer in self.layers],
            "ignored": self.ignored,
            "faults": [fault.as_json() for fault in self.faults],
            "version": str(self.version) if self.version else None,
            "state": self.state,
        }


@dataclass
class GridReport:
    """Squares that were laid: how many, over how many points, and how many points were too far off to count."""

    grids: int
    points: int
    left_out: int
    version: UUID | None
    state: str | None


@dataclass(frozen=True)
class Stands:
    """How a draft stands after a step: the last step that holds, whether one was undone, the part of every cell, and each part's
    figures."""

    step: int
    redo: bool
    parts: list[int]
    locked: list[int]
    figures: list[PartFigures]

    @property
    def undo(self) -> bool:
        return self.step > 0
