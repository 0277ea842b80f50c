"""How far the yearly survey is, and how often second visits found something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Visit
from linli.register.queries.places import ground
from linli.register.rules.rounds import ErrorRate, error_rates
from linli.register.rules.survey import Progress, progress
from linli.territory.queries import dwellings


@dataclass(frozen=True)
class GridSurvey:
    """The survey of one grid."""

    label: str
    progress: Progress


@dataclass(frozen=True)
class BlindVisit:
    """A second visit still to be made."""

    id: UUID
    building: str
    door: str
    grid: str
    due: date


@dataclass(frozen=True)
class Survey:
    """``start``: the first planned Monday, None where nothing is planned; ``rates``: by field, of the whole community."""

    start: date | None
    grids: list[GridSurvey]
    rates: Mapping[str, ErrorRate]
    blind: list[BlindVisit]
    compared: int


def survey(*, viewer: Actor, community: UUID, day: date) -> Survey:
    """The survey within scope. Error rates are of fields, never of who asked: they are told for the whole community alone."""
    if not viewer.sees_community(community):
        return Survey(None, [], {}, [], 0)
    places = ground(viewer=viewer, community=community)
    rows = Visit.objects.filter(community=community, kind="survey", dwelling__isnull=False)
    planned: dict[str, dict[str, date]] = defaultdict(dict)
    for dwelling, building, due in rows.values_list("dwelling_id", "building_id", "due"):
        if building in places.names and due is not None:
            planned[places.label_of(building)][str(dwelling)] = due
    start = min((due for homes in planned.values() for due in homes.values()), default=None)
    seen: set[str] = set()
    if start is not None:
        made = Visit.objects.filter(community=community, outcome="unchanged", on__gte=start, dwelling__isnull=False)
        seen = {str(one) for one in made.values_list("dwelling_id", flat=True)}
    grids = [GridSurvey(label, progress(homes, seen, day)) for label, homes in sorted(planned.items())]
    second = Visit.objects.filter(community=community, kind="blind")
    findings = list(second.filter(outcome="compared").values_list("findings", flat=True)) if viewer.grids is None else []
    waiting = [row for row in second.filter(on__isnull=True).order_by("due", "id") if row.building_id in places.names]
    doors = {
        d.id: d for d in dwellings(viewer=viewer, community=community, ids=[w.dwelling_id for w in waiting if w.dwelling_id])
    }
    blind = [
        BlindVisit(
            row.id, places.names[row.building_id],
            "-".join(part for part in (doors[row.dwelling_id].unit, doors[row.dwelling_id].room) if part),
            places.label_of(row.building_id), row.due or day,
        )
        for row in waiting
        if row.dwelling_id in doors
    ]  # fmt: skip
    return Survey(start, grids, error_rates(findings), blind, len(findings))
