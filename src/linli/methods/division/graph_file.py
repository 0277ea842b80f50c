"""Graphs as files: networkx adjacency JSON, as GerryChain writes and reads it.

``nodes``: a list of objects with ``id`` and attributes; ``adjacency``: for each node, in the same order, a list of objects with
the ``id`` of a neighbour. Source: networkx.readwrite.json_graph.adjacency; GerryChain's names for measures (``area``,
``boundary_perim``, ``shared_perim``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from linli.methods.division.assignment import Unreadable, decoded
from linli.methods.division.faults import Fault, Unfit
from linli.methods.division.units import Floats, Ints, Units, units_of_edges


@dataclass(frozen=True)
class Graph:
    """Units of a file, and ``notes`` on what was in it that somebody should know."""

    units: Units
    notes: tuple[str, ...] = field(default=())


def read_graph(path: Path, weights: Sequence[str]) -> Graph:
    """Units with the attributes ``weights``. Raises Unreadable for the file, Unfit for what stands in it.

    Shapes are known where every node has ``area``, some have ``boundary_perim``, and every edge has ``shared_perim``; without
    ``shared_perim`` only where every area is 1, as on a lattice of squares.
    """
    nodes, adjacency = _content(path)
    ids = [_name(node.get("id"), path, f"nodes[{at}]") for at, node in enumerate(nodes)]
    columns = {name: _column(path, nodes, ids, name) for name in weights}
    pairs, edges, notes = _pairs(path, ids, adjacency)
    long = _optional(path, edges, "shared_perim")
    crossing = _optional(path, edges, "crossing", otherwise=0.0)
    areas, outer = _optional(path, nodes, "area"), _optional(path, nodes, "boundary_perim", otherwise=0.0)
    perimeters = None
    known = areas is not None and outer is not None and (long is not None or bool((areas == 1).all()))
    if known and outer is not None:
        around = np.ones(len(pairs)) if long is None else long
        # A pair stands with both its units, or with one only; each unit goes along it once.
        low_high = np.sort(pairs, axis=1)
        _, first = np.unique(low_high[:, 0] * len(ids) + low_high[:, 1], return_index=True)
        perimeters = outer.copy()
        for side in (0, 1):
            perimeters += np.bincount(pairs[first, side], weights=around[first], minlength=len(ids))
    units = units_of_edges(
        ids, columns, pairs, borders=long, crossing=crossing, areas=areas if known else None, perimeters=perimeters
    )
    return Graph(units, notes)


def _content(path: Path) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    try:
        content = json.loads(decoded(path))
    except ValueError as fault:
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable(f"{path.name} is no JSON: {fault}.") from None
    except RecursionError:
        raise Unreadable(f"{path.name} is no graph: it is nested too deeply.") from None
    if not isinstance(content, dict) or not isinstance(content.get("nodes"), list):
        raise Unreadable(f"{path.name} is no graph in networkx adjacency JSON: it needs the lists nodes and adjacency.")
    nodes, adjacency = content["nodes"], content.get("adjacency")
    if adjacency is None and ("links" in content or "edges" in content):
        raise Unreadable(
            f"{path.name} is node-link JSON. Write it as adjacency JSON: json.dump(networkx.adjacency_data(graph), file), or "
            "graph.to_json(path) in GerryChain."
        )
    if adjacency is None:
        raise Unfit(Fault.NO_ADJACENCY, f"{path.name} has no adjacency: which units touch is missing", count=len(nodes))
    if not isinstance(adjacency, list) or len(adjacency) != len(nodes):
        many = len(adjacency) if isinstance(adjacency, list) else 0
        raise Unreadable(f"{path.name} has {len(nodes)} nodes, but {many} lists of neighbours: there must be one for each node.")
    for at, (node, near) in enumerate(zip(nodes, adjacency, strict=True)):
        if not isinstance(node, dict):
            raise Unreadable(f"{path.name}, nodes[{at}] is no object with an id.")
        if not isinstance(near, list) or not all(isinstance(one, dict) for one in near):
            raise Unreadable(f"{path.name}, adjacency[{at}] is no list of objects with an id.")
    return nodes, adjacency


def _name(value: Any, path: Path, where: str) -> str:
    """An id as text: GerryChain numbers nodes, others name them, a lattice calls them by pairs."""
    if value is None or isinstance(value, dict | bool):
        raise Unreadable(f"{path.name}, {where} has no id.")
    return value if isinstance(value, str) else json.dumps(value)


def _column(path: Path, nodes: Sequence[Mapping[str, Any]], ids: Sequence[str], name: str) -> Floats:
    """An attribute of every node. Raises Unfit where it is missing or no number."""
    without = [ids[at] for at, node in enumerate(nodes) if name not in node]
    if without:
        held = sorted({key for node in nodes for key, value in node.items() if key != "id" and _number(value) is not None})
        which = "no unit has it" if len(without) == len(nodes) else f"{len(without):,} units lack it, {without[0]} first"
        raise Unfit(
            Fault.NOT_A_NUMBER, f"{path.name}, attribute {name}: {which}. Numbers are: {', '.join(held) or 'none'}", units=without
        )
    values = [_number(node[name]) for node in nodes]
    odd = [at for at, value in enumerate(values) if value is None]
    if odd:
        raise Unfit(
            Fault.NOT_A_NUMBER,
            f"{path.name}, attribute {name}: {nodes[odd[0]][name]!r} of unit {ids[odd[0]]} is no number"
            + (f", and {len(odd) - 1:,} more" if len(odd) > 1 else ""),
            units=[ids[at] for at in odd],
        )
    return np.array(values, np.float64)


def _number(value: Any) -> float | None:
    """A finite number, also where it stands as text; nothing else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if np.isfinite(number) else None


