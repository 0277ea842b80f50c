"""The stages of a round, and what its report says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from linli.kernel.words import sentence


class Stage(StrEnum):
    """The seven steps of a round, in order. The last is a person's."""

    TAKE_IN = "take_in"
    RENEW = "renew"
    RECONCILE = "reconcile"
    FACTS = "facts"
    FINDINGS = "findings"
    REPORT = "report"
    SIGN_OFF = "sign_off"


STAGE_NAMES = {
    Stage.TAKE_IN: sentence("monday.stage.take_in", "Files taken in"),
    Stage.RENEW: sentence("monday.stage.renew", "Records renewed"),
    Stage.RECONCILE: sentence("monday.stage.reconcile", "Reconciled"),
    Stage.FACTS: sentence("monday.stage.facts", "Facts written"),
    Stage.FINDINGS: sentence("monday.stage.findings", "Findings"),
    Stage.REPORT: sentence("monday.stage.report", "Report"),
    Stage.SIGN_OFF: sentence("monday.stage.sign_off", "Sign-off"),
}

UNKNOWN_FILE = sentence(
    "monday.unknown_file", "%(file)s fits no declared mapping; it was left where it is. Declare a mapping, or remove the file."
)
UNREADABLE = sentence("monday.unreadable", "%(file)s can't be opened. Check that the file is there and may be read.")
UNDONE_BEFORE = sentence(
    "monday.undone_before",
    "%(file)s was taken in before and undone; take it in by hand if it is right after all (linli imports take), or remove it.",
)
AWAITED = sentence("monday.awaited", "%(file)s waits for a second person; nothing of it is written until its import is approved.")
NOT_RECONCILED = sentence("monday.not_reconciled", "%(file)s: %(rows)s rows came in, but only %(told)s are accounted for.")
NO_COMMUNITY = sentence("monday.no_community", "There is no community %(code)s.")
NO_INBOX = sentence("monday.no_inbox", "There is no folder %(path)s.")
BAD_WEEK = sentence("monday.bad_week", "%(week)s is not a week.")
WRITE_WEEK = sentence("monday.write_week", "Write the week as 2026-W47.")
ALREADY_SIGNED = sentence("monday.already_signed", "This week has been signed off.")
NOT_READY = sentence("monday.not_ready", "The round has not come to its report yet.")

AGENDA_MATTERS = 7


@dataclass(frozen=True)
class FileTaken:
    """What became of one file of the inbox. ``received``: the instant, ISO; ``why``: reasons of refusal, summed."""

    file: str
    kind: str
    batch: str | None
    rows: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    again: bool = False
    received: str | None = None
    why: Sequence[Mapping[str, Any]] = ()
    error: Mapping[str, Any] | None = None

    @property
    def taken(self) -> int:
        return sum(n for verdict, n in self.verdicts.items() if verdict != "refused")

    @property
    def refused(self) -> int:
        return self.verdicts.get("refused", 0)

    @property
    def reconciles(self) -> bool:
        """Rows in = new + changed + same + left + refused."""
        return self.error is not None or self.rows == sum(self.verdicts.values())


def told(files: Sequence[FileTaken]) -> bool:
    """Whether every row of every file is accounted for."""
    return all(file.reconciles for file in files)


def freshness_step(percent: float) -> int:
    """The shade of a cell by how much of a grid has been verified lately: 1 pale to 3 dark; 0 where someone should look."""
    return 3 if percent >= 95 else 2 if percent >= 93 else 1 if percent >= 90 else 0
