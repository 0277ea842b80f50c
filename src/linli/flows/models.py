"""Counters and their readings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id


class Counter(models.Model):
    """Something that counts or measures at one place. ``unit``: what a reading is, e.g. ``passages`` or ``percent``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=65)
    name = models.JSONField(default=dict)
    grid = models.ForeignKey("trust.Zone", null=True, on_delete=models.PROTECT, related_name="+")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    interval_minutes = models.PositiveIntegerField(default=60)
    unit = models.CharField(max_length=16, default="passages")
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "code"], name="counter_code_unique"),
            models.CheckConstraint(condition=Q(interval_minutes__gt=0), name="counter_has_an_interval"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(from_date__isnull=True) | Q(to_date__gt=F("from_date")),
                name="counter_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Reading(models.Model):
    """What a counter gave for the interval that begins at ``at``.

    Numbered plainly, not by UUID: there are millions and none is ever cited.
    """

    id = models.BigAutoField(primary_key=True)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    value = models.FloatField()
    known_from = models.DateTimeField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["counter", "at"], name="reading_one_per_instant"),
            models.CheckConstraint(condition=Q(value__gte=0), name="reading_not_negative"),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "at"], name="reading_by_time")]

    def __str__(self) -> str:
        return f"{self.counter_id} {self.at:%Y-%m-%dT%H:%M}"
