"""``linli divide --buildings``: buildings with people, and streets, in; grids that cover the territory out."""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from linli.methods.division.assignment import Unreadable
from linli.methods.division.ground import Flaw, Ground, NoGround, Parted, cells, grids_of, parted, rank_of
from linli.site.verbs.divide_files import Layer, brought_to, plane_over, read_map, write_maps
from linli.site.verbs.divide_report import Maps, Result, layers_of, remarks, so_many, some, tell
from linli.territory.rules.attributes import COLUMNS
from linli.territory.rules.crs import Shapes, to_stored
from linli.territory.rules.geometry import as_shapes, to_metric
from linli.territory.rules.numbering import in_order

MOST_GRIDS = 999
"""A community's sequence has three digits."""
REMEDIES = {
    Flaw.NO_BUILDINGS: "Check that both files show the same place, in the coordinate systems that they say.",
    Flaw.OPEN_BOUNDARY: "Close it, or give the boundary as an area.",
    Flaw.NO_BOUNDARY: "Give an area, or lines that enclose one.",
}


def divide_buildings(arguments: argparse.Namespace, begun: float) -> int:
    """Read, divide, write, tell. Raises Unreadable, Unfit."""
    out: Path = arguments.out or Path("grids.gpkg")
    tolerance = _wishes(arguments, out)
    field = arguments.persons or arguments.households
    name = "persons" if arguments.persons else "households"
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=arguments.json or not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=None)
        maps = _read(arguments)
        weight, empty = _weights(maps.buildings, field)
        bar.update(task, description="Drawing cells")
        ground = _ground(maps)
        parts = _parts(float(ground.held(weight).sum()), arguments.target, name, ground, weight)
        bar.update(task, description="Dividing", total=1.0)
        made = parted(
            ground,
            {name: weight},
            parts,
            tolerance={name: tolerance},
            seed=arguments.seed,
            time_limit=None if arguments.time_limit is None else arguments.time_limit - (time.perf_counter() - begun),
            ids=_names(maps.buildings, ground),
            progress=lambda done, worst: bar.update(task, completed=done, description=f"Dividing ({worst:.1%} off)"),
        )
    result = _numbered(maps, ground, made, weight, name, arguments.community)
    write_maps(out, layers_of(maps, result), maps.buildings.crs)
    notes = [*maps.notes, *remarks(maps, result, empty)]
    tell(arguments, maps, result, notes, time.perf_counter() - begun, out)
    left_out = ground.remarks.empty or ground.remarks.outside
    return 1 if left_out or not made.within else 0


def _wishes(arguments: argparse.Namespace, out: Path) -> float:
    """The tolerance. Raises Unreadable for what can be seen to be wrong before anything is read."""
    if not (arguments.persons or arguments.households):
        raise Unreadable("Say what grids are to hold alike: --persons FIELD or --households FIELD, a field of the buildings.")
    if arguments.target is None or not (math.isfinite(arguments.target) and arguments.target > 0):
        raise Unreadable("Say how many of them a grid should hold: --target 1000")
    if out.suffix.lower() != ".gpkg":
        raise Unreadable(f"--out {out}: grids are written as a GeoPackage; give a name that ends in .gpkg")
    if arguments.community and not (arguments.community.isascii() and arguments.community.isalnum()):
        raise Unreadable(f"--community {arguments.community}: a code is digits, twelve of them for a community")
    text: str = arguments.tolerance
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = math.nan
    if not (math.isfinite(share) and share >= 0):
        raise Unreadable(f"--tolerance {text}: write a share such as 0.05, or 5%")
    return share


def _read(arguments: argparse.Namespace) -> Maps:
    declared = arguments.crs
    houses = read_map(arguments.buildings, "buildings", declared=declared, osm=("multipolygons", "building IS NOT NULL"))
    if not len(houses.shapes):
        raise Unreadable(f"Layer {houses.name} of {houses.file} holds no buildings.")
    known = as_shapes([shape for shape in houses.shapes if shape is not None and np.isfinite(shapely.bounds(shape)).all()])
    if not len(known):
        raise Unreadable(f"No building of {houses.file} has a shape.")
    plane, epsg = plane_over(known, houses.crs)
    notes: list[str] = []

    def brought(text: str | None, role: str, osm: tuple[str, str] | None = None) -> tuple[Layer | None, Shapes]:
        if text is None:
            return None, as_shapes([])
        layer = read_map(text, role, declared=declared, osm=osm)
        shapes = brought_to(layer, houses.crs)
        if shapes is not layer.shapes:
            notes.append(f"{role.capitalize()}: brought from {layer.crs} to {houses.crs}, in which the buildings are.")
        if layer.unclosed:
            notes.append(f"{role.capitalize()}: a ring doesn't end where it began; it was closed with a straight line.")
        return layer, plane.forth(shapes)

    layer, streets = brought(arguments.streets, "streets", ("lines", "highway IS NOT NULL"))
    kinds = [rank_of(kind) for kind in _kinds(layer)] if layer else []
    taken = np.flatnonzero([rank is not None for rank in kinds])
    if len(taken) < len(kinds):
        notes.append(f"Streets: {len(kinds) - len(taken):,} of {len(kinds):,} lines are paths or unbuilt, and were left aside.")
    boundary = brought(arguments.boundary, "boundary")[1] if arguments.boundary else None
    plots = brought(arguments.plots, "plots")[1]
    ranks = np.asarray([kinds[at] for at in taken], np.float64)
    return Maps(houses, plane, epsg, plane.forth(houses.shapes), as_shapes(streets[taken]), ranks, boundary, plots, notes)


