"""Insert, update and delete by the million."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, islice, repeat
from typing import Any

import pyarrow as pa
from django.db import connection, models
from django.db.transaction import TransactionManagementError

from linli.intake.bulk.columns import Adapter, Same, field_of, for_postgres, for_sqlite, line_text

CHUNK = 20_000
_numbers = count()
Block = tuple[Sequence[Sequence[Any] | Same], int]
"""Columns of some rows, and how many rows."""


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, ignore: bool = False) -> int:
    """Insert rows; returns how many were handed over. ``ignore``: a row that a unique constraint refuses is left out.

    ``columns``: field names; ``rows``: as many values each, as the model holds them (ids as UUID, or as 32 hexadecimal digits).
    Anything with a length or an iterator will do, ``zip`` of whole columns among them. IntegrityError as Django raises it.
    """
    fields = [field_of(model, name) for name in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    with _whole():
        if not ignore and not _is_walled(model):
            return _fill(table, fields, rows)
        with _temporary(fields) as scratch:
            done = _fill(scratch, fields, rows)
            names = _names(fields)
            # SQLite takes ON CONFLICT for part of a join unless something stands before it.
            otherwise = " ON CONFLICT DO NOTHING" if ignore else ""
            _execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {scratch} WHERE true{otherwise}")
            return done


def insert_columns(model: type[models.Model], columns: Mapping[str, Sequence[Any] | Same], count: int) -> int:
    """As :func:`insert`, of ``count`` rows as whole columns: each a sequence of so many values, or ``Same`` in every row."""
    fields = [field_of(model, name) for name in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    blocks = _sliced(columns, count)
    with _whole():
        if not _is_walled(model):
            return _fill_blocks(table, fields, blocks)
        with _temporary(fields) as scratch:
            done = _fill_blocks(scratch, fields, blocks)
            names = _names(fields)
            _execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {scratch}")
            return done


def _sliced(columns: Mapping[str, Sequence[Any] | Same], count: int) -> Iterator[Block]:
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        yield (
            [
                column if isinstance(column, Same) else column if size == count else column[start : start + size]
                for column in columns.values()
            ],
            size,
        )


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Rewrite ``columns`` of the rows named first: each of ``rows`` is (primary key, value of each column). Returns how many.

    A key that is not there changes nothing; one that comes twice takes either of its values, so let none do.
    """
    key = field_of(model, "pk")
    fields = [field_of(model, name) for name in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    quoted = connection.ops.quote_name
    with _whole(), _temporary([key, *fields]) as scratch:
        if not _fill(scratch, [key, *fields], rows):
            return 0
        _count(scratch)
        values = ", ".join(f"{quoted(_column(f))} = s.{quoted(_column(f))}" for f in fields)
        pk = quoted(_column(key))
        return _execute(f"UPDATE {table} SET {values} FROM {scratch} AS s WHERE {table}.{pk} = s.{pk}")


def delete(model: type[models.Model], values: Iterable[Any], *, column: str = "pk", **where: Any) -> int:
    """Delete the rows whose ``column`` is one of ``values`` (and that hold ``where``: field → value). Returns how many.

    Nothing cascades: rows that refer to them must be gone before.
    """
    field = field_of(model, column)
    table = connection.ops.quote_name(model._meta.db_table)
    quoted = connection.ops.quote_name
    with _whole(), _temporary([field]) as scratch:
        if not _fill(scratch, [field], ((value,) for value in values)):
            return 0
        _count(scratch)
        name = quoted(_column(field))
        further, parameters = "", []
        for other, value in where.items():
            found = field_of(model, other)
            further += f" AND {quoted(_column(found))} = %s"
            parameters.append(found.get_db_prep_value(value, connection))
        return _execute(f"DELETE FROM {table} WHERE {name} IN (SELECT {name} FROM {scratch}){further}", parameters)


@contextmanager
def _whole() -> Iterator[None]:
    """Inside a command's transaction, and nowhere else: where this fails, the whole of it is taken back."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("bulk writing belongs inside a command")
    try:
        yield
    except BaseException:
        connection.set_rollback(True)
        raise


def _is_walled(model: type[models.Model]) -> bool:
    """Whether row-level security stands around the table: COPY passes no wall, INSERT does."""
    return connection.vendor == "postgresql" and any(f.column == "community_id" for f in model._meta.concrete_fields)


def _fill(table: str, fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> int:
    return _fill_blocks(table, fields, _blocks(rows))


def _fill_blocks(table: str, fields: Sequence[models.Field[Any, Any]], blocks: Iterable[Block]) -> int:
    with connection.wrap_database_errors:
        return _copy(table, fields, blocks) if connection.vendor == "postgresql" else _many(table, fields, blocks)


def _many(table: str, fields: Sequence[models.Field[Any, Any]], blocks: Iterable[Block]) -> int:
    adapters = [for_sqlite(field) for field in fields]
    sql = f"INSERT INTO {table} ({_names(fields)}) VALUES ({', '.join('?' * len(fields))})"
    raw = connection.connection
    done = 0
    for columns, size in blocks:
        ready = [_adapted(adapt, column, size) for adapt, column in zip(adapters, columns, strict=True)]
        raw.executemany(sql, zip(*ready, strict=True))
        done += size
    return done


def _adapted(adapt: Adapter | None, column: Sequence[Any] | Same, size: int) -> Iterable[Any]:
    if isinstance(column, Same):
        return repeat(adapt([column.value])[0] if adapt else column.value, size)
    assert len(column) == size
    return adapt(column) if adapt else column


def _copy(table: str, fields: Sequence[models.Field[Any, Any]], blocks: Iterable[Block]) -> int:
    done = 0
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} ({_names(fields)}) FROM STDIN") as copy:
        for columns, size in blocks:
            copy.write(line_text([_as_text(f, column) for f, column in zip(fields, columns, strict=True)], size))
            done += size
    return done


def _as_text(field: models.Field[Any, Any], column: Sequence[Any] | Same) -> pa.Array | pa.Scalar:
    return for_postgres(field, [column.value])[0] if isinstance(column, Same) else for_postgres(field, column)


def _blocks(rows: Iterable[Sequence[Any]]) -> Iterator[Block]:
    """The rows as columns, some thousands at a time."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        yield list(zip(*chunk, strict=True)), len(chunk)


@contextmanager
def _temporary(fields: Sequence[models.Field[Any, Any]]) -> Iterator[str]:
    """A table of this connection alone with the given columns; gone afterwards, also where something failed."""
    name = f"linli_bulk_{next(_numbers)}"
    columns = ", ".join(f"{connection.ops.quote_name(_column(f))} {_type(f)}" for f in fields)
    _execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    yield name
    # Where something fails the transaction takes it back.
    _execute(f"DROP TABLE {name}")


def _count(table: str) -> None:
    """Let PostgreSQL know what it joins: nothing counts a table of one connection by itself."""
    if connection.vendor == "postgresql":
        _execute(f"ANALYZE {table}")


def _type(field: models.Field[Any, Any]) -> str:
    found = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    assert found
    return found


def _column(field: models.Field[Any, Any]) -> str:
    assert field.column
    return field.column


def _names(fields: Sequence[models.Field[Any, Any]]) -> str:
    return ", ".join(connection.ops.quote_name(_column(f)) for f in fields)


def _execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return int(cursor.rowcount)
