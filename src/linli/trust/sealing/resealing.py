"""Sealing anew with another cipher suite: keys, every declared column, look-up values; at any moment everything can be read.

What is sealed says by which suite, so old and new stand side by side while it lasts. Look-up values change in one transaction,
and the ring is told after it; killed in between, searches find nothing until the command is run again, which finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection, models

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput
from linli.trust.audit import record
from linli.trust.door import command
from linli.trust.keyring import change
from linli.trust.rules import Permission
from linli.trust.sealing.blinding import Blinder, blinder_of
from linli.trust.sealing.columns import COLUMNS, Column
from linli.trust.sealing.keys import SubjectKey, ring_of, subject_keys
from linli.trust.sealing.rewrapping import SUITE_UNKNOWN, begin_rotation, finish
from linli.trust.suites import works

_AT_ONCE = 2000
Told = Callable[[int], None]


@dataclass(frozen=True)
class Resealed:
    """How many keys were wrapped, values sealed, and rows given other look-up values."""

    keys: int
    values: int
    rows: int


def reseal(*, by: Actor, community: UUID, suite: int, told: Told = lambda _: None) -> Resealed:
    """Take a community to another suite, or finish what was begun. BadInput for a suite that does not work here."""
    if not works(suite):
        raise BadInput(SUITE_UNKNOWN, suite=suite)
    held = ring_of(community)
    begun = held.suite != suite
    if begun:
        begin_rotation(by=by, community=community, suite=suite)
    keys = finish(by=by, community=community, begun=begun, told=told).keys
    values = 0
    for column in list(COLUMNS.values()):
        after: Any = None
        while True:
            after, some = reseal_rows(by=by, community=community, column=(column.model, column.name), after=after)
            values += some
            told(some)
            if after is None:
                break
    rows = reindex(by=by, community=community)
    change(str(community), lambda r: replace(r, index_suite=suite, moving_to=None))
    # What somebody wrote between the transaction and the change of the ring.
    rows += reindex(by=by, community=community)
    return Resealed(keys, values, rows)


@command("trust.reseal_rows", may=Permission.KEYS_MANAGE)
def reseal_rows(*, by: Actor, community: UUID, column: tuple[str, str], after: Any) -> tuple[Any, int]:
    """Seal one batch of a declared column with the ring's suite, from the row after ``after`` on.

    Returns the last row looked at (None when there are no more) and how many were sealed anew. A row that somebody changes
    meanwhile is left as they wrote it, which is by the new suite.
    """
    declared, suite = COLUMNS[column], ring_of(community).suite
    batch = list(_rows(declared, community, after))
    keys = subject_keys(community, {row[1] for row in batch if row[2] and bytes(row[2])[0] != suite})
    changed = []
    for row in batch:
        old = bytes(row[2] or b"")
        if old and old[0] != suite and row[1] in keys:
            key = keys[row[1]]
            changed.append((key.seal(declared.place, key.open(declared.place, old)), row[0], old))
    table = declared.table
    _run(table, f"UPDATE {{table}} SET {{{declared.name}}} = %s WHERE {{pk}} = %s AND {{{declared.name}}} = %s", changed)
    record("trust.resealed", fields=[f"{declared.model}.{declared.name}"], counts={"sealed": len(changed)})
    return (batch[-1][0] if len(batch) == _AT_ONCE else None), len(changed)


@command("trust.reindex", may=Permission.KEYS_MANAGE)
def reindex(*, by: Actor, community: UUID) -> int:
    """Make the look-up values of every declared column by the suite that the ring moves to, in one transaction."""
    held = ring_of(community)
    blind = blinder_of(held, held.moving_to or held.index_suite)
    rows = sum(_reindexed(column, community, blind) for column in list(COLUMNS.values()) if column.derives)
    record("trust.resealed", counts={"indexed": rows})
    return rows


def _reindexed(column: Column, community: UUID, blind: Blinder) -> int:
    table, derived = column.table, column.derived
    setting = ", ".join(f"{{{name}}} = %s" for name in derived)
    keys: dict[UUID, SubjectKey] = subject_keys(community)
    after, count = None, 0
    while True:
        batch = list(_rows(column, community, after))
        changed = []
        for pk, subject, sealed, *rest in batch:
            stored, read = rest[: len(derived)], rest[len(derived) :]
            key = keys.get(subject)
            if not sealed or key is None:
                continue
            assert column.derives is not None
            made = column.derives(blind, key.open(column.place, sealed), dict(zip(column.reads, read, strict=True)))
            new = [made[name] for name in derived]
            if new != [bytes(v) if isinstance(v, memoryview) else v for v in stored]:
                changed.append((*new, pk))
        _run(table, f"UPDATE {{table}} SET {setting} WHERE {{pk}} = %s", changed)
        count += len(changed)
        if len(batch) < _AT_ONCE:
            return count
        after = batch[-1][0]


def _rows(column: Column, community: UUID, after: Any) -> Iterator[tuple[Any, ...]]:
    """A batch of rows in the order of their keys: key, subject, sealed value, derived columns, columns read."""
    rows = column.table._default_manager.filter(**{f"{column.subject}__community": community}).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return rows.values_list("pk", column.subject, column.name, *column.derived, *column.reads)[:_AT_ONCE].iterator()


def _run(table: type[models.Model], sql: str, rows: list[tuple[Any, ...]]) -> None:
    """One statement for many rows; ``{name}`` is the column of that field, ``{pk}`` and ``{table}`` as they say."""
    if not rows:
        return
    quote = connection.ops.quote_name
    columns = {f.name: quote(str(f.column)) for f in table._meta.concrete_fields}
    text = sql.format(table=quote(table._meta.db_table), pk=quote(str(table._meta.pk.column)), **columns)
    plain = [tuple(v.hex if isinstance(v, UUID) else v for v in row) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(text, plain)
