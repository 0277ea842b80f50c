"""Parts still beyond a tolerance: their neighbourhood is annealed or split anew, until none is or nothing helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linli.methods.division.moving import Course, GoOn, Ground, quotient, split
from linli.methods.division.units import Ints, Parts

EACH = 8
"""Neighbourhoods tried, at most, for one part."""
WIDEST = 60
"""Parts of a neighbourhood, at most."""


def mend(ground: Ground, label: Parts, budget: int, go_on: GoOn) -> None:
    """Bring ``ground`` within its tolerances, or else as near as can be; ``label`` (n,): units of one label stay together.

    ``budget``: how many proposals may be made. It never becomes worse.
    """
    left = _lower(ground, label, budget, go_on)
    asked = ground.aim
    # Where a tolerance is out of reach the worst part counts: a ceiling between both is aimed at, then a lower one.
    while left > 0 and (over := float(ground.avoidable().max())) > 0 and go_on(1 - left / budget):
        kept, before = ground.part.copy(), over
        ground.aim = replace(asked, slack=asked.slack + 0.7 * over * asked.mean)
        share = min(left, budget // 3)
        left -= share - _lower(ground, label, share, go_on)
        ground.aim = asked
        if float(ground.avoidable().max()) >= before:
            ground.put(kept)
            return


def _lower(ground: Ground, label: Parts, budget: int, go_on: GoOn) -> int:
    """Anneal one neighbourhood after the other while some part is beyond what is aimed at; what is left of the budget."""
    tried, left = np.zeros(ground.parts, np.int64), budget
    while left > 0:
        beyond = ground.avoidable()
        hopeful = np.nonzero((beyond > 0) & (tried < EACH))[0]
        if not len(hopeful) or not go_on(1 - left / budget):
            break
        worst = int(hopeful[np.lexsort((-beyond[hopeful], tried[hopeful]))[0]])
        tried[worst] += 1
        around = _around(ground, worst, 3 + 3 * int(tried[worst]))
        kept, before = ground.part.copy(), (float(ground.beyond().sum()), ground.cut())
        if tried[worst] % 3 == 0:
            _split_anew(ground, around, label)
        hot = (0.3, 0.6, 1.0)[int(tried[worst]) % 3]
        steps = max(1_500 * int(around[ground.part].sum()), 100_000)
        left -= steps
        ground.anneal(Course(steps=steps, hot=hot, cold=0.05, cheap=1.0, dear=50.0, wall=200.0, chains=0.4), within=around)
        if (float(ground.beyond().sum()), ground.cut()) >= before:
            ground.put(kept)
    return max(left, 0)


def _around(ground: Ground, part: int, least: int) -> NDArray[np.bool_]:
    """Which parts (parts,) make a neighbourhood of ``part``: at least so many, and until what they hold together could be
    shared out within half the tolerance. Nearest first, and of these the one that brings most of what is lacking."""
    off = (ground.held - ground.aim.goal) * ground.aim.scale
    allowed = ground.aim.slack * ground.aim.scale
    near = _neighbours(ground)
    inside = np.zeros(ground.parts, bool)
    inside[part] = True
    total, depth = off[part].copy(), {part: 0}
    ring = {int(p): 1 for p in near(part)}
    many = 1
    while ring and many < WIDEST and (many < least or (np.abs(total) > 0.5 * many * allowed).any()):
        p = min(ring, key=lambda p: (ring[p], float(np.abs(total + off[p]).max()), p))
        depth[p] = ring.pop(p)
        inside[p] = True
        total += off[p]
        many += 1
        for q in near(p):
            if not inside[q] and int(q) not in ring:
                ring[int(q)] = depth[p] + 1
    return inside


def _neighbours(ground: Ground) -> Callable[[int], Ints]:
    tails, heads = quotient(ground.units, ground.part, ground.parts)
    start = np.searchsorted(tails, np.arange(ground.parts + 1))
    return lambda part: heads[start[part] : start[part + 1]]


def _split_anew(ground: Ground, around: NDArray[np.bool_], label: Parts) -> None:
    """The neighbourhood as one region, split along spanning trees into as many parts as it had."""
    names = np.nonzero(around)[0]
    inside = around[ground.part]
    region = np.full(len(ground.part), -1, np.int32)
    region[inside] = 0
    if not split(ground.units, region, 0, len(names), 1, ground.aim, ground.state, label=np.where(inside, label, -1), trees=20):
        return
    part = ground.part.copy()
    part[inside] = named(region[inside], np.where(inside, label, -1)[inside], names)
    ground.put(part)


def named(region: Parts, label: Parts, names: Ints) -> Parts:
    """Regions (n,) numbered from 0 under the ``names`` (k,) of parts: a region with a label (≥ 0) gets that name, the others
    what is left."""
    name = np.full(len(names), -1, np.int64)
    name[region[label >= 0]] = label[label >= 0]
    name[name < 0] = np.setdiff1d(names, name[name >= 0])
    return name[region].astype(np.int32)
