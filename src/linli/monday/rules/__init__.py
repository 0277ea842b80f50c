"""The stages of a round and the contents of its report. Pure."""

from linli.monday.rules.stages import (
    AGENDA_MATTERS,
    ALREADY_SIGNED,
    BAD_WEEK,
    FileTaken,
    NOT_READY,
    NOT_RECONCILED,
    NO_COMMUNITY,
    NO_INBOX,
    STAGE_NAMES,
    Stage,
    UNKNOWN_FILE,
    WRITE_WEEK,
    freshness_step,
    told,
)

__all__ = [
    "AGENDA_MATTERS",
    "ALREADY_SIGNED",
    "BAD_WEEK",
    "FileTaken",
    "NOT_READY",
    "NOT_RECONCILED",
    "NO_COMMUNITY",
    "NO_INBOX",
    "STAGE_NAMES",
    "Stage",
    "UNKNOWN_FILE",
    "WRITE_WEEK",
    "freshness_step",
    "told",
]
