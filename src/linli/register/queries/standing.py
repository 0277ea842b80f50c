"""What the register knows of those whom the rows of a file may speak of: found by keyed hashes, opened, nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from linli.intake import bulk
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import (
    Attestation,
    CareNeed,
    FormerNumber,
    Household,
    Hukou,
    Lapse,
    Membership,
    Person,
    RegisterRound,
    Residence,
    ReviewItem,
)
from linli.register.opening import Opened, chunks, found_near, open_people
from linli.register.queries.asof import Moment, Resident, residents
from linli.register.queries.erased import erased_people
from linli.register.queries.links import leaders
from linli.register.rules.coverage import Area, Coverage, Extent, in_scope
from linli.register.rules.entries import Entry
from linli.register.rules.ids import NOBODY, Ids
from linli.register.rules.residence import Status
from linli.register.rules.review import Matter, State
from linli.register.rules.sealing import FORMER_NUMBER, HUKOU_ADDRESS, name_tokens, number_index, opened
from linli.register.rules.standing import AskedOf, House, Known, OpenLapse, Standing, Vouched
from linli.territory.queries import buildings
from linli.trust import NOT_FOUND, blinder, grids_of


class _Placed(NamedTuple):
    building: str
    grid: str
    estate: str
    status: Status


def standing(*, viewer: Actor, community: UUID, entries: Sequence[Entry], coverage: Coverage, day: date) -> Standing:
    """The people whom ``entries`` may mean, with what is open of their relations. Nothing cached.

    Where the ``coverage`` is full, also who lives in its scope, by id alone: such a file says who is missing. Only for those
    whose scope is the whole community: NotFound for others.
    """
    if not viewer.sees_community(community) or viewer.grids is not None:
        raise NotFound(NOT_FOUND)
    doors = _doors(community, entries)
    meant = {*_candidates(community, entries), *(person for there in doors.values() for person in there)}
    leads = leaders(viewer=viewer, community=community)
    meant |= {leads[person] for person in meant if person in leads}
    people = load_people(viewer=viewer, community=community, ids=meant)
    _recall_homes(people, leads)
    numbers = {entry.household for entry in entries if entry.household}
    houses = _houses(community, {p.household for p in people.values() if p.household}, numbers)
    found = Standing(people, houses, doors=doors, leads=leads)
    rounds = RegisterRound.objects.filter(community=community)
    found.latest_round = rounds.aggregate(newest=Max("monday"))["newest"]
    found.latest_full = rounds.filter(full=True).aggregate(newest=Max("monday"))["newest"]
    found.asked = _asked(community)
    lapses = Lapse.objects.filter(community=community, to_monday__isnull=True)
    found.lapses = {person: OpenLapse(row, since) for person, row, since in lapses.values_list("person_id", "id", "from_monday")}
    if coverage.extent is Extent.FULL:
        # Whoever was erased is missing from no file.
        found.living = in_scope_of(viewer=viewer, community=community, coverage=coverage, day=day).without(
            Ids.of(erased_people(viewer=viewer, community=community))
        )
    return found


def in_scope_of(*, viewer: Actor, community: UUID, coverage: Coverage, day: date) -> Ids:
    """Who lives in the scope of a full file: everybody as one column, a part of them one by one. Nobody out of scope."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return NOBODY
    where: dict[str, Any] = {"community": community, "to_date__isnull": True}
    if coverage.area is Area.COMMUNITY and not coverage.people:
        living = bulk.fetch(Residence, ["person"], **where).column("person")
        return Ids(np.sort(living.to_numpy(zero_copy_only=False).astype("S32")))
    at = Moment(day, timezone.now())
    names = {zone.id: zone.code for zone in grids_of(viewer=viewer, community=community)}
    built = {row.id: row for row in buildings(viewer=viewer, community=community)}

    def placed(one: Resident) -> _Placed:
        building = built.get(one.building)
        grid = names.get(one.grid, "") if one.grid else ""
        return _Placed(building.name if building else "", grid, building.estate if building else "", one.status)

    everybody = residents(viewer=viewer, community=community, at=at)
    return Ids.of(one.person for one in everybody if in_scope(coverage, placed(one)))


