"""A model made ready for a file: logarithms of likelihood ratios by level, and how rare each value is in this file."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.compare import EXACT, MISSING, NUMBER_EXACT, SOUND, SWAPPED
from linli.methods.linkage.model import Model
from linli.methods.linkage.records import Records

Floats = NDArray[np.float32]
STEADY = 300.0
"""A file's own frequencies count against the model's as this many rows do: a file of ten people says little about names."""


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


def weigh(records: Records, model: Model) -> Weights:
    """The weights of ``model`` for these rows."""
    rows, stock = records.rows, records.stock
    largest = max(2, *records.sizes)
    people = largest - 1 if len(records.sizes) == 1 else largest
    expected = 2 * model.matched[0] if len(records.sizes) == 1 else model.matched[1]
    given = _table(model.m_given, model.u_given, blank=MISSING)
    birth = _table(model.m_birth, model.u_birth)
    number = _table(model.m_number, model.u_number)
    # A number's own rarity counts, whoever has it.
    number[:, NUMBER_EXACT] = number[0, NUMBER_EXACT]
    # The two exchanged: as rare as the two in order, times how often that happens.
    given[:, SWAPPED] = math.log(model.m_given[SWAPPED]) - np.log([row[EXACT] for row in model.u_given])
    return Weights(
        prior=math.log(expected / people),
        given=given,
        birth=birth,
        sex=_table(model.m_sex, model.u_sex),
        number=number,
        household=_household(model, people),
        rare_given=_rarity(rows.given, model.u_given[0][EXACT]),
        rare_given_sound=_rarity(stock.sound[rows.given], model.u_given[0][SOUND] + model.u_given[0][EXACT]),
        rare_surname=_rarity(rows.surname, model.u_surname[EXACT]),
        rare_surname_sound=_rarity(stock.sound[rows.surname], model.u_surname[SOUND] + model.u_surname[EXACT]),
        rare_birth=_rarity(rows.birth, model.u_birth[0][-1]),
        rare_number=_rarity(rows.number, model.u_number[0][-1]),
    )


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


def _rarity(codes: NDArray[np.int32], usual: float) -> Floats:
    """log(usual chance of agreeing / chance of this value in this file), per row; 0 where missing."""
    values, at, counts = np.unique(codes, return_inverse=True, return_counts=True)
    known = float(counts[values != 0].sum())
    share = (counts + STEADY * usual) / (known + STEADY)
    added = np.log(usual) - np.log(share)
    added[values == 0] = 0.0
    rarity: Floats = added.astype(np.float32)[at]
    return rarity
