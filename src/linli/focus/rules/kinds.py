"""What a finding can be, and what can be decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from linli.kernel.words import Words


class FindingKind(StrEnum):
    """The ways in which something deserves attention."""

    ABOVE = "above"
    NEW = "new"
    SILENT = "silent"
    COUNTER = "counter"
    UNVERIFIED = "unverified"
    OVERDUE = "overdue"
    TREND = "trend"


class DecisionAct(StrEnum):
    """What somebody decided about a finding."""

    TASK = "task"
    KNOWN = "known"
    DISMISS = "dismiss"


@dataclass(frozen=True)
class Identity:
    """The same finding in another week has the same identity."""

    kind: FindingKind
    grid: str | None = None
    matter: str | None = None
    counter: str | None = None

    def __str__(self) -> str:
        return ":".join([self.kind.value, self.grid or "", self.matter or "", self.counter or ""])


@dataclass(frozen=True)
class Draft:
    """A finding before it is ranked. ``p``: of seeing this by chance; ``series``: weeks or days of its chart, oldest first."""

    identity: Identity
    observed: float
    expected: float | None
    low: float | None
    high: float | None
    p: float
    parts: Mapping[str, float]
    title: Words
    reason: Words
    method: str
    series: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """A finding with its place among all of its week. ``q``: the false discovery rate at which it would be taken up."""

    draft: Draft
    rank: int
    score: float
    q: float


@dataclass(frozen=True)
class Unjudged:
    """What could not be judged, and why."""

    subject: Words
    reason: Words
    grid: str | None = None


@dataclass(frozen=True)
class GridTotal:
    """All reports of one grid in the week against what was expected.

    ``step``: the map's class 1 to 7, None where it can't be told. ``people``: residents on the Monday; ``old_percent``,
    ``care_percent``: of them 65 or older, with a care need. None: not known.
    """

    grid: str
    observed: int
    expected: float | None
    low: float | None
    high: float | None
    step: int | None
    people: int | None = None
    old_percent: int | None = None
    care_percent: int | None = None


@dataclass(frozen=True)
class Judgement:
    """Everything that a look at one week found."""

    findings: tuple[Ranked, ...]
    weaker: tuple[Ranked, ...]
    unjudged: tuple[Unjudged, ...]
    grids: tuple[GridTotal, ...]
