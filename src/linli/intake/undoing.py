"""Giving back what a batch wrote, row by row: what it wrote of one row goes back together, or stays together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from linli.intake import bulk
from linli.intake.changes import chunked, values_before
from linli.intake.kinds import Kept, Undone, Verdict, Why
from linli.intake.models import Batch, Change, RowResult
from linli.kernel.words import Words, sentence

CHANGED_SINCE = sentence("intake.undo.changed_since", "This record was written again after the import; it stays as it is.")
LATER_FILE = sentence("intake.undo.later_file", "A later file changed this record; it stays as it is.")
USED_SINCE = sentence("intake.undo.used_since", "Later records refer to this one; it stays.")
GONE_SINCE = sentence("intake.undo.gone_since", "This record was removed after the import; there is nothing to give back.")
TARGET_GONE = sentence(
    "intake.undo.target_gone", "What this record referred to before the import is no longer there; it stays as it is."
)

_REWRITTEN = 5000


@dataclass(frozen=True)
class Rows:
    """How the records of a kind belong to the rows of its file. All mappings are by label, as in :func:`note_changes`.

    ``owners``: the column that says whom a record is about; a record without one is a row by itself. ``loose``: models whose
    new records go by themselves, whatever becomes of the row. ``follow``: models whose records, whoever wrote them, go with the
    one that they refer to and hold nothing. ``unlisted``: models whose records are no row's own and are not told of.
    ``built``: by owner, why the row stays, as far as the flat knows more than the records show.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    loose: Collection[str] = ()
    follow: Collection[str] = ()
    unlisted: Collection[str] = ()
    built: Mapping[UUID, Why] = field(default_factory=dict)


def restore(batch: UUID, models: Mapping[str, type[models.Model]], rows: Rows | None = None) -> Undone:
    """Give back what stood before ``batch``: delete what it made, rewrite what it changed, where nothing later stands on it.

    ``models``: label (as in :func:`note_changes`) → model, those that refer to others first. Each has a column ``batch``, its
    last writer, and a UUID as primary key. A row of which one record was written again, is referred to, or has lost what it
    referred to, stays whole and is listed. Call it inside the flat's undo command.
    """
    return _Undo(batch, models, rows or Rows()).run()


def rows_back(batch: Batch, kept: Iterable[Kept]) -> tuple[int, int]:
    """How many rows of those that the batch wrote are as before if ``kept`` stay, and how many it wrote."""
    wrote = (Verdict.NEW.value, Verdict.CHANGED.value, Verdict.LEFT.value)
    written = sum(batch.verdicts.get(verdict, 0) for verdict in wrote)
    told = RowResult.objects.filter(batch=batch, verdict__in=wrote)
    stay = sum(told.filter(row__in=some).count() for some in chunked(sorted({one.row for one in kept if one.row})))
    return written - stay, written


