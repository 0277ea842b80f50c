"""People who are new to the register, some thousands at a time: their keys, what is sealed of them, and where they live.

Row for row what ``rules.sealing.person_columns`` gives, but each key is made ready once, every column is written whole, and what
is sealed of the next part is sealed by a second process meanwhile, where there is a core for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from linli.intake import bulk
from linli.kernel.ids import new_hexes
from linli.register.models import Hukou, Person, Residence
from linli.register.rules import sealing as places
from linli.register.rules.renewal import NewHukou, NewPerson, NewResidence, Renewal
from linli.trust import SealedSubjects, Told, new_sealed_subjects

PART = 20_000
ADDRESS_SIGNS = 200


Insert = Callable[..., None]


@dataclass
class _Part:
    """Some thousands of them, with their homes and hukou."""

    people: Sequence[NewPerson]
    homes: list[NewResidence] = field(default_factory=list)
    hukou: list[NewHukou] = field(default_factory=list)

    def told(self) -> Told:
        """What is sealed of them, and what they are found by."""
        entries = [new.entry for new in self.people]
        names = [entry.name for entry in entries]
        numbers = [entry.number or entry.document_number for entry in entries]
        phones = [entry.phone for entry in entries]
        births = [entry.birth_date for entry in entries]
        days = {born: born.isoformat() for born in set(births)}
        place_of = {new.id.int: at for at, new in enumerate(self.people)}
        return Told(
            len(entries),
            {
                places.NAME: names,
                places.NUMBER: numbers,
                places.PHONE: phones,
                places.BIRTH: [days[born] for born in births],
                places.HOME_ADDRESS: _beside(self.homes, place_of),
                places.HUKOU_ADDRESS: _beside(self.hukou, place_of),
            },
            places.found_by,
            {
                "names": names,
                "numbers": [(entry.document_kind, number) for entry, number in zip(entries, numbers, strict=True)],
                "phones": phones,
                "births": births,
            },
        )

    def insert(self, subjects: SealedSubjects, insert: Insert, dwelling: Callable[[NewResidence], UUID | None]) -> None:
        entries = [new.entry for new in self.people]
        texts = subjects.texts
        columns = {
            "id": [new.id.hex for new in self.people],
            "subject": subjects.ids,
            "sealed_name": texts[places.NAME],
            "sealed_number": texts[places.NUMBER],
            "sealed_phone": texts[places.PHONE],
            "sealed_birth": texts[places.BIRTH],
            **subjects.found_by,
            **{name: [getattr(entry, name) for entry in entries] for name in ("sex", "document_kind", "register_no")},
            **{name: [getattr(entry, name) for entry in entries] for name in ("ethnicity", "education")},
            "marital": bulk.Same(""),
        }
        insert(Person, columns, len(self.people))
        place_of = {new.id.int: at for at, new in enumerate(self.people)}
        addresses = [texts[places.HOME_ADDRESS][place_of[home.person.int]] for home in self.homes]
        insert(Residence, residence_columns(self.homes, dwelling, addresses), len(self.homes))
        addresses = [texts[places.HUKOU_ADDRESS][place_of[one.person.int]] for one in self.hukou]
        insert(Hukou, hukou_columns(self.hukou, addresses), len(self.hukou))


class Newcomers:
    """The new people of a renewal in parts, with their residences and hukou beside them; it takes them out of the renewal.

    ``residences`` and ``hukou``: those of people whom the register knew before.
    """

    def __init__(self, renewal: Renewal) -> None:
        people = renewal.people
        self.count = len(people)
        self._parts = [_Part(people[at : at + PART]) for at in range(0, len(people), PART)]
        part_of = {new.id.int: part for part in self._parts for new in part.people}
        self.residences: list[NewResidence] = []
        self.hukou: list[NewHukou] = []
        for home in renewal.residences:
            part = part_of.get(home.person.int)
            (self.residences if part is None else part.homes).append(home)
        for one in renewal.hukou:
            part = part_of.get(one.person.int)
            (self.hukou if part is None else part.hukou).append(one)
        # Taken over, so that each part can be forgotten once it is written.
        renewal.people, renewal.residences, renewal.hukou = [], [], []

    def write(self, community: UUID, insert: Insert, dwelling: Callable[[NewResidence], UUID | None]) -> None:
        """Insert them, once. ``insert(model, columns, count)`` adds what every row has in common."""
        told = (part.told() for part in self._parts)
        for at, subjects in enumerate(new_sealed_subjects(community, told, aside=self.count > PART)):
            self._parts[at].insert(subjects, insert, dwelling)
            self._parts[at] = _Part([])


def residence_columns(
    homes: Sequence[NewResidence], dwelling: Callable[[NewResidence], UUID | None], sealed: Sequence[bytes]
) -> dict[str, Sequence[object] | bulk.Same]:
    """Columns of new residences, ``sealed``: their addresses."""
    return {
        "id": new_hexes(len(homes)),
        "person": [home.person for home in homes],
        "building": [home.building for home in homes],
        "dwelling": [dwelling(home) for home in homes],
        "sealed_address": sealed,
        "said": [home.said for home in homes],
        "came": [home.came for home in homes],
        "from_date": [home.from_date for home in homes],
        **dict.fromkeys(("ending", "reason", "housing"), bulk.Same("")),
    }


def hukou_columns(hukou: Sequence[NewHukou], sealed: Sequence[bytes]) -> dict[str, Sequence[object] | bulk.Same]:
    """Columns of new hukou, ``sealed``: their addresses."""
    return {
        "id": new_hexes(len(hukou)),
        "person": [one.person for one in hukou],
        "region": [one.region for one in hukou],
        "sealed_address": sealed,
        "here": [one.here for one in hukou],
        "from_date": [one.from_date for one in hukou],
    }


def _beside(rows: Iterable[NewResidence] | Iterable[NewHukou], place_of: dict[int, int]) -> list[str]:
    """The addresses, each in its person's place."""
    texts = [""] * len(place_of)
    for row in rows:
        texts[place_of[row.person.int]] = row.address_text[:ADDRESS_SIGNS]
    return texts
