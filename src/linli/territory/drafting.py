"""A draft as it stands in the database, read into numbers and written back. Called by commands and queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

import numpy as np
import shapely
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotFound
from linli.kernel.words import sentence
from linli.territory.cut_cells import CutCells, cells_of, origins_of
from linli.territory.grounds import Laid
from linli.territory.models import (
    Community,
    Draft,
    DraftCell,
    DraftStep,
    Grid,
    GridVersion,
    LayerKind,
    VersionState,
)
from linli.territory.rules.crs import Shapes
from linli.territory.rules.division_check import Division, Held, check_division
from linli.territory.rules.drawing import Change, Drawn, apply
from linli.territory.rules.faults import Fault
from linli.territory.rules.geometry import as_shapes, to_metric, to_wkb
from linli.territory.rules.lineage import Fate, Flow, fates, flows, heirs, numbered
from linli.territory.rules.numbering import in_order
from linli.territory.rules.sheets import NOWHERE, Ints, PartFigures, Sheet, figures
from linli.territory.rules.workload import Load
from linli.territory.store import buildings_of
from linli.territory.versions import boundary_of, shapes_of
from linli.trust import NOT_FOUND

NOT_DRAFT = sentence("territory.draft.not_draft", "These grids have been checked; take them back to a draft to change them.")
NOT_READY = sentence("territory.draft.not_ready", "The draft has no cells yet: they are being cut.")
NO_LOAD = Load()


@dataclass
class Opened:
    """A draft with its n cells, in the order of their numbers, and the part of each."""

    version: GridVersion
    draft: Draft
    cut: CutCells
    parts: Ints

    @property
    def shapes(self) -> Shapes:
        """In degrees."""
        return self.cut.shapes

    @property
    def sheet(self) -> Sheet:
        return self.cut.sheet

    @property
    def buildings(self) -> list[list[UUID]]:
        """Ids by cell."""
        return self.cut.buildings

    @property
    def epsg(self) -> int:
        return self.cut.epsg

    @property
    def drawn(self) -> Drawn:
        """The parts as the acts take them. A number that a step has given is not given again as long as the step holds."""
        given = self.draft.steps.filter(number__lte=self.draft.step).values_list("moved", flat=True)
        highest = max((after for moved in given for _, _, after in moved), default=0)
        return Drawn(self.parts, frozenset(self.draft.locked), highest + 1)

    @property
    def kind(self) -> LayerKind:
        return LayerKind(self.version.layer.kind)

    def figures(self) -> list[PartFigures]:
        return figures(self.sheet, self.parts, weight=self.draft.weight, target=self.draft.target)

    @cached_property
    def outlines(self) -> dict[int, object]:
        """The outline of each part, in degrees."""
        return outlines_of(self.shapes, self.parts)


@dataclass(frozen=True)
class Identity:
    """Which grids the parts of a draft are, seen from the last version that was published (``before``, None: the first).

    ``old``: its grids' labels by id; ``ended``: those that live on in no part; ``origins``: the grid that each cell lay in.
    """

    before: UUID | None
    flows: list[Flow[UUID]]
    living: Mapping[int, UUID]
    labels: Mapping[int, str]
    fates: Mapping[int, Fate]
    old: Mapping[UUID, str]
    ended: Mapping[UUID, str]
    origins: list[UUID | None] = field(default_factory=list)


def find_draft(community: UUID, version: UUID, *, lock: bool = False) -> Draft:
    """The draft of a version; NotFound where it has none (any more)."""
    rows = Draft.objects.select_related("version__layer").defer("borders").filter(community_id=community, version_id=version)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def of_whole(by: Actor) -> None:
    """NotFound for somebody whose role is held in some grids only: a division is everybody's."""
    if by.grids is not None:
        raise NotFound(NOT_FOUND)


def still_draft(version: GridVersion) -> None:
    """Conflict where the version has been checked."""
    if version.state != VersionState.DRAFT:
        raise Conflict(NOT_DRAFT)


def open_draft(community: UUID, version: UUID, *, lock: bool = False) -> Opened:
    """Read a draft with its cells. Conflict while they are still being cut."""
    draft = find_draft(community, version, lock=lock)
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    cut = cells_of(draft, epsg) if epsg is not None else None
    if cut is None:
        raise Conflict(NOT_READY)
    parts = np.array(draft.cells.order_by("number").values_list("part", flat=True), dtype=np.int64)
    return Opened(draft.version, draft, cut, parts)


def outlines_of(shapes: Shapes, parts: Ints) -> dict[int, object]:
    """The union of the cells of each part but of those in no grid; cells share their corners, so neighbours do."""
    numbers = [part for part in np.unique(parts).tolist() if part != NOWHERE]
    found = {}
    for part in numbers:
        made = _united(shapes[parts == part])
        found[part] = shapely.get_parts(made)[0] if shapely.get_num_geometries(made) == 1 else made
    return found


def _united(shapes: Shapes) -> object:
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.GEOSException:
        # Corners that the last digit kept moved beside each other: cells are made whole first, and what is no area falls away.
        parts = shapely.get_parts(shapely.union_all(shapely.make_valid(shapes)))
        parts = shapely.get_parts(parts[shapely.area(parts) > 0])
        return (
            parts[0]
            if len(parts) == 1
            else shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
        )


