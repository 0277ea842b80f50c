"""A draft as the editor shows it: grid by grid, beside the division that is published, with what would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db.models import Count

from linli.kernel.errors import NotFound
from linli.kernel.words import Words
from linli.territory.drafting import Identity, Opened, check_draft_of, find_draft, identity_of, open_draft
from linli.territory.duties import Duty, duties_in
from linli.territory.models import Draft, GridLineage, GridShape, GridVersion, LayerKind, VersionState
from linli.territory.rules.asking import Asked
from linli.territory.rules.faults import Fault
from linli.territory.rules.lineage import Fate, people_who_change
from linli.territory.rules.proposals import Proposal
from linli.territory.rules.sheets import NOWHERE
from linli.trust import NOT_FOUND, SYSTEM, Actor, Permission, Role, holders


@dataclass(frozen=True)
class PartRow:
    """One grid of a draft. ``part``: its number in the draft; ``label``: what it will be called, "" for what is in no grid.

    ``deviation``: of the draft's weight from its target, a share. ``takes``, ``gives``: persons by label of the other grid.
    ``shape`` in degrees, where it was asked for.
    """

    part: int
    label: str
    fate: Fate | None
    persons: int
    households: int
    hours: float
    area_m2: float
    buildings: int
    deviation: float | None
    pieces: int
    locked: bool
    takes: Mapping[str, int]
    gives: Mapping[str, int]
    shape: Any = None


@dataclass(frozen=True)
class Compared:
    """A draft beside the division published last; shares are of the weight's target, hours a month.

    ``change_worker``: people whose grid worker would be another, or nobody. ``ended``: labels of grids that end; ``duties``: who
    looks after those.
    """

    worst_now: float | None
    worst: float | None
    change_grid: int
    change_worker: int
    people: int
    hours_now: tuple[float, float] | None
    hours: tuple[float, float] | None
    ended: list[str]
    duties: list[Duty]


@dataclass(frozen=True)
class DraftRow:
    """A draft with its goals, where it stands, and its grids by label."""

    id: UUID
    name: str
    kind: str
    state: str
    weight: str
    target: float
    tolerance: float
    week: str
    step: int
    undo: bool
    redo: bool
    changed_at: datetime
    proposal: Proposal
    allowed: Mapping[str, str]
    told: list[Fault]
    drawn_by: UUID | None = None
    asked: Asked | None = None
    parts: list[PartRow] = field(default_factory=list)
    compared: Compared | None = None
    ready: bool = True

    @property
    def words(self) -> list[Words]:
        """Why a proposal failed or fell short."""
        return [Words.from_json(words) for words in self.proposal.words]

    def as_json(self) -> dict[str, Any]:
        """For the editor: plain values; shapes as GeoJSON geometries in degrees."""
        return {
            "id": str(self.id),
            "name": self.name,
            "kind": self.kind,
            "state": self.state,
            "weight": self.weight,
            "target": self.target,
            "tolerance": self.tolerance,
            "week": self.week,
            "step": self.step,
            "undo": self.undo,
            "redo": self.redo,
            "changed_at": self.changed_at.isoformat(),
            "proposal": self.proposal.as_json(),
            "ready": self.ready,
            "grids": [_part_json(row) for row in self.parts],
            "compared": _compared_json(self.compared) if self.compared else None,
        }


@dataclass(frozen=True)
class CellRow:
    """A cell of a draft for the map. ``shape`` in degrees."""

    number: int
    part: int
    block: int
    persons: int
    households: int
    buildings: list[UUID]
    shape: Any


@dataclass(frozen=True)
class DivisionRow:
    """One version of a layer, as the list of divisions shows it; half-open dates. ``is_draft``: it can still be drawn in."""

    id: UUID
    kind: str
    name: str
    state: str
    valid_from: date | None
    valid_to: date | None
    grids: int
    is_draft: bool
    changed_at: datetime | None
    asked: Asked | None = None


@dataclass(frozen=True)
class LineageRow:
    """What one grid gave to another in a version: labels, and the share of the giving grid's people (or buildings, area)."""

    source: str
    target: str
    buildings: int
    persons: int
    share: float


