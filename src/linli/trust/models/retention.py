"""What is about to be deleted, and what may not be."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id


class LegalHold(models.Model):
    """Data of one subject, or of one purpose, or of both at once, that may not be deleted while proceedings need them.

    ``subject`` is an opaque id without a foreign key: that there was a hold outlives the subject. Half-open
    ``[from_date, to_date)``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(null=True, db_index=True)
    purpose = models.CharField(max_length=32, blank=True)
    reason = models.CharField(max_length=500)
    by = models.UUIDField(null=True)
    placed_at = models.DateTimeField()
    from_date = models.DateField()
    to_date = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["from_date", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(subject__isnull=False) | ~Q(purpose=""), name="hold_of_something"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name="hold_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.from_date}"


class Announcement(models.Model):
    """What is due for deletion under a purpose, told a week before: ``count`` things older than ``before``.

    ``deleted``: how many have gone so far (a run cut short goes on from there); ``closed_at`` once the run is through.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=32)
    before = models.DateTimeField()
    count = models.PositiveIntegerField()
    announced_at = models.DateTimeField()
    deleted = models.PositiveIntegerField(default=0)
    held = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-announced_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "purpose"], condition=Q(closed_at__isnull=True), name="announcement_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.count}"
