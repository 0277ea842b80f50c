"""Grids out of cells: the ground divided by what its buildings hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linli.methods.division.dividing import divide
from linli.methods.division.faults import Fault, Unfit
from linli.methods.division.ground.ground import Ground
from linli.methods.division.ground.shapes import Floats, Ints, summed
from linli.methods.division.measures import Division
from linli.methods.division.units import Units, units_of_edges


@dataclass(frozen=True)
class Parted:
    """``part`` (n,): the grid of each cell, from 0 on. ``held``: name → (parts,); ``deviation``: name → the largest share by
    which a grid differs from the mean of all. ``apart``: how many pieces of land without a common border there are; each was
    divided by itself. ``divisions``: its first part → the division of a piece, unless the piece is one grid."""

    part: Ints
    parts: int
    held: dict[str, Floats]
    deviation: dict[str, float]
    apart: int
    divisions: dict[int, Division]

    @property
    def within(self) -> bool:
        """Whether every tolerance is kept, as far as pieces of land allow."""
        return all(made.within for made in self.divisions.values())


def units_on(
    ground: Ground, weights: Mapping[str, ArrayLike], *, ids: Sequence[str] | None = None, among: Ints | None = None
) -> Units:
    """The cells of a ground (or those ``among`` them, by position) as units; ``weights``: name → (b,) for each building. Raises
    Unfit."""
    chosen = np.arange(len(ground)) if among is None else among
    names = [str(at) for at in chosen] if ids is None else [ids[at] for at in chosen]
    place = np.full(len(ground), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    kept = (place[ground.pairs] >= 0).all(axis=1) if len(ground.pairs) else np.zeros(0, bool)
    return units_of_edges(
        names,
        {name: ground.held(weight)[chosen] for name, weight in weights.items()},
        place[ground.pairs[kept]],
        borders=ground.borders[kept],
        crossing=ground.crossing[kept],
        areas=ground.areas[chosen],
        perimeters=ground.perimeters[chosen],
    )


def parted(
    ground: Ground,
    weights: Mapping[str, ArrayLike],
    parts: int,
    *,
    tolerance: Mapping[str, float] | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    ids: Sequence[str] | None = None,
    progress: Callable[[float, float], bool | None] | None = None,
) -> Parted:
    """Divide a ground into ``parts`` grids of one piece each. Land in several pieces is divided piece by piece, each into as many
    grids as its share of the first weight asks for. Arguments as for ``divide``. Raises Unfit."""
    land = ground.lands
    first = next(iter(weights), None)
    if first is None:
        raise Unfit(Fault.SHAPE, "no weight is given: nothing can be balanced")
    if not len(land) <= parts <= len(ground):
        raise Unfit(
            Fault.PARTS,
            f"{len(ground):,} cells on {len(land):,} pieces of land can be divided into {len(land):,} to {len(ground):,} grids, "
            f"not into {parts:,}",
        )
    shares = _shares(np.asarray([ground.held(weights[first])[one].sum() for one in land]), [len(one) for one in land], parts)
    part = np.zeros(len(ground), np.int64)
    done = 0
    divisions: dict[int, Division] = {}
    for one, many in zip(land, shares, strict=True):
        if many == 1:
            part[one] = done
        else:
            low, span = done / parts, many / parts
            told = None if progress is None else (lambda share, worst, low=low, span=span: progress(low + span * share, worst))
            limit = None if time_limit is None else time_limit * span
            made = divide(
                units_on(ground, weights, ids=ids, among=one),
                parts=many,
                tolerance=tolerance,
                seed=seed,
                time_limit=limit,
                progress=told,
            )
            part[one] = made.part + done
            divisions[done] = made
        done += many
    held = {name: summed(part, ground.held(weight), parts) for name, weight in weights.items()}
    deviation = {name: float(np.abs(column * parts / max(column.sum(), 1e-300) - 1).max()) for name, column in held.items()}
    return Parted(part, parts, held, deviation, len(land), divisions)


def _shares(held: Floats, cells: Sequence[int], parts: int) -> list[int]:
    """How many grids each piece gets: at least one, at most one for each cell, else by what it holds (Sainte-Laguë)."""
    got = [1] * len(cells)
    for _ in range(parts - len(cells)):
        claim = [amount / (2 * have + 1) if have < room else -1.0 for amount, have, room in zip(held, got, cells, strict=True)]
        got[int(np.argmax(claim))] += 1
    return got
