"""Worklists within a viewer's scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django_tasks_db.models import DBTaskResult

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.trust import NOT_FOUND, Permission, account_names, communities_of
from linli.work.models import Heartbeat, Schedule, Task, TaskEvent
from linli.work.rules import TaskAct, TaskState, can_act


@dataclass(frozen=True)
class TaskRow:
    """A task as a list shows it."""

    id: UUID
    title: dict[str, Any]
    first_step: str
    grid: str | None
    owner: UUID | None
    owner_name: str
    due: date
    late: bool
    state: str
    source_kind: str
    source_id: UUID | None
    may_do: bool
    may_check: bool


@dataclass(frozen=True)
class EventRow:
    """One event of a task's history."""

    act: str
    at: datetime
    by: str
    role: str
    note: str


def _in_scope(viewer: Actor, community: UUID) -> QuerySet[Task]:
    """One's own tasks always; others' within the community, or within one's grids."""
    if not viewer.sees_community(community):
        return Task.objects.none()
    tasks = Task.objects.filter(community=community)
    if viewer.grids is not None:
        return tasks.filter(Q(owner=viewer.account) | Q(grid__in=viewer.grids))
    if viewer.account is not None and not (viewer.may(Permission.TASK_ASSIGN) or viewer.may(Permission.TASK_CHECK)):
        return tasks.filter(owner=viewer.account)
    return tasks


def _row(task: Task, viewer: Actor, names: dict[UUID, str], today: date) -> TaskRow:
    acts = {"actor": viewer.account, "owner": task.owner_id, "done_by": task.done_by}
    state = TaskState(task.state)
    return TaskRow(
        id=task.id,
        title=task.title,
        first_step=task.first_step,
        grid=task.grid.code if task.grid else None,
        owner=task.owner_id,
        owner_name=names.get(task.owner_id, "") if task.owner_id else "",
        due=task.due,
        late=state is TaskState.OPEN and task.due < today,
        state=task.state,
        source_kind=task.source_kind,
        source_id=task.source_id,
        may_do=viewer.may(Permission.TASK_DO) and can_act(state, TaskAct.DO, **acts),
        may_check=viewer.may(Permission.TASK_CHECK) and can_act(state, TaskAct.CHECK, **acts),
    )


def _rows(tasks: Iterable[Task], viewer: Actor, today: date) -> list[TaskRow]:
    tasks = list(tasks)
    names = account_names(viewer=viewer, accounts=[t.owner_id for t in tasks if t.owner_id])
    return [_row(task, viewer, names, today) for task in tasks]


def worklist(*, viewer: Actor, community: UUID, today: date, which: str = "mine", limit: int = 200) -> list[TaskRow]:
    """``mine`` (open, owned by the viewer), ``check`` (done by somebody else, waiting for a check), ``open``, ``closed``."""
    tasks = _in_scope(viewer, community).select_related("grid")
    if which == "mine":
        tasks = tasks.filter(owner=viewer.account, state=TaskState.OPEN)
    elif which == "check":
        tasks = tasks.filter(state=TaskState.DONE).exclude(done_by=viewer.account)
    elif which == "closed":
        tasks = tasks.filter(state__in=[TaskState.CLOSED, TaskState.DROPPED]).order_by("-due", "-id")
    else:
        tasks = tasks.filter(state=TaskState.OPEN)
    return _rows(tasks[:limit], viewer, today)


def task_counts(*, viewer: Actor, community: UUID) -> dict[str, int]:
    """How many tasks stand in each list."""
    tasks = _in_scope(viewer, community)
    return {
        "mine": tasks.filter(owner=viewer.account, state=TaskState.OPEN).count(),
        "check": tasks.filter(state=TaskState.DONE).exclude(done_by=viewer.account).count(),
        "open": tasks.filter(state=TaskState.OPEN).count(),
        "closed": tasks.filter(state__in=[TaskState.CLOSED, TaskState.DROPPED]).count(),
    }


def task(*, viewer: Actor, community: UUID, task: UUID, today: date) -> tuple[TaskRow, list[EventRow]]:
    """One task with its history; NotFound out of scope."""
    found = _in_scope(viewer, community).select_related("grid").filter(id=task).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    events = list(TaskEvent.objects.filter(task=found))
    names = account_names(viewer=viewer, accounts=[e.actor for e in events if e.actor])
    history = [EventRow(e.act, e.at, names.get(e.actor, "Linli") if e.actor else "Linli", e.role, e.note) for e in events]
    return _rows([found], viewer, today)[0], history


def tasks_of(*, viewer: Actor, community: UUID, sources: Iterable[UUID], today: date) -> dict[UUID, TaskRow]:
    """The newest task that grew from each source."""
    found = _in_scope(viewer, community).select_related("grid").filter(source_id__in=list(sources)).order_by("created_at")
    return {row.source_id: row for row in _rows(found, viewer, today) if row.source_id}


def tasks_by_id(*, viewer: Actor, community: UUID, tasks: Iterable[UUID], today: date) -> dict[UUID, TaskRow]:
    """Tasks by their ids, as far as they lie within scope."""
    found = _in_scope(viewer, community).select_related("grid").filter(id__in=set(tasks))
    return {row.id: row for row in _rows(found, viewer, today)}


def without_schedule(*, viewer: Actor, jobs: Collection[str]) -> list[tuple[UUID, str]]:
    """Communities that have no plan of their own, kept or resting, for one of ``jobs``; for the scheduler."""
    if viewer.communities is not None or not jobs:
        return []
    planned = set(Schedule.objects.filter(job__in=jobs).values_list("community_id", "job"))
    return [(zone.id, job) for zone in communities_of(viewer=viewer) for job in jobs if (zone.id, job) not in planned]


def due_schedules(*, viewer: Actor, now: datetime) -> list[Schedule]:
    """Schedules whose time has come; for the scheduler, which sees all communities."""
    if viewer.communities is not None:
        return []
    return list(Schedule.objects.filter(active=True, next_at__lte=now).select_related("community"))


def held_by_the_dead(*, viewer: Actor, since: datetime) -> list[tuple[UUID, list[str]]]:
    """Running jobs whose worker has not been heard of since then, with every worker that has had them; for the scheduler."""
    if viewer.communities is not None:
        return []
    alive = set(Heartbeat.objects.filter(seen_at__gte=since).values_list("worker", flat=True))
    running = DBTaskResult.objects.running().filter(started_at__lt=since)
    return [(job.id, list(job.worker_ids)) for job in running if not job.worker_ids or job.worker_ids[-1] not in alive]
