"""Divisions as files: a GeoPackage of a version's grids and buildings; a file's grids laid out for a draft. Both are checked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound, Where
from linli.kernel.words import Words, sentence
from linli.territory.grounds import Laid, lay
from linli.territory.models import Building, BuildingGrid, Community, Draft, GridShape, LayerKind
from linli.territory.queries.communities import community as community_row
from linli.territory.queries.drafts import draft, draft_cells, draft_faults
from linli.territory.reader import Delivery
from linli.territory.rules import faults as say
from linli.territory.rules.attributes import LayerRole, pick
from linli.territory.rules.crs import Shapes
from linli.territory.rules.division_check import Division, check_division
from linli.territory.rules.divisions import grid_code, grid_label
from linli.territory.rules.faults import Fault, FaultKind
from linli.territory.rules.geometry import as_shapes, from_wkb, to_wkb
from linli.territory.rules.validator import POLYGONS, check_rings
from linli.territory.store import buildings_of
from linli.territory.versions import boundary_of, version_on
from linli.trust import NOT_FOUND

NO_GRIDS = sentence("territory.exchange.no_grids", "No layer of the file holds grids.")
NO_GRIDS_REMEDY = sentence("territory.exchange.no_grids_remedy", "Say which layer does, for example: --layer grids=NAME")
NO_METRIC = sentence("territory.exchange.no_metric", "The community has no territory yet.")


@dataclass
class Written:
    """What was written to a file: how many grids and buildings, and what the check says of them."""

    grids: int
    buildings: int
    faults: list[Fault]


def write_division(
    *,
    viewer: Actor,
    community: UUID,
    path: Path,
    kind: LayerKind = LayerKind.PEOPLE,
    on: date | None = None,
    version: UUID | None = None,
) -> Written:
    """Write a division as a GeoPackage (EPSG:4326): layers ``grids`` and ``buildings``. Whole, or nothing is left behind.

    That in force on a day (None: today), or a ``version``, which may be a draft. NotFound where there is none.
    """
    place = community_row(viewer=viewer, community=community)
    if version and Draft.objects.filter(community_id=community, version_id=version).exists():
        rows, held, faults = _of_draft(viewer, community, version)
    else:
        rows, held, faults = _of_version(community, version or version_on(community, on, kind))
    codes = [grid_code(place.code, label) for label, _, _, _ in rows]
    buildings = (
        Building.objects.filter(community_id=community).order_by("id").values_list("id", "source_key", "name", "footprint")
    )
    grid_of = {building: label for label, members in held.items() for building in members}
    inside = [row for row in buildings if row[0] in grid_of]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft_name = tempfile.mkstemp(prefix=".grids-", suffix=".gpkg", dir=path.parent)
    os.close(handle)
    Path(draft_name).unlink()
    try:
        counts = {label: len(members) for label, members in held.items()}
        told: dict[str, list[Any]] = {
            "label": [row[0] for row in rows],
            "code": codes,
            "name_en": [row[1].get("en", "") for row in rows],
            "name_zh": [row[1].get("zh-Hans", "") for row in rows],
            "area_m2": [row[2] for row in rows],
            "buildings": [counts.get(row[0], 0) for row in rows],
        }
        _write(draft_name, "grids", [row[3] for row in rows], told)
        kept: dict[str, list[Any]] = {
            "key": [row[1] for row in inside],
            "name": [row[2] for row in inside],
            "grid": [grid_of[row[0]] for row in inside],
        }
        if inside:
            _write(draft_name, "buildings", list(from_wkb(row[3] for row in inside)), kept)
        os.replace(draft_name, path)
    finally:
        Path(draft_name).unlink(missing_ok=True)
    return Written(len(rows), len(inside), faults)


def lay_file(community: UUID, delivery: Delivery, kind: LayerKind = LayerKind.PEOPLE) -> tuple[Laid, list[Fault]]:
    """The cells of a draft from the grids of a file (``reader.read_delivery``), and what is wrong with the file's own outlines.

    BadInput where no grid of it can be used.
    """
    layer = delivery.layer(LayerRole.GRIDS)
    if layer is None:
        raise BadInput(NO_GRIDS, where=Where(file=delivery.file_name), remedy=NO_GRIDS_REMEDY)
    epsg = Community.objects.values_list("metric_crs", flat=True).filter(zone_id=community).first()
    if epsg is None:
        raise BadInput(NO_METRIC)
    rings = check_rings(layer.name, layer.names, layer.shapes, POLYGONS)
    if not rings.kept:
        raise BadInput(NO_GRIDS, where=Where(file=delivery.file_name), remedy=NO_GRIDS_REMEDY)
    found = list(rings.faults)
    labels = []
    for shape, index in zip(rings.shapes, rings.kept, strict=True):
        try:
            labels.append(grid_label(pick(layer.rows[index], "label")))
        except BadInput:
            # It is numbered with the draft; its number is missed, not its outline.
            feature = f"{layer.name} {layer.names[index]}"
            found.append(Fault(FaultKind.NO_NUMBER, Words(say.NO_NUMBER, {"feature": feature}), feature, say.place_of(shape)))
            labels.append(layer.names[index])
    covers = kind is not LayerKind.DEDICATED
    return lay(community, rings.shapes), found + _checked(community, labels, rings.shapes, epsg, covers=covers)


def _checked(community: UUID, labels: Sequence[str], shapes: Shapes, epsg: int, *, covers: bool = True) -> list[Fault]:
    _, names, footprints = buildings_of(community)
    return check_division(
        Division(
            labels=labels,
            shapes=shapes,
            epsg=epsg,
            boundary=boundary_of(community),
            names=names if covers else (),
            buildings=footprints if covers else as_shapes([]),
            covers=covers,
        )
    )


Row = tuple[str, dict[str, str], float, Any]


def _of_version(community: UUID, version: UUID | None) -> tuple[list[Row], dict[str, list[UUID]], list[Fault]]:
    found = GridShape.objects.filter(community_id=community, version_id=version).order_by("grid__label")
    columns = found.values_list("grid__label", "grid__zone__name", "area_m2", "shape", "grid__layer__kind")
    kept = list(columns) if version else []
    if not kept:
        raise NotFound(NOT_FOUND)
    shapes = from_wkb(row[3] for row in kept)
    rows: list[Row] = [(row[0], row[1], row[2], shape) for row, shape in zip(kept, shapes, strict=True)]
    held: dict[str, list[UUID]] = {}
    for label, building in BuildingGrid.objects.filter(version_id=version).values_list("grid__label", "building_id"):
        held.setdefault(label, []).append(building)
    epsg = Community.objects.values_list("metric_crs", flat=True).get(zone_id=community)
    assert epsg is not None
    covers = kept[0][4] != LayerKind.DEDICATED
    return rows, held, _checked(community, [row[0] for row in rows], shapes, epsg, covers=covers)


def _of_draft(viewer: Actor, community: UUID, version: UUID) -> tuple[list[Row], dict[str, list[UUID]], list[Fault]]:
    told = draft(viewer=viewer, community=community, version=version, shapes=True)
    rows: list[Row] = [(part.label, {}, part.area_m2, part.shape) for part in told.parts if part.label]
    label_of = {part.part: part.label for part in told.parts}
    held: dict[str, list[UUID]] = {}
    for cell in draft_cells(viewer=viewer, community=community, version=version):
        if label := label_of.get(cell.part):
            held.setdefault(label, []).extend(cell.buildings)
    return rows, held, draft_faults(viewer=viewer, community=community, version=version)


def _write(path: str, layer: str, shapes: Sequence[Any], columns: dict[str, list[Any]]) -> None:
    from pyogrio import raw

    raw.write(
        path,
        geometry=np.array(to_wkb(as_shapes(shapes)), dtype=object),
        field_data=[np.array(values, dtype=object if isinstance(values[0], str) else None) for values in columns.values()],
        fields=list(columns),
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown",
        crs="EPSG:4326",
        append=Path(path).exists(),
        encoding="UTF-8",
    )
