"""Lines of people. Everything is masked; whom a viewer may not see does not exist for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from linli.faces.masks import masked_name
from linli.kernel.actor import Actor
from linli.register.models import Lapse, Person, RegisterRound, Residence
from linli.register.opening import Opened, chunks, open_people
from linli.register.queries.places import Ground, places_of
from linli.register.queries.visits import doors_seen
from linli.register.rules.ages import age_on, band
from linli.territory.queries import building_grids
from linli.trust import Permission, restricted_subjects

_WAYS = ("name", "number", "given", "phone", "pinyin", "initials", "sound", "address")
_RANK: dict[tuple[str, ...], int] = {(how,): at for at, how in enumerate(_WAYS)}
_HOME = ("person_id", "building_id", "from_date", "to_date", "ending", "came", "dwelling_id", "known_from")


@dataclass(frozen=True)
class Home:
    """Where somebody lives, or lived last."""

    person: UUID
    building: UUID
    since: date
    until: date | None
    ending: str
    came: str
    dwelling: UUID | None
    known_from: datetime

    def seen(self, doors: Mapping[UUID, date]) -> date:
        """When somebody last saw or was told that they live here, apart from the files' rounds."""
        told = timezone.localdate(self.known_from)
        return max(told, doors.get(self.dwelling, told)) if self.dwelling else told


@dataclass(frozen=True)
class PersonRow:
    """One line of a list: never a whole name, a door or a need. ``matched``: how a search found them (``queries.search``)."""

    id: UUID
    name: str
    sex: str
    age_band: str
    building: str
    grid: str
    since: date
    until: date | None
    ending: str
    came: str
    verified: date | None
    stale: bool
    matched: tuple[str, ...] = ()


def may_see(*, viewer: Actor, community: UUID, person: UUID) -> bool:
    """Whether the person is on the register of the viewer's community, and lives, or lived last, in one of their grids."""
    if not viewer.sees_community(community) or person in unshown(viewer=viewer, community=community):
        return False
    if viewer.grids is None:
        return Person.objects.filter(community=community, id=person).exists()
    last = Residence.objects.filter(person=person).order_by(F("to_date").desc(nulls_first=True), "-from_date")
    building = last.values_list("building_id", flat=True).first()
    return building in building_grids(viewer=viewer, community=community)


def unshown(*, viewer: Actor, community: UUID) -> set[UUID]:
    """Who had their data restricted: stored, and shown to themselves and the privacy desk alone."""
    if not viewer.sees_community(community) or viewer.may(Permission.RIGHTS_ANSWER):
        return set()
    subjects = restricted_subjects(viewer=viewer, community=community) - {viewer.subject}
    return (
        set(Person.objects.filter(community=community, subject__in=subjects).values_list("id", flat=True)) if subjects else set()
    )


def masked_names(*, viewer: Actor, community: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The masked names of those of ``ids`` who are on the register; of nobody for whose scope is a part of the community."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return {}
    found = open_people(community, set(ids) - unshown(viewer=viewer, community=community))
    return {person: masked_name(plain.name) for person, plain in found.items()}


def person_rows(
    *, viewer: Actor, community: UUID, people: Iterable[UUID], today: date, places: Ground | None = None
) -> list[PersonRow]:
    """The lines of given people; those out of scope are left out. ``places``: where it has been asked for already."""
    if not viewer.sees_community(community):
        return []
    homes, places = homes_of(viewer=viewer, community=community, people=people, places=places)
    return rows_of(viewer, community, homes, places, today, {})


def homes_of(
    *, viewer: Actor, community: UUID, people: Iterable[UUID], places: Ground | None = None
) -> tuple[dict[UUID, Home], Ground]:  # fmt: skip
    """The present, else the last home of each of ``people``, where it lies within scope, and the buildings they are in."""
    homes: dict[UUID, Home] = {}
    for part in chunks(set(people) - unshown(viewer=viewer, community=community)):
        # By person alone, so that the database can't but take the index by person; whose community it is, is looked at here.
        rows = Residence.objects.filter(person__in=part)
        rows = rows.order_by("person_id", F("to_date").desc(nulls_first=True), "-from_date")
        for owner, *row in rows.values_list("community_id", *_HOME):
            if owner == community:
                homes.setdefault(row[0], Home(*row))
    if places is None:
        places = places_of(viewer=viewer, community=community, buildings={home.building for home in homes.values()})
    return {person: home for person, home in homes.items() if viewer.sees_grid(places.grid_of.get(home.building))}, places


def rows_of(
    viewer: Actor,
    community: UUID,
    homes: dict[UUID, Home],
    places: Ground,
    today: date,
    matched: dict[UUID, tuple[str, ...]],
    known: Mapping[UUID, Opened] | None = None,
) -> list[PersonRow]:
    """The lines of people whose homes are known already; ``matched``: how a search found each; ``known``: opened already."""
    lapsed: dict[UUID, date] = {}
    for part in chunks(homes):
        lapsed.update(Lapse.objects.filter(person__in=part, to_monday__isnull=True).values_list("person_id", "verified"))
    newest = RegisterRound.objects.filter(community=community, full=True).order_by("-monday").first()
    vouched = newest.monday if newest else None
    doors = doors_seen(
        viewer=viewer, community=community, dwellings={home.dwelling for home in homes.values() if home.dwelling is not None}
    )  # fmt: skip
    rows = []
    opened = open_people(community, homes) if known is None else known
    for person, home in homes.items():
        if (plain := opened.get(person)) is None:
            continue
        shown = lapsed.get(person, vouched)
        verified = home.until or (max(shown, home.seen(doors)) if shown else home.seen(doors))
        rows.append(
            PersonRow(
                id=person,
                name=masked_name(plain.name),
                sex=plain.sex,
                age_band=band(age_on(plain.birth_date or today, today)),
                building=places.names.get(home.building, ""),
                grid=places.label_of(home.building),
                since=home.since,
                until=home.until,
                ending=home.ending,
                came=home.came,
                verified=verified,
                stale=home.until is None and person in lapsed,
                matched=matched.get(person, ()),
            )
        )
    return sorted(
        rows, key=lambda row: (row.until is not None, _RANK.get(row.matched[:1], 0), row.building, row.age_band, str(row.id))
    )
