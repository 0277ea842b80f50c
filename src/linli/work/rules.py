"""Tasks: what may happen to one, and by whom. Who does a task may not be the one who checks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from croniter import croniter

from linli.kernel.errors import Conflict, NotAllowed
from linli.kernel.words import sentence


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"
    DROPPED = "dropped"


class TaskAct(StrEnum):
    """What can happen to a task."""

    ASSIGN = "assign"
    NOTE = "note"
    DO = "do"
    CHECK = "check"
    SEND_BACK = "send_back"
    DROP = "drop"


# Total: every act in every state has an answer, None where it cannot happen.
AFTER: dict[tuple[TaskState, TaskAct], TaskState | None] = {
    (TaskState.OPEN, TaskAct.ASSIGN): TaskState.OPEN,
    (TaskState.OPEN, TaskAct.NOTE): TaskState.OPEN,
    (TaskState.OPEN, TaskAct.DO): TaskState.DONE,
    (TaskState.OPEN, TaskAct.CHECK): None,
    (TaskState.OPEN, TaskAct.SEND_BACK): None,
    (TaskState.OPEN, TaskAct.DROP): TaskState.DROPPED,
    (TaskState.DONE, TaskAct.ASSIGN): None,
    (TaskState.DONE, TaskAct.NOTE): TaskState.DONE,
    (TaskState.DONE, TaskAct.DO): None,
    (TaskState.DONE, TaskAct.CHECK): TaskState.CLOSED,
    (TaskState.DONE, TaskAct.SEND_BACK): TaskState.OPEN,
    (TaskState.DONE, TaskAct.DROP): None,
    (TaskState.CLOSED, TaskAct.ASSIGN): None,
    (TaskState.CLOSED, TaskAct.NOTE): TaskState.CLOSED,
    (TaskState.CLOSED, TaskAct.DO): None,
    (TaskState.CLOSED, TaskAct.CHECK): None,
    (TaskState.CLOSED, TaskAct.SEND_BACK): None,
    (TaskState.CLOSED, TaskAct.DROP): None,
    (TaskState.DROPPED, TaskAct.ASSIGN): None,
    (TaskState.DROPPED, TaskAct.NOTE): TaskState.DROPPED,
    (TaskState.DROPPED, TaskAct.DO): None,
    (TaskState.DROPPED, TaskAct.CHECK): None,
    (TaskState.DROPPED, TaskAct.SEND_BACK): None,
    (TaskState.DROPPED, TaskAct.DROP): None,
}

CANNOT_NOW = sentence("work.cannot_now", "This cannot happen to the task in its present state.")
NOT_YOURS = sentence("work.not_yours", "The task belongs to somebody else.")
BAD_CRON = sentence("work.bad_cron", "%(cron)s in the zone %(zone)s names no time.")
CRON_REMEDY = sentence(
    "work.cron_remedy", "Write five fields, such as 0 6 * * 1 for Mondays at six, and a zone of the IANA list."
)
CHECK_BY_ANOTHER = sentence("work.check_by_another", "Whoever did the task cannot be the one who checks it.")


@dataclass(frozen=True)
class TaskEvent:
    """What happened to a task, as the derivation needs it."""

    act: TaskAct
    actor: UUID | None


def derive(acts: Iterable[TaskAct]) -> TaskState:
    """The state that a list of acts leads to; Conflict where one of them could not happen."""
    state = TaskState.OPEN
    for act in acts:
        after = AFTER[state, act]
        if after is None:
            raise Conflict(CANNOT_NOW)
        state = after
    return state


def check_act(state: TaskState, act: TaskAct, *, actor: UUID | None, owner: UUID | None, done_by: UUID | None) -> TaskState:
    """The state after ``act``; raises where state, ownership or the separation of doing and checking forbid it."""
    after = AFTER[state, act]
    if after is None:
        raise Conflict(CANNOT_NOW)
    if act is TaskAct.DO and actor != owner:
        raise NotAllowed(NOT_YOURS)
    if act in (TaskAct.CHECK, TaskAct.SEND_BACK) and actor == done_by:
        raise NotAllowed(CHECK_BY_ANOTHER)
    return after


def can_act(state: TaskState, act: TaskAct, *, actor: UUID | None, owner: UUID | None, done_by: UUID | None) -> bool:
    """Whether :func:`check_act` would allow it."""
    try:
        check_act(state, act, actor=actor, owner=owner, done_by=done_by)
    except (Conflict, NotAllowed):
        return False
    return True


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first time after ``after`` that ``cron`` names, in ``zone``. ValueError for what is no cron line.

    When the clocks go back, an hour that is named comes once, not twice; when they go forward, one that is skipped is made up
    for.
    """
    times = croniter(cron, after.astimezone(ZoneInfo(zone)))
    result: datetime = times.get_next(datetime)
    while not cron.split()[1].startswith("*") and result.astimezone(UTC).astimezone(ZoneInfo(zone)).fold:
        result = times.get_next(datetime)
    return result
