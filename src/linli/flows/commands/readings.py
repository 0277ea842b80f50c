"""Writing and undoing a file of readings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linli.flows.models import Counter, Reading
from linli.flows.queries.plan import Work
from linli.intake import Undone
from linli.intake.kinds import Plan
from linli.trust import Actor, Permission, command, record

AT_ONCE = 4000


@command("flows.apply_readings", may=Permission.FLOW_IMPORT)
def apply_readings(*, by: Actor, community: UUID, batch: UUID, plan: Plan, as_of: datetime) -> None:
    """Write what ``plan_readings`` decided; called by intake inside the batch's transaction."""
    work = plan.work
    assert isinstance(work, Work)
    for counter in work.counters:
        counter.batch = batch
    Counter.objects.bulk_create(work.counters)
    for reading in work.readings:
        reading.batch = batch
    Reading.objects.bulk_create(work.readings, batch_size=AT_ONCE)
    record("flows.reading", counts={"new": len(work.readings), "counters": len(work.counters)})


@command("flows.undo_readings", may=Permission.IMPORT_UNDO)
def undo_readings(*, by: Actor, community: UUID, batch: UUID) -> Undone:
    """Take back the readings of ``batch``, and counters that it made and nothing else uses.

    A reading is never rewritten, so all of them go.
    """
    gone, _ = Reading.objects.filter(community_id=community, batch=batch).delete()
    counters, _ = Counter.objects.filter(community_id=community, batch=batch, readings__isnull=True).delete()
    record("flows.reading", counts={"restored": gone, "counters": counters})
    return Undone(gone)
