"""Which pairs are looked at: those that share one of several keys. Two rows that share none are never compared.

Each rule gives every row a key of 64 bits, 0 where what it is made of is missing. Rows with one key make a group; a group
larger than its limit says nothing (a placeholder, an office telephone, New Year's Day): it is left out, narrower rules catch
its pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.records import Records

Keys = NDArray[np.uint64]

LIMITS = {
    "number": 50,
    "phone": 60,
    "home": 60,
    "name": 60,
    "birth": 20,
    "birth, given": 200,
    "birth, surname": 200,
    "birth, like given": 60,
    "birth, like surname": 60,
    "given, birth month": 60,
    "surname, birth month": 60,
    "given, birthday": 60,
    "surname, birthday": 60,
    "given, year and day": 60,
    "surname, year and day": 60,
    "name, birth year": 200,
    "given, like surname, near year": 60,
    "surname, like given, near year": 60,
    "given, like surname": 20,
    "surname, like given": 20,
    "phone, given": 60,
    "address, initials": 60,
    "address, birth year": 60,
}
"""Rules in the order in which they are asked, and how many rows may share a key of each."""


@dataclass(frozen=True)
class Blocks:
    """``keys``[rules, rows], 0 where a row has no key; ``left_out``: rows in groups too large, by rule."""

    keys: Keys
    left_out: dict[str, int]


def blocks(records: Records) -> Blocks:
    """The keys of all rules."""
    every = _keys(records)
    left_out = {}
    for name, keys in every.items():
        left_out[name] = _drop_large(keys, LIMITS[name])
    return Blocks(keys=np.stack([every[name] for name in LIMITS]), left_out={name: n for name, n in left_out.items() if n})


def _keys(records: Records) -> dict[str, Keys]:
    rows, stock = records.rows, records.stock
    given, surname = stock.sound[rows.given], stock.sound[rows.surname]
    year, month_day = rows.birth // 10_000, rows.birth % 10_000
    month, day = month_day // 100, rows.birth % 100
    like_given, like_surname = records.soundex[rows.given], records.soundex[rows.surname]
    low, high = np.minimum(given, surname), np.maximum(given, surname)  # also where the two are exchanged
    any_name = records.initial[rows.given] + 1
    return {
        "number": _key(1, rows.number),
        "phone": _key(2, rows.phone),
        "home": _key(3, np.where(rows.home > 0, rows.home, rows.address), np.where(rows.home > 0, 1, 2)),
        "name": _key(4, low, high),
        "birth": _key(5, rows.birth),
        "birth, given": _key(6, rows.birth, given),
        "birth, like given": _key(22, rows.birth, like_given),
        "birth, like surname": _key(23, rows.birth, like_surname),
        "birth, surname": _key(7, rows.birth, surname),
        "given, birth month": _key(8, given, year, month),
        "surname, birth month": _key(9, surname, year, month),
        "given, birthday": _key(10, given, month_day),
        "surname, birthday": _key(11, surname, month_day),
        "given, year and day": _key(12, given, year, day),
        "surname, year and day": _key(13, surname, year, day),
        "name, birth year": _key(14, low, high, year),
        "given, like surname, near year": _key(15, given, like_surname, year // 5 + 1),
        "surname, like given, near year": _key(16, surname, like_given, year // 5 + 1),
        "given, like surname": _key(20, given, like_surname),
        "surname, like given": _key(21, surname, like_given),
        "phone, given": _key(17, rows.phone, any_name),
        "address, initials": _key(18, rows.address, any_name),
        "address, birth year": _key(19, rows.address, year),
    }


def _key(rule: int, *parts: NDArray[np.generic]) -> Keys:
    """The parts mixed into 64 bits (splitmix64); 0 where any part is 0. That two different keys meet is next to impossible."""
    key = np.full(len(parts[0]), rule, np.uint64)
    present = np.ones(len(parts[0]), bool)
    for part in parts:
        present &= part != 0
        key = (key ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(30)
        key *= np.uint64(0xBF58476D1CE4E5B9)
        key ^= key >> np.uint64(27)
    key |= np.uint64(1)
    key[~present] = 0
    return key


def _drop_large(keys: Keys, limit: int) -> int:
    """Set keys that more than ``limit`` rows share to 0, in place; how many rows that were."""
    order = np.sort(keys[keys != 0])
    if not len(order):
        return 0
    starts = np.flatnonzero(np.concatenate([[True], order[1:] != order[:-1]]))
    sizes = np.diff(np.append(starts, len(order)))
    large = order[starts[sizes > limit]]
    if not len(large):
        return 0
    hit = np.isin(keys, large)
    keys[hit] = 0
    return int(hit.sum())
