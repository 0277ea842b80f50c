"""Snapshots: which facts stood on which Monday."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class Snapshot(models.Model):
    """The facts of one community at one Monday.

    The rows lie in ``DATA/facts/<community>/<week>/<digest>/``; this row vouches for them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    week = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    tables = models.JSONField(default=dict)
    written_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "week"], name="snapshot_one_per_week")]

    def __str__(self) -> str:
        return f"{self.week} {self.digest[:8]}"
