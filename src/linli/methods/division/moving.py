"""A division under way: boundaries move while what is cut shrinks and every weight comes within its tolerance.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983, Science 220) on the boundary, after Kernighan and Lin's notion of gain
(1970, Bell System Technical Journal 49), with chains of two moves (ejection chains, Glover 1996, Discrete Applied Mathematics
65). A unit that leaves may never tear its part.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from linli.methods.division.moves import list_edge, move
from linli.methods.division.trees import split as split_along_trees
from linli.methods.division.units import Floats, Ints, Parts, Units

BLOCKS = 100
"""Temperatures of one course."""

FLOW_FROM = 40
"""The temperature from which on flows between regions are looked at."""
FLOW, LEAK, MOST_FLOW = 1.0, 0.1, 1.5
"""How strong a flow pulls, how much of it seeps away at each part, and how many tolerances of one part flow at most."""

GoOn = Callable[[float], bool]
"""Told the share of a course that is done; whether to go on."""


@dataclass(frozen=True)
class Aim:
    """What a division is to reach: by weight (m,) the mean of all parts, what a part should hold and how far it may be off;
    what an edge (2 e,) costs to cut; ``home`` (n,) the part where a unit was, or −1, and ``stay`` (n,) what it costs that it is
    elsewhere; ``loose`` (n,) whether it may move."""

    mean: Floats
    goal: Floats
    slack: Floats
    cost: Floats
    home: Parts
    stay: Floats
    loose: NDArray[np.uint8]

    @property
    def scale(self) -> Floats:
        """One over the deviation that counts as one: the tolerance, or a hundredth of the mean where that is more."""
        return np.asarray(1.0 / np.maximum(self.slack, 0.01 * self.mean), np.float64)


@dataclass(frozen=True)
class Course:
    """How one annealing goes: proposals in all, temperature from and to (an ordinary edge costs 1), price of the square of a
    deviation from and to, price of what is beyond a tolerance at the end, and the share of proposals that are chains."""

    steps: int
    hot: float = 1.0
    cold: float = 0.1
    cheap: float = 0.02
    dear: float = 50.0
    wall: float = 20.0
    chains: float = 0.1


class Ground:
    """Who belongs where, and what each part holds. Changed in place."""

    def __init__(self, units: Units, part: Parts, parts: int, aim: Aim, seed: int) -> None:
        self.units, self.parts, self.aim = units, parts, aim
        self.part = part.astype(np.int32, copy=True)
        self.held = self._holding()
        self.state = chance(seed)
        many = len(units)
        self._level, self._pull = np.zeros_like(self.held), np.zeros_like(self.held)
        self._edge, self._where = np.zeros(many + 1, np.int64), np.full(many, -1, np.int64)
        self._stamp, self._mark, self._queue = np.zeros(many, np.int64), np.zeros(1, np.int64), np.empty(many, np.int32)

    def _holding(self) -> Floats:
        return np.column_stack([np.bincount(self.part, weights=one, minlength=self.parts) for one in self.units.table.T])

    def beyond(self) -> Floats:
        """By how much each part (parts,) passes its tolerances, as a share of the mean; its weights added."""
        aim = self.aim
        over = np.maximum(np.abs(self.held - aim.goal) - aim.slack, 0) / aim.mean
        return np.asarray(np.where(over > 1e-9, over, 0).sum(axis=1))

    def avoidable(self) -> Floats:
        """``beyond`` without what no other division spares a part (parts,): its heaviest unit alone may be beyond."""
        aim, table = self.aim, self.units.table
        alone = (np.maximum(table - aim.goal - aim.slack, 0) / aim.mean).sum(axis=1)
        heaviest = np.zeros(self.parts)
        np.maximum.at(heaviest, self.part, alone)
        over = self.beyond() - heaviest
        return np.asarray(np.where(over > 1e-9, over, 0.0), np.float64)

    def cut(self) -> float:
        """What the division cuts, and what it costs that units have left their home."""
        units, aim = self.units, self.aim
        across = self.part[units.tails] != self.part[units.neighbours]
        away = (aim.home >= 0) & (self.part != aim.home)
        return float(aim.cost[across].sum() / 2 + aim.stay[away].sum())

    def put(self, part: Parts) -> None:
        """Set the division to ``part`` (n,)."""
        self.part[:] = part
        self.held[:] = self._holding()

    def _flow(self) -> Floats:
        """The price (parts, m) of holding more, so that what is too much in one region flows to where it lacks, through parts
        that are well themselves. Diffusion on the graph of parts: Hu, Blake and Emerson (1998), Concurrency: Practice and
        Experience 10."""
        aim = self.aim
        off = (self.held - aim.goal) * aim.scale
        over = np.sign(off) * np.clip(np.abs(off) - 0.8 * aim.slack * aim.scale, 0, MOST_FLOW)
        # What one unit alone is too much can't flow anywhere.
        alone = np.zeros_like(over)
        np.maximum.at(alone, self.part, self.units.table)
        over[alone > aim.goal + aim.slack] = 0
        tails, heads = quotient(self.units, self.part, self.parts)
        near = coo_matrix((np.ones(len(tails)), (tails, heads)), shape=(self.parts, self.parts)).tocsr()
        degree = np.asarray(near.sum(axis=1)) + LEAK
        for _ in range(40):
            self._level = (over + near @ self._level) / degree
        return np.asarray(FLOW * aim.scale * self._level, np.float64)

    def anneal(
        self,
        course: Course,
        *,
        within: NDArray[np.bool_] | None = None,
        go_on: GoOn | None = None,
        end: float | None = None,
    ) -> bool:
        """Move boundaries; only between parts of ``within`` (parts,) where given. ``go_on`` is asked at each temperature.

        ``end``: when (``time.perf_counter``) the coldest temperature is to be over; fewer proposals are made where that is
        near. Answers whether all of them were made.
        """
        units, aim = self.units, self.aim
        open_parts = np.ones(self.parts, np.uint8) if within is None else within.astype(np.uint8)
        self._level[:] = 0
        self._pull[:] = 0
        list_edge(units.indptr, units.neighbours, self.part, open_parts, aim.loose, self._edge, self._where)
        most = steps = max(course.steps // BLOCKS, 1)
        made, begun = 0, time.perf_counter()
        for block in range(BLOCKS):
            if go_on and not go_on(block / BLOCKS):
                break
            if end is not None and made:
                now = time.perf_counter()
                steps = min(most, max(int((end - now) / (BLOCKS - block) * made / (now - begun)), most // 100, 1))
            made += steps
            share = block / (BLOCKS - 1)
            if within is None and block >= FLOW_FROM and block % 3 == 0:
                self._pull = self._flow()
            move(
                units.indptr,
                units.neighbours,
                aim.cost,
                units.table,
                self.part,
                self.held,
                self._pull,
                aim.goal,
                aim.slack,
                aim.scale,
                aim.home,
                aim.stay,
                open_parts,
                aim.loose,
                self._edge,
                self._where,
                course.hot * (course.cold / course.hot) ** share,
                course.cheap * (course.dear / course.cheap) ** share,
                course.wall * share**4,
                course.chains,
                steps,
                self.state,
                self._stamp,
                self._mark,
                self._queue,
            )
        # Sums that were added to and taken from a million times.
        self.held[:] = self._holding()
        return made == most * BLOCKS


def chance(seed: int) -> NDArray[np.uint64]:
    """The state of the chance for a seed; never nought."""
    return np.array([np.random.SeedSequence(abs(int(seed))).generate_state(1, np.uint64)[0] | np.uint64(1)], np.uint64)


def split(
    units: Units,
    region: Parts,
    first: int,
    parts: int,
    made: int,
    aim: Aim,
    state: NDArray[np.uint64],
    *,
    label: Parts,
    trees: int = 8,
) -> bool:
    """Split region ``first`` of ``region`` (n,) in place into ``parts``: ``first``, ``made``, ``made`` + 1 …; whether it could
    be done.

    Cutting one edge of a spanning tree leaves two connected sides, so that contiguity can't break, and any share of the parts
    may lie on either side, so that a choke point is no trap. ``label`` (n,): units of the same label (≥ 0) stay together, units
    of different labels don't. Ideas: DeFord, Duchin and Solomon (2021), Recombination, Harvard Data Science Review 3; recursive
    bisection with unequal shares as in Karypis and Kumar (1998), SIAM Journal on Scientific Computing 20.
    """
    labels = int(label.max()) + 1 if len(label) else 0
    return bool(
        split_along_trees(
            region,
            first,
            parts,
            made,
            label,
            max(labels, 0),
            units.indptr,
            units.neighbours,
            aim.cost,
            0.3,
            units.table,
            1.0 / aim.scale,
            trees,
            state,
        )
    )


def quotient(units: Units, part: Parts, parts: int) -> tuple[Ints, Ints]:
    """Which parts touch: pairs (k,), (k,), each both ways round."""
    across = part[units.tails] != part[units.neighbours]
    key = np.unique(part[units.tails[across]].astype(np.int64) * parts + part[units.neighbours[across]])
    return key // parts, key % parts
