"""The first load of an empty table: its indexes are built once at the end, instead of being rearranged with every row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

FROM = 50_000
"""Fewer rows than this are written sooner than indexes are built."""
_CACHE_KIB = 262_144


@contextmanager
def indexed_afterwards(rows: int, *tables: type[models.Model]) -> Iterator[None]:
    """SQLite: within this block the indexes of those ``tables`` that are empty do not exist, if ``rows`` are worth it.

    Call it inside a transaction and ask nothing of the tables within: dropping and building are part of the transaction, so that
    whoever breaks off leaves the indexes as they were, and unique ones are checked when they are built. Primary keys stay.
    PostgreSQL locks out every reader for such a thing, and writes its indexes well enough: there tables are only counted anew.
    """
    if connection.vendor != "sqlite" or rows < FROM:
        yield
        counted(rows, *tables)
        return
    put_back: list[str] = []
    with connection.cursor() as cursor:
        for model in tables:
            table = model._meta.db_table
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")
            if cursor.fetchone()[0]:
                continue
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s", [table]
            )
            for name, sql in cursor.fetchall():
                cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
                put_back.append(sql)
    with roomy():
        yield
        with connection.cursor() as cursor:
            for sql in put_back:
                cursor.execute(sql)


def counted(rows: int, *tables: type[models.Model]) -> None:
    """PostgreSQL: take the statistics of tables that got so many ``rows``.

    The next file may come before its own housekeeping does, and would be planned as if they were empty: a week of a million spent
    minutes in one DELETE. Only a table's owner may; for another role PostgreSQL passes over it with a warning.
    """
    if connection.vendor == "postgresql" and rows >= FROM:
        with connection.cursor() as cursor:
            for model in tables:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


@contextmanager
def roomy() -> Iterator[None]:
    """SQLite: for as long as the block lasts a large part of the database stays in memory; a town's people lie all over it.

    Also usable as a decorator. Within another block, and on PostgreSQL, nothing happens.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    (cache,) = raw.execute("PRAGMA cache_size").fetchone()
    if cache == -_CACHE_KIB:
        yield
        return
    raw.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    try:
        yield
    finally:
        if connection.connection is raw:
            raw.execute(f"PRAGMA cache_size = {cache}")
