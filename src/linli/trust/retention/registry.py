"""Who keeps what: flats join with what falls due under a purpose and how it goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Cut:
    """What may go: ended (left, closed, written) before ``before``, and known as such by ``known_by``, when it was announced.

    Something that was entered later with an earlier date was not on the list that people saw, and waits for the next one.
    """

    before: datetime
    known_by: datetime


@dataclass(frozen=True)
class Retained:
    """One kind of thing that is kept for a purpose.

    ``due(community, cut)`` → how many fall under the cut. ``delete(community, cut, spared, most)`` deletes up to ``most`` of them
    inside the running command and returns how many went; 0 ends the run, so it must make headway or return 0. ``spared``:
    subjects under legal hold; where ``by_subject`` is False things cannot be told apart by person, and any hold on a person stops
    them all.
    """

    name: str
    purpose: str
    due: Callable[[UUID, Cut], int]
    delete: Callable[[UUID, Cut, frozenset[UUID], int], int]
    by_subject: bool = False


_RETAINED: dict[str, list[Retained]] = defaultdict(list)


def offer_retained(retained: Retained) -> None:
    """Make a kind of thing known; called by ``site.wiring``. Offered again under the same name, the later one counts."""
    kept = [one for one in _RETAINED[retained.purpose] if one.name != retained.name]
    _RETAINED[retained.purpose] = [*kept, retained]


def retained_for(purpose: str) -> list[Retained]:
    """Everything that is kept for a purpose."""
    return list(_RETAINED.get(purpose, ()))


def retained_purposes() -> list[str]:
    """The purposes under which anything is kept."""
    return sorted(purpose for purpose, kept in _RETAINED.items() if kept)
