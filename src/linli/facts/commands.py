"""Writing the facts of a Monday."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from linli.facts.models import Snapshot
from linli.facts.store import Written
from linli.kernel.actor import Actor
from linli.trust import Permission, command, record


@command("facts.keep_snapshot", may=Permission.MONDAY_RUN)
def keep_snapshot(*, by: Actor, community: UUID, written: Written) -> None:
    """Vouch for facts that :func:`linli.facts.store.write` has put on disk. The same digest again changes nothing."""
    snapshot, made = Snapshot.objects.get_or_create(
        community_id=community,
        week=written.week,
        defaults={"digest": written.digest, "tables": dict(written.tables), "written_at": timezone.now()},
    )
    if not made and snapshot.digest != written.digest:
        snapshot.digest, snapshot.tables, snapshot.written_at = written.digest, dict(written.tables), timezone.now()
        snapshot.save()
    record(
        "facts.snapshot",
        ids=[snapshot.id],
        digest=written.digest,
        counts={n: int(str(t["rows"])) for n, t in written.tables.items()},
    )
