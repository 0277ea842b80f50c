"""What runs at its time: claimed once by however many schedulers, and taken back from a worker that died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, connections
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from linli.kernel.actor import SYSTEM
from linli.kernel.errors import BadInput, NotFound
from linli.work import commands, jobs
from linli.work.commands import MOST_TRIES, plan_schedule
from linli.work.models import Heartbeat, Schedule
from tests.support.source import ROOT

DONE: list[UUID] = []


@pytest.fixture(autouse=True)
def _a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_JOBS", {"note": DONE.append})
    monkeypatch.setattr(jobs, "_STANDING", {})
    DONE.clear()


def _due(community: UUID, job: str = "note", ago: timedelta = timedelta(minutes=5)) -> Schedule:
    plan_schedule(by=SYSTEM, community=community, job=job, cron="0 6 * * 1", zone="Asia/Shanghai")
    schedule = Schedule.objects.get(community=community, job=job)
    schedule.next_at = timezone.now() - ago
    schedule.save()
    return schedule


def _work() -> None:
    Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None, worker_id="w",
        excluded_queue_names=[],
    ).run()  # fmt: skip


@pytest.mark.django_db
def test_what_is_due_is_enqueued_once_and_moves_on(community: UUID) -> None:
    schedule = _due(community)
    assert (jobs.tick(), jobs.tick()) == (1, 0)
    schedule.refresh_from_db()
    assert schedule.next_at > timezone.now()
    assert [job.args_kwargs["kwargs"] for job in DBTaskResult.objects.all()] == [{"name": "note", "community": str(community)}]


@pytest.mark.django_db
def test_weeks_in_which_nobody_looked_make_one_run(community: UUID) -> None:
    _due(community, ago=timedelta(weeks=5))
    assert (jobs.tick(), jobs.tick()) == (1, 0)


@pytest.mark.django_db
def test_a_schedule_planned_again_counts_as_planned_last(community: UUID) -> None:
    _due(community)
    plan_schedule(by=SYSTEM, community=community, job="note", cron="0 7 * * 2", zone="Asia/Shanghai")
    assert jobs.tick() == 0
    assert Schedule.objects.get().cron == "0 7 * * 2"


@pytest.mark.django_db
def test_every_community_has_the_standing_jobs_and_keeps_its_own_plan(
    community: UUID, other_community: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_STANDING", {})
    plan_schedule(by=SYSTEM, community=other_community, job="note", cron="0 7 * * 2", zone="Asia/Shanghai")
    jobs.offer("note", DONE.append, cron="20 2 * * *")
    assert (jobs.plan_standing(), jobs.plan_standing()) == (1, 0)
    assert set(Schedule.objects.values_list("community", "cron")) == {(community, "20 2 * * *"), (other_community, "0 7 * * 2")}
    assert jobs.tick() == 0


@pytest.mark.django_db
def test_a_schedule_at_rest_is_left_alone(community: UUID) -> None:
    schedule = _due(community)
    Schedule.objects.update(active=False)
    assert jobs.tick() == 0
    assert not commands.claim_schedule(
        by=SYSTEM, community=community, schedule=schedule.id, seen=schedule.next_at, enqueue=lambda _job: None
    )


@pytest.mark.parametrize(
    ("cron", "zone"), [("soon", "Asia/Shanghai"), ("0 6 * * 1", "Nowhere/City"), ("", ""), ("0 6 * * 1", "../etc")]
)
@pytest.mark.django_db
def test_a_plan_that_names_no_time_is_refused(community: UUID, cron: str, zone: str) -> None:
    with pytest.raises(BadInput):
        plan_schedule(by=SYSTEM, community=community, job="note", cron=cron, zone=zone)
    assert not Schedule.objects.exists()


@pytest.mark.django_db
def test_a_schedule_of_another_community_cannot_be_claimed(community: UUID, other_community: UUID) -> None:
    schedule = _due(community)
    with pytest.raises(NotFound):
        commands.claim_schedule(
            by=SYSTEM, community=other_community, schedule=schedule.id, seen=schedule.next_at, enqueue=lambda _job: None
        )


@pytest.mark.django_db
def test_a_claim_whose_job_cannot_be_enqueued_is_no_claim(community: UUID) -> None:
    schedule = _due(community)

    def fail(_job: str) -> None:
        raise ValueError("no queue")

    with pytest.raises(ValueError, match="no queue"):
        commands.claim_schedule(by=SYSTEM, community=community, schedule=schedule.id, seen=schedule.next_at, enqueue=fail)
    seen = schedule.next_at
    schedule.refresh_from_db()
    assert schedule.next_at == seen


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_the_same_moment_enqueue_once(community: UUID) -> None:
    _due(community)
    start = threading.Barrier(4)
    claimed: list[int] = []

    def look() -> None:
        try:
            start.wait(10)
            claimed.append(jobs.tick())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert sorted(claimed) == [0, 0, 0, 1]
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_what_waits(community: UUID) -> None:
    _due(community)
    jobs.tick()
    _work()
    assert [community] == DONE
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def _held(community: UUID, worker: str, seen: timedelta | None, started: timedelta = timedelta(minutes=10)) -> DBTaskResult:
    """A job that ``worker`` has been running since ``started`` ago, itself last heard of ``seen`` ago."""
    jobs.run_job.enqueue(name="note", community=str(community))
    job = DBTaskResult.objects.get()
    job.claim(worker)
    DBTaskResult.objects.update(started_at=timezone.now() - started)
    if seen is not None:
        Heartbeat.objects.create(worker=worker, seen_at=timezone.now() - seen)
    return job


@pytest.mark.parametrize("seen", [timedelta(minutes=9), None], ids=["silent", "never heard of"])
@pytest.mark.django_db(transaction=True)
def test_a_dead_workers_job_runs_again(community: UUID, seen: timedelta | None) -> None:
    job = _held(community, "dead", seen)
    assert jobs.take_back() == 1
    _work()
    job.refresh_from_db()
    assert (job.status, job.worker_ids, DONE) == (TaskResultStatus.SUCCESSFUL, ["dead", "w"], [community])
    assert jobs.take_back() == 0


@pytest.mark.parametrize(
    ("seen", "started"),
    [(timedelta(seconds=3), timedelta(hours=2)), (None, timedelta(seconds=3)), (timedelta(minutes=9), timedelta(seconds=3))],
    ids=["long job of a living worker", "just begun", "just begun after a pause"],
)
@pytest.mark.django_db
def test_a_living_workers_job_is_left_to_it(community: UUID, seen: timedelta | None, started: timedelta) -> None:
    _held(community, "alive", seen, started)
    assert jobs.take_back() == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING


@pytest.mark.django_db
def test_a_job_that_ended_in_between_is_left_alone(community: UUID) -> None:
    job = _held(community, "dead", None)
    job.set_successful(None)
    assert commands.take_back_jobs(by=SYSTEM, held=[(job.id, ["dead"])]) == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db
def test_a_job_that_kills_every_worker_is_given_up(community: UUID) -> None:
    job = _held(community, "dead", None)
    DBTaskResult.objects.update(worker_ids=[f"dead-{n}" for n in range(MOST_TRIES)])
    assert jobs.take_back() == 0
    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_old_heartbeats_are_swept(community: UUID) -> None:
    Heartbeat.objects.create(worker="old", seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    Heartbeat.objects.create(worker="new", seen_at=timezone.now())
    jobs.take_back()
    assert list(Heartbeat.objects.values_list("worker", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_saying_that_it_lives(db: None) -> None:
    with jobs.beating("w", seconds=0.05):
        first = Heartbeat.objects.get(worker="w").seen_at
        deadline = time.monotonic() + 20
        while Heartbeat.objects.get(worker="w").seen_at == first and time.monotonic() < deadline:
            time.sleep(0.05)
        assert Heartbeat.objects.get(worker="w").seen_at > first
    assert not Heartbeat.objects.exists()


@pytest.mark.long
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_process_leaves_its_job_to_the_next(community: UUID) -> None:
    """The real thing: a process is killed in the middle of a job, and another finishes it."""
    jobs.run_job.enqueue(name="no-such-job-yet", community=str(community))
    code = (
        "import time, django; django.setup()\n"
        "from linli.work import jobs\n"
        "jobs._JOBS['no-such-job-yet'] = lambda _: time.sleep(120)\n"
        "from django.core.management import call_command\n"
        "call_command('run_worker', '--queue-name', '*', '--no-startup-delay')\n"
    )
    environment = {**os.environ, "LINLI_DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}"}
    worker = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while not DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    jobs._JOBS["no-such-job-yet"] = DONE.append
    assert jobs.take_back() == 0, "its lease still runs"
    time.sleep(0.2)
    assert jobs.take_back(lease_seconds=0.1) == 1
    _work()
    assert [community] == DONE
