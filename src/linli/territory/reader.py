"""Reading a territory file: GeoPackage, GeoJSON, Shapefile or OpenStreetMap PBF, through pyogrio. Writes nothing,
holds no transaction."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence
from linli.territory.rules.attributes import LayerRole, other_tags, parse_role, role_of
from linli.territory.rules.crs import Shapes, settle_crs, to_stored
from linli.territory.rules.geometry import as_shapes, tidy

NO_FILE = sentence("territory.no_file", "There is no file %(path)s.")
NO_FILE_REMEDY = sentence("territory.no_file_remedy", "Check the path; a Shapefile is named by its .shp file.")
TOO_LARGE = sentence("territory.too_large", "The file has %(megabytes)s MB; at most %(limit)s MB are read.")
TOO_LARGE_REMEDY = sentence("territory.too_large_remedy", "Cut the file to the community's surroundings first.")
WRONG_FORMAT = sentence("territory.wrong_format", "This is not a file of the kind its name says (%(suffix)s).")
FORMATS = sentence(
    "territory.formats", "Give a GeoPackage (.gpkg), GeoJSON (.geojson), Shapefile (.shp) or OpenStreetMap extract (.osm.pbf)."
)
UNREADABLE = sentence("territory.unreadable", "The file can't be read to its end: %(why)s")
UNREADABLE_REMEDY = sentence("territory.unreadable_remedy", "It may have been cut off in copying; fetch it again.")
NO_LAYER = sentence("territory.no_layer", "There is no layer %(layer)s in the file; it has %(found)s.")
NO_ROLES = sentence("territory.no_roles", "No layer of the file says by its name what it is for; it has %(found)s.")
DECLARE_ROLE = sentence("territory.declare_role", "Say which layer is what, for example: --layer buildings=%(example)s")
EMPTY_LAYER = sentence("territory.empty_layer", "Layer %(layer)s holds nothing.")
EMPTY_REMEDY = sentence("territory.empty_remedy", "Export the layer again with its features, or leave it out of the file.")

_MAGIC: Mapping[str, tuple[bytes, str]] = {
    ".gpkg": (b"SQLite format 3\x00", "GPKG"),
    ".shp": (b"\x00\x00\x27\x0a", "ESRI Shapefile"),
    ".geojson": (b"{", "GeoJSON"),
    ".json": (b"{", "GeoJSON"),
    ".pbf": (b"OSMHeader", "OSM"),
}
_OSM_LAYERS: Mapping[LayerRole, tuple[str, str]] = {
    LayerRole.BUILDINGS: ("multipolygons", "building IS NOT NULL"),
    LayerRole.STREETS: ("lines", "highway IS NOT NULL"),
    LayerRole.WATER: ("multipolygons", "natural = 'water'"),
}


def failures() -> tuple[type[Exception], ...]:
    """What reading may end with. Imported where a file is read: it takes 0.3 s, and few processes read maps."""
    from pyogrio import errors

    return (
        *(errors.DataSourceError, errors.DataLayerError, errors.FeatureError, errors.FieldError, errors.GeometryError),
        *(errors.CRSError, shapely.GEOSException, UnicodeDecodeError),
    )


@dataclass(frozen=True)
class LayerRead:
    """One layer. ``rows``: attributes by lower-case heading; ``names``: how to call each feature; ``shapes`` in
    degrees (EPSG:4326)."""

    role: LayerRole
    name: str
    crs: str
    names: list[str]
    rows: list[dict[str, Any]]
    shapes: Shapes


@dataclass(frozen=True)
class Delivery:
    """A file that was read: its fingerprint, what was declared with it, its layers, and the names of layers left aside."""

    file_name: str
    sha256: str
    declared: str
    layers: list[LayerRead]
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def layer(self, role: LayerRole) -> LayerRead | None:
        return next((layer for layer in self.layers if layer.role is role), None)


def read_delivery(
    path: Path,
    *,
    crs: str | None = None,
    layers: Mapping[str, str] | None = None,
    encoding: str | None = None,
    limit_bytes: int = 0,
) -> Delivery:
    """Read ``path``. ``layers``: layer name by role, where names don't say it; ``crs``: the declared system, where
    the file doesn't.

    BadInput, with file and remedy, for anything that can't be used; nothing is taken in by reading.
    """
    import pyogrio

    where = Where(file=path.name)
    driver = check_file(path, limit_bytes, where)
    declared = json.dumps({"crs": crs, "layers": dict(sorted((layers or {}).items())), "encoding": encoding}, sort_keys=True)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = [str(name) for name, _ in pyogrio.list_layers(path)]
            chosen = _choose(found, layers or {}, path, driver, where)
            read = [_read_layer(path, role, name, clause, crs, encoding, where) for role, name, clause in chosen]
    except failures() as failure:
        why = str(failure).replace(str(path), path.name).splitlines()[0][:200] if str(failure) else type(failure).__name__
        raise BadInput(UNREADABLE, where=where, remedy=UNREADABLE_REMEDY, why=why) from None
    taken = [layer for layer in read if layer.rows or driver != "OSM"]
    if not taken:
        raise BadInput(EMPTY_LAYER, where=where, remedy=EMPTY_REMEDY, layer=", ".join(layer.name for layer in read))
    used = {name for _, name, _ in chosen}
    return Delivery(
        file_name=path.name,
        sha256=_fingerprint(path),
        declared=declared,
        layers=taken,
        ignored=[] if driver == "OSM" else [name for name in found if name not in used],
        notes=sorted({str(warning.message).splitlines()[0][:200] for warning in caught}),
    )


def check_file(path: Path, limit_bytes: int, where: Where) -> str:
    """GDAL's name for the kind of file that ``path`` is, by its name and its first bytes. BadInput for any other, and where it is
    larger than ``limit_bytes`` (0: any size)."""
    if not path.is_file():
        raise BadInput(NO_FILE, remedy=NO_FILE_REMEDY, path=str(path))
    size = path.stat().st_size
    if limit_bytes and size > limit_bytes:
        raise BadInput(TOO_LARGE, where=where, remedy=TOO_LARGE_REMEDY, megabytes=size >> 20, limit=limit_bytes >> 20)
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(64)
    magic, driver = _MAGIC.get(suffix, (b"", ""))
    # Only the four formats reach GDAL: some of its other drivers follow references to further files and addresses.
    fits = magic in head if driver == "OSM" else head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(magic)
    if not magic or not fits:
        raise BadInput(WRONG_FORMAT, where=where, remedy=FORMATS, suffix=suffix or "∅")
    # GDAL takes a Shapefile that was cut off for one whose last features have no shape; its header knows better (16-bit words).
    if suffix == ".shp" and 2 * int.from_bytes(head[24:28], "big") > size:
        raise BadInput(
            UNREADABLE, where=where, remedy=UNREADABLE_REMEDY, why=f"{size} < {2 * int.from_bytes(head[24:28], 'big')} B"
        )
    return driver


def _choose(
    found: list[str], declared: Mapping[str, str], path: Path, driver: str, where: Where
) -> list[tuple[LayerRole, str, str | None]]:
    chosen: list[tuple[LayerRole, str, str | None]] = []
    for role_text, name in declared.items():
        role = parse_role(role_text)
        if name not in found:
            raise BadInput(
                NO_LAYER, where=where, remedy=DECLARE_ROLE, layer=name, found=", ".join(found), example=(found or ["…"])[0]
            )
        clause = _OSM_LAYERS[role][1] if driver == "OSM" and role in _OSM_LAYERS else None
        chosen.append((role, name, clause))
    roles = {role for role, _, _ in chosen}
    if driver == "OSM":
        chosen += [(role, name, clause) for role, (name, clause) in _OSM_LAYERS.items() if role not in roles and name in found]
    else:
        named = {name for _, name, _ in chosen}
        for name in found:
            by_name = role_of(name)
            if by_name and by_name not in roles and name not in named:
                chosen.append((by_name, name, None))
    if not chosen:
        raise BadInput(NO_ROLES, where=where, remedy=DECLARE_ROLE, found=", ".join(found) or "∅", example=(found or ["…"])[0])
    order = list(LayerRole)
    return sorted(chosen, key=lambda choice: order.index(choice[0]))


def _read_layer(
    path: Path, role: LayerRole, name: str, clause: str | None, crs: str | None, encoding: str | None, where: Where
) -> LayerRead:
    from pyogrio import raw

    meta, fids, geometry, columns = raw.read(
        path, layer=name, where=clause, force_2d=True, return_fids=True, encoding=encoding, datetime_as_string=True
    )
    headings = [str(heading).lower() for heading in meta["fields"]]
    count = len(geometry) if geometry is not None else 0
    if not count and clause is None:
        raise BadInput(EMPTY_LAYER, where=where, remedy=EMPTY_REMEDY, layer=name)
    rows = [dict(zip(headings, values, strict=True)) for values in zip(*(column.tolist() for column in columns), strict=True)]
    rows = rows or [{} for _ in range(count)]
    for row in rows:
        if "other_tags" in row:
            row.update(other_tags(row.pop("other_tags")))
    try:
        settled = settle_crs(str(meta["crs"]) if meta["crs"] else None, crs)
    except BadInput as fault:
        raise BadInput(
            fault.words.key, where=where, remedy=fault.remedy.key if fault.remedy else None, **fault.words.params
        ) from None
    shapes = as_shapes(shapely.from_wkb(as_shapes(geometry), on_invalid="ignore")) if count else as_shapes([])
    names = [_name_of(row, int(fid)) for row, fid in zip(rows, fids, strict=True)]
    return LayerRead(role, name, settled, names, rows, tidy(to_stored(shapes, settled)))


def _name_of(row: Mapping[str, Any], fid: int) -> str:
    for heading in ("name", "label", "code"):
        value = row.get(heading)
        if value and value == value:
            return str(value)[:80]
    return f"#{fid}"


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts += [path.with_suffix(suffix) for suffix in (".dbf", ".prj", ".cpg") if path.with_suffix(suffix).is_file()]
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
