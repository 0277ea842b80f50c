"""A model made ready for a file: logarithms of likelihood ratios by level, and how rare each value is in this file."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.compare import EXACT, MISSING, NUMBER_EXACT, SOUND, SWAPPED, levels_of
from linli.methods.linkage.model import Model
from linli.methods.linkage.records import Records

Floats = NDArray[np.float32]
STEADY = 300.0
"""A file's own frequencies count against the model's as this many rows do: a file of ten people says little about names."""
CHANCE_PAIRS, STEADY_PAIRS = 400_000, 20_000
"""Pairs drawn at random to see how often names are alike, and how many pairs' worth the model's own figure is."""


class Weights(NamedTuple):
    """Natural logarithms. [2, levels] tables: rows apart, sharing. Per row: what its value's rarity adds when both have it."""

    prior: float
    given: NDArray[np.float64]
    birth: NDArray[np.float64]
    sex: NDArray[np.float64]
    number: NDArray[np.float64]
    household: NDArray[np.float64]
    rare_given: Floats
    rare_given_sound: Floats
    rare_surname: Floats
    rare_surname_sound: Floats
    rare_birth: Floats
    rare_number: Floats


def weigh(records: Records, model: Model, *, own: bool = True) -> Weights:
    """The weights of ``model`` for these rows.

    ``own``: how rare values are and how often names are alike by chance is counted in these rows; else as the model has it
    (rows that were chosen for being alike say nothing about chance).
    """
    rows, stock = records.rows, records.stock
    largest = max(2, *records.sizes)
    people = largest - 1 if len(records.sizes) == 1 else largest
    expected = 2 * model.matched[0] if len(records.sizes) == 1 else model.matched[1]
    if own:
        model = with_own_chance(records, model, expected / people)
    given = _table(model.m_given, model.u_given, blank=MISSING)
    birth = _table(model.m_birth, model.u_birth)
    number = _table(model.m_number, model.u_number)
    # A number's own rarity counts, whoever has it.
    number[:, NUMBER_EXACT] = number[0, NUMBER_EXACT]
    # The two exchanged: as rare as the two in order, times how often that happens.
    given[:, SWAPPED] = math.log(model.m_given[SWAPPED]) - np.log([row[EXACT] for row in model.u_given])
    steady = STEADY if own else math.inf
    u_given, u_surname = model.u_given[0], model.u_surname
    return Weights(
        prior=math.log(expected / people),
        given=given,
        birth=birth,
        sex=_table(model.m_sex, model.u_sex),
        number=number,
        household=_household(model, people),
        rare_given=_rarity(rows.given, u_given[EXACT], steady),
        rare_given_sound=_rarity(stock.sound[rows.given], u_given[SOUND] + u_given[EXACT], steady),
        rare_surname=_rarity(rows.surname, u_surname[EXACT], steady),
        rare_surname_sound=_rarity(stock.sound[rows.surname], u_surname[SOUND] + u_surname[EXACT], steady),
        rare_birth=_rarity(rows.birth, model.u_birth[0][-1], steady),
        rare_number=_rarity(rows.number, model.u_number[0][-1], steady),
    )


def with_own_chance(records: Records, model: Model, matched: float) -> Model:
    """The model with names as often alike by chance as in these rows: pairs drawn at random, true ones taken off.

    Names of few syllables, or of one region, are alike far more often than those the model was trained on.
    """
    if records.count < 2:
        return model
    first, second = (0, records.sizes[0]) if len(records.sizes) == 2 else (0, 0)
    rng = np.random.default_rng(1)
    count = min(CHANCE_PAIRS, records.count * (records.count - 1) // 2)
    left = rng.integers(first, records.sizes[0], count) if records.sizes[0] else np.zeros(0, np.int64)
    right = rng.integers(second, second + records.sizes[-1], len(left)) if records.sizes[-1] else np.zeros(0, np.int64)
    pairs = np.stack([left, right[: len(left)]], axis=1) if len(right) else np.zeros((0, 2), np.int64)
    levels = levels_of(records.rows, records.stock, pairs[pairs[:, 0] != pairs[:, 1]])
    given = _own(levels[:, 0], model.u_given[0], model.m_given, matched)
    surname = _own(levels[:, 1], model.u_surname, tuple(np.array(model.m_household).sum(axis=0).tolist()), matched)
    # Sharing pairs of families: their names are alike by chance as others' are; surnames they have in common stay as trained.
    sharing = np.array(model.u_given[1])
    sharing[:SOUND] *= (np.array(given) / np.maximum(model.u_given[0], 1e-12))[:SOUND]
    others = np.array(model.others)
    others[:, :SOUND] *= (np.array(surname) / np.array(model.u_surname))[:SOUND]
    return replace(
        model,
        u_given=(given, tuple((sharing / sharing.sum()).tolist())),
        u_surname=surname,
        others=tuple(tuple(row) for row in others.tolist()),
    )


def _own(levels: NDArray[np.int8], u: tuple[float, ...], m: tuple[float, ...], matched: float) -> tuple[float, ...]:
    """Chance of each level: as counted, less what true pairs among them account for, steadied by the model's."""
    counts = np.bincount(levels[levels != MISSING], minlength=len(u))[: len(u)].astype(float)
    total = counts.sum()
    counts = np.maximum(counts - total * matched * np.array(m), 0.0)
    shares = (counts + STEADY_PAIRS * np.array(u)) / (total + STEADY_PAIRS)
    # The exact level and what sounds the same are judged by each value's own rarity.
    shares[EXACT], shares[SOUND] = u[EXACT], u[SOUND]
    return tuple((shares / shares.sum()).tolist())


def _table(m: tuple[float, ...], u: tuple[tuple[float, ...], ...], blank: int | None = None) -> NDArray[np.float64]:
    """log(m / u), and 0 for the missing level, which stands last unless ``blank`` says where."""
    ratios = np.log(np.array(m)) - np.log(np.array(u)) if blank is None else np.zeros((len(u), len(m)))
    if blank is None:
        return np.hstack([ratios, np.zeros((len(u), 1))])
    for level in range(len(m)):
        if level != blank:
            ratios[:, level] = np.log(m[level]) - np.log([row[level] for row in u])
    return ratios


def _household(model: Model, people: int) -> NDArray[np.float64]:
    """log(m / u) by contact (7, unknown first) and surname (7, missing last)."""
    m = np.array(model.m_household)
    u = np.vstack([np.outer(model.u_contact, model.u_surname), np.array(model.others) / people])
    table = np.zeros((7, 7))
    table[1:, :6] = np.log(m) - np.log(u)
    table[1:, 6] = np.log(m.sum(axis=1)) - np.log(u.sum(axis=1))
    table[0, :6] = np.log(m.sum(axis=0)) - np.log(np.array(model.u_surname))
    return table


def _rarity(codes: NDArray[np.int32], usual: float, steady: float) -> Floats:
    """log(usual chance of agreeing / chance of this value in this file), per row; 0 where missing."""
    if math.isinf(steady):
        return np.zeros(len(codes), np.float32)
    values, at, counts = np.unique(codes, return_inverse=True, return_counts=True)
    known = float(counts[values != 0].sum())
    share = (counts + steady * usual) / (known + steady)
    added = np.log(usual) - np.log(share)
    added[values == 0] = 0.0
    rarity: Floats = added.astype(np.float32)[at]
    return rarity
