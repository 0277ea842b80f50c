"""What came after a batch: later files of its kind, and work by hand. The turn of the gate tells, not the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linli.intake.kinds import Why
from linli.intake.models import Batch, HandWork
from linli.kernel.words import Words, sentence

BY_HAND = sentence("intake.undo.by_hand", "Somebody worked on this record by hand since; it stays as it is.")


@dataclass(frozen=True)
class LaterBatch:
    """A batch of the same kind that was written after another. ``stands``: it is not undone, or not wholly."""

    id: UUID
    applied_at: datetime | None
    stands: bool


def taken_in_since(community: UUID, batch: UUID) -> list[LaterBatch]:
    """The batches of the same kind that were written after this one, the first of them first; undone ones too."""
    mine = Batch.objects.get(id=batch, community=community)
    # Turns are known of batches written since there are turns; the older ones follow their clock.
    after = Q(turn__gt=mine.turn) | Q(turn=0, applied_at__gt=mine.applied_at) if mine.turn == 0 else Q(turn__gt=mine.turn)
    later = Batch.objects.filter(after, community=community, kind=mine.kind, applied_at__isnull=False)
    rows = later.order_by("turn", "applied_at").values_list("id", "applied_at", "state", "undo")
    return [LaterBatch(pk, at, state == "applied" or bool((undo or {}).get("kept"))) for pk, at, state, undo in rows]


def hand_work_since(community: UUID, batch: UUID) -> dict[UUID, Why]:
    """The records that somebody worked on by hand since the batch was written, each with the last who did."""
    turn = Batch.objects.values_list("turn", flat=True).get(id=batch, community=community)
    found = HandWork.objects.filter(community=community, turn__gt=turn).values_list("object_id", "at", "by")
    return {pk: Why(Words(BY_HAND), at, by) for pk, at, by in found.iterator()}


def without_turns(community: UUID, batch: UUID) -> datetime | None:
    """When a batch was written that is older than the turns, so that hands before and after can't be told apart; else None."""
    turn, applied = Batch.objects.values_list("turn", "applied_at").get(id=batch, community=community)
    return None if turn else applied
