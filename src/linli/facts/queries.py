"""Which snapshot stands for a week."""

from __future__ import annotations

from uuid import UUID

from linli.facts.models import Snapshot
from linli.kernel.actor import Actor


def snapshot_of(*, viewer: Actor, community: UUID, week: str) -> Snapshot | None:
    """The snapshot of a week, or None."""
    if not viewer.sees_community(community):
        return None
    return Snapshot.objects.filter(community=community, week=week).first()


def latest_week(*, viewer: Actor, community: UUID) -> str | None:
    """The newest week that facts tell of, or None before the first round."""
    if not viewer.sees_community(community):
        return None
    return Snapshot.objects.filter(community=community).order_by("-week").values_list("week", flat=True).first()


def snapshots(*, viewer: Actor, community: UUID) -> list[Snapshot]:
    """All snapshots of a community, oldest first."""
    if not viewer.sees_community(community):
        return []
    return list(Snapshot.objects.filter(community=community).order_by("week"))
