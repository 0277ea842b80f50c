"""What leaves focus: the board of a week, one finding, and the evidence that a judgement needs."""

from __future__ import annotations

from linli.focus.queries.boards import (
    BoardView,
    DecisionRow,
    FindingRow,
    board,
    boards,
    decisions_of,
    finding,
    public_attended,
    seen_before,
)
from linli.focus.queries.evidence import gather
from linli.focus.queries.maps import map_of

__all__ = [
    "BoardView",
    "DecisionRow",
    "FindingRow",
    "board",
    "boards",
    "decisions_of",
    "finding",
    "gather",
    "map_of",
    "public_attended",
    "seen_before",
]
