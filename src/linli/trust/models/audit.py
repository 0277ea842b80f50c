"""What was done, who looked at whom, and the seals that show that neither was changed afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class AuditEvent(models.Model):
    """One act: who, in which role, did what to which opaque ids, and why. Never a name, number or text from a record.

    No foreign keys: history survives the deletion of what it speaks of. A row is inserted once and never changed.
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


class AuditTouch(models.Model):
    """Which event touched which object: what a look-up by person reads. Not written for events that touch whole lists."""

    pk = models.CompositePrimaryKey("object_id", "event_id")
    object_id = models.UUIDField()
    event_id = models.UUIDField(db_index=True)
    community_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.event_id} {self.object_id}"


class AuditPending(models.Model):
    """An event that no seal holds yet. Written with the event and taken away by the seal, so that the event is never changed."""

    event_id = models.UUIDField(primary_key=True)
    community_id = models.UUIDField(null=True, db_index=True)

    def __str__(self) -> str:
        return str(self.event_id)


class AuditBlock(models.Model):
    """A run of sealed events of one chain. ``chain`` is the community's id, or ``installation`` for events of none.

    ``members``: 24 bytes an event, its id and the first eight of its link, so that a fault can be placed. ``late``: how many
    events
    came more than a day after the seal they should have stood in. A block whose events were removed for age keeps its links,
    and a
    signature that says so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community_id = models.UUIDField(null=True)
    chain = models.CharField(max_length=36)
    number = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    late = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    members = models.BinaryField()
    link_before = models.BinaryField(max_length=32)
    link = models.BinaryField(max_length=32)
    suite = models.PositiveSmallIntegerField()
    sealed_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    dropped_key = models.CharField(max_length=32, blank=True)
    dropped_signature = models.BinaryField(max_length=64, default=b"")

    class Meta:
        ordering: ClassVar = ["chain", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "number"], name="audit_block_once")]

    def __str__(self) -> str:
        return f"{self.chain} {self.number}"


class AuditHead(models.Model):
    """The signed end of a chain on a day: how many events it held, up to which block and link."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community_id = models.UUIDField(null=True)
    chain = models.CharField(max_length=36)
    day = models.DateField()
    at = models.DateTimeField()
    block = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    link = models.BinaryField(max_length=32)
    suite = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32)
    signature = models.BinaryField(max_length=64)

    class Meta:
        ordering: ClassVar = ["chain", "block"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "block"], name="audit_head_once")]

    def __str__(self) -> str:
        return f"{self.chain} {self.day}"