def draft(
    *, viewer: Actor, community: UUID, version: UUID, shapes: bool = False, opened: tuple[Opened, Identity] | None = None
) -> DraftRow:
    """A draft for those who may draw. NotFound outside scope, or where it is no draft (any more). ``opened``: read already."""
    _may(viewer, community)
    row = opened[0].draft if opened else find_draft(community, version)
    if opened is None and not row.cells.exists():
        return _row(row, ready=False)
    if opened is None:
        found = open_draft(community, version)
        opened = found, identity_of(found)
    return _row(row, parts=_parts(*opened, shapes=shapes), compared=_compared(community, *opened))


def draft_cells(*, viewer: Actor, community: UUID, version: UUID) -> list[CellRow]:
    """The cells of a draft, by number: what the editor's map draws and its acts name."""
    _may(viewer, community)
    opened = open_draft(community, version)
    sheet = opened.sheet
    return [
        CellRow(at, part, int(sheet.block[at]), int(sheet.persons[at]), int(sheet.households[at]), held, shape)
        for at, (part, held, shape) in enumerate(zip(opened.parts.tolist(), opened.buildings, opened.shapes, strict=True))
    ]


def draft_faults(*, viewer: Actor, community: UUID, version: UUID) -> list[Fault]:
    """The whole check of a draft as it stands; those that were allowed are among them."""
    _may(viewer, community)
    opened = open_draft(community, version)
    return check_draft_of(community, opened, identity_of(opened))


def divisions(*, viewer: Actor, community: UUID, kind: LayerKind | None = None) -> list[DivisionRow]:
    """All versions of the community's layers, newest first; drafts only for those who may draw."""
    if not viewer.sees_community(community):
        return []
    rows = GridVersion.objects.filter(community_id=community).select_related("layer").annotate(count=Count("shapes"))
    if kind:
        rows = rows.filter(layer__kind=kind.value)
    if not viewer.may(Permission.TERRITORY_DRAW) or viewer.grids is not None:
        rows = rows.filter(state=VersionState.PUBLISHED.value)
    drafts = {row.version_id: row for row in Draft.objects.filter(community_id=community).defer("borders")}
    drawn = dict(
        Draft.objects.filter(community_id=community, cells__part__gt=NOWHERE)
        .values_list("version_id")
        .annotate(count=Count("cells__part", distinct=True))
    )
    return [
        DivisionRow(
            row.id,
            row.layer.kind,
            row.name,
            row.state,
            row.valid_from,
            row.valid_to,
            drawn.get(row.id, row.count),
            row.id in drafts,
            drafts[row.id].changed_at if row.id in drafts else None,
            Asked.of(drafts[row.id].asked, drafts[row.id].step) if row.id in drafts else None,
        )
        for row in rows.order_by("-id")
    ]


def lineage(*, viewer: Actor, community: UUID, version: UUID) -> list[LineageRow]:
    """What the grids of the version before gave to those of this one, by label; unchanged grids give all to themselves."""
    if not viewer.sees_community(community):
        return []
    rows = GridLineage.objects.filter(community_id=community, version_id=version).order_by("source__label", "-share")
    columns = rows.values_list("source__label", "target__label", "buildings", "persons", "share")
    return [LineageRow(*row) for row in columns]


