"""Who may be on the register twice: everybody who lives here, opened in memory, weighed against everybody else, let go of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from linli.kernel.actor import Actor
from linli.register.models import Residence
from linli.register.opening import chunks, open_people
from linli.register.rules.likeness import MODEL
from linli.register.rules.thresholds import threshold
from linli.trust import restricted_subjects

_PART = 9_000
_FIELDS = ("given_name", "birth_date", "sex", "phone", "dwelling", "id_number")


@dataclass(frozen=True)
class Twin:
    """Two people of the register who may be one. ``agrees``: birth date or number agree; ``building``: where the first lives."""

    person: UUID
    other: UUID
    probability: float
    agrees: bool
    building: UUID


@dataclass(frozen=True)
class Weighed:
    """What a sweep saw: how many people, how many pairs it compared, and those to ask about, the likeliest first."""

    people: int
    compared: int
    twins: list[Twin]


def weigh_everybody(*, viewer: Actor, community: UUID) -> Weighed:
    """Everybody who lives here against everybody else; nothing where the viewer doesn't see the whole community.

    Two of one family are told apart as ``methods.linkage`` does: what they share (surname, door, telephone) is one piece of
    evidence, and with another given name and birth date it is none. Whose data are only stored are left out.
    """
    if not viewer.sees_community(community) or viewer.grids is not None:
        return Weighed(0, 0, [])
    people, buildings, columns = _columns(viewer, community)
    if len(people) < 2:
        return Weighed(len(people), 0, [])
    # Compiled code, 90 MB of it: loaded where somebody has to be compared.
    from linli.methods.linkage import judge, link, load_model

    # A register is far cleaner than a file: so many of a thousand stand here twice.
    model = load_model(MODEL)
    model = replace(model, matched=(threshold("swept_twice") / 1000, model.matched[1]))
    found = link(columns, model=model, threshold=threshold("link_review") / 1000)
    if not len(found.left):
        return Weighed(len(people), found.compared, [])
    rows = np.unique(np.concatenate([found.left, found.right]))
    place = {int(row): at for at, row in enumerate(rows)}
    some = {name: [values[row] for row in rows] for name, values in columns.items()}
    pairs = np.array([(place[int(one)], place[int(two)]) for one, two in zip(found.left, found.right, strict=True)], np.int64)
    agreeing, vetoed = judge(some, some, pairs)
    twins = [
        Twin(people[one], people[two], round(float(chance), 6), bool(agrees), buildings[one])
        for one, two, chance, agrees, veto in zip(
            found.left.tolist(), found.right.tolist(), found.probability, agreeing, vetoed, strict=True
        )
        if not veto
    ]
    twins.sort(key=lambda twin: (-twin.probability, str(twin.person), str(twin.other)))
    return Weighed(len(people), found.compared, twins)


def _columns(viewer: Actor, community: UUID) -> tuple[list[UUID], list[UUID], dict[str, list[str]]]:
    """Ids, buildings, and what is compared, as texts; whoever was erased or restricted isn't there."""
    unused = restricted_subjects(viewer=viewer, community=community)
    people: list[UUID] = []
    buildings: list[UUID] = []
    columns: dict[str, list[str]] = {name: [] for name in _FIELDS}
    homes = list(
        Residence.objects.filter(community=community, to_date__isnull=True)
        .order_by("person_id")
        .values_list("person_id", "building_id", "dwelling_id")
    )
    known: dict[str, str] = {}
    for part in chunks(homes, _PART):
        plain = open_people(community, [person for person, _building, _dwelling in part])
        for person, building, dwelling in part:
            one = plain.get(person)
            if one is None or one.key is None or one.birth_date is None or one.subject in unused or one.died_on is not None:
                continue
            people.append(person)
            buildings.append(building)
            # One text for many: a million names are a few thousand, their days of birth fewer.
            name, born, door = one.name, one.birth_date.isoformat(), str(dwelling or "")
            told = (known.setdefault(name, name), known.setdefault(born, born), one.sex, one.phone, known.setdefault(door, door))
            for field, text in zip(_FIELDS, (*told, one.number or one.document_number), strict=True):
                columns[field].append(text)
    return people, buildings, columns
