"""Who is left behind (留守) at a moment: read from who kept house together and who moved away, never written down by anybody.

Known are only those who once kept house here: parents who never lived in the household by this register can't be missed by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.kernel.periods import months_later
from linli.register.models import Membership, Person, Residence
from linli.register.opening import chunks
from linli.register.queries.asof import Moment
from linli.register.rules.left_behind import AWAY_MONTHS, LeftBehind, Relative, Where, left_behind
from linli.territory.queries import building_grids
from linli.trust import restricted_subjects


@dataclass(frozen=True)
class _Member:
    """One membership of a household, still open at the moment or not."""

    person: UUID
    relation: str
    since: date
    until: date | None


@dataclass(frozen=True)
class _Somebody:
    sex: str
    born: date
    died: date | None


def left_behind_at(
    *, viewer: Actor, community: UUID, at: Moment, people: Collection[UUID] | None = None
) -> dict[UUID, LeftBehind]:  # fmt: skip
    """Person → how, of those within scope who lived here at the moment (of ``people`` where given)."""
    if not viewer.sees_community(community):
        return {}
    seen = None if viewer.grids is None else set(building_grids(viewer=viewer, community=community, on=at.day))
    if people is None and seen is not None:
        people = _living_in(community, at, seen)
    houses = _households(community, at, people)
    members = _members(community, at, houses)
    everybody = {one.person for rows in members.values() for one in rows}
    who, where = _who(viewer, community, everybody), _where(community, at, everybody)
    found: dict[UUID, LeftBehind] = {}
    for rows in members.values():
        for one in rows:
            home = where.get(one.person)
            if one.until is not None or one.person not in who or home is None or home.building is None:
                continue
            if (people is not None and one.person not in people) or (seen is not None and home.building not in seen):
                continue
            person = _relative(one, one, who, where, at)
            others = [_relative(other, one, who, where, at, rows) for other in _newest(rows) if other.person in who]
            how = left_behind(person, others, at.day)
            if how is not None:
                found[one.person] = how
    return found


def _households(community: UUID, at: Moment, people: Collection[UUID] | None) -> set[UUID]:
    """Households that somebody left half a year ago or earlier, and in which somebody still keeps house."""
    live = Membership.objects.filter(at.live(), community=community)
    # A few days more: half a year from the end of a long month ends on the last of a short one. The rule decides by the day.
    since = months_later(at.day, -AWAY_MONTHS) + timedelta(days=3)
    gone = Membership.objects.filter(community=community, to_date__lte=since, ended_known__lte=at.known)
    if people is not None:
        theirs: set[UUID] = set()
        for part in chunks(people):
            theirs.update(live.filter(person__in=part).values_list("household_id", flat=True))
        found: set[UUID] = set()
        for part in chunks(theirs):
            found.update(gone.filter(household__in=part).values_list("household_id", flat=True))
        return found
    return set(gone.filter(household__in=live.values("household_id")).values_list("household_id", flat=True).distinct())


def _living_in(community: UUID, at: Moment, buildings: Collection[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for part in chunks(buildings):
        found.update(
            Residence.objects.filter(at.live(), building__in=part, community=community).values_list("person_id", flat=True)
        )
    return found


def _members(community: UUID, at: Moment, houses: Iterable[UUID]) -> dict[UUID, list[_Member]]:
    found: dict[UUID, list[_Member]] = defaultdict(list)
    for part in chunks(houses):
        rows = Membership.objects.filter(community=community, household__in=part, from_date__lte=at.day, known_from__lte=at.known)
        told = rows.order_by("from_date", "id").values_list(
            "household_id", "person_id", "relation", "from_date", "to_date", "ended_known"
        )
        for house, person, relation, since, until, ended in told:
            open_then = until is None or until > at.day or (ended is not None and ended > at.known)
            if open_then or until != since:
                found[house].append(_Member(person, relation, since, None if open_then else until))
    return found


def _newest(rows: Iterable[_Member]) -> list[_Member]:
    """Everybody once, by their newest membership there."""
    return list({one.person: one for one in rows}.values())


def _who(viewer: Actor, community: UUID, people: Iterable[UUID]) -> dict[UUID, _Somebody]:
    """Those whose data may be used: nobody erased, nobody whose data are only stored."""
    unused = restricted_subjects(viewer=viewer, community=community)
    found: dict[UUID, _Somebody] = {}
    for part in chunks(people):
        rows = Person.objects.filter(community=community, id__in=part, birth_month__isnull=False)
        for person, subject, sex, born, died in rows.values_list("id", "subject_id", "sex", "birth_month", "died_on"):
            if born is not None and subject not in unused:
                found[person] = _Somebody(sex, born, died)
    return found


@dataclass(frozen=True)
class _Home:
    """Where somebody lived at the moment, or since when they lived elsewhere. ``building`` None: not here."""

    building: UUID | None
    left: date | None


def _where(community: UUID, at: Moment, people: Iterable[UUID]) -> dict[UUID, _Home]:
    found: dict[UUID, _Home] = {}
    known = Q(from_date__lte=at.day, known_from__lte=at.known)
    for part in chunks(people):
        rows = Residence.objects.filter(known, community=community, person__in=part).order_by("from_date", "id")
        for person, building, until, ended, ending in rows.values_list(
            "person_id", "building_id", "to_date", "ended_known", "ending"
        ):
            open_then = until is None or until > at.day or (ended is not None and ended > at.known)
            if open_then:
                found[person] = _Home(building, None)
            elif person not in found or found[person].building is None:
                found[person] = _Home(None, until if ending == "moved_out" else None)
    return found


def _relative(
    other: _Member,
    person: _Member,
    who: dict[UUID, _Somebody],
    where: dict[UUID, _Home],
    at: Moment,
    rows: Iterable[_Member] = (),
) -> Relative:
    known, home = who[other.person], where.get(other.person)
    if known.died is not None and known.died <= at.day:
        place, since = Where.DEAD, None
    elif home is None:
        place, since = Where.UNKNOWN, None
    elif home.building is not None:
        place, since = Where.HERE, None
    else:
        place, since = (Where.ELSEWHERE, home.left) if home.left is not None else (Where.UNKNOWN, None)
    beside = "" if other.until is None else _beside(person.person, other.until - timedelta(days=1), rows)
    return Relative(other.person, other.relation, known.sex, known.born, place, since, beside)


def _beside(person: UUID, day: date, rows: Iterable[_Member]) -> str:
    """How the person was related to the head on a day; who came later stands to the newer head, and nothing certain follows."""
    for row in rows:
        if row.person == person and row.since <= day and (row.until is None or day < row.until):
            return row.relation
    return UNTOLD


UNTOLD = "99"
"""Not related, as far as one head can tell of both."""
