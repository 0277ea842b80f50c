"""Who was erased: which of a file's rows name somebody who asked for it, and who of the register is nobody's any more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Person
from linli.register.opening import chunks
from linli.register.rules.entries import Entry
from linli.register.rules.sealing import number_index
from linli.trust import Blinder, erased_before, erased_subjects


def erased_rows(*, viewer: Actor, community: UUID, entries: Sequence[Entry]) -> dict[int, UUID]:
    """By row, the mark of a number whose bearer was erased on request. Only for those whose scope is the whole community."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return {}
    numbered = [entry for entry in entries if entry.number or entry.document_number]

    def indexes(blind: Blinder) -> list[bytes | None]:
        return [number_index(blind, entry.document_kind, entry.number or entry.document_number) for entry in numbered]

    return {numbered[place].row: mark for place, mark in erased_before(community, indexes).items()}


def erased_people(*, viewer: Actor, community: UUID) -> set[UUID]:
    """Records whose key is destroyed: nobody can say any more whose they were."""
    found: set[UUID] = set()
    if not viewer.sees_community(community):
        return found
    for part in chunks(erased_subjects(community)):
        found.update(Person.objects.filter(community=community, subject__in=part).values_list("id", flat=True))
    return found
