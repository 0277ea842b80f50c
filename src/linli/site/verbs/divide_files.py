"""The maps that ``linli divide --buildings`` reads and writes: layers in one coordinate system, and a plane of metres laid over
them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from linli.kernel.errors import BadInput, Where
from linli.methods.division.assignment import Unreadable
from linli.territory.reader import check_file, failures
from linli.territory.rules.attributes import other_tags, pick
from linli.territory.rules.crs import (
    BD09,
    DISPLACED,
    GCJ02,
    SAME_AS_STORED,
    STORED,
    Shapes,
    moved,
    settle_crs,
    to_stored,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from linli.territory.rules.geometry import as_shapes, metric_epsg, to_metric


@dataclass(frozen=True)
class Layer:
    """One layer of a file: ``shapes`` in ``crs``; ``columns`` by their headings as written; ``keys``: how to call each
    feature."""

    file: str
    name: str
    crs: str
    shapes: Shapes
    columns: dict[str, NDArray[Any]]
    keys: list[str]
    unclosed: bool = False

    def column(self, heading: str) -> NDArray[Any]:
        """A column by its heading, in any case. Raises Unreadable."""
        found = {name.lower(): name for name in self.columns}.get(heading.lower())
        if found is None:
            have = ", ".join(self.columns) or "none at all"
            raise Unreadable(f"Layer {self.name} of {self.file} has no field {heading}. It has {have}.")
        return self.columns[found]


def read_map(text: str, role: str, *, declared: str | None = None, osm: tuple[str, str] | None = None) -> Layer:
    """``FILE`` or ``FILE:LAYER``; the layer may be left out where the file has one, or one that is called like its ``role``.
    ``osm``: layer and condition in an OpenStreetMap extract. ``declared``: the coordinate system where the file says none. Raises
    Unreadable."""
    import pyogrio

    path, layer = _named(text)
    where = Where(file=path.name)
    try:
        driver = check_file(path, 0, where)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            if driver == "OSM" and osm and layer is None:
                read = _read(path, osm[0], osm[1], declared)
            else:
                chosen = layer or _chosen([str(name) for name, _ in pyogrio.list_layers(path)], role, path)
                read = _read(path, chosen, None, declared)
        return replace(read, unclosed=any("closed ring" in str(one.message) for one in caught))
    except BadInput as fault:
        raise Unreadable(in_words(fault)) from None
    except failures() as fault:
        why = str(fault).replace(str(path), path.name).splitlines()[:1]
        raise Unreadable(f"{path.name} can't be read: {why[0][:200] if why else type(fault).__name__}") from None


def in_words(fault: BadInput) -> str:
    """What is wrong and what to do, in English."""
    from linli.kernel.words import SENTENCES

    remedy = fault.remedy and SENTENCES.get(fault.remedy.key)
    return f"{fault} {remedy.one % dict(fault.remedy.params)}" if fault.remedy and remedy else str(fault)


def _named(text: str) -> tuple[Path, str | None]:
    if Path(text).is_file():
        return Path(text), None
    path, colon, layer = text.rpartition(":")
    return (Path(path), layer) if colon and Path(path).is_file() else (Path(text), None)


def _chosen(found: list[str], role: str, path: Path) -> str:
    if len(found) == 1:
        return found[0]
    if role in found:
        return role
    have = f"{path.name} has {len(found)} layers ({', '.join(found)}) and none is called {role}"
    raise Unreadable(f"{have}. Say which: --{role} {path.name}:LAYER")


def _read(path: Path, layer: str, clause: str | None, declared: str | None) -> Layer:
    from pyogrio import raw

    meta, fids, geometry, columns = raw.read(path, layer=layer, where=clause, force_2d=True, return_fids=True)
    headings = [str(heading) for heading in meta["fields"]]
    many = len(geometry) if geometry is not None else 0
    shapes = as_shapes(shapely.from_wkb(as_shapes(geometry), on_invalid="fix")) if many else as_shapes([])
    table = dict(zip(headings, columns, strict=True))
    if "other_tags" in table and "highway" not in table:
        table["highway"] = np.asarray([other_tags(text).get("highway") for text in table["other_tags"]], object)
    said = str(meta["crs"]) if meta["crs"] else None
    displaced = declared is not None and settle_crs(None, declared) in DISPLACED
    crs = settle_crs(said, declared if said is None or displaced else None)
    return Layer(path.name, layer, crs, shapes, table, _keys(table, [int(fid) for fid in fids], many))


def _keys(table: Mapping[str, NDArray[Any]], fids: Sequence[int], many: int) -> list[str]:
    small = {heading.lower(): column.tolist() for heading, column in table.items() if heading.lower() != "other_tags"}
    keys = []
    for at in range(many):
        value = pick({heading: column[at] for heading, column in small.items()}, "key")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        keys.append(f"#{fids[at]}" if value is None else str(value))
    return keys


def brought_to(layer: Layer, crs: str) -> Shapes:
    """The layer's shapes in another system, corner by corner. Raises Unreadable."""
    if layer.crs == crs or {layer.crs, crs} <= SAME_AS_STORED or not len(layer.shapes):
        return layer.shapes
    stored = to_stored(layer.shapes, layer.crs)
    found = stored if crs in SAME_AS_STORED else moved(stored, _from_stored(crs))
    if not np.isfinite(shapely.total_bounds(found)).all():
        where = f"Layer {layer.name} of {layer.file} lies where {crs} doesn't reach"
        raise Unreadable(f"{where}. Check its coordinate system ({layer.crs}).")
    return found


