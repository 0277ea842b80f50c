"""What was done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class AuditEvent(models.Model):
    """One act: who, in which role, did what to which opaque ids, and why. Never a name, number or text from a record.

    No foreign keys: history survives the deletion of what it speaks of.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    community_id = models.UUIDField(null=True, db_index=True)
    actor_id = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=32)
    command = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    ids = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["community_id", "-at"], name="audit_by_community")]

    def __str__(self) -> str:
        return f"{self.command} {self.kind}"
