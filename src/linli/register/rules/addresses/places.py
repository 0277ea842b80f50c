"""What reading an address starts from and ends with: known buildings in, a finding or a reason out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Reason(StrEnum):
    """Why no building was found."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    CONFLICT = "conflict"
    """Its parts contradict each other, or people confirmed two different buildings for it."""
    ELSEWHERE = "elsewhere"
    """It names a city, district, sub-district or community that isn't ours."""


class How(StrEnum):
    """What kind of evidence found a building, from the strongest to the weakest."""

    EXACT = "exact"
    """This very text is known: it was taken in before."""
    ALIAS = "alias"
    """Somebody confirmed this text, or the name in it."""
    READ = "read"
    """Every part of it is a known name or number."""
    FUZZY = "fuzzy"
    """One sign of a name is wrong, and only one known name fits."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an address says; an empty string where it says nothing."""

    street: str = ""
    house_number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""


@dataclass(frozen=True)
class Place:
    """One building as the territory knows it. Numbers are text without leading zeros; ``units`` 0 where it has no stair wells."""

    id: UUID
    name: str = ""
    estate: str = ""
    number: str = ""
    street: str = ""
    house_number: str = ""
    units: int = 0


class Doors(Protocol):
    """The dwellings of a community, asked for by building: a file that renews a town names few of them."""

    def of(self, building: UUID, /) -> Mapping[tuple[str, str], UUID]:
        """Id by (stair well, room)."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A building, its dwelling where one is known, and the stair well and room that were read. Or the reason why not.

    ``candidates``: up to three buildings that might be meant, for the queue; only where none was found.
    """

    building: UUID | None = None
    dwelling: UUID | None = None
    unit: str = ""
    room: str = ""
    reason: Reason | None = None
    how: How | None = None
    candidates: tuple[UUID, ...] = ()
