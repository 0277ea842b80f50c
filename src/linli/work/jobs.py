"""Jobs by name, and the scheduler that enqueues them when their time has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from linli.kernel.actor import SYSTEM
from linli.work import commands, queries

_log = logging.getLogger(__name__)
_JOBS: dict[str, Callable[[UUID], None]] = {}


def offer(name: str, job: Callable[[UUID], None]) -> None:
    """Make a job known by name; called by ``site.wiring``. It must bear being run twice."""
    _JOBS[name] = job


@task()
def run_job(name: str, community: str) -> None:
    """Run a named job for a community; the queue carries ids only."""
    _JOBS[name](UUID(community))


def tick() -> int:
    """Enqueue every schedule whose time has come, once over all schedulers. Returns how many."""
    enqueued = 0
    for schedule in queries.due_schedules(viewer=SYSTEM, now=timezone.now()):
        if commands.claim_schedule(by=SYSTEM, community=schedule.community_id, schedule=schedule.id, seen=schedule.next_at):
            run_job.enqueue(name=schedule.job, community=str(schedule.community_id))
            enqueued += 1
    return enqueued