def needs_told(*, viewer: Actor, community: UUID, among: Ids) -> bool:
    """Whether somebody ``among`` these has a care need that a file told: its column is alive."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return False
    told = CareNeed.objects.filter(community=community, to_date__isnull=True, batch__isnull=False)
    return any(person in among for person in told.values_list("person_id", flat=True).iterator())


def latest_round(*, viewer: Actor, community: UUID) -> date | None:
    """The Monday of the newest round; None before the first."""
    if not viewer.sees_community(community):
        return None
    return RegisterRound.objects.filter(community=community).aggregate(newest=Max("monday"))["newest"]


def _candidates(community: UUID, entries: Sequence[Entry]) -> set[UUID]:
    """By number, by the source's file number, by name and month of birth."""
    everybody = Person.objects.filter(community=community)
    if not entries or not everybody.exists():
        return set()
    blind = blinder(community)
    numbers = [number_index(blind, e.document_kind, e.number or e.document_number) for e in entries]
    found: set[UUID] = set()
    borne: set[bytes] = set()
    for part in chunks(set(numbers) - {None}):
        for person, number in everybody.filter(number_index__in=part).values_list("id", "number_index"):
            found.add(person)
            borne.add(bytes(number or b""))
        former = FormerNumber.objects.filter(community=community, number_index__in=part)
        found.update(former.values_list("person_id", flat=True))
    for names in chunks({e.register_no for e in entries} - {""}):
        found.update(everybody.filter(register_no__in=names).values_list("id", flat=True))
    # Who bears a row's citizen number is meant (``rules.matching``): only the others are looked for by name.
    others = [e for e, number in zip(entries, numbers, strict=True) if not e.number or number not in borne]
    tokens = {name: name_tokens(blind, name)["name_token"] for name in {entry.name for entry in others}}
    born = {(token, e.birth_date.replace(day=1)) for e in others if (token := tokens[e.name]) is not None}
    found.update(person for person, _, _ in found_near(community, "name_token", ((token, month, month) for token, month in born)))
    return found


def _doors(community: UUID, entries: Sequence[Entry]) -> dict[UUID, list[UUID]]:
    """Who lives in the dwellings that rows without a household number name: they may be one family."""
    wanted = {e.found.dwelling for e in entries if not e.household and e.found is not None and e.found.dwelling is not None}
    doors: dict[UUID, list[UUID]] = {}
    for part in chunks(wanted):
        homes = Residence.objects.filter(community=community, dwelling__in=part, to_date__isnull=True)
        for dwelling, person in homes.order_by("id").values_list("dwelling_id", "person_id"):
            if dwelling is not None:
                doors.setdefault(dwelling, []).append(person)
    return doors


