"""Data subjects: made inside the command that registers the people, each with a key of its own."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models

from linli.kernel.aside import mapped
from linli.kernel.ids import new_hexes, new_ids
from linli.trust.audit import record
from linli.trust.keyring import Ring
from linli.trust.models import Subject, WrappedKey
from linli.trust.sealing.keys import SubjectKey, ring_of, wrapped_keys
from linli.trust.sealing.newcomers import Piece, Told, seal_piece
from linli.trust.suites import SECRET_BYTES


class NewSubject(NamedTuple):
    """A data subject that has just been made: its random pseudonym, and its key to seal with."""

    id: UUID
    pseudonym: str
    key: SubjectKey


def new_subjects(community: UUID, count: int) -> list[NewSubject]:
    """``count`` new data subjects with random 64-bit pseudonyms and keys, recorded in the running command's trail."""
    held = ring_of(community)
    record("trust.subject", counts={"new": count})
    ids = new_ids(count)
    noise = os.urandom(SECRET_BYTES * count)
    secrets = [noise[i : i + SECRET_BYTES] for i in range(0, len(noise), SECRET_BYTES)]
    wrapped = wrapped_keys(held, ids, secrets)
    pseudonyms = _keep(community, held, [i.hex for i in ids], wrapped)
    return list(map(NewSubject, ids, pseudonyms, map(SubjectKey, ids, secrets, repeat(held.suite))))


class SealedSubjects(NamedTuple):
    """New data subjects (ids of 32 hexadecimal digits); by place what was told of them, sealed; the columns they are found by."""

    ids: list[str]
    texts: Mapping[str, list[bytes]]
    found_by: Mapping[str, Sequence[Any]]


def new_sealed_subjects(community: UUID, told: Iterable[Told], *, aside: bool) -> Iterator[SealedSubjects]:
    """A data subject with a key for everybody who is ``told`` of, recorded in the running command's trail; take all of them.

    ``aside``: there is so much of it that a second process is worth starting, which seals while this one writes. Some of what is
    told is asked for before the first answer is given.
    """
    held, count = ring_of(community), 0
    waiting: deque[list[str]] = deque()

    def pieces() -> Iterator[Piece]:
        for some in told:
            waiting.append(new_hexes(some.count))
            ids = bytes.fromhex("".join(waiting[-1]))
            yield Piece(ids, held.secret, held.suite, held.index_secret, held.index_suite, some)

    for sealed in mapped(seal_piece, pieces(), aside=aside):
        ids = waiting.popleft()
        _keep(community, held, ids, sealed.wrapped)
        count += len(ids)
        yield SealedSubjects(ids, sealed.texts, sealed.found_by)
    record("trust.subject", counts={"new": count})


def _keep(community: UUID, held: Ring, hexes: Sequence[str], wrapped: Iterable[bytes]) -> list[str]:
    """Write the subjects with their wrapped keys; the pseudonyms that they got."""
    names = os.urandom(8 * len(hexes)).hex()
    pseudonyms = [names[i : i + 16] for i in range(0, len(names), 16)]
    insert(Subject, ("id", "community", "pseudonym"), zip(hexes, repeat(community.hex), pseudonyms))
    keys = zip(hexes, repeat(community.hex), repeat(held.current), repeat(held.suite), wrapped)
    insert(WrappedKey, ("subject", "community", "version", "suite", "wrapped"), keys)
    return pseudonyms


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
            if values:
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays})", values)
        else:
            # Past Django's own wrapper, which would keep every row until the last is written.
            places = ", ".join("?" * len(fields))
            connection.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
