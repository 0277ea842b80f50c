"""Whom a file speaks of: only inside a scope declared as full can absence mean anything, and even there it only *proposes*.

A mapping's options say ``{"coverage": "full", "area": {"grid": ["网格 1"]}, "people": ["floating"]}``. Without ``area`` the whole
community is meant, without ``people`` everybody who lives there. ``partial`` (some people) and ``delta`` (only changes) propose
nothing, ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence
from linli.register.rules.residence import RESIDENT, Status
from linli.register.rules.thresholds import threshold

NO_COVERAGE = sentence("register.coverage.unknown", "The mapping's coverage must be full, partial or delta, not %(said)s.")
NO_AREA = sentence("register.coverage.area", "The mapping's area must name one of grid, building or estate with a list of names.")
NO_PEOPLE = sentence(
    "register.coverage.people", "The mapping's people must be kinds of residents such as permanent or floating, not %(said)s."
)
AREA_OF_PARTIAL = sentence(
    "register.coverage.partial_area", "Only a full file has an area and kinds of people; leave them out or declare it full."
)
NO_LIMITS = sentence(
    "register.coverage.limits", "The mapping's second_person must give left and changed per mille, whole numbers from 0 to 1000."
)

Key = TypeVar("Key")


class Extent(StrEnum):
    """How much of its scope a file shows."""

    FULL = "full"
    PARTIAL = "partial"
    DELTA = "delta"


class Area(StrEnum):
    """What a full file's area is named by."""

    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"
    ESTATE = "estate"


class Placed(Protocol):
    """What of a resident decides whether a file should have shown them. Empty texts: not known."""

    @property
    def building(self) -> str: ...
    @property
    def grid(self) -> str: ...
    @property
    def estate(self) -> str: ...
    @property
    def status(self) -> Status: ...


@dataclass(frozen=True)
class Coverage:
    """What a file declares. ``names``: of the area; ``people``: statuses, empty for all who live here."""

    extent: Extent = Extent.PARTIAL
    area: Area = Area.COMMUNITY
    names: frozenset[str] = frozenset()
    people: frozenset[Status] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """The options that :func:`coverage_of` reads."""
        found: dict[str, Any] = {"coverage": self.extent.value}
        if self.area is not Area.COMMUNITY:
            found["area"] = {self.area.value: sorted(self.names)}
        if self.people:
            found["people"] = sorted(status.value for status in self.people)
        return found


def coverage_of(options: Mapping[str, Any]) -> Coverage:
    """What a mapping's options declare; nothing said is ``partial``. BadInput names what can't be understood."""
    said = options.get("coverage", Extent.PARTIAL.value)
    if said not in set(Extent):
        raise BadInput(NO_COVERAGE, said=str(said)[:40])
    extent = Extent(said)
    area, people = options.get("area"), options.get("people")
    if extent is not Extent.FULL:
        if area or people:
            raise BadInput(AREA_OF_PARTIAL)
        return Coverage(extent)
    return Coverage(extent, *_area(area), _people(people))


def _area(said: Any) -> tuple[Area, frozenset[str]]:
    if said in (None, {}, Area.COMMUNITY.value):
        return Area.COMMUNITY, frozenset()
    if not isinstance(said, Mapping) or len(said) != 1:
        raise BadInput(NO_AREA)
    kind, names = next(iter(said.items()))
    known = kind in {Area.GRID, Area.BUILDING, Area.ESTATE}
    if not known or not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise BadInput(NO_AREA)
    return Area(kind), frozenset(names)


def _people(said: Any) -> frozenset[Status]:
    if said in (None, []):
        return frozenset()
    if not isinstance(said, list):
        raise BadInput(NO_PEOPLE, said=str(said)[:40])
    for one in said:
        if one not in set(Status):
            raise BadInput(NO_PEOPLE, said=str(one)[:40])
    return frozenset(Status(one) for one in said)


def in_scope(coverage: Coverage, resident: Placed) -> bool:
    """Whether the file should have shown this resident. Whoever can't be placed within a narrower scope is outside it."""
    if coverage.extent is not Extent.FULL:
        return False
    if resident.status not in (coverage.people or RESIDENT):
        return False
    if coverage.area is Area.COMMUNITY:
        return True
    name: str = getattr(resident, coverage.area.value)
    return bool(name) and name in coverage.names


class Reason(StrEnum):
    """Why a second person has to look."""

    LEAVERS = "leavers"
    CHANGES = "changes"


@dataclass(frozen=True)
class Limits:
    """From which share on, per mille of the people in scope, a second person looks at a file."""

    left: int
    changed: int


def limits_of(options: Mapping[str, Any]) -> Limits:
    """What a mapping declares (``{"second_person": {"left": 30, "changed": 100}}``), else the common thresholds."""
    said = options.get("second_person", {})
    common = {"left": threshold("left_share"), "changed": threshold("changed_share")}
    known = isinstance(said, Mapping) and set(said) <= set(common)
    if not known or not all(isinstance(share, int) and 0 <= share <= 1000 for share in said.values()):
        raise BadInput(NO_LIMITS)
    return Limits(**common | said)


def second_person(*, in_scope: int, leavers: int, changes: int, limits: Limits | None = None) -> tuple[Reason, ...]:
    """Why applying needs a second person; empty where it doesn't. ``changes``: people changed or gone, without the new ones.

    Shares are of the people who stood in scope before; exactly the limit is still allowed.
    """
    limits = limits or limits_of({})
    found = []
    if leavers * 1000 > limits.left * in_scope:
        found.append(Reason.LEAVERS)
    if changes * 1000 > limits.changed * in_scope:
        found.append(Reason.CHANGES)
    return tuple(found)
