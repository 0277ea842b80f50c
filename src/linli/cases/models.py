"""Categories, cases and their events."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.cases.rules import EventKind, PlaceQuality, State
from linli.kernel.ids import new_id, new_reference


def new_pseudonym() -> str:
    """16 random hexadecimal digits: all that facts may carry of a case."""
    return secrets.token_hex(8)


class Category(models.Model):
    """One version of a kind of matter. ``limit_hours``: clock hours to closing; ``from_date`` to ``to_date`` is half-open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=65)
    name = models.JSONField(default=dict)
    klass = models.CharField(max_length=32, blank=True)
    limit_hours = models.PositiveIntegerField(null=True)
    severity = models.FloatField(default=0.3)
    grave = models.BooleanField(default=False)
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "code", "from_date"], name="category_one_version_a_day"),
            models.UniqueConstraint(fields=["community", "code"], condition=Q(to_date__isnull=True), name="category_one_current"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")), name="category_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(severity__gte=0) & Q(severity__lte=1), name="category_severity_range"),
        ]

    def __str__(self) -> str:
        return self.code


class Case(models.Model):
    """One reported matter.

    ``state``, ``closed_at``, ``done_by`` and ``agency`` follow from its events, ``due_at`` from its category: kept here so that
    lists can be asked for, written only by the command that appends an event, and recomputable.

    ``key``: what the source calls it, unique within the source. ``known_from``: when it reached us; ``reported_at``: when it was
    told to somebody. ``lon``, ``lat``: EPSG:4326. ``batch``: the import that wrote the row last, None after a person's work.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=64)
    key = models.CharField(max_length=128, blank=True)
    reference = models.CharField(max_length=16, default=new_reference)
    pseudonym = models.CharField(max_length=16, unique=True, default=new_pseudonym)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="cases")
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    address_text = models.CharField(max_length=500, blank=True)
    neighbourhood = models.CharField(max_length=100, blank=True)
    building = models.ForeignKey("territory.Building", null=True, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey("trust.Zone", null=True, on_delete=models.PROTECT, related_name="+")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    place_quality = models.CharField(
        max_length=10, choices=[(q.value, q.value) for q in PlaceQuality], default=PlaceQuality.NONE.value
    )
    channel = models.CharField(max_length=16)
    reporter_name = models.CharField(max_length=100, blank=True)
    reporter_phone = models.CharField(max_length=40, blank=True)
    reported_at = models.DateTimeField()
    known_from = models.DateTimeField()
    agency = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State], default=State.REPORTED.value)
    closed_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "source", "key"], condition=~Q(key=""), name="case_key_unique_in_source"
            ),
            models.UniqueConstraint(fields=["community", "reference"], name="case_reference_unique"),
            models.CheckConstraint(condition=Q(state="closed") ^ Q(closed_at__isnull=True), name="case_closed_has_a_time"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="case_point_is_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "state", "due_at"], name="case_by_clock"),
            models.Index(fields=["community", "reported_at"], name="case_by_time"),
            models.Index(fields=["community", "grid", "reported_at"], name="case_by_grid"),
            models.Index(fields=["community", "closed_at"], name="case_by_closing"),
        ]

    def __str__(self) -> str:
        return self.reference


class CaseEvent(models.Model):
    """What happened in a case: only ever added.

    ``number`` is the order; ``at`` when it happened, ``known_from`` when we learned it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in EventKind])
    at = models.DateTimeField()
    known_from = models.DateTimeField()
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=32, blank=True)
    agency = models.CharField(max_length=150, blank=True)
    text = models.TextField(blank=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="case_event_order")]
        indexes: ClassVar = [models.Index(fields=["community", "known_from"], name="case_event_by_knowledge")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.kind}"
