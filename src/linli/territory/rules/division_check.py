"""The whole check of a division (field rules of DB11 §6, CJ/T 349, GB/T 30428.1): of drafts, of files taken in and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from linli.kernel.words import Words
from linli.territory.rules import faults as say
from linli.territory.rules.crs import Shapes
from linli.territory.rules.faults import Fault, FaultKind, place_of, place_text
from linli.territory.rules.geometry import areas_m2, as_shapes, to_metric
from linli.territory.rules.numbering import in_order, out_of_order
from linli.territory.rules.validator import assign_buildings, check_grids

LOAD_SHARE = 0.25
"""A grid whose work differs by more than this from the mean is named."""


@dataclass(frozen=True)
class Held:
    """What a grid holds, as far as it is known: the balanced weight, minutes of work a month."""

    weight: float
    minutes: float = 0.0


@dataclass(frozen=True)
class Division:
    """Everything about a division that can be checked. Shapes in degrees.

    ``held``: by position, empty where nothing is known. ``left_out``: buildings that a draft gave to no grid. ``target`` and
    ``tolerance`` of the weight; 0 for none. ``covers``: grids must cover the community (dedicated ones needn't).
    """

    labels: Sequence[str]
    shapes: Shapes
    epsg: int
    boundary: Any | None = None
    names: Sequence[str] = ()
    buildings: Shapes = field(default_factory=lambda: as_shapes([]))
    held: Sequence[Held] = ()
    left_out: Sequence[tuple[str, Any]] = ()
    target: float = 0.0
    tolerance: float = 0.0
    covers: bool = True


def check_division(division: Division) -> list[Fault]:
    """Every fault of a division, those that keep it from being published first."""
    labels, shapes, epsg = division.labels, division.shapes, division.epsg
    if not len(labels):
        return []
    found = check_grids(labels, shapes, division.boundary, epsg, strict=True, gaps=division.covers)
    assigned = assign_buildings(division.names, division.buildings, labels, shapes, epsg)
    left_out = {name for name, _ in division.left_out}
    found += [fault for fault in assigned.faults if not (fault.kind is FaultKind.NO_GRID and fault.feature in left_out)]
    found += [_left_out(name, shape) for name, shape in division.left_out]
    found += _pieces(labels, shapes, epsg)
    found += _twice(labels, shapes)
    found += _sizes(division)
    found += _loads(division)
    found += _order(labels, shapes, epsg)
    if len(division.buildings):
        counts = np.bincount([at for at in assigned.grid if at >= 0], minlength=len(labels))
        found += [
            _of_grid(FaultKind.NO_BUILDING, say.NO_BUILDING, labels[at], shapes[at])
            for at in np.flatnonzero(counts == 0).tolist()
        ]
    return sorted(found, key=lambda fault: not fault.blocking)


def _of_grid(kind: FaultKind, key: str, label: str, shape: Any, **params: Any) -> Fault:
    place = place_of(shape)
    words = Words(key, {"label": label, "place": place_text(place), **params})
    return Fault(kind, words, f"grid {label}", place, shape=shape)


def _left_out(name: str, shape: Any) -> Fault:
    place = place_of(shape)
    return Fault(
        FaultKind.LEFT_OUT, Words(say.LEFT_OUT, {"building": name, "place": place_text(place)}), name, place, shape=shape
    )


def _pieces(labels: Sequence[str], shapes: Shapes, epsg: int) -> list[Fault]:
    found = []
    for label, shape in zip(labels, shapes, strict=True):
        parts = shapely.get_parts(shape)
        if len(parts) > 1:
            smallest = parts[int(np.argmin(areas_m2(parts, epsg)))]
            found.append(_of_grid(FaultKind.PIECES, say.PIECES, label, smallest, pieces=len(parts)))
    return found


def _twice(labels: Sequence[str], shapes: Shapes) -> list[Fault]:
    return [
        _of_grid(FaultKind.LABEL_TWICE, say.LABEL_TWICE, label, shapes[at])
        for at, label in enumerate(labels)
        if label in labels[:at]
    ]


def _sizes(division: Division) -> list[Fault]:
    found = []
    for label, shape, held in zip(division.labels, division.shapes, division.held, strict=False):
        off = held.weight / division.target - 1 if division.target > 0 else 0.0
        if abs(off) > division.tolerance + 1e-9:
            key = say.LARGE if off > 0 else say.SMALL
            percent, allowed = round(100 * abs(off)), round(100 * division.tolerance)
            found.append(_of_grid(FaultKind.SIZE, key, label, shape, percent=percent, allowed=allowed))
    return found


def _loads(division: Division) -> list[Fault]:
    minutes = [held.minutes for held in division.held]
    mean = sum(minutes) / len(minutes) if minutes else 0.0
    found = []
    for label, shape, mine in zip(division.labels, division.shapes, minutes, strict=False):
        off = mine / mean - 1 if mean > 0 else 0.0
        if abs(off) > LOAD_SHARE:
            key = say.HEAVY if off > 0 else say.LIGHT
            params = {"hours": round(mine / 60), "percent": round(100 * abs(off))}
            found.append(_of_grid(FaultKind.LOAD, key, label, shape, **params))
    return found


def _order(labels: Sequence[str], shapes: Shapes, epsg: int) -> list[Fault]:
    plane = to_metric(shapes, epsg)
    middles = shapely.centroid(plane)
    points = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])
    wrong = out_of_order(labels, in_order(points, np.asarray(shapely.area(plane))))
    return [_of_grid(FaultKind.ORDER, say.ORDER, labels[at], shapes[at]) for at in sorted(wrong, key=lambda at: labels[at])]