def _optional(path: Path, holders: Sequence[Mapping[str, Any]], name: str, *, otherwise: float | None = None) -> Floats | None:
    """A measure where it is known: of every holder, or of some where the others have ``otherwise``; None where it isn't."""
    values = [_number(holder[name]) if name in holder and holder[name] is not None else otherwise for holder in holders]
    if not any(name in holder for holder in holders) or any(value is None for value in values):
        return None
    column = np.array(values, np.float64)
    if (column < 0).any():
        raise Unfit(Fault.NEGATIVE, f"{path.name}, attribute {name}: {column.min():g} is below nought")
    return column


def _pairs(
    path: Path, ids: Sequence[str], adjacency: Sequence[Sequence[Mapping[str, Any]]]
) -> tuple[Ints, list[Mapping[str, Any]], tuple[str, ...]]:
    """Positions of two that touch (k, 2), the object of each, and notes."""
    places = {name: at for at, name in enumerate(ids)}
    ends: list[tuple[int, int]] = []
    edges: list[Mapping[str, Any]] = []
    loops = 0
    for at, near in enumerate(adjacency):
        for one in near:
            name = _name(one.get("id"), path, f"a neighbour of {ids[at]}")
            place = places.get(name)
            if place is None:
                raise Unfit(
                    Fault.UNKNOWN_UNIT, f"{path.name}: unit {ids[at]} is said to touch {name}, which is no unit", units=[ids[at]]
                )
            if place == at:
                loops += 1
                continue
            ends.append((at, place))
            edges.append(one)
    both = set(ends)
    single = [(a, b) for a, b in both if (b, a) not in both]
    notes = []
    if single:
        a, b = min(single)
        notes.append(
            f"{len(single):,} pair{'s are' if len(single) > 1 else ' is'} said to touch by one of the two only, "
            f"{ids[a]} of {ids[b]} first: taken as touching."
        )
    if loops:
        notes.append(f"{loops:,} unit{'s are' if loops > 1 else ' is'} said to touch itself: left out.")
    return np.array(ends, np.int64).reshape(-1, 2), edges, tuple(notes)
