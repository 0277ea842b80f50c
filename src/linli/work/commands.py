"""Every write to tasks and schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, Permission, Role, command, grids_of, holders, record
from linli.work.models import Schedule, Task, TaskEvent
from linli.work.rules import BAD_CRON, CRON_REMEDY, TaskAct, TaskState, check_act, next_time

NOT_A_WORKER = sentence("work.not_a_worker", "That person has no work in this community.")
MOST_TRIES = 5
GIVEN_UP = "Every worker that took this job died over it."
WORKERS = (
    Role.GRID_WORKER,
    Role.DESK_CLERK,
    Role.COMMUNITY_MANAGER,
    Role.DEPARTMENT_OFFICER,
    Role.BUILDING_HEAD,
    Role.VOLUNTEER,
)


def _append(task: Task, act: TaskAct, by: Actor, note: str = "") -> None:
    TaskEvent.objects.create(task=task, act=act.value, at=timezone.now(), actor=by.account, role=by.role, note=note)


def _find(by: Actor, community: UUID, task: UUID) -> Task:
    found = Task.objects.select_for_update(of=("self",)).filter(community=community, id=task).first()
    if found is None or (by.grids is not None and found.owner_id != by.account and not by.sees_grid(found.grid_id)):
        raise NotFound(NOT_FOUND)
    return found


@command("work.add_task", may=Permission.TASK_ASSIGN)
def add_task(
    *,
    by: Actor,
    community: UUID,
    title: Mapping[str, Any],
    owner: UUID,
    due: date,
    grid: UUID | None = None,
    first_step: str = "",
    source_kind: str = "",
    source_id: UUID | None = None,
) -> UUID:
    """Give somebody of this community a task by a date. Returns its id; BadInput for somebody who does not work here."""
    if owner not in {holder["account"] for holder in holders(viewer=by, community=community, roles=WORKERS)}:
        raise BadInput(NOT_A_WORKER)
    if grid is not None and grid not in {zone.id for zone in grids_of(viewer=by, community=community)}:
        raise NotFound(NOT_FOUND)
    task = Task.objects.create(
        community_id=community,
        grid_id=grid,
        title=dict(title),
        first_step=first_step,
        owner_id=owner,
        due=due,
        source_kind=source_kind,
        source_id=source_id,
        created_at=timezone.now(),
    )
    _append(task, TaskAct.ASSIGN, by, first_step)
    record("work.task", ids=[task.id], fields=["owner", "due"])
    return task.id


@command("work.do_task", may=Permission.TASK_DO)
def do_task(*, by: Actor, community: UUID, task: UUID, note: str) -> None:
    """Report one's own task as done; somebody else checks it."""
    found = _find(by, community, task)
    state = check_act(TaskState(found.state), TaskAct.DO, actor=by.account, owner=found.owner_id, done_by=found.done_by)
    Task.objects.filter(id=found.id).update(state=state.value, done_by=by.account)
    _append(found, TaskAct.DO, by, note)
    record("work.task", ids=[found.id], fields=["state"])


@command("work.check_task", may=Permission.TASK_CHECK)
def check_task(*, by: Actor, community: UUID, task: UUID, good: bool, note: str) -> None:
    """Say whether somebody else's work is done indeed; if not, the task goes back to its owner."""
    found = _find(by, community, task)
    act = TaskAct.CHECK if good else TaskAct.SEND_BACK
    state = check_act(TaskState(found.state), act, actor=by.account, owner=found.owner_id, done_by=found.done_by)
    Task.objects.filter(id=found.id).update(state=state.value)
    _append(found, act, by, note)
    record("work.task", ids=[found.id], fields=["state"])


@command("work.plan_schedule", may=Permission.MONDAY_RUN)
def plan_schedule(*, by: Actor, community: UUID, job: str, cron: str, zone: str) -> None:
    """Have ``job`` run at the times that ``cron`` names in the community's zone; planned again, the new plan counts.

    BadInput for what is no cron line or no time zone.
    """
    try:
        first = next_time(cron, zone, timezone.now())
    except (ValueError, ZoneInfoNotFoundError):
        raise BadInput(BAD_CRON, remedy=CRON_REMEDY, cron=cron, zone=zone) from None
    schedule, _made = Schedule.objects.update_or_create(
        community_id=community,
        job=job,
        defaults={"cron": cron, "zone": zone, "next_at": first, "active": True},
    )
    record("work.schedule", ids=[schedule.id], fields=["cron", "zone"])


@command("work.claim_schedule", may=Permission.MONDAY_RUN)
def claim_schedule(*, by: Actor, community: UUID, schedule: UUID, seen: datetime, enqueue: Callable[[str], object]) -> bool:
    """Take one due time for oneself: only the caller that moves ``next_at`` on has ``enqueue(job)`` called.

    That happens in the same transaction, so that a due time is neither lost nor run twice. Times missed while nobody looked are
    not made up for: one run stands for all.
    """
    found = Schedule.objects.filter(id=schedule, community_id=community).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    later = next_time(found.cron, found.zone, timezone.now())
    moved = Schedule.objects.filter(id=schedule, next_at=seen, active=True).update(next_at=later)
    if moved:
        enqueue(found.job)
    record("work.schedule", ids=[schedule], fields=["next_at"], counts={"claimed": moved})
    return bool(moved)


@command("work.take_back_jobs", may=Permission.MONDAY_RUN, system=True)
def take_back_jobs(*, by: Actor, held: Iterable[tuple[UUID, list[str]]]) -> int:
    """Give jobs of dead workers to others: ``held`` are the job and the workers that have had it, as the caller saw them.

    A job that has moved on since is left alone. One that has already cost :data:`MOST_TRIES` workers is given up. Returns how
    many wait again.
    """
    waiting = lost = 0
    for job, workers in held:
        running = DBTaskResult.objects.filter(id=job, status=TaskResultStatus.RUNNING, worker_ids=workers)
        if len(workers) < MOST_TRIES:
            waiting += running.update(status=TaskResultStatus.READY, started_at=None)
        else:
            lost += running.update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), traceback=GIVEN_UP)
    record("work.job", counts={"waiting": waiting, "given_up": lost})
    return waiting
