"""Whom data are about."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import new_id
from linli.trust.models.zones import Zone


class Subject(models.Model):
    """A data subject: a random pseudonym, all that facts may carry of the person. Deleting the row cuts it loose."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="+")
    pseudonym = models.CharField(max_length=16, unique=True)

    def __str__(self) -> str:
        return self.pseudonym
