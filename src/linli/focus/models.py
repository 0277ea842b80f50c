"""Boards, findings and what was decided about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.focus.rules.kinds import DecisionAct, FindingKind
from linli.kernel.ids import new_id


class Board(models.Model):
    """The findings of one week, with what could not be judged and every grid's total against its expectation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    week = models.CharField(max_length=8)
    snapshot = models.CharField(max_length=64)
    method = models.CharField(max_length=32)
    grids = models.JSONField(default=list)
    unjudged = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["week"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "week"], name="board_one_per_week")]

    def __str__(self) -> str:
        return self.week


class Finding(models.Model):
    """One finding. ``identity`` is the same for the same place and matter in every week; ``taken_up`` whether it passed the false
    discovery rate (the others are weaker signals, kept but not on the board)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="findings")
    identity = models.CharField(max_length=120)
    rank = models.PositiveIntegerField()
    taken_up = models.BooleanField(default=True)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in FindingKind])
    grid = models.CharField(max_length=8, null=True)
    matter = models.CharField(max_length=64, null=True)
    counter = models.CharField(max_length=64, null=True)
    score = models.FloatField()
    parts = models.JSONField(default=dict)
    observed = models.FloatField()
    expected = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    p = models.FloatField()
    q = models.FloatField()
    title = models.JSONField()
    reason = models.JSONField()
    series = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    weeks_running = models.PositiveSmallIntegerField(default=1)
    method = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["rank"]
        indexes: ClassVar = [models.Index(fields=["community", "identity"], name="finding_again")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["board", "identity"], name="finding_once_per_board")]

    def __str__(self) -> str:
        return self.identity


class Decision(models.Model):
    """What somebody decided about a finding. Append-only; the newest for an identity counts. It outlives boards made anew."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    identity = models.CharField(max_length=120)
    week = models.CharField(max_length=8)
    act = models.CharField(max_length=8, choices=[(a.value, a.value) for a in DecisionAct])
    reason = models.CharField(max_length=500, blank=True)
    until = models.DateField(null=True)
    task_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=32)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["community", "identity"], name="decision_by_identity")]

    def __str__(self) -> str:
        return f"{self.act} {self.identity}"
