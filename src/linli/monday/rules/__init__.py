"""The stages of a round and the contents of its report. Pure."""

from __future__ import annotations

from linli.monday.rules.stages import (
    AGENDA_MATTERS,
    ALREADY_SIGNED,
    AWAITED,
    BAD_WEEK,
    NO_COMMUNITY,
    NO_INBOX,
    NOT_READY,
    NOT_RECONCILED,
    STAGE_NAMES,
    UNDONE_BEFORE,
    UNKNOWN_FILE,
    UNREADABLE,
    WRITE_WEEK,
    FileTaken,
    Stage,
    freshness_step,
    told,
)

__all__ = [
    "AGENDA_MATTERS",
    "ALREADY_SIGNED",
    "AWAITED",
    "BAD_WEEK",
    "NOT_READY",
    "NOT_RECONCILED",
    "NO_COMMUNITY",
    "NO_INBOX",
    "STAGE_NAMES",
    "UNDONE_BEFORE",
    "UNKNOWN_FILE",
    "UNREADABLE",
    "WRITE_WEEK",
    "FileTaken",
    "Stage",
    "freshness_step",
    "told",
]
