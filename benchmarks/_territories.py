"""Territories to divide: lattices, generated census tracts, and the real polygons that libpysal carries; as graphs in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from linli.methods.division import Units, units_of_edges
from linli.methods.division.units import pieces

EXAMPLES = {
    "10740/10740.shp": "",
    "chicago/Chicago77.shp": "",
    "columbus/columbus.shp": "",
    "georgia/G_utm.shp": "TotPop90",
    "mexico/mexicojoin.shp": "",
    "sids2/sids2.shp": "BIR74",
    "stl/stl_hom.shp": "PO7984",
    "tokyo/tokyomet262.shp": "",
    "us_income/us48.shp": "",
    "virginia/virginia.shp": "",
}
"""Polygons in the package libpysal, and the column that counts people; where there is none they are drawn."""
KINDS: dict[str, dict[str, float]] = {
    "plain": {"sigma": 0.4},
    "uneven": {"sigma": 0.8},
    "holes": {"sigma": 0.5, "holes": 0.35},
    "one in another": {"sigma": 0.5, "inside": 0.2},
    "nobody": {"sigma": 0.6, "nobody": 0.15},
}
"""Census tracts: how uneven they are; the share of the ground that is missing in blots, so that necks are left; the share of
units that lie wholly within another; the share where nobody lives."""


def lattice(wide: int, high: int, *, area: bool = False, seed: int = 0) -> Units:
    """Unit squares with log-normal residents (σ 0.8)."""
    many = wide * high
    at = np.arange(many).reshape(high, wide)
    across, down = (at[:, :-1].ravel(), at[:, 1:].ravel()), (at[:-1].ravel(), at[1:].ravel())
    weights: dict[str, NDArray[np.float64]] = {"persons": np.random.default_rng(seed).lognormal(0, 0.8, many) * 20}
    if area:
        weights["area"] = np.ones(many)
    edges = np.concatenate([np.column_stack(across), np.column_stack(down)])
    return units_of_edges(_names(many), weights, edges, areas=np.ones(many), perimeters=np.full(many, 4.0))


def tracts(many: int, seed: int, *, sigma: float, holes: float = 0.0, inside: float = 0.05, nobody: float = 0.0) -> Units:
    """Voronoi cells around points that gather in fifteen towns, with the lengths of their borders; the largest piece."""
    random = np.random.default_rng(seed)
    cells = int(many / (1 + inside) / (1 - holes))
    towns = random.random((15, 2))
    near = towns[random.integers(0, 15, cells // 2)] + random.normal(0, 0.06, (cells // 2, 2))
    points = np.concatenate([near, random.random((cells - cells // 2, 2))])
    drawn = Voronoi(points)
    ends = np.array([one if min(one) >= 0 else (0, 0) for one in drawn.ridge_vertices])
    long = np.hypot(*(drawn.vertices[ends[:, 0]] - drawn.vertices[ends[:, 1]]).T)
    kept = np.array([min(one) >= 0 for one in drawn.ridge_vertices]) & (long < 0.2)
    edges, borders = drawn.ridge_points[kept].astype(np.int64), long[kept]
    hosts = random.choice(cells, int(cells * inside), replace=False)
    edges = np.concatenate([edges, np.column_stack([hosts, cells + np.arange(len(hosts))])])
    borders = np.concatenate([borders, np.full(len(hosts), np.median(borders))])
    there = np.ones(cells + len(hosts), bool)
    if holes:
        blots = random.random((30, 2))
        away = np.min(np.hypot(points[:, None, 0] - blots[None, :, 0], points[:, None, 1] - blots[None, :, 1]), axis=1)
        there[:cells] = away >= np.quantile(away, holes)
    persons = (random.lognormal(0, sigma, len(there)) * 1500).round()
    persons[random.random(len(there)) < nobody] = 0
    open_ = there[edges].all(axis=1)
    return _largest({"persons": persons}, edges[open_], borders[open_])


def examples() -> Iterator[tuple[str, Units]]:
    """The polygons of libpysal: those that share a border touch."""
    import pyogrio.raw
    import shapely

    places = {str(one).partition("examples/")[2]: Path(str(one.locate())) for one in files("libpysal") or ()}
    for name, people in EXAMPLES.items():
        meta, _, shapes, columns = pyogrio.raw.read(places[name])
        shapes = shapely.make_valid(shapely.from_wkb(shapes))
        a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        a, b = a[a < b], b[a < b]
        long = shapely.length(shapely.intersection(shapely.boundary(shapes[a]), shapely.boundary(shapes[b])))
        table = dict(zip(meta["fields"], columns, strict=True))
        drawn = np.random.default_rng(0).lognormal(0, 0.6, len(shapes))
        persons = np.asarray(table[people], np.float64) if people else drawn
        yield name.partition("/")[0], _largest({"persons": persons}, np.column_stack([a, b])[long > 0], long[long > 0])


def moved(units: Units, share: float, seed: int) -> Units:
    """A share of everybody's persons moves to units at random, hundredth by hundredth of a person."""
    random = np.random.default_rng(seed)
    before = np.asarray(units.weights["persons"])
    arriving = random.multinomial(int(share * before.sum() * 100), np.full(len(units), 1 / len(units))) / 100
    return replace(units, weights={**units.weights, "persons": before * (1 - share) + arriving})


def write_graph(units: Units, path: Path) -> Path:
    """The units as networkx adjacency JSON with GerryChain's names."""
    outer = None
    if units.perimeters is not None:
        outer = units.perimeters - np.bincount(units.tails, weights=units.borders, minlength=len(units))
    nodes: list[dict[str, Any]] = []
    near: list[list[dict[str, Any]]] = []
    for at, name in enumerate(units.ids):
        node: dict[str, Any] = {"id": name, **{key: float(column[at]) for key, column in units.weights.items()}}
        if units.areas is not None and outer is not None:
            node |= {"area": float(units.areas[at]), "boundary_perim": float(outer[at])}
        nodes.append(node)
        row = range(units.indptr[at], units.indptr[at + 1])
        near.append([{"id": units.ids[units.neighbours[e]], "shared_perim": float(units.borders[e])} for e in row])
    path.write_text(json.dumps({"directed": False, "multigraph": False, "graph": [], "nodes": nodes, "adjacency": near}))
    return path


def _largest(weights: dict[str, NDArray[np.float64]], edges: NDArray[np.int64], borders: NDArray[np.float64]) -> Units:
    many = len(next(iter(weights.values())))
    _, of = pieces(many, edges[:, 0], edges[:, 1].astype(np.int32))
    kept = np.nonzero(of == np.bincount(of).argmax())[0]
    place = np.full(many, -1)
    place[kept] = np.arange(len(kept))
    edges, inside = place[edges], (place[edges] >= 0).all(axis=1)
    return units_of_edges(
        _names(len(kept)), {name: column[kept] for name, column in weights.items()}, edges[inside], borders=borders[inside]
    )


def _names(many: int) -> list[str]:
    return [str(at) for at in range(many)]
