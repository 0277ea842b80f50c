"""From rows to pairs with a probability: the whole of a linkage, or given pairs alone."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.blocking import blocks
from linli.methods.linkage.compare import levels_of, walk, weights_of
from linli.methods.linkage.model import Model, choose, load_model
from linli.methods.linkage.records import Columns, Records, read_records
from linli.methods.linkage.weights import Weights, weigh

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
ROOM = 1 << 20


@dataclass(frozen=True)
class Links:
    """Pairs at or above the threshold, ordered by row. ``left``, ``right``: row numbers, of one file or each of its own.

    ``compared``: pairs looked at; ``left_out``: rows by field whose value, or by blocking rule whose key,
    too many share.
    """

    left: Ints
    right: Ints
    probability: Floats
    compared: int
    left_out: dict[str, int]
    model: Model


def link(*files: Columns, model: Model | str | None = None, threshold: float = 0.5) -> Links:
    """Duplicates inside one file, or links between two. ``model``: None chooses by the columns.

    Raises ``Unreadable``, ``UnknownModel``.
    """
    records = read_records(*files)
    return link_records(records, chosen(records, model), threshold)


def chosen(records: Records, model: Model | str | None) -> Model:
    """The model meant: given, named, or fitting the columns."""
    if isinstance(model, Model):
        return model
    return load_model(model or choose(records.present, records.han))


def link_records(records: Records, model: Model, threshold: float = 0.5, step: Callable[[int, int], None] | None = None) -> Links:
    """As ``link``, on rows made ready; ``step(done, rules)`` is called after each blocking rule."""
    weights = weigh(records, model)
    blocked = blocks(records)
    least = (
        math.log(threshold) - math.log1p(-threshold) if 0.0 < threshold < 1.0 else (math.inf if threshold >= 1.0 else -math.inf)
    )
    found: list[tuple[NDArray[np.int32], NDArray[np.int32], Floats]] = []
    compared = 0
    # Row by row in memory: comparing is waiting for memory more than computing.
    keys = np.ascontiguousarray(blocked.keys.T)
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        for rule in range(len(blocked.keys)):
            order, starts = groups(blocked.keys[rule])
            parts = np.linspace(0, len(starts) - 1, 4 * workers + 1).astype(np.int64)
            jobs = [
                pool.submit(_walk_part, first, last, rule, order, starts, keys, records, weights, least)
                for first, last in pairwise(parts.tolist())
                if first < last
            ]
            for job in jobs:
                pairs, seen = job.result()
                found.extend(pairs)
                compared += seen
            if step:
                step(rule + 1, len(blocked.keys))
    left = np.concatenate([one[0] for one in found] or [np.zeros(0, np.int32)]).astype(np.int64)
    right = np.concatenate([one[1] for one in found] or [np.zeros(0, np.int32)]).astype(np.int64)
    odds = np.concatenate([one[2] for one in found] or [np.zeros(0)])
    by_row = np.lexsort((right, left))
    if len(records.sizes) == 2:
        right = right - records.sizes[0]
    return Links(
        left[by_row], right[by_row], probability_of(odds[by_row]), compared, {**records.crowded, **blocked.left_out}, model
    )


def probability_of(odds: Floats) -> Floats:
    """Log-odds to probability."""
    probability: Floats = 1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0)))
    return probability


def score_pairs(
    left: Columns, right: Columns, pairs: Ints, model: Model | str | None = None, *, people: int | None = None
) -> Floats:
    """Probability of each of ``pairs``[n, 2] (row of ``left``, row of ``right``).

    ``people``: how many the register holds, where ``right`` is only a part of it (the candidates): chance agreement
    grows with it, and how rare a name is then follows from the model, not from these rows.
    """
    records = read_records(left, right)
    model = chosen(records, model)
    weights = weigh(records, model, own=people is None)
    if people is not None and people > max(records.sizes):
        shift = math.log(people) - math.log(max(2, *records.sizes))
        household = weights.household.copy()
        household[4:] += shift
        weights = weights._replace(prior=weights.prior - shift, household=household)
    moved = np.asarray(pairs, np.int64).reshape(-1, 2) + np.array([0, records.sizes[0]])
    return probability_of(weights_of(records.rows, records.stock, weights, moved))


def pair_levels(records: Records, pairs: Ints) -> NDArray[np.int8]:
    """Levels of ``pairs``[n, 2] of rows: given name, surname, birth date, sex, number, contact."""
    found: NDArray[np.int8] = levels_of(records.rows, records.stock, np.asarray(pairs, np.int64).reshape(-1, 2))
    return found


def groups(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], Ints]:
    """Rows that have a key, by key, and where each key's rows begin (the end of the last included)."""
    rows = np.flatnonzero(keys).astype(np.int32)
    order = rows[np.argsort(keys[rows], kind="stable")]
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(order) else np.zeros(0, np.int64)
    ends = np.append(starts[1:], len(order))
    several = ends - starts >= 2
    # Rows alone with their key make no pair: only groups of two and more are kept, close together.
    keep = np.repeat(several, ends - starts)
    sizes = (ends - starts)[several]
    return order[keep], np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _walk_part(
    first: int,
    last: int,
    rule: int,
    order: NDArray[np.int32],
    starts: Ints,
    keys: NDArray[np.uint64],
    records: Records,
    weights: Weights,
    least: float,
) -> tuple[list[tuple[NDArray[np.int32], NDArray[np.int32], Floats]], int]:
    """The pairs of some groups; as often as the room for them is full it begins anew."""
    found = []
    compared = 0
    two = len(records.sizes) == 2
    room = min(ROOM, max(1 << 12, int(starts[last] - starts[first])))
    while first < last:
        left, right, odds = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)
        first, count, seen = walk(
            first, last, rule, order, starts, keys, records.rows, records.stock, weights, least, two, left, right, odds
        )
        compared += seen
        if count:
            found.append((left[:count].copy(), right[:count].copy(), odds[:count].copy()))
        if count == 0 and first < last:
            room *= 4
    return found, compared
