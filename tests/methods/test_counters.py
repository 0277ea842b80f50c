"""Counters: days out of range, shifts of level, missing data; and a real sensor where its file is present."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.methods import counters

Made = tuple[np.ndarray, np.ndarray]
LABELLED = Path(os.environ.get("LINLI_SHARED_DATA", "../shared/data")) / "counters" / "occupancy_6005.csv"


def counter(
    rng: np.random.Generator, *, days: int = 182, level: float = 300.0, weather: float = 0.10, after: float = 0.3,
    effect: np.ndarray | None = None, holes: float = 0.02,
) -> Made:  # fmt: skip
    """Hourly counts with two peaks, quieter weekends, a season of the year, weather that lasts, and gaps."""
    hours, day = np.arange(24), np.arange(days)
    shape = np.exp(-(((hours - 8) / 2) ** 2)) + np.exp(-(((hours - 18) / 3) ** 2)) + 0.05
    kind = (day % 7 >= 5).astype(int)
    sky = np.zeros(days)
    for d in range(1, days):
        sky[d] = after * sky[d - 1] + rng.normal() * np.sqrt(1 - after**2)
    season = 1 + 0.15 * np.sin(rng.uniform(0, 6.28) + day / 365 * 6.28)
    scale = np.where(kind, 0.7, 1.0) * np.exp(weather * sky) * season * (1.0 if effect is None else effect)
    read = rng.poisson(level * shape[None] * scale[:, None]).astype(float)
    read[rng.random(read.shape) < holes] = np.nan
    return read, kind


def shifted(first: int, last: int | None, ratio: float, days: int = 182) -> np.ndarray:
    effect = np.ones(days)
    effect[first:last] = ratio
    return effect


@given(st.lists(st.tuples(st.integers(0, 20 * 86_400), st.one_of(st.floats(0, 100), st.just(float("nan")))), max_size=40))
def test_into_days_is_the_mean_of_each_slot(readings: list[tuple[int, float]]) -> None:
    made = counters.into_days([t for t, _ in readings], [v for _, v in readings], slot_seconds=900)
    cells: dict[int, list[float]] = {}
    for t, v in readings:
        if v == v:
            cells.setdefault(t // 900, []).append(v)
    assert np.isfinite(made.values).sum() == len(cells)
    for slot, values in cells.items():
        assert made.values[slot // 96 - made.first_day, slot % 96] == pytest.approx(sum(values) / len(values))


def test_slots_divide_the_day() -> None:
    with pytest.raises(ValueError, match="whole number of slots"):
        counters.into_days([0], [1.0], slot_seconds=7000)
    with pytest.raises(ValueError, match="one value"):
        counters.into_days([0, 1], [1.0])


def test_expected_is_the_mean_of_like_days() -> None:
    values = np.tile(np.arange(24.0), (70, 1)) + 10
    kind = (np.arange(70) % 7 >= 5).astype(int)
    values[kind == 1] *= 2
    it = counters.week(values, kind)
    assert it.expected_slots == pytest.approx(values[-7:])
    assert it.ratio == pytest.approx(1.0)
    assert it.p > 0.5
    assert it.level == pytest.approx(1.0)
    assert it.days_judged == 7
    assert it.days_out == 0
    assert it.reason is None


def test_forty_percent_less_for_ten_days_shows_in_both_weeks() -> None:
    rng = np.random.default_rng(1)
    first = [counters.week(*counter(rng, effect=shifted(-7, None, 0.6))) for _ in range(40)]
    second = [counters.week(*counter(rng, effect=shifted(-14, -4, 0.6))) for _ in range(40)]
    # Ten to twelve counters: 0.1 / 12 is enough for q < 0.1.
    assert np.mean([it.p < 0.008 for it in first]) >= 0.97
    assert np.mean([it.p < 0.008 for it in second]) >= 0.95
    assert np.mean([it.level for it in first]) == pytest.approx(0.6, abs=0.04)
    assert all(it.p_low < it.p_high for it in first + second)


def test_weather_and_one_odd_day_do_not_alarm() -> None:
    rng = np.random.default_rng(2)
    calm = np.array([counters.week(*counter(rng)).p for _ in range(150)])
    odd = np.array([counters.week(*counter(rng, effect=shifted(-4, -3, 0.1))).p for _ in range(80)])
    assert (calm < 0.05).mean() <= 0.06
    assert (calm < 0.008).mean() <= 0.02
    assert (odd < 0.008).mean() <= 0.05


def test_an_odd_day_is_named_as_a_day() -> None:
    it = counters.week(*counter(np.random.default_rng(3), effect=shifted(-4, -3, 0.1)))
    assert it.out[3]
    assert it.p_day[3] < 1e-3
    assert it.seen[3] < it.low[3]


def test_only_the_past_teaches() -> None:
    values, kind = counter(np.random.default_rng(4))
    changed = values.copy()
    changed[-14:] *= 3
    assert np.array_equal(counters.week(values, kind).expected_slots, counters.week(changed, kind).expected_slots, equal_nan=True)
    shorter = counters.week(values[:-7], kind[:-7])
    assert not np.array_equal(shorter.expected_slots, counters.week(values, kind).expected_slots)


def test_a_lasting_new_level_becomes_the_usual_one() -> None:
    it = counters.week(*counter(np.random.default_rng(5), effect=shifted(-84, None, 0.6)))
    assert it.p > 0.05
    assert it.level == pytest.approx(1.0, abs=0.15)


def test_a_failure_in_the_past_teaches_nothing() -> None:
    rng = np.random.default_rng(6)
    values, kind = counter(rng)
    broken = values.copy()
    broken[-40:-36] = 0
    broken[-30:-27] = np.nan
    before, after = counters.week(values, kind), counters.week(broken, kind)
    assert np.nanmax(np.abs(after.expected / before.expected - 1)) < 0.08


def test_gaps_are_no_fall() -> None:
    values, kind = counter(np.random.default_rng(7), holes=0.0)
    holed = values.copy()
    holed[-7:, ::5] = np.nan
    it = counters.week(holed, kind)
    assert it.days_judged == 7
    assert it.level == pytest.approx(counters.week(values, kind).level, abs=0.05)
    holed[-7:] = np.nan
    holed[-7:, 8] = 300
    none = counters.week(holed, kind)
    assert none.reason == counters.TOO_FEW_READINGS
    assert none.days_judged == 0
    assert np.isnan(none.p)
    assert not none.out.any()


def test_a_dead_counter_is_out() -> None:
    values, kind = counter(np.random.default_rng(8))
    values[-5:] = 0
    it = counters.week(values, kind)
    assert it.p < 1e-4
    assert it.days_out >= 5
    assert it.level < 0.5


def test_little_history_and_unknown_days() -> None:
    values, kind = counter(np.random.default_rng(9))
    young = counters.week(values[:12], kind[:12])
    assert young.reason == counters.TOO_LITTLE_HISTORY
    assert young.usual is None
    kind[-2] = 2
    it = counters.week(values, kind)
    assert np.isnan(it.ratio[-2])
    assert it.days_judged == 6
    assert it.reason is None
    with pytest.raises(ValueError, match="day_class"):
        counters.week(values, kind[:-1])
    with pytest.raises(ValueError, match="days"):
        counters.week(values, kind, days=500)


@pytest.mark.realdata
@pytest.mark.skipif(not LABELLED.exists(), reason="the published sensor readings are not beside the repository")
def test_a_real_sensor_with_gaps() -> None:
    with LABELLED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    seconds = [int(datetime.fromisoformat(row["timestamp"] + "+00:00").timestamp()) for row in rows]
    made = counters.into_days(seconds, [float(row["value"]) for row in rows], slot_seconds=3600)
    kind = ((made.first_day + 3 + np.arange(made.values.shape[0])) % 7 >= 5).astype(int)
    assert made.values.shape == (17, 24)
    last = counters.week(made.values, kind, days=1, counted=False)
    assert last.reason is None
    assert last.ratio[0] == pytest.approx(1.0, abs=0.1)
    assert not last.out[0]
    # Seventeen days of which some are empty: too little for a week, and said so.
    assert counters.week(made.values, kind, counted=False).reason == counters.TOO_LITTLE_HISTORY