def put_cells(draft: Draft, laid: Laid, loads: Mapping[UUID, Load]) -> None:
    """Write a draft's cells and borders, in place of any before."""
    draft.cells.all().delete()
    draft.steps.all().delete()
    wkb = to_wkb(laid.shapes)
    sums = [[loads.get(building, NO_LOAD) for building in held] for held in laid.buildings]
    DraftCell.objects.bulk_create(
        (
            DraftCell(
                community_id=draft.community_id,
                draft=draft,
                number=number,
                part=int(laid.parts[number]),
                block=int(laid.block[number]),
                shape=wkb[number],
                area_m2=laid.areas[number],
                persons=sum(load.persons for load in mine),
                households=sum(load.households for load in mine),
                minutes=round(sum(load.minutes for load in mine), 2),
                buildings=[str(building) for building in laid.buildings[number]],
            )
            for number, mine in enumerate(sums)
        ),
        batch_size=500,
    )
    draft.borders, draft.step, draft.locked = [list(border) for border in laid.borders], 0, []
    draft.save(update_fields=["borders", "step", "locked"])


def put_step(opened: Opened, change: Change, by: Actor) -> Opened:
    """Take one step: write the cells that move and note it, in place of steps that were undone. The draft as it stands then."""
    draft = opened.draft
    draft.steps.filter(number__gt=draft.step).delete()
    before = sorted(draft.locked)
    DraftStep.objects.create(
        community_id=draft.community_id,
        draft=draft,
        number=draft.step + 1,
        act=change.act.value,
        moved=[list(moved) for moved in change.moved],
        locked_before=before,
        locked_after=sorted(change.locked),
        at=timezone.now(),
        by=by.account,
    )
    return _stand(opened, change.moved, sorted(change.locked), draft.step + 1, by)


def put_back(opened: Opened, step: DraftStep, by: Actor, *, forth: bool) -> Opened:
    """Undo a step, or take it again (``forth``)."""
    moved = step.moved if forth else [(cell, after, before) for cell, before, after in step.moved]
    locked = step.locked_after if forth else step.locked_before
    return _stand(opened, moved, locked, step.number if forth else step.number - 1, by)


def _stand(opened: Opened, moved: Sequence[Sequence[int]], locked: list[int], step: int, by: Actor) -> Opened:
    draft = opened.draft
    goals: dict[int, list[int]] = {}
    for cell, _, part in moved:
        goals.setdefault(part, []).append(cell)
    for part, cells in goals.items():
        for start in range(0, len(cells), 500):
            draft.cells.filter(number__in=cells[start : start + 500]).update(part=part)
    draft.locked, draft.step, draft.drawn_by, draft.changed_at = locked, step, by.account or draft.drawn_by, timezone.now()
    draft.save(update_fields=["locked", "step", "drawn_by", "changed_at"])
    return Opened(opened.version, draft, opened.cut, apply(opened.parts, moved))


def last_published(layer: UUID) -> GridVersion | None:
    """The version of a layer that was published for the latest day, in force already or not."""
    found = GridVersion.objects.filter(layer_id=layer, state=VersionState.PUBLISHED)
    return found.order_by("-valid_from").first()


def identity_of(opened: Opened) -> Identity:
    """Who keeps its identity, seen from the version that was published last."""
    before = last_published(opened.version.layer_id)
    numbers = [part for part in np.unique(opened.parts).tolist() if part != NOWHERE]
    if before is None:
        first = {part: f"{at:02d}" for at, part in enumerate(_ordered(opened, numbers), start=1)}
        return Identity(None, [], {}, first, dict.fromkeys(numbers, Fate.NEW), {}, {})
    ids, labels, outlines = shapes_of(before.id)
    old = dict(zip(ids, labels, strict=True))
    origins = origins_of(opened.cut, before.id, ids, outlines)
    found = flows(opened.sheet, origins, opened.parts)
    living = heirs(found)
    fresh = _ordered(opened, [part for part in numbers if part not in living])
    used = list(Grid.objects.filter(layer_id=opened.version.layer_id).values_list("label", flat=True))
    named = numbered({part: old[grid] for part, grid in living.items()}, fresh, used)
    ended = {grid: label for grid, label in old.items() if grid not in set(living.values())}
    return Identity(before.id, found, living, named, fates(found, numbers), old, ended, origins)


def _ordered(opened: Opened, parts: Sequence[int]) -> list[int]:
    if not parts:
        return []
    plane = to_metric([opened.outlines[part] for part in parts], opened.epsg)
    middles = shapely.centroid(plane)
    points = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])
    return [parts[at] for at in in_order(points, np.asarray(shapely.area(plane)))]


def check_draft_of(community: UUID, opened: Opened, identity: Identity) -> list[Fault]:
    """The whole check of a draft as it stands."""
    ids, called, footprints = buildings_of(community)
    shape_of = dict(zip(ids, zip(called, footprints, strict=True), strict=True))
    parts = sorted(opened.outlines, key=lambda part: identity.labels[part])
    rows = {row.part: row for row in opened.figures()}
    held = opened.sheet.weight(opened.draft.weight)
    covers = opened.kind is not LayerKind.DEDICATED
    lost = [
        shape_of[building]
        for cell in np.flatnonzero(opened.parts == NOWHERE).tolist()
        for building in opened.buildings[cell]
        if covers and building in shape_of
    ]
    return check_division(
        Division(
            labels=[identity.labels[part] for part in parts],
            shapes=as_shapes([opened.outlines[part] for part in parts]),
            epsg=opened.epsg,
            boundary=boundary_of(community),
            names=called if covers else (),
            buildings=footprints if covers else as_shapes([]),
            held=[Held(float(held[opened.parts == part].sum()), rows[part].minutes) for part in parts] if covers else (),
            left_out=lost,
            target=opened.draft.target,
            tolerance=opened.draft.tolerance,
            covers=covers,
        )
    )
