"""The whole register of a community in memory, for comparing a file with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import CareNeed, Household, Hukou, Lapse, Membership, Person, RegisterRound, Residence
from linli.register.rules.standing import House, Known, Standing
from linli.trust import NOT_FOUND

_PERSON = (
    *("id", "name", "sex", "birth_date", "number", "document_kind", "document_number"),
    *("register_no", "phone", "ethnicity", "education", "died_on"),
)


def standing(*, viewer: Actor, community: UUID) -> Standing:
    """Everybody, with what is open of their relations. Nine queries, nothing cached.

    Only for those whose scope is the whole community: NotFound for others.
    """
    if not viewer.sees_community(community) or viewer.grids is not None:
        raise NotFound(NOT_FOUND)
    people = {row[0]: Known(*row) for row in Person.objects.filter(community=community).values_list(*_PERSON)}
    houses = Household.objects.filter(community=community).values_list("id", "number", "building_id", "dwelling_id")
    found = Standing(people, {row[0]: House(*row) for row in houses})
    open_rows: dict[str, Any] = {"community": community, "to_date__isnull": True}
    _residences(people, open_rows)
    rows: Iterable[Any] = Hukou.objects.filter(**open_rows).values_list(
        "person_id", "id", "region", "address_text", "here", "from_date"
    )
    for person, *values in rows:
        known = people[person]
        known.hukou, known.hukou_region, known.hukou_text, known.hukou_here, known.hukou_from = values
    members: Iterable[Any] = Membership.objects.filter(**open_rows).values_list(
        "person_id", "id", "household_id", "relation", "from_date"
    )
    for person, *values in members:
        known = people[person]
        known.membership, known.household, known.relation, known.member_from = values
    for person, row, need, since in CareNeed.objects.filter(**open_rows).values_list("person_id", "id", "need", "from_date"):
        people[person].needs[need] = (row, since)
    lapses = Lapse.objects.filter(community=community, to_monday__isnull=True).values_list("person_id", "id", "from_monday")
    for person, lapse, monday in lapses:
        people[person].lapse, people[person].lapse_from = lapse, monday
    rounds = RegisterRound.objects.filter(community=community)
    found.latest_round = rounds.aggregate(newest=Max("monday"))["newest"]
    found.latest_full = rounds.filter(full=True).aggregate(newest=Max("monday"))["newest"]
    return found


def _residences(people: dict[UUID, Known], open_rows: dict[str, Any]) -> None:
    current: Iterable[Any] = Residence.objects.filter(**open_rows).values_list(
        "person_id", "id", "building_id", "dwelling_id", "address_text", "said", "from_date"
    )
    for person, *values in current:
        known = people[person]
        known.residence, known.building, known.dwelling, known.address_text, known.said, known.lives_from = values
    ended: Iterable[Any] = Residence.objects.filter(community=open_rows["community"], to_date__isnull=False).values_list(
        "person_id", "to_date"
    )
    for person, to_date in ended:
        last = people[person].last_lived
        people[person].last_lived = to_date if last is None else max(last, to_date)