def _kinds(streets: Layer) -> list[str]:
    """What kind of street each line is; empty where the file doesn't say."""
    for heading in COLUMNS["kind"]:
        if heading in {name.lower() for name in streets.columns}:
            return ["" if value is None else str(value) for value in streets.column(heading).tolist()]
    return [""] * len(streets.shapes)


def _weights(buildings: Layer, field: str) -> tuple[NDArray[np.float64], int]:
    """The field as numbers, and how many buildings leave it empty (they count as nought). Raises Unreadable."""
    found, empty = [], 0
    wrong: list[str] = []
    negative: list[str] = []
    for key, value in zip(buildings.keys, buildings.column(field).tolist(), strict=True):
        number = math.nan
        if value is None or value == "" or value != value:
            empty, number = empty + 1, 0.0
        else:
            try:
                number = float(value)
            except (TypeError, ValueError):
                number = math.nan
        if not math.isfinite(number):
            wrong.append(f"{key} ({value})")
        elif number < 0:
            negative.append(f"{key} ({value})")
        found.append(number)
    for faulty, what in ((wrong, "holds no number"), (negative, "is below nought")):
        if faulty:
            raise Unreadable(f"Field {field} of {buildings.file} {what} for {so_many(len(faulty))}: {some(faulty)}.")
    if not any(found):
        raise Unreadable(f"Field {field} of {buildings.file} is nought for every building: nothing can be balanced by it.")
    return np.asarray(found, np.float64), empty


def _ground(maps: Maps) -> Ground:
    """The cells. Raises Unreadable."""
    try:
        return cells(maps.shapes, maps.streets, maps.boundary, maps.plots, ranks=maps.ranks)
    except NoGround as fault:
        place = ""
        if fault.place is not None:
            x, y = shapely.get_coordinates(maps.plane.back(as_shapes([shapely.points(fault.place)])))[0]
            place = f", at {x:.6g}, {y:.6g}" if abs(x) > 1000 else f", at {x:.6f}, {y:.6f}"
        raise Unreadable(f"{str(fault)[:1].upper()}{str(fault)[1:]}{place}. {REMEDIES[fault.flaw]}") from None


def _parts(total: float, target: float, name: str, ground: Ground, weight: NDArray[np.float64]) -> int:
    """How many grids there should be. Raises Unreadable where so many can't be."""
    if total <= 0:
        raise Unreadable(f"The buildings inside the boundary hold no {name}: nothing can be balanced.")
    # Land in several pieces needs a grid for each.
    parts = max(1, len(ground.lands), round(total / target))
    if parts > MOST_GRIDS:
        raise Unreadable(
            f"--target {target:g} asks for {parts:,} grids; a community has at most {MOST_GRIDS}. Give a larger target: "
            f"from about {math.ceil(total / MOST_GRIDS)} on."
        )
    full = int((ground.held(weight) > 0).sum())
    if parts > full:
        raise Unreadable(
            f"--target {target:g} asks for {parts:,} grids, but {name} live in {full:,} buildings or groups of them, and no "
            f"building is ever cut. Give a larger target: from about {math.ceil(total / full)} on."
        )
    return parts


def _names(buildings: Layer, ground: Ground) -> list[str]:
    """How to call each cell: by its buildings."""
    names: list[list[str]] = [[] for _ in range(len(ground))]
    for key, cell in zip(buildings.keys, ground.cell_of.tolist(), strict=True):
        if cell >= 0:
            names[cell].append(key)
    told = ["+".join(one) or f"land {at}" for at, one in enumerate(names)]
    times = Counter(told)
    # Keys may stand twice in a file; units must not.
    return [one if times[one] == 1 else f"{one} ({at})" for at, one in enumerate(told)]


def _numbered(maps: Maps, ground: Ground, made: Parted, weight: NDArray[np.float64], field: str, community: str) -> Result:
    back = maps.plane.back(as_shapes(grids_of(ground, made.part)))
    plane = to_metric(to_stored(back, maps.buildings.crs), maps.epsg)
    middles = shapely.get_coordinates(shapely.centroid(plane))
    order = in_order(middles, np.asarray(shapely.area(plane)))
    place = np.empty(made.parts, np.int64)
    place[order] = np.arange(made.parts)
    codes = [f"{community}{at + 1:03d}" for at in range(made.parts)]
    return Result(ground, made, place, codes, back[order], weight, field)
