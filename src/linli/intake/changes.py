"""What stood in records before a batch rewrote them, kept without losing anything of it."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from linli.intake import bulk
from linli.intake.models import Batch, Change, RowResult

_CHUNK = 500
_BYTES = "$bytes"


def note_changes(batch: UUID, model_label: str, changes: Iterable[tuple[UUID, int | None, Mapping[str, Any]]]) -> None:
    """Keep what stood in records before ``batch`` rewrites or closes them: (object id, row of the file, {field: value}).

    ``before`` holds every field the batch writes, ``batch`` (the last writer before this one) among them. Call it inside the
    command that applies the batch. The first note of a record counts: it is what stood there before the file.
    """
    community = Batch.objects.values_list("community_id", flat=True).get(id=batch)
    rows = (
        (community, batch, model_label, object_id, row, {name: _plain(value) for name, value in before.items()})
        for object_id, row, before in changes
    )
    bulk.insert(Change, ("community", "batch", "model", "object_id", "row", "before"), rows, ignore=True)


def forget_changes(community: UUID, object_ids: Collection[UUID]) -> int:
    """Keep nothing more of what stood in these records, nor of what a file said of them: for an erasure, which can't be undone.

    Call it inside the command that erases. Returns how many notes went.
    """
    if not object_ids:
        return 0
    RowResult.objects.filter(community=community, object_id__in=object_ids).exclude(shown="").update(shown="")
    return bulk.delete(Change, object_ids, column="object_id", community=community)


def changed_by(batch: UUID, model_label: str) -> QuerySet[Change, Any]:
    """The ids (``object_id``) of the records of a model that ``batch`` changed, to ask by; not of those that it made."""
    return Change.objects.filter(batch=batch, model=model_label).values("object_id")


def changed_after(community: UUID, model_label: str, writer: UUID) -> dict[UUID, Mapping[str, Any]]:
    """Records that later batches changed after ``writer`` had written them: id → what stood there, as JSON."""
    noted = Change.objects.filter(community=community, model=model_label, before__batch=str(writer))
    return dict(noted.values_list("object_id", "before"))


def hand_on(batch: UUID, model_label: str, object_id: UUID, *, to: UUID) -> None:
    """A later batch ``to`` changed the record instead of ``batch``: inside an undo, by the record's flat."""
    Change.objects.filter(batch=batch, model=model_label, object_id=object_id).update(batch=to)


def forget_change(batch: UUID, model_label: str, object_id: UUID) -> None:
    """What the batch changed in this record is not given back any more: inside an undo, by the record's flat."""
    Change.objects.filter(batch=batch, model=model_label, object_id=object_id).delete()


def stand_in(community: UUID, model_label: str, object_id: UUID, *, writer: UUID, by: UUID | None) -> None:
    """Before the later batches that changed it the record was written by ``by`` instead of ``writer``; None: it is no more."""
    notes = Change.objects.filter(community=community, model=model_label, object_id=object_id, before__batch=str(writer))
    for note in notes:
        if by is None:
            note.delete()
        else:
            note.before = {**note.before, "batch": str(by)}
            note.save(update_fields=["before"])


def values_before(model: type[models.Model], before: Mapping[str, Any]) -> dict[str, Any]:
    """Attribute → value as the model holds it; without a note of the last writer there is none."""
    values: dict[str, Any] = {}
    for name, value in {"batch": None, **before}.items():
        field: Any = model._meta.get_field(name)
        values[field.attname] = _back(field, value)
    return values


def _plain(value: Any) -> Any:
    """A value as JSON, without losing anything of it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: base64.b64encode(bytes(value)).decode()}
    if isinstance(value, models.Model):
        return _plain(value.pk)
    return value


def _back(field: Any, value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {_BYTES}:
        return base64.b64decode(value[_BYTES])
    return field.to_python(value)


def chunked(values: Sequence[Any], size: int = _CHUNK) -> Iterator[Sequence[Any]]:
    """``values``, so many at a time as a database takes parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
