"""Who vouches for each field of a person, and when it was last seen to be so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Attestation, Person, RegisterRound

FIELDS = ("name", "number", "birth", "sex", "address", "phone", "hukou_region", "relation", "ethnic", "education")
"""What the archive names a source for, by ``rules.precedence``'s names of fields."""


@dataclass(frozen=True)
class SourceRow:
    """Fields that one source vouches for since one day. ``source``: of ``rules.precedence.Source``, empty: a file without one."""

    source: str
    fields: tuple[str, ...]
    on: date | None


def sources_of(*, viewer: Actor, community: UUID, person: UUID, seen: date | None) -> list[SourceRow]:
    """By source, the newest first. ``seen``: when a file or a visit last showed the person: so old is what nobody attested.

    For a person whom the caller has found within scope.
    """
    if not viewer.sees_community(community):
        return []
    told: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    attested = dict[str, tuple[str, date]]()
    for row in Attestation.objects.filter(community=community, person=person):
        attested[row.field] = (row.source, row.on)
    batch = Person.objects.values_list("batch", flat=True).get(community=community, id=person)
    first = RegisterRound.objects.filter(community=community, batch=batch).first() if batch else None
    newest = RegisterRound.objects.filter(community=community, full=True).order_by("-monday").first()
    file = newest or first
    for field in FIELDS:
        told[attested.get(field, (file.source if file else "", seen))].append(field)
    rows = [SourceRow(source, tuple(fields), on) for (source, on), fields in told.items()]
    return sorted(rows, key=lambda row: (row.on or date.min, row.source), reverse=True)
