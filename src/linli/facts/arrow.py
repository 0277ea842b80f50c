"""From a queryset to columns without a Python object per cell's type: what tens of thousands of rows need."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.db import connections
from django.db.models import QuerySet


def fetch(rows: QuerySet[Any, Any], schema: pa.Schema) -> pa.Table:
    """The rows of a ``values_list`` queryset as an Arrow table. ``schema`` names the columns in the queryset's order.

    Instants become UTC; ids come out as plain text (fit for joining, not for showing). Alike on SQLite, which keeps instants and
    ids as text, and on PostgreSQL.
    """
    connection = connections[rows.db]
    sql, params = rows.query.get_compiler(rows.db).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    columns = list(zip(*found, strict=True)) if found else [()] * len(schema)
    return pa.table([_column(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema)


def _column(values: Any, wanted: pa.DataType) -> pa.Array:
    sample = next((v for v in values if v is not None), None)
    if pa.types.is_timestamp(wanted) and isinstance(sample, str):
        return pa.array(values, pa.string()).cast(pa.timestamp("us")).cast(wanted)
    if pa.types.is_date(wanted) and isinstance(sample, str):
        return pa.array(values, pa.string()).cast(wanted)
    if pa.types.is_string(wanted) and sample is not None and not isinstance(sample, str):
        return pa.array(
            [None if v is None else v.hex if hasattr(v, "hex") and not isinstance(v, float) else str(v) for v in values], wanted
        )
    if pa.types.is_boolean(wanted) and isinstance(sample, int):
        return pa.array([None if v is None else bool(v) for v in values], wanted)
    return pa.array(values, wanted)
