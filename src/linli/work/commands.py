"""Every write to tasks and schedules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, Permission, Role, command, holders, record
from linli.work.models import Schedule, Task, TaskEvent
from linli.work.rules import TaskAct, TaskState, check_act, next_time

NOT_A_WORKER = sentence("work.not_a_worker", "That person has no work in this community.")
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
    """Have ``job`` run at the times that ``cron`` names in the community's zone; planned again, the new plan counts."""
    schedule, _made = Schedule.objects.update_or_create(
        community_id=community,
        job=job,
        defaults={"cron": cron, "zone": zone, "next_at": next_time(cron, zone, timezone.now()), "active": True},
    )
    record("work.schedule", ids=[schedule.id], fields=["cron", "zone"])


@command("work.claim_schedule", may=Permission.MONDAY_RUN)
def claim_schedule(*, by: Actor, community: UUID, schedule: UUID, seen: datetime) -> bool:
    """Take one due time for oneself: only the caller that moves ``next_at`` on may run the job."""
    found = Schedule.objects.get(id=schedule, community_id=community)
    moved = Schedule.objects.filter(id=schedule, next_at=seen).update(next_at=next_time(found.cron, found.zone, timezone.now()))
    record("work.schedule", ids=[schedule], fields=["next_at"], counts={"claimed": moved})
    return bool(moved)
