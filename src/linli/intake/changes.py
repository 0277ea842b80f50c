"""What a batch rewrote, and how a flat gives it back: exactly, and nothing that later work stands on."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from linli.intake import bulk
from linli.intake.kinds import Outcome, Undone, Verdict
from linli.intake.models import Batch, Change, RowResult
from linli.kernel.words import Words, sentence

CHANGED_SINCE = sentence("intake.undo.changed_since", "This record was written again after the import; it stays as it is.")
USED_SINCE = sentence("intake.undo.used_since", "Later records refer to this one; it stays.")
GONE_SINCE = sentence("intake.undo.gone_since", "This record was removed after the import; there is nothing to give back.")
TARGET_GONE = sentence(
    "intake.undo.target_gone", "What this record referred to before the import is no longer there; it stays as it is."
)
UNDO_LATER = sentence("intake.undo.later_first", "Undo the later import first, or correct the record by hand.")

_CHUNK = 500
_REWRITTEN = 5000
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


def restore(batch: UUID, models: Mapping[str, type[models.Model]]) -> Undone:
    """Give back what stood before ``batch``: delete what it made, rewrite what it changed, where it is still the last writer.

    ``models``: label (as in :func:`note_changes`) → model, those that refer to others first. Each has a column ``batch``, its
    last writer, and a UUID as primary key; rows changed later, or that others' rows refer to, are kept and listed. Call it
    inside the flat's undo command.
    """
    kept: dict[UUID, Words] = {}
    created = {label: _created(batch, label, model) for label, model in models.items()}
    # A row that stays keeps alive what it refers to, so look again until nothing more has to stay.
    while sum(_hold(batch, label, model, models, created, kept) for label, model in models.items()):
        pass
    restored = 0
    for label, model in models.items():
        restored += bulk.delete(model, [pk for pk in created[label] if pk not in kept])
    for label, model in models.items():
        restored += _rewrite(batch, label, model, kept)
    _find_rewritten(batch, models, kept)
    return Undone(restored, _listed(batch, kept))


def _created(batch: UUID, label: str, model: type[models.Model]) -> set[UUID]:
    changed = Change.objects.filter(batch=batch, model=label).values("object_id")
    return set(model._base_manager.filter(batch=batch).exclude(pk__in=changed).values_list("pk", flat=True))


def _hold(
    batch: UUID,
    label: str,
    model: type[models.Model],
    models_: Mapping[str, type[models.Model]],
    created: Mapping[str, set[UUID]],
    kept: dict[UUID, Words],
) -> bool:
    """Mark the made rows of ``model`` that something staying refers to. True where that marked more than before."""
    before = len(kept)
    labels = {m: name for name, m in models_.items()}
    mine = model._base_manager.filter(batch=batch)
    for relation in _relations(model):
        other = relation.related_model
        attribute = relation.field.attname
        referring = other._base_manager.filter(**{f"{relation.field.name}__in": mine})
        if other in labels:
            held = set(referring.exclude(batch=batch).values_list(attribute, flat=True))
            for ids in _chunks([pk for pk in created[labels[other]] if pk in kept]):
                held.update(other._base_manager.filter(pk__in=ids).values_list(attribute, flat=True))
        else:
            held = set(referring.values_list(attribute, flat=True))
        for pk in held & created[label]:
            kept.setdefault(pk, Words(USED_SINCE))
    return len(kept) > before


def _relations(model: type[models.Model]) -> Iterator[Any]:
    """Every foreign key that points at the model, those without a name of their way back (``related_name="+"``) included."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation


def _rewrite(batch: UUID, label: str, model: type[models.Model], kept: dict[UUID, Words]) -> int:
    done = 0
    changes = Change.objects.filter(batch=batch, model=label).order_by("object_id").values_list("object_id", "before")
    for chunk in _chunks(list(changes), _REWRITTEN):
        found = {}
        for ids in _chunks([object_id for object_id, _ in chunk]):
            found.update(model._base_manager.in_bulk(ids))
        groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
        values = {object_id: _values(model, before) for object_id, before in chunk}
        lost = _lost_targets(model, values)
        for object_id, before in values.items():
            row = found.get(object_id)
            if row is None:
                kept[object_id] = Words(GONE_SINCE)
            elif _writer(row) != batch:
                kept[object_id] = Words(CHANGED_SINCE)
            elif object_id in lost:
                kept[object_id] = Words(TARGET_GONE)
            else:
                groups[tuple(before)].append((object_id, *before.values()))
        for attributes, rows in groups.items():
            done += bulk.update(model, attributes, rows)
    return done


def _values(model: type[models.Model], before: Mapping[str, Any]) -> dict[str, Any]:
    """Attribute → value as the model holds it; without a note of the last writer there is none."""
    values: dict[str, Any] = {}
    for name, value in {"batch": None, **before}.items():
        field: Any = model._meta.get_field(name)
        values[field.attname] = _back(field, value)
    return values


def _lost_targets(model: type[models.Model], values: Mapping[UUID, Mapping[str, Any]]) -> set[UUID]:
    lost: set[UUID] = set()
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey) or field.name == "batch":
            continue
        wanted = {object_id: v[field.attname] for object_id, v in values.items() if v.get(field.attname) is not None}
        if wanted:
            target: Any = field.related_model
            there = set(target._base_manager.filter(pk__in=set(wanted.values())).values_list("pk", flat=True))
            lost.update(object_id for object_id, pk in wanted.items() if pk not in there)
    return lost


def _find_rewritten(batch: UUID, models_: Mapping[str, type[models.Model]], kept: dict[UUID, Words]) -> None:
    """Rows that this batch made and a later writer changed: they no longer name the batch, but their row results do."""
    made = RowResult.objects.filter(batch=batch, verdict=Verdict.NEW.value, object_id__isnull=False).values_list(
        "object_id", flat=True
    )
    for ids in _chunks(list(made)):
        for model in models_.values():
            for pk in model._base_manager.filter(pk__in=ids).values_list("pk", flat=True):
                kept.setdefault(pk, Words(CHANGED_SINCE))


def _listed(batch: UUID, kept: Mapping[UUID, Words]) -> list[Outcome]:
    rows: dict[UUID, int] = {}
    for ids in _chunks(list(kept)):
        told = RowResult.objects.filter(batch=batch, object_id__in=ids).values_list("object_id", "row")
        rows.update((object_id, row) for object_id, row in told if object_id is not None)
        noted = Change.objects.filter(batch=batch, object_id__in=ids, row__isnull=False).values_list("object_id", "row")
        rows.update((object_id, row) for object_id, row in noted if row is not None)
    listed = [Outcome(rows.get(pk, 0), Verdict.LEFT, words, Words(UNDO_LATER), object_id=pk) for pk, words in kept.items()]
    return sorted(listed, key=lambda o: o.row)


def _writer(row: models.Model) -> UUID | None:
    field: Any = row._meta.get_field("batch")
    return getattr(row, field.attname)


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


def _chunks(values: Sequence[Any], size: int = _CHUNK) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
