"""That somebody asked a colleague to check a draft. It holds as long as nothing is drawn after it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Asked:
    """``by``: an account, None for the system; ``valid_from``: the day from which the grids are wanted; ``step`` of the draft."""

    by: UUID | None
    valid_from: date
    step: int

    def as_json(self) -> dict[str, Any]:
        return {"by": str(self.by) if self.by else None, "from": self.valid_from.isoformat(), "step": self.step}

    @classmethod
    def of(cls, value: Mapping[str, Any], step: int) -> Asked | None:
        """What was stored, if the draft still stands at the step that it was asked about."""
        if not value or value["step"] != step:
            return None
        return cls(UUID(value["by"]) if value["by"] else None, date.fromisoformat(value["from"]), value["step"])
