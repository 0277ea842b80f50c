"""Gathering the evidence of a week: every signal's rows from the snapshot, brought into arrays."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from linli.facts import SIGNALS, Shape, names_of, of_shape, run, severity_of
from linli.focus.rules.evidence import CounterSeries, Evidence, Unresolved
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.trust import grids_of

MOST_WEEKS = 30


def gather(*, viewer: Actor, community: UUID, week: Week, zone: str, digest: str, now: datetime) -> Evidence:
    """The evidence of ``week`` on the snapshot ``digest``. Only the system and those who may run the round gather it."""
    labels = tuple(grid.code for grid in grids_of(viewer=viewer, community=community))
    tables: dict[str, pa.Table] = {
        name: run(signal, community=community, week=week, digest=digest) for name, signal in sorted(SIGNALS.items())
    }
    names: dict[Shape, dict[str, Any]] = defaultdict(dict)
    severity: dict[str, float] = {}
    for signal in SIGNALS.values():
        names[signal.shape].update(names_of(signal, viewer=viewer, community=community))
        severity.update(severity_of(signal, viewer=viewer, community=community))

    def rows(shape: Shape) -> list[dict[str, Any]]:
        return [row for signal in of_shape(shape) for row in tables[signal.name].to_pylist()]

    counts, usable, matters, without_place = _counts(rows(Shape.COUNTS), labels)
    population, care, old = _population(rows(Shape.POPULATION), labels)
    unverified: dict[str, dict[int, int]] = {label: {} for label in labels}
    for row in rows(Shape.FRESHNESS):
        if row["grid"] in unverified:
            held = unverified[row["grid"]]
            held[int(row["weeks"])] = held.get(int(row["weeks"]), 0) + int(row["n"])
    return Evidence(
        week=week,
        zone=zone,
        now=now,
        grids=labels,
        matters=matters,
        counts=counts,
        usable=usable,
        population=population,
        care=care,
        old=old,
        unverified=unverified,
        unresolved={
            (row["grid"], row["matter"]): Unresolved(
                int(row["open"]), int(row["overdue"]), float(row["longest_hours"] or 0), int(row["overdue_before"] or 0)
            )
            for row in rows(Shape.UNRESOLVED)
            if row["grid"]
        },
        counters=tuple(s for signal in of_shape(Shape.SERIES) for s in _series(tables[signal.name])),
        matter_names=names[Shape.COUNTS],
        counter_names=names[Shape.SERIES],
        severity=severity,
        without_place=without_place,
    )


def _counts(rows: list[dict[str, Any]], labels: tuple[str, ...]) -> tuple[Any, Any, tuple[str, ...], int]:
    """[weeks, grids, matters] with the week looked at last. A week in which no report at all came in was not delivered."""
    matters = tuple(sorted({row["matter"] for row in rows if row["matter"]}))
    weeks = min(max((int(row["weeks_back"]) for row in rows), default=0) + 1, MOST_WEEKS)
    counts = np.zeros((weeks, len(labels), len(matters)), dtype=np.int64)
    any_report = np.zeros(weeks, dtype=bool)
    grid_at, matter_at = {g: i for i, g in enumerate(labels)}, {m: i for i, m in enumerate(matters)}
    without_place = 0
    for row in rows:
        back = int(row["weeks_back"])
        if not 0 <= back < weeks:
            continue
        any_report[weeks - 1 - back] = True
        if row["grid"] in grid_at and row["matter"] in matter_at:
            counts[weeks - 1 - back, grid_at[row["grid"]], matter_at[row["matter"]]] += int(row["n"])
        elif back == 0:
            without_place += int(row["n"])
    return counts, any_report, matters, without_place


def _population(rows: list[dict[str, Any]], labels: tuple[str, ...]) -> tuple[Any, Any, Any]:
    people, care, old = (np.zeros(len(labels)) for _ in range(3))
    at = {g: i for i, g in enumerate(labels)}
    for row in rows:
        if row["grid"] in at:
            people[at[row["grid"]]] += row["n"]
            care[at[row["grid"]]] += row.get("care") or 0
            old[at[row["grid"]]] += row.get("old") or 0
    return people, care, old


def _series(table: pa.Table) -> list[CounterSeries]:
    """One series per counter, oldest first."""
    if not table.num_rows:
        return []
    table = table.sort_by([("counter", "ascending"), ("at", "ascending")])
    counter = table.column("counter").to_numpy(zero_copy_only=False)
    at = table.column("at").cast(pa.timestamp("us")).to_numpy()
    value = table.column("value").to_numpy()
    kind = table.column("day_class").to_numpy().astype(np.int64)
    grid = table.column("grid").to_pylist()
    starts = np.flatnonzero(np.r_[True, counter[1:] != counter[:-1]])
    ends = np.r_[starts[1:], len(counter)]
    minutes, counted = table.column("interval_minutes").to_pylist(), table.column("counted").to_pylist()
    return [
        CounterSeries(str(counter[a]), grid[a], at[a:b], value[a:b], kind[a:b], minutes[a], counted[a])
        for a, b in zip(starts, ends, strict=True)
    ]
