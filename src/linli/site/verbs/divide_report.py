"""What ``linli divide --buildings`` writes and says of the grids that it made."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.methods.division.ground import Ground, Parted, Remarks
from linli.site.verbs.divide_files import Layer, Plane
from linli.site.verbs.divide_graph import reason
from linli.territory.rules.crs import Shapes, to_stored
from linli.territory.rules.geometry import areas_m2, lengths_m

SHOWN = 5


@dataclass(frozen=True)
class Maps:
    """What was read, in the buildings' system and on the plane; and what there is to say about it."""

    buildings: Layer
    plane: Plane
    epsg: int
    shapes: Shapes
    streets: Shapes
    ranks: NDArray[np.float64]
    boundary: Shapes | None
    plots: Shapes
    notes: list[str]


@dataclass(frozen=True)
class Result:
    """Grids in the order of their numbers."""

    ground: Ground
    parted: Parted
    place: NDArray[np.int64]
    """(parts,): the number, from 0, that a part got."""
    codes: list[str]
    shapes: Shapes
    weight: NDArray[np.float64]
    field: str

    def measures(self, maps: Maps) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Areas in square metres and lengths all around in metres, on the ground."""
        stored = to_stored(self.shapes, maps.buildings.crs)
        return areas_m2(stored, maps.epsg), lengths_m(shapely.boundary(stored), maps.epsg)


def layers_of(maps: Maps, result: Result) -> dict[str, tuple[Shapes, dict[str, NDArray[Any]]]]:
    """The layers of the file: grids, cells, and the buildings as they came with their grid."""
    ground, made = result.ground, result.parted
    areas, around = result.measures(maps)
    order = np.argsort(result.place)
    held = made.held[result.field][order]
    of_cell = result.place[made.part]
    inside = ground.cell_of >= 0
    grid_of = np.asarray([result.codes[of_cell[at]] if at >= 0 else None for at in ground.cell_of], object)
    grids: dict[str, NDArray[Any]] = {
        "code": np.asarray(result.codes, object),
        "label": np.asarray([code[-3:] for code in result.codes], object),
        result.field: _plain(held),
        "deviation": np.round(held / held.mean() - 1, 6),
        "buildings": np.bincount(of_cell[ground.cell_of[inside]], minlength=made.parts).astype(np.int32),
        "area_m2": np.round(areas, 1),
        "perimeter_m": np.round(around, 1),
        "polsby_popper": np.round(4 * np.pi * areas / around**2, 4),
    }
    cell = {
        "cell": np.arange(1, len(ground) + 1, dtype=np.int32),
        "grid": np.asarray([result.codes[at] for at in of_cell], object),
        "block": (ground.blocks + 1).astype(np.int32),
        result.field: _plain(ground.held(result.weight)),
        "buildings": np.bincount(ground.cell_of[inside], minlength=len(ground)).astype(np.int32),
    }
    own = {name: column for name, column in maps.buildings.columns.items() if name.lower() not in ("key", "grid", "fid", "geom")}
    houses = {"key": np.asarray(maps.buildings.keys, object), "grid": grid_of, **own}
    drawn = np.flatnonzero([shape is not None for shape in maps.buildings.shapes])
    return {
        "grids": (result.shapes, grids),
        "cells": (maps.plane.back(ground.cells), cell),
        "buildings": (maps.buildings.shapes[drawn], {name: column[drawn] for name, column in houses.items()}),
    }


def _plain(held: NDArray[np.float64]) -> NDArray[Any]:
    """Whole numbers as such."""
    return held.astype(np.int64) if (held == np.round(held)).all() else np.round(held, 3)


def some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def remarks(maps: Maps, result: Result, empty: int) -> list[str]:
    """What was not taken as it came, a sentence each. ``empty``: buildings that leave the field empty."""
    told, keys = result.ground.remarks, maps.buildings.keys

    def these(at: Sequence[int]) -> str:
        return some([keys[one] for one in at])

    def lost(at: Sequence[int]) -> str:
        return f"{result.weight[list(at)].sum():,.0f} {result.field}"

    notes = []
    if empty:
        notes.append(f"The field is empty for {so_many(empty)}; that counts as nought.")
    if told.empty:
        notes.append(f"Left out, with {lost(told.empty)}: {so_many(len(told.empty))} without an area: {these(told.empty)}.")
    if told.mended:
        notes.append(f"Mended: the outlines of {so_many(len(told.mended))} cross themselves: {these(told.mended)}.")
    if told.outside:
        where = f"{so_many(len(told.outside))} outside the boundary"
        notes.append(f"Left out, with {lost(told.outside)}: {where}: {these(told.outside)}.")
    if told.rim:
        notes.append(f"The boundary cuts {so_many(len(told.rim))}: {these(told.rim)}.")
    if told.overlaps:
        pairs = [f"{keys[pair.one]} and {keys[pair.other]} ({pair.area_m2:.1f} m²)" for pair in told.overlaps]
        notes.append(f"Buildings lie on each other and were kept together, {len(pairs):,} times: {some(pairs)}.")
    notes += _about_boundary(told)
    if result.parted.apart > 1:
        notes.append(f"The territory is in {result.parted.apart} pieces; each was divided by itself.")
    if not told.streets:
        notes.append("No street lies in the territory: grids end half-way between buildings, or at plots.")
    return notes


def _about_boundary(told: Remarks) -> list[str]:
    notes = []
    if told.closed_m:
        notes.append(f"The boundary's ends were joined; they lay up to {told.closed_m:.2f} m apart.")
    if told.boundary_mended:
        notes.append("The boundary crosses itself and was mended; look whether its outline is what was meant.")
    return notes


def so_many(many: int) -> str:
    """So many buildings, in words."""
    return "1 building" if many == 1 else f"{many:,} buildings"


def tell(arguments: argparse.Namespace, maps: Maps, result: Result, notes: list[str], seconds: float, out: Path) -> None:
    """Print the result: JSON on standard output, or sentences on standard error."""
    made, told, keys = result.parted, result.ground.remarks, maps.buildings.keys
    labels = [result.codes[at] for at in result.place]
    short = [reason(one, part, labels[first:]) for first, part in made.divisions.items() for one in part.shortfall]
    held = made.held[result.field]
    areas, around = result.measures(maps)
    compact = float((4 * np.pi * areas / around**2).mean())
    if arguments.json:
        shown = {
            "grids": made.parts,
            result.field: _plain(held.sum(keepdims=True)).tolist()[0],
            "mean": round(float(held.mean()), 3),
            "max_deviation": made.deviation,
            "mean_polsby_popper": round(compact, 4),
            "cells": len(result.ground),
            "crs": maps.buildings.crs,
            "overlaps": [[keys[pair.one], keys[pair.other], pair.area_m2] for pair in told.overlaps],
            **{name: [keys[at] for at in getattr(told, name)] for name in ("outside", "rim", "mended", "empty")},
            "notes": [*notes, *short],
            "seconds": round(seconds, 3),
            "seed": arguments.seed,
            "out": str(out),
        }
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
    else:
        many = (result.ground.cell_of >= 0).sum()
        sys.stderr.write(
            f"{many:,} buildings in {made.parts:,} grids of {held.mean():,.0f} {result.field}: largest deviation "
            f"{made.deviation[result.field]:.2%}, mean Polsby-Popper {compact:.3f}; {seconds:.1f} s: {out}\n"
        )
        for note in [*notes, *short]:
            sys.stderr.write(f"{note}\n")
