"""Data subjects: made inside the command that registers the people, each with a key of its own."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from linli.kernel.ids import new_id
from linli.trust.audit import record
from linli.trust.models import Subject, WrappedKey
from linli.trust.sealing.keys import SubjectKey, ring_of, wrapped_keys
from linli.trust.suites import SECRET_BYTES

_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class NewSubject:
    """A data subject that has just been made: its random pseudonym, and its key to seal with."""

    id: UUID
    pseudonym: str
    key: SubjectKey


def new_subjects(community: UUID, count: int) -> list[NewSubject]:
    """``count`` new data subjects with random 64-bit pseudonyms and keys, recorded in the running command's trail."""
    held = ring_of(community)
    made: list[NewSubject] = []
    for start in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - start)
        ids = [new_id() for _ in range(size)]
        noise, names = os.urandom(SECRET_BYTES * size), os.urandom(8 * size)
        secrets = [noise[i : i + SECRET_BYTES] for i in range(0, len(noise), SECRET_BYTES)]
        pseudonyms = [names[i : i + 8].hex() for i in range(0, len(names), 8)]
        insert(Subject, ("id", "community", "pseudonym"), zip(ids, [community] * size, pseudonyms, strict=True))
        wrapped = wrapped_keys(held, ids, secrets)
        rows = ((i, community, held.current, held.suite, w) for i, w in zip(ids, wrapped, strict=True))
        insert(WrappedKey, ("subject", "community", "version", "suite", "wrapped"), rows)
        made += [NewSubject(i, p, SubjectKey(i, s, held.suite)) for i, p, s in zip(ids, pseudonyms, secrets, strict=True)]
    record("trust.subject", counts={"new": count})
    return made


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


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write many rows of plain values (UUID, text, whole numbers, bytes) past the ORM: a million of them in seconds."""
    fields = [model._meta.get_field(name) for name in names]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)  # type: ignore[union-attr]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            plain = (tuple(v.hex if isinstance(v, UUID) else v for v in row) for row in rows)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", plain)  # type: ignore[arg-type]