def duties_that_end(*, viewer: Actor, community: UUID, version: UUID) -> list[Duty]:
    """Who looks after grids that the version would end: to be named before it is published."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return []
    if Draft.objects.filter(community_id=community, version_id=version).exists():
        return duties_in(community, dict(identity_of(open_draft(community, version)).ended))
    row = GridVersion.objects.filter(community_id=community, id=version).first()
    if row is None:
        raise NotFound(NOT_FOUND)
    earlier = GridVersion.objects.filter(layer_id=row.layer_id, state=VersionState.PUBLISHED).exclude(id=version)
    before = earlier.order_by("-valid_from").first()
    held = GridShape.objects.filter(version_id=before.id) if before else GridShape.objects.none()
    kept = GridShape.objects.filter(version_id=version).values_list("grid_id", flat=True)
    return duties_in(community, dict(held.exclude(grid_id__in=kept).values_list("grid_id", "grid__label")))


def _may(viewer: Actor, community: UUID) -> None:
    if not viewer.sees_community(community) or viewer.grids is not None or not viewer.may(Permission.TERRITORY_DRAW):
        raise NotFound(NOT_FOUND)


def _row(row: Draft, *, parts: list[PartRow] | None = None, compared: Compared | None = None, ready: bool = True) -> DraftRow:
    last = row.steps.order_by("-number").values_list("number", flat=True).first() or 0
    return DraftRow(
        id=row.version_id,
        name=row.version.name,
        kind=row.version.layer.kind,
        state=row.version.state,
        weight=row.weight,
        target=row.target,
        tolerance=row.tolerance,
        week=row.week,
        step=row.step,
        undo=row.step > 0,
        redo=last > row.step,
        changed_at=row.changed_at,
        proposal=Proposal.of(row.proposal),
        allowed=row.allowed,
        told=[Fault.from_json(told) for told in row.told],
        drawn_by=row.drawn_by,
        asked=Asked.of(row.asked, row.step),
        parts=parts or [],
        compared=compared,
        ready=ready,
    )


def _parts(opened: Opened, identity: Identity, *, shapes: bool) -> list[PartRow]:
    locked = set(opened.draft.locked)
    rows = []
    for one in opened.figures():
        label = identity.labels.get(one.part, "")
        mine = identity.living.get(one.part)
        takes = {identity.old[flow.source]: flow.persons for flow in identity.flows if flow.target == one.part}
        gives = {identity.labels[flow.target]: flow.persons for flow in identity.flows if flow.source == mine}
        rows.append(
            PartRow(
                part=one.part,
                label=label,
                fate=identity.fates.get(one.part),
                persons=one.persons,
                households=one.households,
                hours=round(one.minutes / 60, 1),
                area_m2=round(one.area_m2, 1),
                buildings=one.buildings,
                deviation=None if one.deviation is None else round(one.deviation, 4),
                pieces=one.pieces,
                locked=one.part in locked,
                takes={other: persons for other, persons in takes.items() if other != label},
                gives={other: persons for other, persons in gives.items() if other != label},
                shape=opened.outlines.get(one.part) if shapes else None,
            )
        )
    return sorted(rows, key=lambda row: (row.part == NOWHERE, row.label))


def _compared(community: UUID, opened: Opened, identity: Identity) -> Compared:
    held, minutes = opened.sheet.weight(opened.draft.weight), opened.sheet.minutes
    target = opened.draft.target
    inside = opened.parts != NOWHERE

    def spread(of: Sequence[Any]) -> tuple[float | None, tuple[float, float] | None]:
        masks = [np.asarray(mask) for mask in of]
        if not masks:
            return None, None
        offs: list[float] = [float(held[mask].sum()) / target - 1 for mask in masks]
        hours = [float(minutes[mask].sum()) / 60 for mask in masks]
        return round(float(max(offs, key=lambda off: abs(float(off)))), 4), (round(max(hours), 1), round(min(hours), 1))

    worst, hours = spread([opened.parts == part for part in np.unique(opened.parts[inside]).tolist()])
    origin = np.array([str(one or "") for one in identity.origins])
    worst_now, hours_now = spread([origin == one for one in np.unique(origin).tolist() if one])
    moved, people = people_who_change(identity.flows, identity.living)
    workers: dict[UUID, set[UUID]] = {}
    for row in holders(viewer=SYSTEM, community=community, roles=[Role.GRID_WORKER]):
        if row["grid"] and not row["deputy_for"]:
            workers.setdefault(row["grid"], set()).add(row["account"])
    other = sum(flow.persons for flow in identity.flows if _new_worker(workers, flow.source, identity.living.get(flow.target)))
    ended = sorted(identity.ended.values())
    return Compared(worst_now, worst, moved, other, people, hours_now, hours, ended, duties_in(community, identity.ended))


def _new_worker(workers: Mapping[UUID, set[UUID]], old: UUID, new: UUID | None) -> bool:
    """Whether people who come from one grid to another get another worker. A grid that is new has none yet."""
    return new != old and not (workers.get(old, set()) & (workers.get(new, set()) if new else set()))


def _part_json(row: PartRow) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in PartRow.__dataclass_fields__ if name != "shape"}
    shape = shapely.geometry.mapping(row.shape) if row.shape is not None else None
    return told | {"fate": row.fate.value if row.fate else None, "shape": shape}


def _compared_json(row: Compared) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in Compared.__dataclass_fields__ if name != "duties"}
    return told | {"duties": [{"name": duty.name, "role": duty.role, "grid": duty.label} for duty in row.duties]}
