"""Territories to divide, and the plain way to say what a division is worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from linli.methods.division import Units, units_of_edges

Edges = list[tuple[int, int]]


def lattice_edges(wide: int, high: int) -> Edges:
    """Squares in rows: each touches those beside, above and below it."""
    right = [(y * wide + x, y * wide + x + 1) for y in range(high) for x in range(wide - 1)]
    down = [(y * wide + x, (y + 1) * wide + x) for y in range(high - 1) for x in range(wide)]
    return right + down


def lattice(wide: int, high: int, *, sigma: float = 0.0, seed: int = 0, area: bool = False) -> Units:
    """Unit squares with log-normal persons."""
    many = wide * high
    weights = {"persons": np.random.default_rng(seed).lognormal(0, sigma, many)}
    if area:
        weights["area"] = np.ones(many)
    return units_of_edges(names(many), weights, lattice_edges(wide, high), areas=np.ones(many), perimeters=np.full(many, 4.0))


def holed(wide: int, high: int, *, share: float, sigma: float, seed: int) -> Units:
    """The largest piece of a lattice of which a share of the squares is missing."""
    random = np.random.default_rng(seed)
    there = set(np.nonzero(random.random(wide * high) >= share)[0].tolist())
    edges = [(a, b) for a, b in lattice_edges(wide, high) if a in there and b in there]
    best = max(reached_sets(there, edges), key=len)
    place = {unit: at for at, unit in enumerate(sorted(best))}
    kept = [(place[a], place[b]) for a, b in edges if a in place]
    return units_of_edges(names(len(place)), {"persons": random.lognormal(0, sigma, len(place))}, kept)


def choked(size: int, *, sigma: float, seed: int) -> Units:
    """Three lattices joined by one edge each, with a chain of units hanging on the last."""
    block = lattice_edges(size, size)
    each = size * size
    edges = [(a + k * each, b + k * each) for k in range(3) for a, b in block]
    edges += [(each // 2, each + each // 2), (each + size - 1, 2 * each)]
    edges += [(3 * each - 1 + i, 3 * each + i) for i in range(size)]
    many = 3 * each + size
    return units_of_edges(names(many), {"persons": np.random.default_rng(seed).lognormal(0, sigma, many)}, edges)


def wild(many: int, extra: int, *, sigma: float, seed: int) -> Units:
    """A random tree with some more edges; not planar."""
    random = np.random.default_rng(seed)
    edges = [(int(random.integers(max(0, i - 15), i)), i) for i in range(1, many)]
    edges += [(int(a), int(b)) for a, b in random.integers(0, many, (extra, 2)) if a != b]
    return units_of_edges(names(many), {"persons": random.lognormal(0, sigma, many)}, edges)


def names(many: int) -> list[str]:
    return [f"u{at}" for at in range(many)]


def edges_of(units: Units) -> set[tuple[int, int]]:
    """Every pair once, found by walking the rows."""
    found = set()
    for a in range(len(units)):
        for b in units.neighbours[units.indptr[a] : units.indptr[a + 1]].tolist():
            found.add((min(a, b), max(a, b)))
    return found


def reached_sets(units: Iterable[int], edges: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Pieces, by colouring each unit with the smallest number it can reach until nothing changes."""
    colour = {unit: unit for unit in units}
    edges = list(edges)
    changed = True
    while changed:
        changed = False
        for a, b in edges:
            least = min(colour[a], colour[b])
            if colour[a] != least or colour[b] != least:
                colour[a] = colour[b] = least
                changed = True
    groups: dict[int, set[int]] = {}
    for unit, one in colour.items():
        groups.setdefault(one, set()).add(unit)
    return list(groups.values())


def broken_slowly(units: Units, part: Sequence[int], parts: int) -> int:
    """Parts in several pieces, or empty."""
    bad = 0
    for p in range(parts):
        own = {unit for unit in range(len(units)) if part[unit] == p}
        inside = [(a, b) for a, b in edges_of(units) if a in own and b in own]
        bad += len(reached_sets(own, inside)) != 1
    return bad


def deviation_slowly(weights: Sequence[float], part: Sequence[int], parts: int) -> float:
    held = [sum(w for w, p in zip(weights, part, strict=True) if p == one) for one in range(parts)]
    mean = sum(weights) / parts
    return max(abs(one / mean - 1) for one in held)


def integers(values: NDArray[np.generic]) -> list[int]:
    return [int(value) for value in values]
