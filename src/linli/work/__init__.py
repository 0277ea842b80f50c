"""Work: tasks on somebody's one worklist, and what runs at its time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.work.commands import WORKERS, add_task, check_task, do_task, plan_schedule
    from linli.work.jobs import offer as offer_job
    from linli.work.jobs import run_job, take_back, tick
    from linli.work.queries import TaskRow, task_counts, tasks_by_id, tasks_of, worklist
    from linli.work.rules import TaskState
    from linli.work.upkeep import refresh_statistics

_HOME_OF = {
    "WORKERS": ("commands", "WORKERS"),
    "add_task": ("commands", "add_task"),
    "check_task": ("commands", "check_task"),
    "do_task": ("commands", "do_task"),
    "plan_schedule": ("commands", "plan_schedule"),
    "offer_job": ("jobs", "offer"),
    "run_job": ("jobs", "run_job"),
    "take_back": ("jobs", "take_back"),
    "tick": ("jobs", "tick"),
    "TaskRow": ("queries", "TaskRow"),
    "task_counts": ("queries", "task_counts"),
    "tasks_by_id": ("queries", "tasks_by_id"),
    "tasks_of": ("queries", "tasks_of"),
    "worklist": ("queries", "worklist"),
    "TaskState": ("rules", "TaskState"),
    "refresh_statistics": ("upkeep", "refresh_statistics"),
}
__all__ = [*_HOME_OF]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"linli.work offers no {name}")
    home, inner = _HOME_OF[name]
    return getattr(import_module(f"linli.work.{home}"), inner)