def load_people(*, viewer: Actor, community: UUID, ids: Iterable[UUID]) -> dict[UUID, Known]:
    """Opened, with what is open of their relations. NotFound for those who don't see the whole community."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        raise NotFound(NOT_FOUND)
    plain = open_people(community, ids)
    people = {
        p.id: Known(
            p.id, p.name, p.sex, p.birth_date or date.min, p.number, p.document_kind, p.document_number, p.register_no, p.phone,
            p.ethnicity, p.education, p.died_on,
        )
        for p in plain.values()
    }  # fmt: skip
    for part in chunks(people):
        _relations(people, plain, {"person__in": part})
    return people


def _relations(people: dict[UUID, Known], plain: dict[UUID, Opened], theirs: dict[str, Any]) -> None:
    open_rows = {**theirs, "to_date__isnull": True}
    homes: Iterable[Any] = Residence.objects.filter(**open_rows).values_list(
        "person_id", "id", "building_id", "dwelling_id", "said", "from_date"
    )
    for person, *values in homes:
        known = people[person]
        known.residence, known.building, known.dwelling, known.said, known.lives_from = values
    ended: Iterable[Any] = (
        Residence.objects.filter(**theirs, to_date__isnull=False).values("person_id").annotate(last=Max("to_date"))
    )
    for row in ended:
        people[row["person_id"]].last_lived = row["last"]
    hukou: Iterable[Any] = Hukou.objects.filter(**open_rows).values_list(
        "person_id", "sealed_address", "id", "region", "here", "from_date"
    )
    for person, address, *values in hukou:
        known = people[person]
        known.hukou, known.hukou_region, known.hukou_here, known.hukou_from = values
        known.hukou_text = opened(plain[person].key, HUKOU_ADDRESS, address)
    members: Iterable[Any] = Membership.objects.filter(**open_rows).values_list(
        "person_id", "id", "household_id", "relation", "from_date"
    )
    for person, *values in members:
        known = people[person]
        known.membership, known.household, known.relation, known.member_from = values
    vouched = Attestation.objects.filter(**theirs).values_list("person_id", "field", "source", "on")
    for person, name, source, on in vouched:
        people[person].vouched[name] = Vouched(source, on)
    needs = CareNeed.objects.filter(**open_rows).values_list("person_id", "id", "need", "from_date", "batch")
    for person, row, need, since, batch in needs:
        people[person].needs[need] = (row, since, batch is not None)
    for person, number in FormerNumber.objects.filter(**theirs).order_by("id").values_list("person_id", "sealed_number"):
        people[person].former_numbers += (opened(plain[person].key, FORMER_NUMBER, number),)
    # Of those that a person ended, not a file, and not by leaving.
    left = Residence.objects.filter(person=OuterRef("person"), to_date=OuterRef("to_date"), ending__in=("moved_out", "died"))
    over = CareNeed.objects.filter(**theirs, to_date__isnull=False, batch__isnull=True).exclude(Exists(left)).order_by("to_date")
    for person, need, day in over.values_list("person_id", "need", "to_date"):
        if day is not None:
            people[person].needs_ended[need] = day


def _asked(community: UUID) -> dict[UUID, list[AskedOf]]:
    """The open questions which of two values holds, by person."""
    items = ReviewItem.objects.filter(community=community, state=State.OPEN.value, matter=Matter.CONFLICT.value)
    found: dict[UUID, list[AskedOf]] = {}
    for person, item, field, source in items.values_list("person_id", "id", "field", "source"):
        if person is not None:
            found.setdefault(person, []).append(AskedOf(item, field, source))
    return found


def _recall_homes(people: Mapping[UUID, Known], led: Collection[UUID]) -> None:
    """Of ``people`` whose record stands beside another: where that record had them, since nothing of it is open any more."""
    for ids in chunks([person for person in led if person in people]):
        ended = {"person__in": ids, "to_date__isnull": False}
        homes = Residence.objects.filter(**ended, ending="same_person").order_by("to_date", "id")
        for person, building, dwelling, said in homes.values_list("person_id", "building_id", "dwelling_id", "said"):
            known = people[person]
            known.building, known.dwelling, known.said = building, dwelling, said
        hukou = Hukou.objects.filter(**ended).order_by("to_date", "id")
        for person, region in hukou.values_list("person_id", "region"):
            people[person].hukou_region = region


def _houses(community: UUID, ids: set[UUID], numbers: set[str]) -> dict[UUID, House]:
    columns = ("id", "number", "building_id", "dwelling_id")
    rows: list[Any] = []
    for part in chunks(ids):
        rows += Household.objects.filter(id__in=part).values_list(*columns)
    # Before the first file there is none, and a question for every 900 of a town's numbers.
    anybody = Household.objects.filter(community=community).exists()
    for names in chunks(numbers if anybody else ()):
        rows += Household.objects.filter(community=community, number__in=names).values_list(*columns)
    return {row[0]: House(*row) for row in rows}
