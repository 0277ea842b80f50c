"""Training a model: from pairs whose truth is known, or from a file without labels (EM, starting at a stored model)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.blocking import LIMITS, blocks
from linli.methods.linkage.compare import HOME_ONLY, MISSING, weights_of
from linli.methods.linkage.model import Model
from linli.methods.linkage.records import Records
from linli.methods.linkage.scoring import groups, pair_levels, probability_of
from linli.methods.linkage.weights import weigh

Ints = NDArray[np.int64]
Levels = NDArray[np.int8]
Floats = NDArray[np.float64]

CHANCE_PAIRS = 3_000_000
RARE = 1e-7


def learn(
    records: Records,
    truth: Ints,
    *,
    name: str,
    version: str,
    trained_on: str,
    matched: tuple[float, float],
    seed: int = 1,
) -> Model:
    """The model of one file whose true pairs [n, 2] are known, each level counted and smoothed."""
    chance = pair_levels(records, _without(_by_chance(records, seed), truth, records.count))
    apart = chance[chance[:, 5] < HOME_ONLY]
    sharing = pair_levels(records, _without(candidates(records, only=("phone", "home")), truth, records.count))
    born_alike = pair_levels(records, _without(candidates(records, only=("birth",)), truth, records.count))
    true = pair_levels(records, truth)

    def both(field: int, size: int, blank: int) -> tuple[tuple[float, ...], ...]:
        return tuple(_shares(table[:, field], size, blank, RARE) for table in (apart, sharing))

    others = np.zeros((3, 6))
    named = sharing[sharing[:, 1] < MISSING]
    np.add.at(others, (named[:, 5] - HOME_ONLY, named[:, 1]), 1.0)
    return Model(
        name=name,
        version=version,
        trained_on=trained_on,
        matched=matched,
        **_matched_tables(true, np.ones(len(true))),
        u_given=both(0, 8, MISSING),
        u_birth=both(2, 7, 7),
        u_sex=both(3, 2, 2),
        u_number=(*both(4, 3, 3), _shares(born_alike[:, 4], 3, 3, RARE)),
        u_contact=_shares(apart[apart[:, 5] > 0, 5] - 1, 3, 9, RARE),
        u_surname=_shares(apart[:, 1], 6, MISSING, RARE),
        others=tuple(tuple(round(2 * (one + 0.5) / records.count, 9) for one in row) for row in others.tolist()),
    )


def adapt(records: Records, model: Model, candidates: Ints, *, name: str, rounds: int = 10) -> Model:
    """A model fitted to one file without labels by EM over its candidate pairs; u stays as counted, m follows the file."""
    seen = pair_levels(records, candidates)
    for _ in range(rounds):
        belief = probability_of(weights_of(records.rows, records.stock, weigh(records, model), candidates))
        matched = max(belief.sum(), 1.0) / records.count
        m = _matched_tables(seen, belief)
        model = replace(model, name=name, matched=(matched, model.matched[1]), **m)
    return replace(model, trained_on=f"{model.trained_on}; adapted to a file of {records.count} rows")


def _matched_tables(true: Levels, belief: Floats) -> dict[str, Any]:
    known = (true[:, 5] > 0) & (true[:, 1] < MISSING)
    cells = (true[known, 5].astype(np.int64) - 1) * 6 + true[known, 1]
    household = np.bincount(cells, belief[known], 36) + 0.3
    household /= household.sum()
    return {
        "m_given": _shares(true[:, 0], 8, MISSING, 1e-3, belief),
        "m_birth": _shares(true[:, 2], 7, 7, 2e-3, belief),
        "m_sex": _shares(true[:, 3], 2, 2, 5e-3, belief),
        "m_number": _shares(true[:, 4], 3, 3, 5e-3, belief),
        "m_household": tuple(tuple(float(f"{one:.6g}") for one in row) for row in household.reshape(6, 6).tolist()),
    }


def _shares(levels: Levels, size: int, blank: int, least: float, weights: Floats | None = None) -> tuple[float, ...]:
    """Share of each level among those not missing, none below ``least``: what wasn't seen can still happen."""
    known = levels != blank
    counts = np.bincount(levels[known].astype(np.int64), None if weights is None else weights[known], size)[:size]
    shares = np.maximum((counts + 0.01) / (counts.sum() + 0.01 * size), least)
    if blank < size:
        shares[blank] = 0.0
    return tuple(float(f"{one:.6g}") for one in (shares / shares.sum()).tolist())


def _by_chance(records: Records, seed: int) -> Ints:
    rng = np.random.default_rng(seed)
    pairs = np.sort(rng.integers(0, records.count, (CHANCE_PAIRS, 2)), axis=1)
    different: Ints = pairs[pairs[:, 0] != pairs[:, 1]]
    return different


def candidates(records: Records, only: tuple[str, ...] | None = None) -> Ints:
    """All pairs of the blocking rules, or of some of them, each once: [n, 2]."""
    keys = blocks(records).keys
    found = [np.zeros((0, 2), np.int64)]
    for rule, name in enumerate(LIMITS):
        if only is None or name in only:
            order, starts = groups(keys[rule])
            ends = np.repeat(starts[1:], np.diff(starts))
            at = np.arange(len(order))
            for step in range(1, int(np.diff(starts).max(initial=1))):
                here = at[at + step < ends]
                found.append(np.stack([order[here], order[here + step]], axis=1).astype(np.int64))
    pairs = np.sort(np.concatenate(found), axis=1)
    codes = np.unique(pairs[:, 0] * records.count + pairs[:, 1])
    return np.stack([codes // records.count, codes % records.count], axis=1)


def _without(pairs: Ints, truth: Ints, rows: int) -> Ints:
    known = np.sort(truth, axis=1)
    return pairs[~np.isin(pairs[:, 0] * rows + pairs[:, 1], known[:, 0] * rows + known[:, 1])]
