"""What is divided: units with weights, and which of them touch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from linli.methods.division.faults import Fault, Unfit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Parts = NDArray[np.int32]


@dataclass(frozen=True)
class Units:
    """n units and the e pairs of them that touch, in compressed rows: each pair stands twice, once with either unit.

    ``weights``: name → (n,), none below nought. The neighbours of unit i are ``neighbours[indptr[i]:indptr[i + 1]]``;
    ``borders`` (2 e) is the length that two share (metres; 1 where unknown), ``crossing`` (2 e) what it costs that one part
    lies on both sides of what is between them (a road, a river, a wall), where cutting an ordinary border costs 1. ``areas``
    (n,) in m² and ``perimeters`` (n,) in metres, the whole way around a unit, where shapes are known.

    Raises Unfit for what can't be divided as it is: no unit, a name twice, weights that are negative or no numbers, units
    without a neighbour, several pieces that don't touch. It is told, never mended in silence.
    """

    ids: tuple[str, ...]
    weights: Mapping[str, Floats]
    indptr: Ints
    neighbours: Parts
    borders: Floats
    areas: Floats | None = None
    perimeters: Floats | None = None
    crossing: Floats | None = None

    def __post_init__(self) -> None:
        _names_hold(self.ids)
        _weights_hold(self.ids, self.weights)
        _measures_hold(self)
        _one_piece(self.ids, self.indptr, self.neighbours)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def edges(self) -> int:
        """How many pairs touch."""
        return len(self.neighbours) // 2

    @cached_property
    def tails(self) -> Ints:
        """For each entry of ``neighbours`` (2 e,), whose neighbour it is."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.indptr))

    @cached_property
    def table(self) -> Floats:
        """The weights as one array (n, m), in the order of their names."""
        return np.ascontiguousarray(np.column_stack([np.asarray(one, np.float64) for one in self.weights.values()]))


def units_of_edges(
    ids: Sequence[str],
    weights: Mapping[str, ArrayLike],
    edges: ArrayLike,
    *,
    borders: ArrayLike | None = None,
    crossing: ArrayLike | None = None,
    areas: ArrayLike | None = None,
    perimeters: ArrayLike | None = None,
) -> Units:
    """Units from ``edges`` (e, 2): positions of two that touch, in either order. ``borders`` and ``crossing`` are (e,).

    A pair that stands several times is one: of its borders and crossings the largest counts. A unit beside itself counts for
    nothing. Raises Unfit as ``Units`` does, and for edges that name no unit.
    """
    many = len(ids)
    pairs = np.asarray(edges, np.int64).reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= many):
        raise Unfit(Fault.UNKNOWN_UNIT, f"an edge names unit {int(pairs.max())} of {many}")
    long = _column(borders, len(pairs), "borders")
    dear = None if crossing is None else _column(crossing, len(pairs), "crossing")
    indptr, neighbours, borders_, crossing_ = _compressed(many, pairs, long, dear)
    return Units(
        tuple(ids),
        {name: np.asarray(column, np.float64) for name, column in weights.items()},
        indptr,
        neighbours,
        borders_,
        None if areas is None else np.asarray(areas, np.float64),
        None if perimeters is None else np.asarray(perimeters, np.float64),
        crossing_,
    )


def pieces(many: int, tails: Ints, heads: Parts) -> tuple[int, Parts]:
    """How many pieces edges from ``tails`` to ``heads`` join ``many`` units to, and the piece of each (many,)."""
    joined = coo_matrix((np.ones(len(heads), np.int8), (tails, heads)), shape=(many, many))
    count, of = connected_components(joined, directed=False)
    return int(count), of.astype(np.int32)


def _column(given: ArrayLike | None, many: int, name: str) -> Floats:
    column = np.ones(many) if given is None else np.asarray(given, np.float64)
    if column.shape != (many,):
        raise Unfit(Fault.SHAPE, f"{name} must hold one number for each of {many} edges")
    return column


