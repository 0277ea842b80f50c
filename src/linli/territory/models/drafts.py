"""Tables of a draft: its cells, which grid each belongs to, and the steps that were taken. They go when it is published."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id


class Draft(models.Model):
    """A division that is being drawn. Its parts are numbers from 1; which grids they are follows from whom they hold.

    ``borders``: ``[cell, cell, metres, crossing]`` by cell number. ``locked``: parts that nothing may change. ``step``: the last
    step that holds; later ones were undone. ``allowed``: reason by fault. ``proposal``: how far the job is.
    ``asked``: who asked for the check, at which step, and from which day the grids are wanted (``rules.asking``).
    """

    version = models.OneToOneField("territory.GridVersion", primary_key=True, on_delete=models.CASCADE, related_name="draft")
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    weight = models.CharField(max_length=16)
    target = models.FloatField()
    tolerance = models.FloatField()
    borders = models.JSONField(default=list)
    locked = models.JSONField(default=list)
    step = models.PositiveIntegerField(default=0)
    allowed = models.JSONField(default=dict)
    proposal = models.JSONField(default=dict)
    told = models.JSONField(default=list, help_text="faults of the file that it came from")
    asked = models.JSONField(default=dict)
    week = models.CharField(max_length=8, blank=True, help_text="of the facts that it counts with")
    drawn_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.version_id)


class DraftCell(models.Model):
    """A piece of the territory that a draft doesn't cut, with its buildings. ``part`` 0: in no grid. ``block``: its streets."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="cells")
    number = models.PositiveIntegerField()
    part = models.PositiveIntegerField()
    block = models.PositiveIntegerField(default=0)
    shape = models.BinaryField()
    area_m2 = models.FloatField()
    persons = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(default=0)
    minutes = models.FloatField(default=0.0)
    buildings = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "number"], name="draft_cell_once")]

    def __str__(self) -> str:
        return str(self.number)


class DraftStep(models.Model):
    """One step of a draft: what was done, and which cells went from which part to which, so that it can be undone and redone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=12)
    moved = models.JSONField(default=list, help_text="[cell, part before, part after]")
    locked_before = models.JSONField(default=list)
    locked_after = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_step_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="draft_step_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"
