"""What leaves focus: the board of a week, one finding, and the evidence that a judgement needs."""

from __future__ import annotations

from linli.focus.queries.boards import (
    BoardView,
    DecisionRow,
    FindingRow,
    attended,
    board,
    boards,
    decisions_of,
    finding,
    seen_before,
)
from linli.focus.queries.evidence import gather

__all__ = [
    "BoardView",
    "DecisionRow",
    "FindingRow",
    "attended",
    "board",
    "boards",
    "decisions_of",
    "finding",
    "gather",
    "seen_before",
]
