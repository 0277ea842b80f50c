"""What somebody who came should still declare with the police station, and by when. Telling it is a service."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Hukou, Residence
from linli.register.opening import open_people
from linli.register.queries.places import community_code
from linli.register.rules.declaring import Due, of_birth, of_overseas, of_stay
from linli.register.rules.residence import Status, status
from linli.territory.queries import buildings_seen


def duties(*, viewer: Actor, community: UUID, people: Collection[UUID], today: date) -> dict[UUID, Due]:
    """Person → the declaration that is due since they came, within scope; nobody without one."""
    if not viewer.sees_community(community):
        return {}
    code = community_code(viewer=viewer, community=community)
    homes = {row.person_id: row for row in Residence.objects.filter(person__in=list(people), to_date__isnull=True)}
    seen = buildings_seen(viewer=viewer, community=community, buildings={row.building_id for row in homes.values()})
    hukou = {row.person_id: row for row in Hukou.objects.filter(person__in=list(people), to_date__isnull=True)}
    found = {}
    for person in open_people(community, people).values():
        home, registered = homes.get(person.id), hukou.get(person.id)
        if home is None or home.building_id not in seen:
            continue
        now = status(
            lives_here=True,
            here=registered.here if registered else None,
            region=registered.region if registered else "",
            community_code=code,
            document=person.document_kind,
            said=Status(home.said) if home.said else None,
        )
        due = None
        if home.came == "born" and not person.number and not person.document_number:
            due = of_birth(person.birth_date or home.from_date, today)
        elif now is Status.OVERSEAS:
            due = of_overseas(home.from_date, today)
        elif now is not Status.UNSTATED:
            due = of_stay(now, home.from_date, today)
        if due is not None:
            found[person.id] = due
    return found
