from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from linli.kernel.weeks import Week
from linli.site.demo.categories import BUSY_MATTERS, CATEGORIES, NEW_MATTERS
from linli.site.demo.gazetteer import COMMUNITIES
from linli.site.demo.people import Numbers
from linli.site.demo.report_texts import CHINESE, ENGLISH
from linli.site.demo.reports import HEADINGS, NAMES
from linli.site.demo.writing import LAST_WEEK, Community

from .conftest import CATEGORY, REPORT, STATE, Delivery


def test_a_community_of_nine_thousand_reports_150_to_250_times_a_week(tmp_path_factory: pytest.TempPathFactory) -> None:
    rounds = [LAST_WEEK.back(25 - k) for k in range(26)]
    out = tmp_path_factory.mktemp("never-written")
    made = Community(out, names=COMMUNITIES[0], index=0, seed=2, residents=9000, rounds=rounds, territory=None, numbers=Numbers())
    weekly = [int(made.hotline.counts(week, index).sum()) for index, week in enumerate(rounds)]
    assert 170 < np.mean(weekly) < 220
    assert np.mean([150 <= count <= 250 for count in weekly]) > 0.9


def test_keys_are_unique_and_a_later_row_only_changes_state_or_office(main: Delivery) -> None:
    known: dict[str, dict[str, str]] = {}
    closed = 0
    for week in main.weeks:
        rows = main.reports(week)
        assert len({row[REPORT] for row in rows}) == len(rows)
        for row in rows:
            assert tuple(row) == HEADINGS
            assert bool(row["办结时间"]) == (row[STATE] == "已办结")
            before = known.get(row[REPORT])
            if before is None:
                first = Week.parse(week)
                assert str(first.first_day) <= row["受理时间"][:10] <= str(first.last_day)
            else:
                assert before[STATE] == "处理中"
                changed = {heading for heading in HEADINGS if row[heading] != before[heading]}
                assert changed
                assert changed <= {STATE, "办结时间", "承办单位"}
                closed += row[STATE] == "已办结"
            assert row["办结时间"] == "" or row["办结时间"] >= row["受理时间"]
            known[row[REPORT]] = row
    assert closed > 30
    assert 0.9 < np.mean([row[STATE] == "已办结" for row in known.values()]) < 0.99


def test_some_are_late_some_in_english_some_nowhere(main: Delivery) -> None:
    rows = [row for _, row in main.new_reports()]
    assert np.mean([row["标题"].isascii() for row in rows]) == pytest.approx(0.12, abs=0.03)
    assert np.mean([row["经度"] in ("", "0") for row in rows]) == pytest.approx(0.04, abs=0.02)
    assert {row["经度"] for row in rows} >= {"", "0"}
    assert {row["来源"] for row in rows} == {"电话", "网站", "App", "窗口", "网格员", "公众号"}


def test_every_point_lies_in_one_grid(main: Delivery) -> None:
    grids, _ = main.layer("grids")
    tree = shapely.STRtree(grids)
    for _, row in main.new_reports():
        if row["经度"] not in ("", "0"):
            assert len(tree.query(shapely.Point(float(row["经度"]), float(row["纬度"])), predicate="within")) == 1


def test_nights_are_noisy_and_offices_are_for_working_days(main: Delivery) -> None:
    rows = [row for _, row in main.new_reports()]
    night = [row for row in rows if row[CATEGORY] == "noise.night_building"]
    at_night = [int(row["受理时间"][11:13]) >= 20 or int(row["受理时间"][11:13]) < 6 for row in night]
    assert np.mean(at_night) > 0.6
    hours = Counter(int(row["受理时间"][11:13]) for row in rows if row[CATEGORY] == "property.fees")
    assert sum(hours[hour] for hour in range(8, 18)) > 0.75 * sum(hours.values())


def test_every_category_has_its_words() -> None:
    assert list(CHINESE) == list(ENGLISH) == NAMES
    assert set(BUSY_MATTERS) | set(NEW_MATTERS) <= set(NAMES)
    for texts in (CHINESE, ENGLISH):
        for variants in texts.values():
            assert all("{p}" in text for text in variants)
    assert all(text.format(p="", n=1, d="").isascii() for variants in ENGLISH.values() for text in variants)
    assert len({category.code for category in CATEGORIES}) == len(CATEGORIES) == 22
