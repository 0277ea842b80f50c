"""Insert, update and delete by the million."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice
from typing import Any

from django.db import connection, models, transaction

from linli.intake.bulk.columns import field_of, for_postgres, for_sqlite, line_text

CHUNK = 20_000
_numbers = count()


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, ignore: bool = False) -> int:
    """Insert rows; returns how many were handed over. ``ignore``: a row that a unique constraint refuses is left out.

    ``columns``: field names; ``rows``: as many values each, as the model holds them (ids as UUID, or as 32 hexadecimal digits).
    Anything with a length or an iterator will do, ``zip`` of whole columns among them. IntegrityError as Django raises it.
    """
    fields = [field_of(model, name) for name in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    with transaction.atomic(savepoint=False):
        if not ignore and not _is_walled(model):
            return _fill(table, fields, rows)
        with _temporary(fields) as scratch:
            done = _fill(scratch, fields, rows)
            names = _names(fields)
            # SQLite takes ON CONFLICT for part of a join unless something stands before it.
            otherwise = " ON CONFLICT DO NOTHING" if ignore else ""
            _execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {scratch} WHERE true{otherwise}")
            return done


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Rewrite ``columns`` of the rows named first: each of ``rows`` is (primary key, value of each column). Returns how many.

    A key that is not there changes nothing; one that comes twice takes either of its values, so let none do.
    """
    key = field_of(model, "pk")
    fields = [field_of(model, name) for name in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    quoted = connection.ops.quote_name
    with transaction.atomic(savepoint=False), _temporary([key, *fields]) as scratch:
        if not _fill(scratch, [key, *fields], rows):
            return 0
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
    with transaction.atomic(savepoint=False), _temporary([field]) as scratch:
        if not _fill(scratch, [field], ((value,) for value in values)):
            return 0
        name = quoted(_column(field))
        further, parameters = "", []
        for other, value in where.items():
            found = field_of(model, other)
            further += f" AND {quoted(_column(found))} = %s"
            parameters.append(found.get_db_prep_value(value, connection))
        return _execute(f"DELETE FROM {table} WHERE {name} IN (SELECT {name} FROM {scratch}){further}", parameters)


def _is_walled(model: type[models.Model]) -> bool:
    """Whether row-level security stands around the table: COPY passes no wall, INSERT does."""
    return connection.vendor == "postgresql" and any(f.column == "community_id" for f in model._meta.concrete_fields)


def _fill(table: str, fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> int:
    with connection.wrap_database_errors:
        return _copy(table, fields, rows) if connection.vendor == "postgresql" else _many(table, fields, rows)


def _many(table: str, fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> int:
    adapters = [for_sqlite(field) for field in fields]
    sql = f"INSERT INTO {table} ({_names(fields)}) VALUES ({', '.join('?' * len(fields))})"
    raw = connection.connection
    done = 0
    for columns in _chunks(rows):
        ready = [adapt(column) if adapt else column for adapt, column in zip(adapters, columns, strict=True)]
        raw.executemany(sql, zip(*ready, strict=True))
        done += len(columns[0])
    return done


def _copy(table: str, fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> int:
    done = 0
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} ({_names(fields)}) FROM STDIN") as copy:
        for columns in _chunks(rows):
            copy.write(line_text([for_postgres(f, column) for f, column in zip(fields, columns, strict=True)]))
            done += len(columns[0])
    return done


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """The rows as columns, some thousands at a time."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        yield list(zip(*chunk, strict=True))


@contextmanager
def _temporary(fields: Sequence[models.Field[Any, Any]]) -> Iterator[str]:
    """A table of this connection alone with the given columns; gone afterwards, also where something failed."""
    name = f"linli_bulk_{next(_numbers)}"
    columns = ", ".join(f"{connection.ops.quote_name(_column(f))} {_type(f)}" for f in fields)
    _execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    yield name
    # Where something fails the transaction takes it back.
    _execute(f"DROP TABLE {name}")


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
