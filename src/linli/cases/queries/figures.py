"""How much was reported where: figures of a grid's page and of overviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from linli.cases.queries.categories import matter_names
from linli.cases.queries.lists import scoped
from linli.cases.rules import UNSORTED, UNSORTED_NAME
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory import queries as territory


@dataclass(frozen=True)
class MatterRow:
    """One matter in one grid: ``seen`` in the seven days of the round; ``open`` and ``over`` (past the limit) on its Monday."""

    grid: str
    matter: str
    name: Mapping[str, str]
    seen: int
    open: int
    over: int


def reports_by_grid(*, viewer: Actor, community: UUID, week: Week, grid: str | None = None) -> list[MatterRow]:
    """A row per grid and matter with anything reported or open, most reported first; ``grid``: only that label."""
    if not viewer.sees_community(community):
        return []
    zone = territory.community(viewer=viewer, community=community).time_zone
    start, end = week.back().starts_at(zone), week.starts_at(zone)
    seen = Q(reported_at__gte=start, reported_at__lt=end)
    still = Q(reported_at__lt=end) & (Q(closed_at__isnull=True) | Q(closed_at__gte=end))
    found = scoped(viewer, community).filter(seen | still, grid__isnull=False)
    if grid is not None:
        found = found.filter(grid__code=grid)
    rows = found.values("grid__code", "category__code").annotate(
        seen=Count("id", filter=seen), open=Count("id", filter=still), over=Count("id", filter=still & Q(due_at__lt=end))
    )
    names = matter_names(viewer=viewer, community=community)
    made = [
        MatterRow(
            r["grid__code"],
            r["category__code"] or UNSORTED,
            names.get(r["category__code"] or UNSORTED, UNSORTED_NAME),
            r["seen"],
            r["open"],
            r["over"],
        )
        for r in rows
    ]
    return sorted(made, key=lambda r: (r.grid, -r.seen, -r.over, -r.open, r.matter))
