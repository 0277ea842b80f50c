"""Data subjects: made inside the command that registers the people, each with a key of its own."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import repeat
from typing import NamedTuple
from uuid import UUID

from django.db import connection, models

from linli.kernel.ids import new_ids
from linli.trust.audit import record
from linli.trust.keyring import Ring
from linli.trust.models import Subject, WrappedKey
from linli.trust.sealing.keys import SubjectKey, ring_of, wrapped_keys
from linli.trust.suites import SECRET_BYTES

_AT_ONCE = 20_000


class NewSubject(NamedTuple):
    """A data subject that has just been made: its random pseudonym, and its key to seal with."""

    id: UUID
    pseudonym: str
    key: SubjectKey


def new_subjects(community: UUID, count: int) -> list[NewSubject]:
    """``count`` new data subjects with random 64-bit pseudonyms and keys, recorded in the running command's trail."""
    return [subject for part in new_subjects_in_parts(community, count) for subject in part]


def new_subjects_in_parts(community: UUID, count: int, part: int = _AT_ONCE) -> Iterator[list[NewSubject]]:
    """:func:`new_subjects`, ``part`` by ``part``: a million keys need not be in memory together. Take all of them."""
    held = ring_of(community)
    record("trust.subject", counts={"new": count})
    for start in range(0, count, part):
        yield _made(community, held, min(part, count - start))


def _made(community: UUID, held: Ring, count: int) -> list[NewSubject]:
    ids = new_ids(count)
    hexes = [i.hex for i in ids]
    noise, names = os.urandom(SECRET_BYTES * count), os.urandom(8 * count)
    secrets = [noise[i : i + SECRET_BYTES] for i in range(0, len(noise), SECRET_BYTES)]
    pseudonyms = [names[i : i + 8].hex() for i in range(0, len(names), 8)]
    insert(Subject, ("id", "community", "pseudonym"), zip(hexes, repeat(community.hex), pseudonyms))
    wrapped = zip(hexes, repeat(community.hex), repeat(held.current), repeat(held.suite), wrapped_keys(held, ids, secrets))
    insert(WrappedKey, ("subject", "community", "version", "suite", "wrapped"), wrapped)
    return list(map(NewSubject, ids, pseudonyms, map(SubjectKey, ids, secrets, repeat(held.suite))))


def drop_subjects(community: UUID, subjects: Collection[UUID]) -> int:
    """Take back data subjects made by mistake (an undone file). Nothing may refer to them any more. Returns how many went."""
    ids = list(subjects)
    gone = 0
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        WrappedKey.objects.filter(community=community, subject__in=some).delete()
        gone += Subject.objects.filter(community=community, id__in=some).delete()[1].get(Subject._meta.label, 0)
    record("trust.subject", counts={"removed": gone})
    return gone


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[str | int | bytes, ...]]) -> None:
    """Write many rows past the ORM, a million in seconds: text (ids as 32 hexadecimal digits), whole numbers, bytes."""
    fields = [model._meta.get_field(name) for name in names]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)  # type: ignore[union-attr]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # COPY is refused where row-level security holds.
            arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
            values = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays})", values)
        else:
            # Past Django's own wrapper, which would keep every row until the last is written.
            places = ", ".join("?" * len(fields))
            connection.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
