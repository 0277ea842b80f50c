"""What must never come back, and what lies sealed in compartments."""

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
