"""What must never come back, what lies sealed in compartments, and what waits sealed for a job."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class Erasure(models.Model):
    """Append-only: the key of this subject was destroyed. No foreign key to the subject: the line outlives it.

    The same lines stand in ``DATA/keys/erasures.jsonl``, so that a database brought back from a backup learns what to forget.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    subject_id = models.UUIDField(unique=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return str(self.subject_id)


class SealedNote(models.Model):
    """A note in a sealed compartment: sealed with the person's key, and around it with the compartment's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("trust.Subject", on_delete=models.CASCADE, related_name="+")
    compartment = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    sealed = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-written_at", "-id"]

    def __str__(self) -> str:
        return f"{self.compartment} {self.id}"


class ErasedMark(models.Model):
    """A number whose bearer's data were erased because they asked: its keyed hash, and nothing that leads back to anybody.

    A file that still lists them would register them as somebody new. ``named_…``: the file that did last, and its row; ``kept``:
    the privacy officer has decided that they stay erased. The same marks stand in ``DATA/keys/erased-marks.jsonl``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    mark = models.BinaryField(max_length=17)
    at = models.DateTimeField()
    named_at = models.DateTimeField(null=True)
    named_in = models.UUIDField(null=True)
    named_row = models.PositiveIntegerField(null=True)
    kept = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "mark"], name="erased_mark_once")]

    def __str__(self) -> str:
        return str(self.id)


class Slip(models.Model):
    """Words that wait for a job, sealed under a key of their own: a job is told ids alone. Gone once the job has read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    subject = models.ForeignKey("trust.Subject", on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "kind"], name="slip_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
