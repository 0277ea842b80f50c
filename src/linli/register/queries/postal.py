"""Where a letter to somebody goes: the door, in full, for the paper that is put into it."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Residence
from linli.register.queries.people import may_see
from linli.register.queries.places import places_of
from linli.territory.queries import dwellings


def letter_address(*, viewer: Actor, community: UUID, person: UUID) -> str:
    """Building, stair well and room of somebody who lives here; empty out of scope or where the door isn't known."""
    if not may_see(viewer=viewer, community=community, person=person):
        return ""
    home = Residence.objects.filter(community=community, person=person, to_date__isnull=True).first()
    if home is None or home.dwelling_id is None:
        return ""
    names = places_of(viewer=viewer, community=community, buildings=[home.building_id]).names
    rows = dwellings(viewer=viewer, community=community, ids=[home.dwelling_id])
    door = "-".join(part for row in rows for part in (row.unit, row.room) if part)
    return f"{names.get(home.building_id, '')} {door}".strip()
