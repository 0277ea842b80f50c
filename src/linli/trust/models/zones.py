"""The scope tree."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.trust.rules import ZoneKind


class Zone(models.Model):
    """A node of the scope tree. ``path`` is ``/<id>/<id>/`` from the root to the node itself, so a subtree is one prefix."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ZoneKind])
    code = models.CharField(max_length=32)
    name = models.JSONField(default=dict)
    path = models.CharField(max_length=400, db_index=True)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(kind__in=["grid", "sector"]), name="zone_code_unique_above_grids"
            ),
            models.UniqueConstraint(
                fields=["parent", "code"], condition=Q(kind__in=["grid", "sector"]), name="zone_grid_code_unique_in_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.code
