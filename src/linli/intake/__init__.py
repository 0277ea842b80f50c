"""Intake: one way in for every file. Batches with their key, mapping, row results and undo.

The public names below are all that other packages use. They load on first use, because models may only be imported once Django's
application registry stands. ``intake.parse`` holds the parsers that flats give to their fields.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.intake.changes import changed_after, changed_by, forget_change, forget_changes, hand_on, note_changes, stand_in
    from linli.intake.commands import declare_mapping, tidy_files, undo, wait_again
    from linli.intake.kinds import KINDS, Choice, Field, Kept, Kind, Outcome, Plan, Recognised, Row, Undone, Verdict, Why, offer
    from linli.intake.later import LaterBatch, hand_work_since, taken_in_since, without_turns
    from linli.intake.mapping import read_definition
    from linli.intake.parsed import ParsedRows
    from linli.intake.prints import forget_prints
    from linli.intake.queries import (
        BatchRow,
        ResultRow,
        batch_detail,
        batches,
        every_result,
        latest_batches,
        mappings,
        reasons,
        results,
        undone_before,
    )
    from linli.intake.recognition import Unrecognised, free_name, proposal_for, recognise
    from linli.intake.rules import State, mask
    from linli.intake.store import inbox_of
    from linli.intake.taking import BatchReport, apply_preview, approve, preview, rehearse_undo, take_in
    from linli.intake.undoing import Rows, restore
    from linli.intake.waiting import take_waiting

_HOMES = {
    "changes": ("changed_after", "changed_by", "forget_change", "forget_changes", "hand_on", "note_changes", "stand_in"),
    "commands": ("declare_mapping", "tidy_files", "undo", "wait_again"),
    "kinds": (
        "KINDS",
        "Choice",
        "Field",
        "Kept",
        "Kind",
        "Outcome",
        "Plan",
        "Recognised",
        "Row",
        "Undone",
        "Verdict",
        "Why",
        "offer",
    ),
    "later": ("LaterBatch", "hand_work_since", "taken_in_since", "without_turns"),
    "mapping": ("read_definition",),
    "prints": ("forget_prints",),
    "queries": (
        "BatchRow",
        "ResultRow",
        "batch_detail",
        "batches",
        "every_result",
        "latest_batches",
        "mappings",
        "reasons",
        "results",
        "undone_before",
    ),
    "recognition": ("Unrecognised", "free_name", "proposal_for", "recognise"),
    "rules": ("State", "mask"),
    "store": ("inbox_of",),
    "parsed": ("ParsedRows",),
    "taking": ("BatchReport", "apply_preview", "approve", "preview", "rehearse_undo", "take_in"),
    "undoing": ("Rows", "restore"),
    "waiting": ("take_waiting",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [*_HOME_OF]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"linli.intake offers no {name}")
    return getattr(import_module(f"linli.intake.{_HOME_OF[name]}"), name)
