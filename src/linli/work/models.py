"""Tasks with their events, schedules, and the workers that run jobs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id
from linli.work.rules import TaskAct, TaskState


class Task(models.Model):
    """One thing that somebody is to do by a date. ``state`` and ``done_by`` follow from the events and can be recomputed.

    ``title`` is stored words; ``source`` says what it grew from, as ``kind`` and opaque id, without a foreign key upwards.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey("trust.Zone", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.JSONField()
    first_step = models.CharField(max_length=500, blank=True)
    source_kind = models.CharField(max_length=32, blank=True)
    source_id = models.UUIDField(null=True, db_index=True)
    owner = models.ForeignKey("trust.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    due = models.DateField()
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in TaskState], default=TaskState.OPEN.value)
    done_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["due", "id"]
        indexes: ClassVar = [models.Index(fields=["community", "state", "due"], name="task_worklist")]

    def __str__(self) -> str:
        return f"task {self.id}"


class TaskEvent(models.Model):
    """Append-only: what happened to a task, when, by whom."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events")
    act = models.CharField(max_length=12, choices=[(a.value, a.value) for a in TaskAct])
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=32)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return self.act


class Schedule(models.Model):
    """Something that happens again and again: cron in the community's own zone.

    ``next_at`` is claimed by a conditional update.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.CASCADE, related_name="+")
    job = models.CharField(max_length=64)
    cron = models.CharField(max_length=64)
    zone = models.CharField(max_length=64)
    next_at = models.DateTimeField(db_index=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "job"], name="schedule_one_per_job")]

    def __str__(self) -> str:
        return f"{self.job} {self.cron}"


class Heartbeat(models.Model):
    """A running worker process, and when it was last heard of. It belongs to the installation, not to a community."""

    worker = models.CharField(primary_key=True, max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.worker
