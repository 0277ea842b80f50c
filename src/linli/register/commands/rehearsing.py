"""Looking first: what an act would write, by doing it and taking it back, so that the preview can't differ from the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.faces import masked_name
from linli.kernel.actor import Actor
from linli.register.commands.households import change_head, merge_households, split_household
from linli.register.commands.moving import move_out, move_within, record_death
from linli.register.commands.registering import add_person
from linli.register.models import CareNeed, Hukou, Membership, Person, Residence
from linli.register.opening import open_people
from linli.register.queries.places import ground
from linli.trust import Permission, command, record

ACTS: Mapping[str, Callable[..., Any]] = {
    "left": move_out,
    "moved": move_within,
    "died": record_death,
    "split": split_household,
    "joined": merge_households,
    "head": change_head,
    "came": add_person,
    "born": add_person,
}


@dataclass(frozen=True)
class Difference:
    """What would be another. ``what``: home, household, relation, hukou, needs or life; texts are codes and places."""

    person: UUID
    name: str
    what: str
    before: str
    after: str


class _Back(Exception):
    """Takes everything back."""


@command("register.rehearse", may=Permission.REGISTER_WRITE)
def rehearse(
    *, by: Actor, community: UUID, act: str, people: Sequence[UUID], given: Mapping[str, Any]
) -> list[Difference]:  # fmt: skip
    """What ``act`` (a key of ``ACTS``) with ``given`` would change for ``people`` and whoever comes new. Nothing stays written.

    Raises what the act itself would raise.
    """
    found: list[Difference] = []
    try:
        with transaction.atomic():
            before = _state(by, community, people)
            result = ACTS[act](by=by, community=community, **given)
            fresh = [person for person in getattr(result, "people", []) if person not in set(people)]
            after = _state(by, community, [*people, *fresh])
            found = [
                Difference(person, name, what, before.get(person, ("", {}))[1].get(what, ""), now)
                for person, (name, told) in after.items()
                for what, now in told.items()
                if before.get(person, ("", {}))[1].get(what, "") != now
            ]
            raise _Back
    except _Back:
        pass
    record("register.rehearsed", ids=list(people), fields=[act])
    return found


def _state(by: Actor, community: UUID, people: Sequence[UUID]) -> dict[UUID, tuple[str, dict[str, str]]]:
    """Name, and what is open of each person's relations, as texts."""
    open_rows = {"person__in": list(people), "to_date__isnull": True}
    names = ground(viewer=by, community=community).names
    homes = Residence.objects.filter(**open_rows).select_related("dwelling")
    lives = {r.person_id: f"{names.get(r.building_id, '')} {r.dwelling or ''}".strip() for r in homes}
    members = {m.person_id: m for m in Membership.objects.filter(**open_rows)}
    hukou = {h.person_id: h for h in Hukou.objects.filter(**open_rows)}
    needs: dict[UUID, int] = {}
    for person in CareNeed.objects.filter(**open_rows).values_list("person_id", flat=True):
        needs[person] = needs.get(person, 0) + 1
    died = dict(Person.objects.filter(id__in=list(people)).values_list("id", "died_on"))
    return {
        person.id: (
            masked_name(person.name),
            {
                "life": day.isoformat() if (day := died.get(person.id)) else "",
                "home": lives.get(person.id, ""),
                "household": str(members[person.id].household_id) if person.id in members else "",
                "relation": members[person.id].relation if person.id in members else "",
                "hukou": (hukou[person.id].region or "-") if person.id in hukou else "",
                "needs": str(needs.get(person.id, 0)),
            },
        )
        for person in open_people(community, people).values()
    }
