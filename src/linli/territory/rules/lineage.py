"""What becomes of grids from one division to the next: who keeps its identity, what is split, merged, ends or is new. Pure.

A grid lives on in the part where most of its people are (of its buildings, of its area where nobody lives). Of several grids that
would live on in one part, that which brings the most keeps it; the others end there. A part in which no grid lives on is new.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import numpy as np

from linli.territory.rules.sheets import NOWHERE, Ints, Sheet

Old = TypeVar("Old", bound=Hashable)
SLIVER_SHARE = 0.01
"""Where neither persons nor buildings go over, less than this share of the area is the line's own width."""


class Fate(StrEnum):
    """What became of a grid, or where a part comes from."""

    KEPT = "kept"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"
    ENDED = "ended"


@dataclass(frozen=True)
class Flow(Generic[Old]):
    """What an old grid gives to a part of the new division. ``share`` of the old grid, 0 to 1."""

    source: Old
    target: int
    persons: int
    buildings: int
    area_m2: float
    share: float

    @property
    def size(self) -> tuple[int, int, float]:
        return self.persons, self.buildings, self.area_m2


def flows(sheet: Sheet, origins: Sequence[Old | None], parts: Ints) -> list[Flow[Old]]:
    """Every pair of an old grid and a part that share something. ``origins``: the old grid of each cell, None in none."""
    sums: dict[tuple[Old, int], list[float]] = {}
    wholes: dict[Old, list[float]] = {}
    for cell, (source, target) in enumerate(zip(origins, parts.tolist(), strict=True)):
        if source is None:
            continue
        held = (int(sheet.persons[cell]), int(sheet.buildings[cell]), float(sheet.area_m2[cell]))
        for table in (sums.setdefault((source, target), [0, 0, 0.0]), wholes.setdefault(source, [0, 0, 0.0])):
            for at, value in enumerate(held):
                table[at] += value
    found = []
    for (source, target), (persons, buildings, area) in sums.items():
        whole = wholes[source]
        which = next((at for at, value in enumerate(whole) if value > 0), 2)
        share = (persons, buildings, area)[which] / whole[which] if whole[which] else 0.0
        told = persons or buildings or (whole[2] and area / whole[2] >= SLIVER_SHARE)
        if target != NOWHERE and told:
            found.append(Flow(source, target, int(persons), int(buildings), area, share))
    return found


def heirs(found: Sequence[Flow[Old]]) -> dict[int, Old]:
    """Which old grid lives on in which part."""
    best: dict[Old, Flow[Old]] = {}
    for flow in found:
        if flow.source not in best or flow.size > best[flow.source].size:
            best[flow.source] = flow
    kept: dict[int, Flow[Old]] = {}
    for flow in best.values():
        if flow.target not in kept or flow.size > kept[flow.target].size:
            kept[flow.target] = flow
    return {target: flow.source for target, flow in kept.items()}


def fates(found: Sequence[Flow[Old]], parts: Sequence[int]) -> dict[int, Fate]:
    """What each part is: kept as it was or nearly so, one that took a whole grid in (merged), one that gave a new grid away
    (split), or new."""
    living = heirs(found)
    ended = {flow.source for flow in found} - set(living.values())
    gone_to = {max((f for f in found if f.source == old), key=lambda f: f.size).target for old in ended}
    fresh = {part for part in parts if part not in living}
    mothers = {max((f for f in found if f.target == part), key=lambda f: f.size, default=None) for part in fresh}
    split = {flow.source for flow in mothers if flow is not None}
    return {
        part: Fate.NEW
        if part in fresh
        else Fate.MERGED
        if part in gone_to
        else Fate.SPLIT
        if living[part] in split
        else Fate.KEPT
        for part in parts
    }


def numbered(living: Mapping[int, str], fresh: Sequence[int], used: Sequence[str]) -> dict[int, str]:
    """The label of each part: an heir keeps its grid's; new parts, in the order given, get numbers never used before."""
    width = max([2, *(len(label) for label in used)])
    highest = max([0, *(int(label) for label in used if label.isdigit())])
    labels = dict(living)
    for count, part in enumerate(fresh, start=1):
        labels[part] = f"{highest + count:0{width}d}"
    return labels


def people_who_change(found: Sequence[Flow[Old]], living: Mapping[int, Old]) -> tuple[int, int]:
    """How many people live in another grid than before, and how many in all (those in a grid before)."""
    moved = sum(flow.persons for flow in found if living.get(flow.target) != flow.source)
    return moved, int(np.sum([flow.persons for flow in found], dtype=np.int64))