def _from_stored(crs: str) -> Callable[[Any, Any], Any]:
    if crs in DISPLACED:
        return {GCJ02: wgs84_to_gcj02, BD09: wgs84_to_bd09}[crs]
    way = Transformer.from_crs(STORED, crs, always_xy=True)
    return lambda x, y: way.transform(x, y)


@dataclass(frozen=True)
class Plane:
    """Metres laid over a coordinate system around one place: straight lines stay straight, so nothing shifts on the way there and
    back.

    Within a few kilometres lengths are true to a thousandth; areas that are printed come from the ellipsoid.
    """

    origin: NDArray[np.float64]
    matrix: NDArray[np.float64]

    def forth(self, shapes: Shapes) -> Shapes:
        made: Shapes = shapely.transform(shapes, lambda xy: (xy - self.origin) @ self.matrix.T)
        return made

    def back(self, shapes: Shapes) -> Shapes:
        inverse = np.linalg.inv(self.matrix)
        made: Shapes = shapely.transform(shapes, lambda xy: xy @ inverse.T + self.origin)
        return made


def plane_over(shapes: Shapes, crs: str) -> tuple[Plane, int]:
    """A plane around the middle of shapes, and the EPSG number of the metric system there. Raises Unreadable."""
    west, south, east, north = shapely.total_bounds(shapes)
    origin = np.array([(west + east) / 2, (south + north) / 2])
    step = max(east - west, north - south, 1e-6) / 2
    corners = as_shapes(shapely.points(origin + step * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])))
    lon, lat = shapely.get_coordinates(to_stored(corners[:1], crs))[0]
    if not (np.isfinite([lon, lat]).all() and abs(lon) <= 180 and abs(lat) <= 90):
        raise Unreadable(f"The buildings lie where {crs} doesn't reach. Check the coordinate system of the file.")
    epsg = metric_epsg(float(lon), float(lat))
    zero, right, up = shapely.get_coordinates(to_metric(to_stored(corners, crs), epsg))
    return Plane(origin, np.column_stack([right - zero, up - zero]) / step), epsg


Table = Mapping[str, NDArray[Any]]


def write_maps(path: Path, layers: Mapping[str, tuple[Shapes, Table]], crs: str) -> None:
    """A GeoPackage of several layers; it appears when it is whole. Raises Unreadable."""
    from pyogrio import raw

    part = path.with_name(f".{path.stem}.part.gpkg")
    # A displaced system has no number: its degrees look like any others, and the layers' description says which they are.
    system = "EPSG:4326" if crs in DISPLACED else crs
    faults: tuple[type[Exception], ...] = (OSError, *failures())
    try:
        part.unlink(missing_ok=True)
        for name, (shapes, table) in layers.items():
            raw.write(
                part,
                np.asarray(shapely.to_wkb(shapes), dtype=object),
                list(table.values()),
                list(table),
                layer=name,
                driver="GPKG",
                geometry_type=_kind(shapes),
                promote_to_multi=_kind(shapes) == "MultiPolygon",
                crs=system,
                append=name != next(iter(layers)),
                layer_metadata={"crs": crs},
            )
        os.replace(part, path)
    except faults as fault:
        raise Unreadable(f"{path} can't be written: {str(fault).splitlines()[0][:200]}") from None
    finally:
        part.unlink(missing_ok=True)


def _kind(shapes: Shapes) -> str:
    """The narrowest type that holds all shapes: programs read a layer of one type more readily."""
    found = set(shapely.get_type_id(shapes).tolist())
    if found <= {3}:
        return "Polygon"
    return "MultiPolygon" if found <= {3, 6} else "Unknown"
