"""What is done to one person's record."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.queries.people import may_see
from linli.trust import NOT_FOUND, Permission, command, record


@command("register.open_person", may=Permission.PERSON_SEARCH)
def open_person(*, by: Actor, community: UUID, person: UUID) -> None:
    """Note that somebody opens a record: who looked is kept, and the person can ask. NotFound outside the actor's scope."""
    if not may_see(viewer=by, community=community, person=person):
        raise NotFound(NOT_FOUND)
    record("register.person.opened", ids=[person])


@command("register.note_search", may=Permission.PERSON_SEARCH)
def note_search(*, by: Actor, community: UUID, found: int) -> None:
    """Note that somebody searched the register, and how many people it ``found``; never what was asked: that may be a name."""
    record("register.search", counts={"found": found})


@command("register.note_export", may=Permission.SHARED_READ)
def note_export(*, by: Actor, community: UUID, week: str, rows: int, rule: str) -> None:
    """Note that protected counts of a Monday were taken away: how many numbers, and under which rule of disclosure."""
    record("register.export", counts={"rows": rows}, reason=f"{week} {rule}")
