"""When somebody last stood at a door and found that nothing had changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from linli.kernel.actor import Actor
from linli.register.models import Visit


def doors_seen(
    *,
    viewer: Actor,
    community: UUID,
    by_day: date | None = None,
    known: datetime | None = None,
    dwellings: Collection[UUID] | None = None,
) -> dict[UUID, date]:
    """Dwelling → day of the newest visit that found its people there, by a day and as known at an instant where given."""
    if not viewer.sees_community(community):
        return {}
    rows = Visit.objects.filter(outcome="unchanged", on__isnull=False, dwelling__isnull=False)
    # A door belongs to one community; asked for by door, the database shall take the index by door.
    rows = rows.filter(community=community) if dwellings is None else rows
    if by_day is not None:
        rows = rows.filter(on__lte=by_day)
    if known is not None:
        rows = rows.filter(known_from__lte=known)
    if dwellings is not None:
        rows = rows.filter(dwelling__in=list(dwellings))
    return {dwelling: on for dwelling, on in rows.values_list("dwelling_id").annotate(Max("on")) if dwelling is not None}


def first_visitors(*, viewer: Actor, community: UUID, dwellings: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Dwelling → who was there last and found its people: whoever sees it a second time must be somebody else."""
    if not viewer.sees_community(community):
        return {}
    rows = Visit.objects.filter(community=community, dwelling__in=list(dwellings), outcome="unchanged").exclude(kind="blind")
    return {dwelling: by for dwelling, by in rows.order_by("on", "id").values_list("dwelling_id", "by") if dwelling is not None}
