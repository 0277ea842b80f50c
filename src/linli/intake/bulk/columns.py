"""Values as each database wants them: one column at a time, because a decision a column is cheaper than one a cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from operator import is_
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, models

_AS_THEY_ARE = frozenset(
    {
        "CharField",
        "TextField",
        "SlugField",
        "IntegerField",
        "SmallIntegerField",
        "BigIntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
        "PositiveBigIntegerField",
        "AutoField",
        "BigAutoField",
        "FloatField",
        "BooleanField",
        "BinaryField",
    }
)
_SPECIAL = r"[\\\t\n\r]"
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


@dataclass(frozen=True, slots=True)
class Same:
    """One value in every row of a column."""

    value: Any


Adapter = Callable[[Sequence[Any]], Sequence[Any]]


def field_of(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """The concrete field of a name (``community`` or ``community_id``, ``pk`` too)."""
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def kind_of(field: models.Field[Any, Any]) -> str:
    """The internal type; of a foreign key that of what it points at."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field.get_internal_type()


def _hex(value: Any) -> Any:
    if value.__class__ is UUID:
        return value.hex
    if isinstance(value, bytes):
        return value.decode()
    return value.replace("-", "") if value is not None and len(value) == 36 else value


def _uuids(values: Sequence[Any]) -> Sequence[Any]:
    if _all_one(values):
        return [_hex(values[0])] * len(values)
    return [v.int.to_bytes(16).hex() if v.__class__ is UUID else _hex(v) for v in values]


def _all_one(values: Sequence[Any]) -> bool:
    """Whether one and the same object stands in every row: what is equal by chance isn't worth comparing a million times."""
    first = values[0] if values else None
    return len(values) > 0 and values[-1] is first and all(map(is_, values, repeat(first)))


def _json(encoder: Any) -> Adapter:
    def one(value: Any) -> str | None:
        if value is None:
            return None
        if value in ([], {}):
            return "[]" if value == [] else "{}"
        return json.dumps(value, cls=encoder)

    def adapt(values: Sequence[Any]) -> Sequence[Any]:
        return [one(values[0])] * len(values) if _all_one(values) else [one(v) for v in values]

    return adapt


def _slow(field: models.Field[Any, Any]) -> Adapter:
    """As Django does it, which takes a microsecond or more; days and instants come again and again."""

    def adapt(values: Sequence[Any]) -> Sequence[Any]:
        known: dict[Any, Any] = {}
        ready = []
        for value in values:
            try:
                ready.append(known[value])
            except KeyError:
                ready.append(known.setdefault(value, field.get_db_prep_save(value, connection)))
        return ready

    return adapt


def _utc(value: Any) -> Any:
    return value if value is None else value.astimezone(UTC)


def for_sqlite(field: models.Field[Any, Any]) -> Adapter | None:
    """How a column of values is made ready for SQLite; None where it is ready."""
    kind = kind_of(field)
    if kind in _AS_THEY_ARE:
        return None
    if kind == "UUIDField":
        return _uuids
    if kind == "JSONField":
        return _json(getattr(field, "encoder", None))
    return _slow(field)


def _bytea(values: Sequence[Any]) -> pa.Array:
    return pa.array([None if v is None else "\\\\x" + bytes(v).hex() for v in values], pa.string())


def _escaped(texts: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(texts, _SPECIAL)).as_py():
        for sign, written in _ESCAPES:
            texts = pc.replace_substring(texts, sign, written)
    return texts


def for_postgres(field: models.Field[Any, Any], values: Sequence[Any]) -> pa.Array:
    """A column as the text that ``COPY`` reads, null where there is nothing."""
    kind = kind_of(field)
    if kind == "UUIDField":
        return pa.array(_uuids(values), pa.string())
    if kind == "BinaryField":
        return _bytea(values)
    if kind == "JSONField":
        return _escaped(pa.array(_json(getattr(field, "encoder", None))(values), pa.string()))
    if kind == "DateTimeField":
        if all(v is None or isinstance(v, datetime) for v in values):
            return pa.array([_utc(v) for v in values], pa.timestamp("us", tz="UTC")).cast(pa.string())
        return pa.array(values, pa.string())
    if kind == "BooleanField":
        return pa.array(values, pa.bool_()).cast(pa.string())
    if kind in ("CharField", "TextField", "SlugField"):
        return _escaped(pa.array(values, pa.string()))
    if kind == "FloatField":
        return pa.array(values, pa.float64()).cast(pa.string())
    if kind in _AS_THEY_ARE:
        return pa.array(values, pa.int64()).cast(pa.string())
    return _escaped(pa.array([None if v is None else str(v) for v in values], pa.string()))


def line_text(columns: Sequence[pa.Array | pa.Scalar], count: int) -> bytes:
    """``count`` rows as ``COPY … FROM STDIN`` takes them; a scalar stands in every one."""
    if columns and all(isinstance(column, pa.Scalar) for column in columns):
        columns = [pa.array([columns[0].as_py()] * count, pa.string()), *columns[1:]]
    lines = pc.binary_join_element_wise(*columns, pa.scalar("\t"), null_handling="replace", null_replacement="\\N")
    return ("\n".join(lines.to_pylist()) + "\n").encode()
