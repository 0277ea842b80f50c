"""Declared mappings, batches, the result of their rows, and what they changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.intake.kinds import Verdict
from linli.intake.rules import State
from linli.kernel.ids import new_id


class Mapping(models.Model):
    """How one kind of file is recognised and read. A changed declaration is a new version; the old one keeps its batches."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "name", "version"], name="mapping_version_once"),
            models.UniqueConstraint(
                fields=["community", "name"], condition=Q(ended_at__isnull=True), name="mapping_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Gate(models.Model):
    """Counts what is written in a community, batches and work by hand alike, so that a plan made before is never applied after.

    The turn tells what came after what, even where the clock was put back.
    """

    community = models.OneToOneField("trust.Zone", on_delete=models.PROTECT, primary_key=True, related_name="+")
    turn = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.turn)


class Batch(models.Model):
    """One file taken in, or looked at. ``verdicts`` sum up to ``rows``; ``ranges``: rows of which only the verdict is known.

    ``by`` brought it; ``awaits``: the words that say why a second person must look at it, ``approved_by``: who did. ``turn``: of
    the gate when it was written; ``undo``: how many records went back (``restored``) and how many rows did not (``kept``).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=64)
    mapping = models.ForeignKey(Mapping, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    kept = models.CharField(max_length=500, blank=True)
    encoding = models.CharField(max_length=32, blank=True)
    ignored = models.JSONField(default=list)
    received_at = models.DateTimeField()
    as_of = models.DateTimeField()
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in State])
    rows = models.PositiveIntegerField(default=0)
    verdicts = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    ranges = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    error = models.JSONField(null=True)
    seconds = models.FloatField(default=0)
    by = models.UUIDField(null=True)
    awaits = models.JSONField(null=True)
    approved_by = models.UUIDField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undo_reason = models.CharField(max_length=500, blank=True)
    undo = models.JSONField(null=True)
    turn = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-received_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "sha256", "kind"], condition=Q(state=State.APPLIED.value), name="batch_applied_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-received_at"], name="batch_by_community"),
            models.Index(fields=["community", "kind", "as_of"], name="batch_by_kind"),
        ]

    def __str__(self) -> str:
        return self.file_name


class RowResult(models.Model):
    """What became of one row of which more than the verdict is known. ``shown`` is masked where the field is sensitive."""

    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="results", db_index=False)
    row = models.PositiveIntegerField()
    verdict = models.CharField(max_length=16, choices=[(v.value, v.value) for v in Verdict])
    words = models.JSONField(null=True)
    remedy = models.JSONField(null=True)
    column = models.CharField(max_length=200, blank=True)
    shown = models.CharField(max_length=200, blank=True)
    object_id = models.UUIDField(null=True)
    fields = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "row"], name="row_result_once")]
        indexes: ClassVar = [models.Index(fields=["batch", "verdict", "row"], name="row_result_by_verdict")]

    def __str__(self) -> str:
        return f"{self.row} {self.verdict}"


class Change(models.Model):
    """What stood in a record before a batch rewrote it; made only for rows that existed."""

    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="changes", db_index=False)
    model = models.CharField(max_length=100)
    object_id = models.UUIDField()
    row = models.PositiveIntegerField(null=True)
    before = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "model", "object_id"], name="change_once_in_a_batch")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class HandWork(models.Model):
    """When somebody last worked by hand on a record that files speak of; what the work was, the trail tells."""

    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    object_id = models.UUIDField(unique=True)
    turn = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "turn"], name="hand_work_by_turn")]

    def __str__(self) -> str:
        return f"{self.turn} {self.object_id}"


class UndoKept(models.Model):
    """A row of an undone batch that did not go back: why (words), since when, by whom or by which later file."""

    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="left", db_index=False)
    row = models.PositiveIntegerField()
    words = models.JSONField()
    object_id = models.UUIDField(null=True)
    at = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)
    file = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "row"], name="undo_kept_by_row")]

    def __str__(self) -> str:
        return f"{self.row}"


class RowPrint(models.Model):
    """By which row a source last spoke of a record: the keyed fingerprint of its text, never the text.

    One a source and record. That one is missing is always safe: the row is then read and compared in full.
    """

    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    source = models.CharField(max_length=64)
    print = models.BinaryField(max_length=17)
    object_id = models.UUIDField()
    batch = models.UUIDField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["community", "source"], name="row_print_by_source"),
            models.Index(fields=["object_id"], name="row_print_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.object_id}"
