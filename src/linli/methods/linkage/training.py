"""Training a model: from pairs whose truth is known, or from a file without labels (EM, starting at a stored model)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.blocking import blocks
from linli.methods.linkage.compare import HOME_ONLY, MISSING
from linli.methods.linkage.model import Model
from linli.methods.linkage.records import Records
from linli.methods.linkage.scoring import groups, pair_levels

Ints = NDArray[np.int64]
Levels = NDArray[np.int8]
Floats = NDArray[np.float64]

CHANCE_PAIRS = 3_000_000
RARE = 1e-7


def learn(records: Records, truth: Ints, *, name: str, version: str, trained_on: str, matched: tuple[float, float], seed: int = 1) -> Model:
    """The model of one file whose true pairs [n, 2] are known, each level counted and smoothed."""
    return _count(
        pair_levels(records, truth),
        np.ones(len(truth)),
        pair_levels(records, _without(_by_chance(records, seed), truth, records.count)),
        pair_levels(records, _without(_sharing(records), truth, records.count)),
        records.count,
    )(name=name, version=version, trained_on=trained_on, matched=matched)


def adapt(records: Records, model: Model, candidates: Ints, *, name: str, rounds: int = 10) -> Model:
    """A model fitted to one file without labels by EM over its candidate pairs; u stays as counted, m follows the file."""
    from linli.methods.linkage.scoring import _weights_of, probability_of
    from linli.methods.linkage.weights import weigh

    seen = pair_levels(records, candidates)
    for _ in range(rounds):
        belief = probability_of(_weights_of(records.rows, records.stock, weigh(records, model), candidates))
        matched = max(belief.sum(), 1.0) / records.count
        m = _matched_tables(seen, belief)
        model = replace(model, name=name, matched=(matched, model.matched[1]), **m)
    return replace(model, trained_on=f"{model.trained_on}; adapted to a file of {records.count} rows")


def _count(true: Levels, belief: Floats, chance: Levels, sharing: Levels, rows: int):  # type: ignore[no-untyped-def]
    def both(field: int, size: int, blank: int) -> tuple[tuple[float, ...], ...]:
        return tuple(_shares(table[:, field], np.ones(len(table)), size, blank, RARE) for table in (chance[chance[:, 5] < HOME_ONLY], sharing))

    apart = chance[chance[:, 5] < HOME_ONLY]
    known = apart[apart[:, 5] > 0]
    others = np.zeros((3, 6))
    at = sharing[sharing[:, 1] < MISSING]
    np.add.at(others, (at[:, 5] - HOME_ONLY, at[:, 1]), 1.0)
    return lambda **about: Model(
        **about,
        **_matched_tables(true, belief),
        u_given=both(0, 8, MISSING),
        u_birth=both(2, 7, 7),
        u_sex=both(3, 2, 2),
        u_number=both(4, 3, 3),
        u_contact=_shares(known[:, 5] - 1, np.ones(len(known)), 3, 9, RARE),
        u_surname=_shares(apart[:, 1], np.ones(len(apart)), 6, MISSING, RARE),
        others=tuple(tuple(round(2 * (one + 0.5) / rows, 9) for one in row) for row in others.tolist()),
    )


def _matched_tables(true: Levels, belief: Floats) -> dict[str, tuple[float, ...] | tuple[tuple[float, ...], ...]]:
    known = (true[:, 5] > 0) & (true[:, 1] < MISSING)
    cells = (true[known, 5].astype(np.int64) - 1) * 6 + true[known, 1]
    household = np.bincount(cells, belief[known], 36) + 0.3
    household /= household.sum()
    return {
        "m_given": _shares(true[:, 0], belief, 8, MISSING, 1e-3),
        "m_birth": _shares(true[:, 2], belief, 7, 7, 2e-3),
        "m_sex": _shares(true[:, 3], belief, 2, 2, 5e-3),
        "m_number": _shares(true[:, 4], belief, 3, 3, 5e-3),
        "m_household": tuple(tuple(float(f"{one:.6g}") for one in row) for row in household.reshape(6, 6).tolist()),
    }


def _shares(levels: NDArray[np.int8], weights: Floats, size: int, blank: int, least: float) -> tuple[float, ...]:
    """Share of each level among those not missing, none below ``least``: what wasn't seen can still happen."""
    known = levels != blank
    counts = np.bincount(levels[known].astype(np.int64), weights[known], size)[:size]
    shares = np.maximum((counts + 0.01) / (counts.sum() + 0.01 * size), least)
    if blank < size:
        shares[blank] = 0.0
    return tuple(float(f"{one:.6g}") for one in (shares / shares.sum()).tolist())


def _by_chance(records: Records, seed: int) -> Ints:
    rng = np.random.default_rng(seed)
    pairs = np.sort(rng.integers(0, records.count, (CHANCE_PAIRS, 2)), axis=1)
    return pairs[pairs[:, 0] != pairs[:, 1]]


def _sharing(records: Records) -> Ints:
    """Pairs of rows that share a home or a telephone."""
    return candidates(records, only=("phone", "home"))


def candidates(records: Records, only: tuple[str, ...] | None = None) -> Ints:
    """All pairs of the blocking rules, or of some of them, each once: [n, 2]."""
    from linli.methods.linkage.blocking import LIMITS

    keys = blocks(records).keys
    found = []
    for rule, name in enumerate(LIMITS):
        if only is None or name in only:
            order, starts = groups(keys[rule])
            sizes = np.diff(starts)
            for step in range(1, int(sizes.max(initial=1))):
                here = np.concatenate([np.zeros(0, np.int64), *[starts[:-1][sizes > step] + at for at in range(int(sizes.max()) - step)]])
                limit = np.concatenate([np.zeros(0, np.int64), *[starts[1:][sizes > step] for _ in range(int(sizes.max()) - step)]])
                here = here[here + step < limit]
                found.append(np.stack([order[here], order[here + step]], axis=1).astype(np.int64))
    pairs = np.sort(np.concatenate(found), axis=1) if found else np.zeros((0, 2), np.int64)
    codes = np.unique(pairs[:, 0] * records.count + pairs[:, 1])
    return np.stack([codes // records.count, codes % records.count], axis=1)


def _without(pairs: Ints, truth: Ints, rows: int) -> Ints:
    known = np.sort(truth, axis=1)
    return pairs[~np.isin(pairs[:, 0] * rows + pairs[:, 1], known[:, 0] * rows + known[:, 1])]

