"""What a division is worth, whoever made it: deviations, what it cuts, pieces, shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linli.methods.division.faults import Shortfall
from linli.methods.division.units import Floats, Ints, Parts, Units, pieces


@dataclass(frozen=True)
class Division:
    """``part`` (n,) of every unit, from 0 on, and what it is worth.

    ``held``: name → (parts,), what each part holds. ``deviation``: name → the largest share by which a part differs from the
    mean; ``least``: what no division into so many parts can be below, by its heaviest units. ``cut_edges``: pairs that touch
    across parts. ``broken``: parts in several pieces, or empty. ``polsby_popper`` (parts,): 4 π area over squared perimeter,
    None where shapes aren't known. ``moved``: name → share that is no longer in its previous part. ``shortfall``: why a
    tolerance isn't kept; empty where all are.
    """

    part: Parts
    parts: int
    held: dict[str, Floats]
    deviation: dict[str, float]
    least: dict[str, float]
    tolerance: dict[str, float]
    cut_edges: int
    broken: int
    polsby_popper: Floats | None
    seconds: float = 0.0
    seed: int = 0
    moved: dict[str, float] | None = None
    shortfall: tuple[Shortfall, ...] = field(default=())

    @property
    def within(self) -> bool:
        """Whether every weight keeps its tolerance."""
        return all(self.deviation[name] <= share + 1e-9 for name, share in self.tolerance.items())

    @property
    def mean_polsby_popper(self) -> float | None:
        """Mean compactness: 1 for circles, 0.785 for squares."""
        return None if self.polsby_popper is None else float(self.polsby_popper.mean())


def measured(units: Units, part: Parts, parts: int, *, tolerance: Mapping[str, float] | None = None) -> Division:
    """The measures of any division of ``units`` into ``parts``."""
    across = part[units.tails] != part[units.neighbours]
    held = {name: _sums(part, column, parts) for name, column in units.weights.items()}
    return Division(
        part,
        parts,
        held,
        {name: float(np.abs(column * parts / column.sum() - 1).max()) for name, column in held.items()},
        {name: least_deviation(column, parts) for name, column in units.weights.items()},
        dict(tolerance or {}),
        int(across.sum()) // 2,
        broken_parts(units, part, parts),
        polsby_popper(units, part, parts),
    )


def broken_parts(units: Units, part: Parts, parts: int) -> int:
    """How many parts are in several pieces, or empty."""
    of = _pieces(units, part)
    owner = np.zeros(of.max() + 1, np.int64)
    owner[of] = part
    return int((np.bincount(owner, minlength=parts) != 1).sum())


def polsby_popper(units: Units, part: Parts, parts: int) -> Floats | None:
    """Compactness (parts,); None where areas or perimeters aren't known. The way around a part is the way around its units
    without what they share. Source: Polsby and Popper (1991), Yale Law & Policy Review 9."""
    if units.areas is None or units.perimeters is None:
        return None
    same = part[units.tails] == part[units.neighbours]
    around = _sums(part, units.perimeters, parts) - _sums(part[units.tails[same]], units.borders[same], parts)
    area = _sums(part, units.areas, parts)
    return np.asarray(np.where(around > 0, 4 * np.pi * area / np.where(around > 0, around, 1.0) ** 2, 0.0), np.float64)


def heaviest_alone(weights: Floats, parts: int, tolerance: float = 0.0) -> tuple[Ints, float]:
    """Units that are each heavier than a part may be, by position (k,), heaviest first; and the mean of the other parts.

    A part for each of them leaves less for the others, by which the next unit may be too heavy as well.
    """
    order = np.argsort(-weights, kind="stable")[: parts - 1]
    left, alone = float(weights.sum()), 0
    for heavy in weights[order]:
        if heavy <= left / (parts - alone) * (1 + tolerance):
            break
        left -= float(heavy)
        alone += 1
    return order[:alone], left / (parts - alone)


def least_deviation(weights: Floats, parts: int) -> float:
    """What no division can be below: by its heaviest unit, by the mean of what the heaviest leave over, and, where all weights
    are whole numbers, because what a part holds is a multiple of what divides them all: some part is at the mean or above, some
    below."""
    if parts == 1:
        return 0.0
    mean = float(weights.sum()) / parts
    alone, rest = heaviest_alone(weights, parts)
    least = max(float(weights.max()) / mean - 1, 1 - rest / mean if len(alone) else 0.0, 0.0)
    if weights.max() < 2**53 and (weights == np.floor(weights)).all():
        step = int(np.gcd.reduce(weights.astype(np.int64)))
        least = max(least, np.ceil(mean / step) * step / mean - 1, 1 - np.floor(mean / step) * step / mean)
    return float(least)


def whole(units: Units, part: Parts, parts: int, *, anchor: NDArray[np.bool_] | None = None) -> Parts:
    """The division with every part in one piece: smaller pieces, and units without a part (−1), go to the neighbour they share
    most with.

    A piece with units of ``anchor`` (n,) is never the smaller. Parts may be left empty.
    """
    made = part.astype(np.int32, copy=True)
    of = _pieces(units, made)
    load = sum((column / column.sum() for column in units.weights.values()), np.full(len(units), 1e-9))
    weight = np.bincount(of, weights=load if anchor is None else load + 1e6 * anchor)
    owner = np.zeros(len(weight), np.int64)
    owner[of] = made
    order = np.lexsort((weight, owner))
    largest = order[np.append(owner[order][1:] != owner[order][:-1], True)]
    made[~np.isin(of, largest[owner[largest] >= 0])] = -1
    tails, heads = units.tails, units.neighbours
    while (loose := (made[tails] == -1) & (made[heads] >= 0)).any():
        key, which = np.unique(tails[loose] * parts + made[heads[loose]], return_inverse=True)
        pull = np.bincount(which, weights=units.borders[loose])
        order = np.lexsort((key, -pull, key // parts))
        ends, first = np.unique(key[order] // parts, return_index=True)
        made[ends] = (key[order][first] % parts).astype(np.int32)
    return made


def _sums(part: Parts, column: Floats, parts: int) -> Floats:
    return np.asarray(np.bincount(part, weights=column, minlength=parts), np.float64)


def _pieces(units: Units, part: Parts) -> Parts:
    same = part[units.tails] == part[units.neighbours]
    return pieces(len(units), units.tails[same], units.neighbours[same])[1]
