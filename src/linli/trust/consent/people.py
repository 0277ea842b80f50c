"""What trust has to ask of the flats that know people: whether a viewer's scope reaches somebody, and when they were born."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.trust.models import Subject


@dataclass(frozen=True)
class KnowsPeople:
    """What a flat tells of subjects it knows. ``sees(viewer, community, subject)``: whether the person's grid is in scope;
    ``born(community, subject)``: the birth date (or the first of the month), None where it isn't known; ``stays(community,
    subject)``: whether they live here today; ``decides(viewer, community, subject)``: whether it is the viewer's own minor child,
    who keeps house with them. Each gives None for a subject that the flat doesn't know.
    """

    flat: str
    sees: Callable[[Actor, UUID, UUID], bool | None]
    born: Callable[[UUID, UUID], date | None]
    stays: Callable[[UUID, UUID], bool | None] = lambda _community, _subject: None
    decides: Callable[[Actor, UUID, UUID], bool | None] = lambda _viewer, _community, _subject: None


PEOPLE: dict[str, KnowsPeople] = {}


def offer_people(knows: KnowsPeople) -> None:
    """Make a flat's knowledge of people known; called by ``site.wiring``."""
    PEOPLE[knows.flat] = knows


def reaches_subject(viewer: Actor, community: UUID, subject: UUID) -> bool:
    """Whether the subject belongs to the community and lies within the viewer's scope.

    Whoever works in some grids only sees those of whom a flat says so; a resident sees themselves.
    """
    if not viewer.sees_community(community) or not Subject.objects.filter(id=subject, community=community).exists():
        return False
    if viewer.subject is not None and viewer.subject == subject:
        return True
    if viewer.grids is None:
        return True
    return any(knows.sees(viewer, community, subject) is True for knows in PEOPLE.values())


def birth_of(community: UUID, subject: UUID) -> date | None:
    """When somebody was born, as far as a flat knows."""
    return next((born for knows in PEOPLE.values() if (born := knows.born(community, subject))), None)


def lives_here(community: UUID, subject: UUID) -> bool:
    """Whether a flat says that somebody lives in the community today."""
    return any(knows.stays(community, subject) is True for knows in PEOPLE.values())


def decides_for(viewer: Actor, community: UUID, subject: UUID) -> bool:
    """Whether a resident has custody of somebody, as far as a flat knows."""
    return viewer.subject is not None and any(knows.decides(viewer, community, subject) is True for knows in PEOPLE.values())
