"""How the territory's commands write in bulk: only what differs, never row by row. Called inside a command's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence
from linli.territory.models import Building, Community, Feature, FeatureKind, Street
from linli.territory.reports import LayerReport
from linli.territory.rules.attributes import names_of, pick, text_of, use_of, whole_of
from linli.territory.rules.crs import Shapes
from linli.territory.rules.geometry import areas_m2, as_shapes, bounds, metric_epsg, to_wkb

NOTHING_USABLE = sentence("territory.nothing_usable", "No feature of the file has a usable shape.")
NOTHING_REMEDY = sentence(
    "territory.nothing_remedy", "The faults are listed feature by feature; have them mended and give the file again."
)

Names = dict[str, str]
_TEXTS = ("name", "estate", "street", "number", "house_number")
_COMPARED = (*_TEXTS, "units", "storeys", "use", "footprint")
_WRITTEN = (*_COMPARED, "west", "south", "east", "north", "lon", "lat", "area_m2", "batch")


def settle_metric(community: UUID, layers: Sequence[Shapes]) -> int:
    """The community's metric system; settled by the middle of the first shapes that come. BadInput where none does."""
    mine, _ = Community.objects.get_or_create(zone_id=community)
    if mine.metric_crs is None:
        known = [layer for layer in layers if len(layer)]
        if not known:
            raise BadInput(NOTHING_USABLE, remedy=NOTHING_REMEDY)
        box = shapely.total_bounds(np.concatenate(known))
        mine.metric_crs = metric_epsg(float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2)
        mine.save(update_fields=["metric_crs"])
    return mine.metric_crs


def put_buildings(community: UUID, rows: Sequence[Mapping[str, Any]], shapes: Shapes, epsg: int, report: LayerReport) -> None:
    """Make new buildings, change those that differ. A building is told again by its key, else its name, else its outline."""
    areas, boxes, wkb = areas_m2(shapes, epsg), bounds(shapes), to_wkb(shapes)
    middles = shapely.point_on_surface(shapes)
    lons, lats = shapely.get_x(middles), shapely.get_y(middles)
    known = {building.source_key: building for building in Building.objects.filter(community_id=community)}
    seen: set[str] = set()
    new: list[Building] = []
    changed: list[Building] = []
    for at, row in enumerate(rows):
        values: dict[str, Any] = {text: text_of(row, text, 32 if "number" in text else 120) for text in _TEXTS}
        values["units"], values["storeys"] = whole_of(row, "units"), whole_of(row, "storeys")
        values["use"] = use_of(pick(row, "use"))
        values["footprint"] = wkb[at]
        key = _key(row, values["name"], wkb[at], seen)
        west, south, east, north = (float(edge) for edge in boxes[at])
        values |= {"west": west, "south": south, "east": east, "north": north}
        values |= {"lon": float(lons[at]), "lat": float(lats[at]), "area_m2": round(float(areas[at]), 2)}
        old = known.get(key)
        if old is None:
            new.append(Building(community_id=community, source_key=key, **values))
        elif any(_plain(getattr(old, what)) != values[what] for what in _COMPARED):
            for what, value in values.items():
                setattr(old, what, value)
            changed.append(old)
        else:
            report.same += 1
    Building.objects.bulk_create(new, batch_size=500)
    Building.objects.bulk_update(changed, _WRITTEN[:-1], batch_size=200)
    report.new, report.changed, report.absent = len(new), len(changed), len(known.keys() - seen)


def _key(row: Mapping[str, Any], name: str, wkb: bytes, seen: set[str]) -> str:
    for key in (text_of(row, "key", 80), name[:80]):
        if key and key not in seen:
            seen.add(key)
            return key
    key = hashlib.sha256(wkb).hexdigest()[:40]
    while key in seen:
        key = hashlib.sha256(key.encode()).hexdigest()[:40]
    seen.add(key)
    return key


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def put_features(
    community: UUID, kind: FeatureKind, rows: Sequence[Mapping[str, Any]], shapes: Shapes, report: LayerReport
) -> None:
    """Replace all features of a kind where anything differs; nothing hangs on them."""
    boxes, wkb = bounds(shapes), to_wkb(shapes)
    wanted = []
    for at, row in enumerate(rows):
        west, south, east, north = (float(edge) for edge in boxes[at])
        wanted.append(
            Feature(
                community_id=community,
                kind=kind.value,
                code=text_of(row, "code", 80),
                name=names_of(row),
                details=_details(kind, row),
                shape=wkb[at],
                west=west,
                south=south,
                east=east,
                north=north,
            )
        )
    known = Feature.objects.filter(community_id=community, kind=kind.value)
    if sorted(map(_content, known)) == sorted(map(_content, wanted)):
        report.same = len(wanted)
        return
    before = len(known)
    known.delete()
    Feature.objects.bulk_create(wanted, batch_size=500)
    report.new, report.changed = max(0, len(wanted) - before), min(len(wanted), before)


def _details(kind: FeatureKind, row: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a feature besides its name: a counter's interval; what sort of street, since paths part no grids."""
    if kind is FeatureKind.COUNTER:
        interval = whole_of(row, "interval_minutes", 1440)
        return {"interval_minutes": interval} if interval else {}
    sort = text_of(row, "kind", 40) if kind is FeatureKind.STREET else ""
    return {"kind": sort} if sort else {}


def _content(feature: Feature) -> tuple[str, str, str, bytes]:
    return feature.code, str(sorted(feature.name.items())), str(feature.details), bytes(feature.shape)


def put_streets(community: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remember the names of streets for reading addresses; old names stay, people go on writing them."""
    names = {text_of(row, "name") for row in rows} | {text_of(row, "name_zh") for row in rows}
    known = set(Street.objects.filter(community_id=community).values_list("name", flat=True))
    Street.objects.bulk_create(Street(community_id=community, name=name) for name in sorted(names - known - {""}))


def buildings_of(community: UUID) -> tuple[list[UUID], list[str], Shapes]:
    """Ids, names to call them by, and footprints of all buildings, in one order."""
    rows = list(
        Building.objects.filter(community_id=community).order_by("id").values_list("id", "name", "source_key", "footprint")
    )
    shapes = as_shapes(shapely.from_wkb([bytes(row[3]) for row in rows])) if rows else as_shapes([])
    return [row[0] for row in rows], [row[1] or f"#{row[2]}" for row in rows], shapes
