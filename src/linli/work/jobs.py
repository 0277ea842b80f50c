"""Jobs by name, the scheduler that enqueues them when their time has come, and what becomes of a dead worker's jobs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import OperationalError, close_old_connections, connection
from django.utils import timezone
from django_tasks import task

from linli.kernel.actor import SYSTEM
from linli.trust import clock_of, walls
from linli.work import commands, queries
from linli.work.models import Heartbeat

_log = logging.getLogger(__name__)
_JOBS: dict[str, Callable[[UUID], None]] = {}
_STANDING: dict[str, str] = {}

BEAT_SECONDS = 5.0
LEASE_SECONDS = 120.0
"""So long after its last heartbeat a worker is dead. A first load may hold SQLite's write lock for a minute."""


def offer(name: str, job: Callable[[UUID], None], *, cron: str = "") -> None:
    """Make a job known by name; called by ``site.wiring``. It must bear being run twice.

    With ``cron`` it is a standing job: every community has it from the scheduler's first look on, in its own time zone.
    A community that plans it otherwise, or rests it, keeps its own plan.
    """
    _JOBS[name] = job
    if cron:
        _STANDING[name] = cron


@task()
def run_job(name: str, community: str) -> None:
    """Run a named job for a community; the queue carries ids only."""
    with walls.within([UUID(community)]), clock_of(UUID(community)):
        _JOBS[name](UUID(community))


def plan_standing() -> int:
    """Plan the standing jobs of communities that have none yet. Returns how many were planned."""
    wanting = queries.without_schedule(viewer=SYSTEM, jobs=list(_STANDING))
    for community, job in wanting:
        with clock_of(community):
            zone = timezone.get_current_timezone_name()
        commands.plan_schedule(by=SYSTEM, community=community, job=job, cron=_STANDING[job], zone=zone)
    return len(wanting)


def tick() -> int:
    """Enqueue every schedule whose time has come, once over all schedulers; one that fails does not hold up the others.

    Returns how many were enqueued.
    """
    with walls.everything(SYSTEM):
        plan_standing()
        due = queries.due_schedules(viewer=SYSTEM, now=timezone.now())
    enqueued = 0
    for schedule in due:
        community = schedule.community_id
        enqueue = partial(_enqueue, community)
        try:
            enqueued += commands.claim_schedule(
                by=SYSTEM, community=community, schedule=schedule.id, seen=schedule.next_at, enqueue=enqueue
            )
        except (ValueError, OperationalError):
            _log.exception("schedule %s could not be claimed", schedule.id)
    return enqueued


def _enqueue(community: UUID, job: str) -> object:
    return run_job.enqueue(name=job, community=str(community))


def beat(worker: str) -> None:
    """Say that a worker lives. No act of anybody's, so it stands in no trail."""
    Heartbeat.objects.update_or_create(worker=worker, defaults={"seen_at": timezone.now()})


@contextmanager
def beating(worker: str, seconds: float = BEAT_SECONDS) -> Iterator[None]:
    """Keep saying so, from a thread of its own, until the block ends."""
    stop = threading.Event()

    def go_on() -> None:
        while not stop.wait(seconds):
            close_old_connections()
            try:
                beat(worker)
            except OperationalError:  # locked for long: the lease is longer
                _log.warning("no heartbeat: the database is busy")
        connection.close()

    beat(worker)
    thread = threading.Thread(target=go_on, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(seconds)
        Heartbeat.objects.filter(worker=worker).delete()


def take_back(lease_seconds: float = LEASE_SECONDS) -> int:
    """Let the jobs of workers that have not been heard of for a lease run again. Returns how many wait again."""
    since = timezone.now() - timedelta(seconds=lease_seconds)
    held = queries.held_by_the_dead(viewer=SYSTEM, since=since)
    waiting = commands.take_back_jobs(by=SYSTEM, held=held) if held else 0
    Heartbeat.objects.filter(seen_at__lt=since - timedelta(days=1)).delete()
    return waiting
