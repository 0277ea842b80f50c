"""``run_worker``: run the jobs that wait, and keep saying that one lives, so that a dead worker's jobs are noticed."""

from __future__ import annotations

from typing import Any

from django_tasks_db.management.commands import db_worker


class Command(db_worker.Command):
    """The queue's own worker with a heartbeat."""

    help = "Run jobs, with a heartbeat."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        from linli.work.jobs import beating

        with beating(worker_id):
            super().handle(worker_id=worker_id, **options)