class _Undo:
    def __init__(self, batch: UUID, models_: Mapping[str, type[models.Model]], rows: Rows) -> None:
        self.batch, self.models, self.rows = batch, models_, rows
        self.labels = {model: label for label, model in models_.items()}
        self.created = {label: self._created(label) for label in models_}
        self.stay: dict[str, set[UUID]] = {label: set() for label in models_}
        """New records that stay, by label."""
        self.kept: dict[UUID, Why] = {}
        """Owners whose row stays."""
        self.named: dict[UUID, int] = {}
        """Rows of owners whose record is gone."""
        self.silent: set[UUID] = set()

    def run(self) -> Undone:
        # The gathering comes first and writes nothing: what stays is known before anything goes.
        waiting = self._rewritten() | self._blocked() | self._held() | self._built()
        while waiting:
            waiting = self._spread(waiting)
        restored = self._delete() + self._rewrite()
        return Undone(restored, self._listed())

    # What the batch wrote.

    def _created(self, label: str) -> set[UUID]:
        changed = Change.objects.filter(batch=self.batch, model=label).values("object_id")
        mine = self.models[label]._base_manager.filter(batch=self.batch)
        return set(mine.exclude(pk__in=changed).values_list("pk", flat=True))

    def _owner(self, label: str) -> str:
        return self.rows.owners.get(label, "pk")

    def _keep(self, owner: UUID, why: Why) -> set[UUID]:
        if owner in self.kept:
            return set()
        self.kept[owner] = self.rows.built.get(owner, why)
        return {owner}

    # Why rows stay.

    def _rewritten(self) -> set[UUID]:
        """New records that somebody else wrote since: they no longer name the batch, but their row results do."""
        made = RowResult.objects.filter(batch=self.batch, verdict=Verdict.NEW.value, object_id__isnull=False)
        fresh: set[UUID] = set()
        for label, model in self.models.items():
            if self._owner(label) not in ("pk", "id"):
                continue
            found = model._base_manager.filter(pk__in=made.values("object_id")).exclude(batch=self.batch)
            for pk, writer in found.values_list("pk", "batch"):
                fresh |= self._keep(pk, self._since(writer))
        return fresh

    def _blocked(self) -> set[UUID]:
        """Changed records that were written again or removed, or would point to nothing."""
        fresh: set[UUID] = set()
        for label, model in self.models.items():
            column = self._owner(label)
            for part in chunked(self._changes(label), _REWRITTEN):
                found: dict[UUID, tuple[Any, UUID]] = {}
                for ids in chunked([pk for pk, _, _ in part]):
                    stored = model._base_manager.filter(pk__in=ids).values_list("pk", "batch", column)
                    found.update({pk: (writer, owner) for pk, writer, owner in stored})
                lost = _lost_targets(model, {pk: values_before(model, before) for pk, _, before in part})
                for pk, row, _ in part:
                    if pk not in found:
                        fresh |= self._keep(pk, Why(Words(GONE_SINCE)))
                        self.named[pk] = row or 0
                        continue
                    writer, owner = found[pk]
                    if writer != self.batch:
                        fresh |= self._keep(owner, self._since(writer))
                    elif pk in lost:
                        fresh |= self._keep(owner, Why(Words(TARGET_GONE)))
        return fresh

    def _since(self, writer: UUID | None) -> Why:
        return Why(Words(LATER_FILE), file=writer) if writer else Why(Words(CHANGED_SINCE))

    def _held(self) -> set[UUID]:
        """New records that records of others refer to."""
        fresh: set[UUID] = set()
        for label, model in self.models.items():
            if not self.created[label]:
                continue
            mine = model._base_manager.filter(batch=self.batch)
            for relation in _relations(model):
                other = relation.related_model
                known = self.labels.get(other)
                if known in self.rows.follow:
                    continue
                referring = other._base_manager.filter(**{f"{relation.field.name}__in": mine})
                if known:
                    referring = referring.exclude(batch=self.batch)
                held = set(referring.values_list(relation.field.attname, flat=True)) & self.created[label]
                fresh |= self._stays(label, held)
        return fresh

    def _built(self) -> set[UUID]:
        """Of the owners that the flat names, those of whom the batch wrote anything."""
        fresh: set[UUID] = set()
        for label, model in self.models.items():
            if label in self.rows.loose and not self._changes(label):
                continue
            mine = model._base_manager.filter(batch=self.batch)
            column = self._owner(label)
            for ids in chunked(list(self.rows.built)):
                for pk, owner in mine.filter(**{f"{column}__in": ids}).values_list("pk", column):
                    if label not in self.rows.loose or pk not in self.created[label]:
                        fresh |= self._keep(owner, self.rows.built[owner])
        return fresh

    def _stays(self, label: str, pks: Collection[UUID]) -> set[UUID]:
        """These new records stay, and so does the row of each."""
        some = [pk for pk in pks if pk not in self.stay[label]]
        self.stay[label].update(some)
        if self._owner(label) == "pk" or label in self.rows.loose:
            if label in self.rows.unlisted or label in self.rows.loose:
                self.silent.update(some)
            owners: Iterable[UUID] = some
        else:
            owners = [
                owner
                for ids in chunked(some)
                for owner in self.models[label]._base_manager.filter(pk__in=ids).values_list(self._owner(label), flat=True)
            ]
        return {one for owner in owners for one in self._keep(owner, Why(Words(USED_SINCE)))}

    def _spread(self, owners: Collection[UUID]) -> set[UUID]:
        """What these rows' records refer to stays as well. Returns the rows that this adds."""
        fresh: set[UUID] = set()
        for label, model in self.models.items():
            targets = [
                f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey) and f.related_model in self.labels
            ]
            names = [f.attname for f in targets]
            for ids in chunked(list(owners)):
                theirs = model._base_manager.filter(**{f"{self._owner(label)}__in": ids})
                for pk, writer, *referred in theirs.values_list("pk", "batch", *names):
                    made = pk in self.created[label]
                    if made and label in self.rows.loose and pk not in self.stay[label]:
                        continue
                    if made:
                        self.stay[label].add(pk)
                    if writer != self.batch:
                        continue
                    for target, one in zip(targets, referred, strict=True):
                        towards = self.labels[target.related_model]
                        if one in self.created[towards] and one not in self.stay[towards]:
                            fresh |= self._stays(towards, [one])
        return fresh

    # Giving back.

    def _delete(self) -> int:
        gone = {label: self.created[label] - self.stay[label] for label in self.models}
        for label, model in self.models.items():
            for relation in _relations(model):
                known = self.labels.get(relation.related_model)
                if known in self.rows.follow:
                    self._follow(relation, model, gone[label])
        return sum(bulk.delete(model, gone[label]) for label, model in self.models.items())

    def _follow(self, relation: Any, model: type[models.Model], gone: Collection[UUID]) -> None:
        mine = model._base_manager.filter(batch=self.batch)
        others = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": mine})
        theirs = others.exclude(batch=self.batch).values_list("pk", relation.field.attname)
        away = [pk for pk, target in theirs if target in gone]
        bulk.delete(relation.related_model, away)
        # What later batches noted of them could be given back to nobody.
        bulk.delete(Change, away, column="object_id")

    def _rewrite(self) -> int:
        done = 0
        for label, model in self.models.items():
            column = self._owner(label)
            for part in chunked(self._changes(label), _REWRITTEN):
                free: set[UUID] = set()
                for ids in chunked([pk for pk, _, _ in part]):
                    stored = model._base_manager.filter(pk__in=ids, batch=self.batch).values_list("pk", column)
                    free.update(pk for pk, owner in stored if owner not in self.kept)
                groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
                for pk, _, before in part:
                    if pk in free:
                        values = values_before(model, before)
                        groups[tuple(values)].append((pk, *values.values()))
                for attributes, values_of in groups.items():
                    done += bulk.update(model, attributes, values_of)
                bulk.delete(Change, free, column="object_id", batch=self.batch)
        return done

    def _changes(self, label: str) -> list[tuple[UUID, int | None, dict[str, Any]]]:
        noted = Change.objects.filter(batch=self.batch, model=label).order_by("object_id")
        return list(noted.values_list("object_id", "row", "before"))

    # Telling.

    def _listed(self) -> list[Kept]:
        told = [owner for owner in self.kept if owner not in self.silent]
        rows = dict(self.named)
        for ids in chunked(told):
            noted = Change.objects.filter(batch=self.batch, object_id__in=ids, row__isnull=False).values_list("object_id", "row")
            rows.update((pk, row) for pk, row in noted if row is not None)
            results = RowResult.objects.filter(batch=self.batch, object_id__in=ids).values_list("object_id", "row")
            rows.update((pk, row) for pk, row in results if pk is not None)
        files = {why.file for why in self.kept.values() if why.file and why.at is None}
        at = dict(Batch.objects.filter(id__in=files).values_list("id", "applied_at"))
        kept = []
        for owner in told:
            why = self.kept[owner]
            if why.file and why.at is None:
                why = Why(why.words, at.get(why.file), why.by, why.file)
            kept.append(Kept(rows.get(owner, 0), why, owner))
        return sorted(kept, key=lambda one: (one.row, str(one.object_id)))


def _relations(model: type[models.Model]) -> Iterator[Any]:
    """Every foreign key that points at the model, those without a name of their way back (``related_name="+"``) included."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation


def _lost_targets(model: type[models.Model], values: Mapping[UUID, Mapping[str, Any]]) -> set[UUID]:
    lost: set[UUID] = set()
    for column in model._meta.concrete_fields:
        if not isinstance(column, models.ForeignKey) or column.name == "batch":
            continue
        wanted = {pk: v[column.attname] for pk, v in values.items() if v.get(column.attname) is not None}
        if wanted:
            target: Any = column.related_model
            there = set(target._base_manager.filter(pk__in=set(wanted.values())).values_list("pk", flat=True))
            lost.update(pk for pk, one in wanted.items() if one not in there)
    return lost