def _compressed(many: int, pairs: Ints, border: Floats, crossing: Floats | None) -> tuple[Ints, Parts, Floats, Floats | None]:
    apart = pairs[:, 0] != pairs[:, 1]
    low, high = np.sort(pairs[apart], axis=1).T
    key, which = np.unique(low * many + high, return_inverse=True)
    low, high = key // many, key % many
    tails, heads = np.concatenate([low, high]), np.concatenate([high, low])
    order = np.lexsort((heads, tails))
    indptr = np.zeros(many + 1, np.int64)
    np.cumsum(np.bincount(tails, minlength=many), out=indptr[1:])

    def largest(column: Floats) -> Floats:
        most = np.full(len(key), -np.inf)
        np.maximum.at(most, which, column[apart])
        return np.tile(most, 2)[order]

    return indptr, heads[order].astype(np.int32), largest(border), None if crossing is None else largest(crossing)


def _names_hold(ids: Sequence[str]) -> None:
    if not ids:
        raise Unfit(Fault.EMPTY, "there is no unit to divide")
    doubled = [name for name, times in Counter(ids).items() if times > 1]
    if doubled:
        raise Unfit(Fault.DOUBLED, f"{_units(len(doubled))} named as another is: {_some(doubled)}", units=doubled)


def _weights_hold(ids: Sequence[str], weights: Mapping[str, Floats]) -> None:
    if not weights:
        raise Unfit(Fault.SHAPE, "no weight is given: nothing can be balanced")
    for name, column in weights.items():
        values = np.asarray(column, np.float64)
        if values.shape != (len(ids),):
            raise Unfit(Fault.SHAPE, f"{name} must hold one number for each of {len(ids)} units")
        odd = [ids[at] for at in np.nonzero(~np.isfinite(values))[0].tolist()]
        if odd:
            raise Unfit(Fault.NOT_A_NUMBER, f"{name} is no number for {_units(len(odd))}: {_some(odd)}", units=odd)
        below = [ids[at] for at in np.nonzero(values < 0)[0].tolist()]
        if below:
            raise Unfit(Fault.NEGATIVE, f"{name} is below nought for {_units(len(below))}: {_some(below)}", units=below)
        if not values.any():
            raise Unfit(Fault.ALL_ZERO, f"{name} is nought for every unit: nothing can be balanced by it", count=len(ids))


def _measures_hold(units: Units) -> None:
    many = len(units.ids)
    if units.indptr.shape != (many + 1,) or units.indptr[-1] != len(units.neighbours):
        raise Unfit(Fault.SHAPE, "indptr and neighbours don't belong together")
    for name, column, wanted in (
        ("borders", units.borders, len(units.neighbours)),
        ("crossing", units.crossing, len(units.neighbours)),
        ("areas", units.areas, many),
        ("perimeters", units.perimeters, many),
    ):
        if column is None:
            continue
        if column.shape != (wanted,):
            raise Unfit(Fault.SHAPE, f"{name} must hold {wanted} numbers, not {len(column)}")
        if not np.isfinite(column).all() or (column < 0).any():
            raise Unfit(Fault.NOT_A_NUMBER, f"{name} must be numbers from nought on")


def _one_piece(ids: Sequence[str], indptr: Ints, neighbours: Parts) -> None:
    many = len(ids)
    if many == 1:
        return
    if not len(neighbours):
        raise Unfit(Fault.NO_ADJACENCY, f"no two of {_units(many)} touch: the adjacency is missing", count=many)
    count, of = pieces(many, np.repeat(np.arange(many, dtype=np.int64), np.diff(indptr)), neighbours)
    if count == 1:
        return
    sizes = np.bincount(of)
    outside = [ids[at] for at in np.nonzero(of != sizes.argmax())[0].tolist()]
    if (sizes == 1).sum() == count - 1:
        raise Unfit(
            Fault.ISOLATED,
            f"{_units(len(outside))} without any neighbour: {_some(outside)}. Join each to one, or leave it out",
            units=outside,
            sizes=sorted(sizes.tolist(), reverse=True),
        )
    told = ", ".join(f"{size:,}" for size in sorted(sizes.tolist(), reverse=True)[:8])
    raise Unfit(
        Fault.DISCONNECTED,
        f"the units fall into {count} pieces that don't touch, of {told}{', …' if count > 8 else ''} units. Outside the largest: "
        f"{_some(outside)}. Say where the pieces join (a bridge, a ferry), or divide each by itself",
        units=outside,
        sizes=sorted(sizes.tolist(), reverse=True),
    )


def _units(count: int) -> str:
    return f"{count:,} unit{'s' if count > 1 else ''}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
