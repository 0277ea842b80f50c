"""People who are new to the register, some thousands at a time: their keys, what is sealed of them, and where they live.

Row for row what ``rules.sealing.person_columns`` gives, but each key is made ready once and every column is written whole. Keys
are let go of with their part, so that a first load of a million needs no million keys at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from linli.intake import bulk
from linli.kernel.ids import new_hexes
from linli.register.models import Hukou, Person, Residence
from linli.register.rules import sealing as places
from linli.register.rules.renewal import NewHukou, NewPerson, NewResidence, Renewal
from linli.trust import Blinder, NewSubject, new_subjects_in_parts, seal_rows

PART = 20_000
ADDRESS_SIGNS = 200


class _OfPerson(Protocol):
    @property
    def person(self) -> UUID: ...


R = TypeVar("R", bound=_OfPerson)
Insert = Callable[..., None]


class Newcomers:
    """The new people of a renewal in parts, with their residences and hukou beside them; it takes them out of the renewal.

    ``residences`` and ``hukou``: those of people whom the register knew before.
    """

    def __init__(self, renewal: Renewal) -> None:
        people = renewal.people
        self.count = len(people)
        part_of = {new.id: at // PART for at, new in enumerate(people)}
        self._people = [people[at : at + PART] for at in range(0, len(people), PART)]
        self._homes, self.residences = _apart(renewal.residences, part_of, len(people))
        self._hukou, self.hukou = _apart(renewal.hukou, part_of, len(people))
        # Taken over, so that each part can be forgotten once it is written.
        renewal.people, renewal.residences, renewal.hukou = [], [], []

    def write(self, community: UUID, blind: Blinder, insert: Insert, dwelling: Callable[[NewResidence], UUID | None]) -> None:
        """Insert them, once. ``insert(model, columns, count)`` adds what every row has in common."""
        for lists in (self._people, self._homes, self._hukou):
            lists.reverse()
        for subjects in new_subjects_in_parts(community, self.count, PART):
            self._part(self._people.pop(), subjects, self._homes.pop(), self._hukou.pop(), blind, insert, dwelling)

    def _part(
        self,
        people: Sequence[NewPerson],
        subjects: Sequence[NewSubject],
        homes: Sequence[NewResidence],
        hukou: Sequence[NewHukou],
        blind: Blinder,
        insert: Insert,
        dwelling: Callable[[NewResidence], UUID | None],
    ) -> None:
        entries = [new.entry for new in people]
        place_of = {new.id: at for at, new in enumerate(people)}
        numbers = [entry.number or entry.document_number for entry in entries]
        births = [entry.birth_date for entry in entries]
        days = {born: born.isoformat() for born in set(births)}
        sealed = seal_rows(
            [subject.key for subject in subjects],
            {
                places.NAME: [entry.name for entry in entries],
                places.NUMBER: numbers,
                places.PHONE: [entry.phone for entry in entries],
                places.BIRTH: [days[born] for born in births],
                places.HOME_ADDRESS: _beside(homes, place_of),
                places.HUKOU_ADDRESS: _beside(hukou, place_of),
            },
        )
        found_by = places.found_by(
            blind,
            names=[entry.name for entry in entries],
            numbers=zip((entry.document_kind for entry in entries), numbers, strict=True),
            phones=[entry.phone for entry in entries],
            births=births,
        )
        columns = {
            "id": [new.id.hex for new in people],
            "subject": [subject.id.hex for subject in subjects],
            "sealed_name": sealed[places.NAME],
            "sealed_number": sealed[places.NUMBER],
            "sealed_phone": sealed[places.PHONE],
            "sealed_birth": sealed[places.BIRTH],
            **found_by,
            **{name: [getattr(entry, name) for entry in entries] for name in ("sex", "document_kind", "register_no")},
            **{name: [getattr(entry, name) for entry in entries] for name in ("ethnicity", "education")},
            "marital": bulk.Same(""),
        }
        insert(Person, columns, len(people))
        insert(
            Residence,
            residence_columns(homes, dwelling, [sealed[places.HOME_ADDRESS][place_of[home.person]] for home in homes]),
            len(homes),
        )
        insert(
            Hukou,
            hukou_columns(hukou, [sealed[places.HUKOU_ADDRESS][place_of[one.person]] for one in hukou]),
            len(hukou),
        )


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


def _beside(rows: Iterable[NewResidence] | Iterable[NewHukou], place_of: dict[UUID, int]) -> list[str]:
    """The addresses, each in its person's place."""
    texts = [""] * len(place_of)
    for row in rows:
        texts[place_of[row.person]] = row.address_text[:ADDRESS_SIGNS]
    return texts


def _apart(rows: Iterable[R], part_of: dict[UUID, int], count: int) -> tuple[list[list[R]], list[R]]:
    """Rows of new people by part, and those of people known before."""
    parts: list[list[R]] = [[] for _ in range(0, count, PART)]
    known: list[R] = []
    for row in rows:
        part = part_of.get(row.person)
        (known if part is None else parts[part]).append(row)
    return parts, known
