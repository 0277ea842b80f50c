"""Read a table into Arrow, without an object per row."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from django.db import connection, models

from linli.intake.bulk.columns import field_of, kind_of

CHUNK = 50_000
_TYPES = {
    "UUIDField": pa.string(),
    "CharField": pa.string(),
    "TextField": pa.string(),
    "SlugField": pa.string(),
    "JSONField": pa.string(),
    "BinaryField": pa.binary(),
    "DateField": pa.date32(),
    "DateTimeField": pa.timestamp("us", tz="UTC"),
    "FloatField": pa.float64(),
    "BooleanField": pa.bool_(),
}


def fetch(model: type[models.Model], columns: Sequence[str], *conditions: models.Q, **where: Any) -> pa.Table:
    """The rows that hold ``conditions`` and ``where`` (as in ``filter``), in no order: one Arrow column each.

    Ids come as 32 hexadecimal digits, instants as timestamps in UTC, JSON as its text, sealed fields as bytes. The caller has
    filtered by scope: this is for the flats' own queries. TypeError for a decimal field: fetch it as Django does.
    """
    fields = [field_of(model, name) for name in columns]
    types = [_type(field) for field in fields]
    found = model._base_manager.filter(*conditions, **where).values_list(*(f.attname for f in fields)).order_by()
    sql, parameters = found.query.sql_with_params()
    read = _by_copy if connection.vendor == "postgresql" else _by_cursor
    with connection.wrap_database_errors:
        return read(sql, parameters, list(columns), [kind_of(f) for f in fields], types)


def _type(field: models.Field[Any, Any]) -> pa.DataType:
    kind = kind_of(field)
    if kind in ("DecimalField", "DurationField", "TimeField"):
        raise TypeError(f"{field.name}: {kind} is not read in bulk")
    return _TYPES.get(kind, pa.int64())


def _by_cursor(sql: str, parameters: Any, names: list[str], kinds: list[str], types: list[pa.DataType]) -> pa.Table:
    """SQLite: ids are stored as their digits; dates, instants and truth Django's connection has turned into Python's already."""
    raw = [pa.timestamp("us") if k == "DateTimeField" else t for k, t in zip(kinds, types, strict=True)]
    pieces: list[list[pa.Array]] = [[] for _ in names]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK):
            for piece, values, kind in zip(pieces, zip(*rows, strict=True), raw, strict=True):
                piece.append(pa.array(values, kind))
    columns = []
    for piece, kind, stored, wanted in zip(pieces, kinds, raw, types, strict=True):
        column = pa.chunked_array(piece, stored)
        if kind == "DateTimeField":
            column = pc.assume_timezone(column, "UTC")
        columns.append(column.cast(wanted))
    return pa.table(columns, names=names)


def _by_copy(sql: str, parameters: Any, names: list[str], kinds: list[str], types: list[pa.DataType]) -> pa.Table:
    sink = io.BytesIO()
    with connection.cursor() as cursor:
        statement = f"COPY ({sql}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
        with cursor.cursor.copy(statement, parameters or None) as copy:
            for piece in copy:
                sink.write(piece)
    if not sink.tell():
        return pa.table([pa.array([], t) for t in types], names=names)
    read = pyarrow.csv.read_csv(
        pa.py_buffer(sink.getbuffer()),
        read_options=pyarrow.csv.ReadOptions(column_names=names),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return pa.table([_typed(read[name], k, t) for name, k, t in zip(names, kinds, types, strict=True)], names=names)


def _typed(column: pa.ChunkedArray, kind: str, wanted: pa.DataType) -> pa.ChunkedArray:
    if kind == "UUIDField":
        return pc.replace_substring(column, "-", "")
    if kind == "BinaryField":
        return pa.chunked_array([pa.array([None if v is None else bytes.fromhex(v[2:]) for v in column.to_pylist()], wanted)])
    if kind == "BooleanField":
        return pc.equal(column, "t")
    if kind == "DateTimeField":
        # "2026-11-22 18:00:00.5+00": the zone of the connection is UTC, as Django sets it.
        return pc.assume_timezone(pc.replace_substring_regex(column, r"\+00$", "").cast(pa.timestamp("us")), "UTC")
    return column.cast(wanted)
