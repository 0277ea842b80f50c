"""Opening what is sealed: in bulk, inside the process, for those who were found by other means already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from linli.register.models import Person, ReviewItem
from linli.register.rules.codes import IDENTITY_CARD, number_kind
from linli.register.rules.sealing import BIRTH, NAME, NUMBER, PHONE, TOLD, opened
from linli.trust import SubjectKey, subject_keys

T = TypeVar("T")
_ROW = "(%s, %s, %s)"
SIZE = 900
"""So many values fit into one question to either database."""


def chunks(values: Iterable[T], size: int = SIZE) -> Iterator[Sequence[T]]:
    """``values`` in pieces that one question can carry."""
    whole = list(values)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


@dataclass(slots=True)
class Opened:
    """A person as plain text. Nothing of it may be written anywhere but under the person's key."""

    id: UUID
    subject: UUID
    name: str
    sex: str
    birth_date: date | None
    number: str
    document_kind: str
    document_number: str
    register_no: str
    phone: str
    ethnicity: str
    education: str
    died_on: date | None
    key: SubjectKey | None


_COLUMNS = (
    *("id", "subject_id", "sealed_name", "sealed_number", "sealed_phone", "sealed_birth"),
    *("birth_month", "sex", "document_kind", "register_no", "ethnicity", "education", "died_on"),
)


def open_people(community: UUID, people: Iterable[UUID]) -> dict[UUID, Opened]:
    """Plain values of ``people`` of the community, by id. Somebody erased is there without name, number and telephone.

    For code that has checked the scope: this asks nobody's leave.
    """
    found: dict[UUID, Opened] = {}
    for ids in chunks(people):
        rows = list(Person.objects.filter(community=community, id__in=ids).values_list(*_COLUMNS))
        keys = subject_keys(community, [row[1] for row in rows])
        found.update((row[0], _opened(keys.get(row[1]), row)) for row in rows)
    return found


def _opened(key: SubjectKey | None, row: Sequence[Any]) -> Opened:
    person, subject, name, number, phone, birth, month, sex, kind, register_no, ethnicity, education, died = row
    plain = opened(key, NUMBER, number)
    citizen = number_kind(kind) == IDENTITY_CARD
    born = opened(key, BIRTH, birth)
    return Opened(
        id=person,
        subject=subject,
        name=opened(key, NAME, name),
        sex=sex,
        birth_date=date.fromisoformat(born) if born else month,
        number=plain if citizen else "",
        document_kind=kind,
        document_number="" if citizen else plain,
        register_no=register_no,
        phone=opened(key, PHONE, phone),
        ethnicity=ethnicity,
        education=education,
        died_on=died,
        key=key,
    )


def found_near(community: UUID, column: str, wanted: Iterable[tuple[int, date, date]]) -> Iterator[tuple[UUID, int, date]]:
    """People by a keyed hash (``column``: ``name_token``, …) and the first and last month they may be born in: id, hash, month.

    The index narrows by both: a name is shared by thousands in a million, and each would be fetched to be left out. For code that
    has checked the scope.
    """
    quoted = connection.ops.quote_name
    table, name = quoted(Person._meta.db_table), quoted(column)
    own = Person._meta.get_field("community").get_db_prep_value(community, connection)
    first, row = ("(%s::integer, %s::date, %s::date)", "(%s, %s, %s)") if connection.vendor == "postgresql" else (_ROW, _ROW)
    with connection.cursor() as cursor:
        for part in chunks(wanted):
            cursor.execute(
                f"WITH wanted (hash, low, high) AS (VALUES {', '.join((first, *[row] * (len(part) - 1)))})"
                f" SELECT p.id, p.{name}, p.birth_month FROM wanted AS w CROSS JOIN {table} AS p"
                f" WHERE p.{name} = w.hash AND p.birth_month BETWEEN w.low AND w.high AND p.community_id = %s",
                [*(connection.ops.adapt_datefield_value(v) if isinstance(v, date) else v for each in part for v in each), own],
            )
            for person, token, month in cursor.fetchall():
                yield person if isinstance(person, UUID) else UUID(hex=person), token, month


def person_keys(community: UUID, people: Iterable[UUID | None]) -> dict[UUID, SubjectKey]:
    """The keys of ``people``, by person; those erased are left out."""
    found: dict[UUID, SubjectKey] = {}
    for ids in chunks({person for person in people if person is not None}):
        subjects = dict(Person.objects.filter(community=community, id__in=ids).values_list("id", "subject_id"))
        keys = subject_keys(community, subjects.values())
        found.update((person, keys[subject]) for person, subject in subjects.items() if subject in keys)
    return found


def opened_told(community: UUID, items: Iterable[ReviewItem]) -> dict[UUID, dict[str, str]]:
    """What the sources of questions say, opened, by question; empty where the key was destroyed. For code that checked scope."""
    rows = list(items)
    keys = subject_keys(community, {row.subject_id for row in rows if row.subject_id})
    found: dict[UUID, dict[str, str]] = {}
    for row in rows:
        key = keys.get(row.subject_id) if row.subject_id else None
        found[row.id] = json.loads(key.open(TOLD, bytes(row.told))) if key and row.told else {}
    return found
