"""Rounds: one Monday of one community."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class Round(models.Model):
    """How far the round of a week has come, and what it said. ``stages``: stage → when it was finished and what it gave."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    week = models.CharField(max_length=8)
    as_of = models.DateTimeField()
    stages = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    signed_by = models.UUIDField(null=True)
    signed_role = models.CharField(max_length=32, blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["week"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "week"], name="round_one_per_week")]

    def __str__(self) -> str:
        return self.week
