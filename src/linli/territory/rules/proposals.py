"""How far a proposal is: waiting, running, done, failed, cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

DRAFTS_JOB = "territory.drafts"
CELLS, PARTS = "cells", "parts"
"""What is made: the cells that a draft is drawn with, or grids of them (and the cells first, where there are none)."""


class Stage(StrEnum):
    """Where a proposal stands."""

    NONE = "none"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Proposal:
    """``share`` 0 to 1 of the work is done, ``worst`` the largest deviation so far. ``words``: why it failed or fell short.

    ``afresh``: without regard to how the grids lie now.
    """

    stage: Stage = Stage.NONE
    what: str = PARTS
    seed: int = 0
    afresh: bool = False
    share: float = 0.0
    worst: float | None = None
    words: list[dict[str, Any]] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return self.stage in (Stage.WAITING, Stage.RUNNING)

    def become(self, stage: Stage, **more: Any) -> Proposal:
        return replace(self, stage=stage, **more)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"stage": self.stage.value}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Proposal:
        return cls(**{**value, "stage": Stage(value["stage"])}) if value else cls()
