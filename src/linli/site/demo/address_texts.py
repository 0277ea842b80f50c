"""Addresses as files really carry them, with what each of them truly names: thirty ways of writing one, and some that name none.

``texts(plan, …)`` mixes them at the rates of ``RATES``; docs/reference/addresses.md says what stands behind each.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from linli.site.demo.address_writer import AREAS, Text, Writer
from linli.site.demo.census import largest_remainder
from linli.site.demo.gazetteer import Names
from linli.site.demo.plan import Plan

__all__ = ["AREAS", "RATES", "Text", "Writer", "areas_of", "texts", "writer_of"]

# Share of each kind in a hundred texts.
RATES: dict[str, float] = {
    "full": 16.0,
    "short": 13.0,
    "dashed": 11.0,
    "word": 9.0,
    "lane": 7.0,
    "prefixed": 9.0,
    "numerals": 3.0,
    "wide": 3.0,
    "spaced": 3.0,
    "floor": 2.5,
    "no_room": 2.5,
    "part_of_room": 1.2,
    "nickname": 2.0,
    "remark": 3.0,
    "phone": 1.5,
    "person": 1.5,
    "slip": 2.4,
    "no_word": 1.5,
    "brackets": 1.2,
    "ground": 1.2,
    "number_alone": 0.5,
    "pinyin": 0.7,
    "both": 0.5,
    "two_here": 0.4,
    "two_labelled": 0.4,
    "former": 0.6,
    "english": 0.3,
    "letter": 0.3,
    "no_building": 1.0,
    "elsewhere": 2.0,
    "like_ours": 0.8,
    "same_name_elsewhere": 0.5,
    "wrong_number": 0.6,
    "contradiction": 0.3,
    "unreadable": 0.8,
    "post_box": 0.2,
}


def writer_of(plan: Plan, names: Names, rng: Generator) -> Writer:
    """The writer of one community of the demonstration."""
    english = {estate: name for pairs in names.estates.values() for estate, name in pairs}
    return Writer(plan, subdistrict=names.subdistrict[0], community=names.community[0], english=english, rng=rng)


def texts(plan: Plan, names: Names, *, seed: int, count: int = 2000) -> list[Text]:
    """``count`` texts with their truth, in a random order; the same plan, seed and count give the same texts."""
    rng = np.random.default_rng([seed, 4711])
    writer = writer_of(plan, names, rng)
    kinds = list(RATES)
    counts = largest_remainder(np.array([RATES[kind] for kind in kinds]), count)
    made = [writer.write(kind) for kind, times in zip(kinds, counts, strict=True) for _ in range(int(times))]
    return [made[int(at)] for at in rng.permutation(len(made))]


def areas_of(names: Names) -> tuple[str, ...]:
    """The areas that a community of the demonstration lies in, from the province down."""
    return (*AREAS, names.subdistrict[0], names.community[0])
