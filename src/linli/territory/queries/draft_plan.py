"""A draft with all that is drawn of it, in metres; and any version's outlines, for those who only look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from linli.kernel.errors import NotFound
from linli.territory.drafting import Opened, find_draft, identity_of, open_draft, outlines_of
from linli.territory.models import BuildingGrid, Community, Draft, GridVersion, VersionState
from linli.territory.queries.drafts import DraftRow, draft
from linli.territory.rules.borders import borders
from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import areas_m2, as_shapes, to_metric
from linli.territory.rules.sheets import NOWHERE, Ints, Sheet
from linli.territory.versions import shapes_of
from linli.trust import NOT_FOUND, Actor, Permission


@dataclass(frozen=True)
class DraftSheet:
    """A draft of n cells as its last step left it. ``cells`` (n,) in metres of ``epsg``; ``buildings``: ids by cell."""

    id: UUID
    step: int
    weight: str
    locked: frozenset[int]
    sheet: Sheet
    parts: Ints
    buildings: list[list[UUID]]
    cells: Shapes
    epsg: int

    def outlines(self, among: Collection[int] | None = None) -> dict[int, Any]:
        """The outlines of the grids of the draft, or of those ``among`` it, in metres."""
        mine = self.parts != NOWHERE if among is None else np.isin(self.parts, sorted(set(among) - {NOWHERE}))
        return outlines_of(self.cells[mine], self.parts[mine])


@dataclass(frozen=True)
class DraftPlan(DraftSheet):
    """The same with its figures (``row``), beside the division published last: ``now`` (label, outline in metres);
    ``origins`` (n,): the label of the grid in which a cell lies now, "" in none.
    """

    row: DraftRow
    origins: Any
    now: list[tuple[str, Any]]

    def borders(self) -> tuple[Shapes, Shapes]:
        """Lines that are borders in the draft and none now, and the other way round, in metres."""
        if not self.now:
            return as_shapes([]), as_shapes([])
        _, before = np.unique(self.origins, return_inverse=True)
        return borders(self.cells, self.sheet.pairs, self.parts, before)

    def now_held(self) -> dict[str, float]:
        """What the grids of today hold of the draft's weight, by label."""
        held = self.sheet.weight(self.row.weight)
        return {label: float(held[self.origins == label].sum()) for label, _ in self.now}


@dataclass(frozen=True)
class OutlineRow:
    """A grid of a version for those who only look: ``shape`` in metres."""

    label: str
    area_m2: float
    buildings: int
    shape: Any


@dataclass(frozen=True)
class Outlines:
    """A version's grids by label. Half-open dates; ``is_draft``: it can still be drawn in."""

    id: UUID
    name: str
    kind: str
    state: str
    valid_from: date | None
    valid_to: date | None
    is_draft: bool
    grids: list[OutlineRow]


def draft_sheet(*, viewer: Actor, community: UUID, version: UUID) -> DraftSheet:
    """A draft without its figures, for those who may draw. NotFound outside scope; Conflict while its cells are being cut."""
    if not viewer.sees_community(community) or viewer.grids is not None or not viewer.may(Permission.TERRITORY_DRAW):
        raise NotFound(NOT_FOUND)
    return DraftSheet(**_sheet(open_draft(community, version)))


def draft_plan(*, viewer: Actor, community: UUID, version: UUID) -> DraftPlan:
    """A draft for those who may draw. NotFound outside scope; Conflict while its cells are being cut."""
    opened = open_draft(community, version)
    identity = identity_of(opened)
    row = draft(viewer=viewer, community=community, version=version, opened=(opened, identity))
    origins = np.array([identity.old.get(one, "") if one else "" for one in identity.origins] or [""] * len(opened.parts))
    now: list[tuple[str, Any]] = []
    if identity.before is not None:
        _, labels, outlines = shapes_of(identity.before)
        now = sorted(zip(labels, to_metric(outlines, opened.epsg), strict=True), key=lambda pair: pair[0])
    return DraftPlan(**_sheet(opened), row=row, origins=origins, now=now)


def _sheet(opened: Opened) -> dict[str, Any]:
    return {
        "id": opened.draft.version_id,
        "step": opened.draft.step,
        "weight": opened.draft.weight,
        "locked": frozenset(opened.draft.locked),
        "sheet": opened.sheet,
        "parts": opened.parts,
        "buildings": opened.buildings,
        "cells": opened.cut.plane,
        "epsg": opened.epsg,
    }


def outlines(*, viewer: Actor, community: UUID, version: UUID) -> Outlines:
    """Where a version's grids lie, without anything about people: published ones for whoever may see the community, drafts for
    those who see all of it. NotFound otherwise.
    """
    rows = GridVersion.objects.select_related("layer").filter(community_id=community, id=version)
    row = rows.first() if viewer.sees_community(community) else None
    if row is None or (row.state != VersionState.PUBLISHED and viewer.grids is not None):
        raise NotFound(NOT_FOUND)
    is_draft = Draft.objects.filter(version_id=version).exists()
    grids = _drawn(community, version) if is_draft else _published(community, version)
    return Outlines(row.id, row.name, row.layer.kind, row.state, row.valid_from, row.valid_to, is_draft, grids)


def _drawn(community: UUID, version: UUID) -> list[OutlineRow]:
    if not find_draft(community, version).cells.exists():
        return []
    opened = open_draft(community, version)
    labels = identity_of(opened).labels
    parts = sorted(opened.outlines, key=lambda part: labels[part])
    plane = to_metric([opened.outlines[part] for part in parts], opened.epsg)
    held = {row.part: row for row in opened.figures()}
    return [
        OutlineRow(labels[part], held[part].area_m2, held[part].buildings, shape)
        for part, shape in zip(parts, plane, strict=True)
    ]


def _published(community: UUID, version: UUID) -> list[OutlineRow]:
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    if epsg is None:
        return []
    ids, labels, shapes = shapes_of(version)
    counts: dict[UUID, int] = {}
    for grid in BuildingGrid.objects.filter(version_id=version).values_list("grid_id", flat=True):
        counts[grid] = counts.get(grid, 0) + 1
    rows = zip(ids, labels, areas_m2(shapes, epsg).tolist(), to_metric(shapes, epsg), strict=True)
    return sorted(
        (OutlineRow(label, area, counts.get(grid, 0), shape) for grid, label, area, shape in rows), key=lambda r: r.label
    )
