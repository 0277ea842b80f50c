"""Evidence made up for tests: a calm place, in which one thing at a time can be planted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from linli.focus.rules.evidence import CounterSeries, Evidence, Unresolved
from linli.kernel.weeks import Week

WEEK = Week(date(2026, 11, 16))
NOW = datetime(2026, 11, 15, 16, tzinfo=UTC)
GRIDS = tuple(f"{n:02d}" for n in range(1, 13))
MATTERS = ("noise.night", "road.lamp", "waste.beside_bins", "water.leak")


def calm(
    *, weeks: int = 20, grids: tuple[str, ...] = GRIDS, matters: tuple[str, ...] = MATTERS, seed: int = 1, mean: float = 6
) -> Evidence:
    """Counts around the same mean everywhere, everybody verified, nothing overdue, no counter."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(mean, (weeks, len(grids), len(matters)))
    return Evidence(
        week=WEEK,
        zone="Asia/Shanghai",
        now=NOW,
        grids=grids,
        matters=matters,
        counts=counts,
        usable=np.ones(weeks, dtype=bool),
        population=np.full(len(grids), 400.0),
        care=np.full(len(grids), 20.0),
        old=np.full(len(grids), 60.0),
        unverified={grid: {0: 390, 1: 10} for grid in grids},
        unresolved={(grid, matter): Unresolved(4, 0, 0.0, 0) for grid in grids for matter in matters},
    )


def planted(evidence: Evidence, cells: dict[tuple[int, int, int], int]) -> Evidence:
    """Counts of [week, grid, matter] set to these."""
    counts = evidence.counts.copy()
    for place, n in cells.items():
        counts[place] = n
    return replace(evidence, counts=counts)


def counter(
    name: str, grid: str | None = "01", *, days: int = 70, factor: float = 1.0, last: int = 7, seed: int = 3
) -> CounterSeries:
    """Hourly readings with a daily pattern; in the last days everything is multiplied by ``factor`` (nan: nothing was read)."""
    rng = np.random.default_rng(seed)
    first = datetime(2026, 11, 16) - timedelta(days=days)  # noqa: DTZ001 - local midnight, brought to UTC below
    hours = np.arange(days * 24)
    at = np.datetime64(first, "s") + hours * np.timedelta64(3600, "s") - np.timedelta64(8, "h")
    shape = np.clip(np.sin((hours % 24 - 6) / 24 * 2 * np.pi), 0.05, None) * 60
    value = rng.poisson(shape).astype(float)
    value[-last * 24 :] *= factor
    local = first + timedelta(0)
    kind = np.array([1 if (local + timedelta(hours=int(h))).isoweekday() >= 6 else 0 for h in hours])
    return CounterSeries(name, grid, at, value, kind.astype(np.int64))


def kinds(judgement: Any) -> set[tuple[str, str | None, str | None, str | None]]:
    """What is on the board: kind, grid, matter, counter."""
    return {(i.kind.value, i.grid, i.matter, i.counter) for i in (r.draft.identity for r in judgement.findings)}
