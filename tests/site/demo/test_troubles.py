from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.weeks import Week
from linli.site.demo import troubles
from linli.site.demo.categories import BUSY_MATTERS, NEW_MATTERS
from linli.site.demo.counters import STURDY, day_class
from linli.site.demo.writing import LAST_WEEK

from .conftest import CATEGORY, MAIN, Delivery
from .test_counters import daily


@given(st.integers(0, 2**32), st.integers(4, 40), st.integers(4, 30))
@settings(deadline=None)
def test_five_kinds_in_places_of_their_own_with_their_second_week_delivered(seed: int, grids: int, weeks: int) -> None:
    rounds = [LAST_WEEK.back(weeks - 1 - k) for k in range(weeks)]
    drawn = troubles.draw(rounds, [400] * grids, BUSY_MATTERS, NEW_MATTERS, STURDY, np.random.default_rng(seed))
    assert [trouble.kind for trouble in drawn] == ["above", "new", "counter", "unverified", "silent"]
    places = [trouble.grid for trouble in drawn if trouble.grid is not None]
    assert len(set(places)) == 4
    for trouble in drawn:
        assert 0 < trouble.first < trouble.last < weeks
        assert trouble.first >= weeks - 12
    if weeks >= 13:
        assert drawn[3].last - drawn[3].first == 7
    if weeks >= 12:
        failing = [rounds[drawn[2].first].first_day + timedelta(days=k) for k in range(14)]
        assert not any(day_class(day) == 2 for day in failing)


def test_too_short_a_time_has_no_troubles() -> None:
    rounds = [LAST_WEEK.back(), LAST_WEEK]
    assert troubles.draw(rounds, [400] * 9, BUSY_MATTERS, NEW_MATTERS, STURDY, np.random.default_rng(1)) == []


@pytest.fixture(scope="module")
def counts(main: Delivery) -> dict[tuple[str, str | None], np.ndarray]:
    """New reports a week by (grid, category), and by grid alone."""
    grids, columns = main.layer("grids")
    tree = shapely.STRtree(grids)
    found: dict[tuple[str, str | None], np.ndarray] = defaultdict(lambda: np.zeros(len(main.weeks), dtype=int))
    for index, row in main.new_reports():
        if row["经度"] in ("", "0"):
            continue
        label = columns["label"][tree.query(shapely.Point(float(row["经度"]), float(row["纬度"])), predicate="within")[0]]
        found[label, row[CATEGORY]][index] += 1
        found[label, None][index] += 1
    return found


def span(main: Delivery, trouble: dict) -> tuple[int, int]:
    return main.weeks.index(trouble["from_week"]), main.weeks.index(trouble["to_week"]) + 1


def test_planted_json_names_what_exists(main: Delivery) -> None:
    _, grids = main.layer("grids")
    _, counters = main.layer("counters")
    assert [trouble["kind"] for trouble in main.planted] == ["above", "new", "counter", "unverified", "silent"]
    for trouble in main.planted:
        assert set(trouble) == {"community", "kind", "grid", "matter", "counter", "from_week", "to_week", "strength"}
        assert trouble["community"] == MAIN
        assert trouble["grid"] is None or trouble["grid"] in grids["label"]
        assert trouble["counter"] is None or trouble["counter"] in counters["code"]
        assert trouble["from_week"] < trouble["to_week"]


def test_a_failing_counter_is_named_with_the_grid_it_stands_in(main: Delivery) -> None:
    outlines, grids = main.layer("grids")
    points, counters = main.layer("counters")
    trouble = main.trouble("counter")
    point = points[list(counters["code"]).index(trouble["counter"])]
    assert outlines[list(grids["label"]).index(trouble["grid"])].covers(point)


def test_a_rate_doubles_where_twelve_or_more_are_expected(main: Delivery, counts: dict) -> None:
    trouble = main.trouble("above")
    first, beyond = span(main, trouble)
    series = counts[trouble["grid"], trouble["matter"]]
    usual = np.delete(series, np.s_[first:beyond]).mean()
    assert usual > 11
    assert series[first:beyond].mean() / usual == pytest.approx(2.0, abs=0.45)


def test_a_matter_begins_where_there_was_none(main: Delivery, counts: dict) -> None:
    trouble = main.trouble("new")
    first, beyond = span(main, trouble)
    series = counts[trouble["grid"], trouble["matter"]]
    assert series[:first].sum() == 0
    assert (series[first:beyond] >= 3).all()


def test_a_grid_falls_silent(main: Delivery, counts: dict) -> None:
    trouble = main.trouble("silent")
    first, beyond = span(main, trouble)
    series = counts[trouble["grid"], None]
    assert series[:first].mean() > 10.5
    assert series[first:beyond].mean() < 0.5 * series[:first].mean()


def test_a_counter_drops_for_ten_days_from_a_monday(main: Delivery) -> None:
    trouble = main.trouble("counter")
    start = Week.parse(trouble["from_week"]).first_day
    series = {date.fromisoformat(day): count for day, count in daily(main)[trouble["counter"]].items()}
    usual = {
        kind: np.mean([count for day, count in series.items() if day_class(day) == kind and abs((day - start).days) > 14])
        for kind in (0, 1)
    }
    assert start.isoweekday() == 1
    ratio = [series[start + timedelta(days=k)] / usual[day_class(start + timedelta(days=k))] for k in range(14)]
    assert np.mean(ratio[:10]) == pytest.approx(0.6, abs=0.08)
    assert np.mean(ratio[10:]) == pytest.approx(1.0, abs=0.15)


def test_a_part_of_a_grid_is_not_verified_for_eight_weeks(main: Delivery) -> None:
    trouble = main.trouble("unverified")
    first, beyond = span(main, trouble)
    grids, columns = main.layer("grids")
    buildings, attributes = main.layer("buildings")
    index = list(columns["label"]).index(trouble["grid"])
    inside = {name for name, shape in zip(attributes["name"], buildings, strict=True) if grids[index].covers(shape)}
    listed = csv.DictReader(io.StringIO((main.folder / "dwellings.csv").read_bytes().decode("gb18030")))
    # The address of the hukou is always written in full: it names the building of those whose hukou is here.
    assert inside <= {row["楼栋"] for row in listed} | set(attributes["name"])
    named = sorted(inside, key=len, reverse=True)

    def verified(week: str) -> set[str]:
        return {
            row["公民身份号码"]
            for row in main.population(week)
            if row["居住类型"] == "户籍人口" and any(name in row["户籍地址"] for name in named) and row["公民身份号码"]
        }

    readable = [week for week in main.weeks if main.population_path(week).suffix == ".csv"]
    before = [week for week in readable if week < trouble["from_week"]][-3:]
    during = [week for week in main.weeks[first:beyond] if week in readable]
    assert beyond - first == 8
    known = set.union(*map(verified, before))
    missing = [len(known - verified(week)) / len(known) for week in during[:3]]
    assert 0.10 < np.mean(missing) < 0.24
    still = set.intersection(*(known - verified(week) for week in during[:4]))
    assert 0.08 < len(still) / len(known) < 0.24
