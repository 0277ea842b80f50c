"""The order of a board: a sum of named parts, each on a log scale, none of them negative. Weights are data.

A score orders findings of one community in one week; it says nothing about people, and nothing across communities.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

METHOD = "score"
VERSION = "1"
PARTS = ("severity", "need", "volume", "surprise", "trend", "unresolved")


@dataclass(frozen=True)
class Weights:
    """How much each part counts; ``version`` is stamped on what was ranked with them. ValueError for unknown or negative ones."""

    version: str = "1"
    of: Mapping[str, float] = field(
        default_factory=lambda: {
            "severity": 1.0,
            "need": 0.5,
            "volume": 1.0,
            "surprise": 1.5,
            "trend": 0.5,
            "unresolved": 0.75,
        }
    )

    def __post_init__(self) -> None:
        for name, value in self.of.items():
            if name not in PARTS:
                raise ValueError(f"{name!r} is not a part of a score: {', '.join(PARTS)}")
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"the weight of {name} is not negative")


@dataclass(frozen=True)
class Score:
    """``parts`` are already weighted and add up to ``total``."""

    total: float
    parts: Mapping[str, float]


def severity(level: float) -> float:
    """How grave the matter is, as the category says: 0 (ordinary) to 4 (danger to life); a doubling of gravity each step."""
    return min(max(level, 0.0), 4.0)


def need(share: float, usual: float) -> float:
    """Care needs of the place: doublings of its share of residents with care needs over the community's, 0 to 3."""
    if share <= 0 or usual <= 0:
        return 0.0
    return min(max(math.log2(share / usual), 0.0), 3.0)


def volume(observed: float, expected: float) -> float:
    """How many reports (people, cases) are concerned beyond, or short of, what was expected: doublings of one, 0 to 7."""
    return min(math.log2(1 + _finite(abs(observed - expected))), 7.0)


def surprise(chance: float) -> float:
    """How hard chance explains it: powers of ten of the (adjusted) p-value, 0 to 6."""
    if math.isnan(chance):
        return 0.0
    return min(max(-math.log10(max(chance, 1e-300)), 0.0), 6.0)


def trend(growth: float, weeks: int = 4) -> float:
    """Where it goes if the weekly growth lasts: doublings within so many weeks, 0 to 3. Getting less adds nothing."""
    if not math.isfinite(growth) or growth <= 0:
        return 0.0
    return min(max(weeks * math.log2(growth), 0.0), 3.0)


def unresolved(past_limit: float, open_cases: float) -> float:
    """What waits: doublings of cases still open, those past their limit counting twice, 0 to 6."""
    return min(math.log2(1 + _finite(open_cases) + _finite(past_limit)), 6.0)


def score(parts: Mapping[str, float], weights: Weights | None = None) -> Score:
    """Weigh and add ``parts`` (missing ones are 0). ValueError for unknown names, negative or non-finite values."""
    used = weights or Weights()
    for name, value in parts.items():
        if name not in PARTS:
            raise ValueError(f"{name!r} is not a part of a score: {', '.join(PARTS)}")
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"the part {name} is finite and not negative")
    # Rounded so that the order is the same on every machine.
    weighted = {name: round(used.of.get(name, 0.0) * parts.get(name, 0.0), 6) for name in PARTS}
    return Score(round(sum(weighted.values()), 6), weighted)


def order(scores: Sequence[Score], keys: Sequence[tuple[str, ...]]) -> list[int]:
    """Indices from first to last: by total, then surprise, then volume, then the distinct ``keys`` (e.g. kind, grid, matter)."""
    if len(scores) != len(keys) or len(set(keys)) != len(keys):
        raise ValueError("each finding has its own key")

    def place(index: int) -> tuple[float, float, float, tuple[str, ...]]:
        it = scores[index]
        return (-it.total, -it.parts.get("surprise", 0.0), -it.parts.get("volume", 0.0), keys[index])

    return sorted(range(len(scores)), key=place)


def _finite(value: float) -> float:
    return max(value, 0.0) if math.isfinite(value) else 0.0
