"""Who may decide for a child: the adults who keep house with it, and whom an account speaks for."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Membership
from linli.register.opening import open_people
from linli.register.queries.people import may_see
from linli.register.rules.ages import age_on
from linli.register.rules.ties import ADULT_FROM


def adults_beside(*, viewer: Actor, community: UUID, person: UUID, today: date) -> list[UUID]:
    """The adults of somebody's household of today without themselves. Nobody out of scope; whose birthday isn't known is none."""
    if not may_see(viewer=viewer, community=community, person=person):
        return []
    mine = Membership.objects.filter(community=community, person=person, to_date__isnull=True).values("household")
    members = Membership.objects.filter(household__in=mine, to_date__isnull=True).exclude(person=person)
    known = open_people(community, members.order_by("relation", "id").values_list("person_id", flat=True))
    return [
        one.id
        for one in known.values()
        if one.key is not None and one.birth_date is not None and age_on(one.birth_date, today) >= ADULT_FROM
    ]
