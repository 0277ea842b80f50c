from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from linli.kernel.weeks import Week
from linli.site.demo import write_demo
from linli.site.demo.gazetteer import COMMUNITIES
from linli.site.demo.people import Numbers
from linli.site.demo.writing import Community

from .conftest import Delivery


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_seed_gives_the_same_bytes_also_in_another_process(tmp_path: Path) -> None:
    write_demo(tmp_path / "one", seed=3, residents=900, weeks=4)
    given = ["--seed", "3", "--residents", "900", "--weeks", "4"]
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "America/Lima"}
    subprocess.run(
        [sys.executable, "-m", "linli.site.demo", str(tmp_path / "two"), *given], check=True, capture_output=True, env=environment
    )
    one, two = tree(tmp_path / "one"), tree(tmp_path / "two")
    assert list(one) == list(two)
    assert [name for name in one if one[name] != two[name]] == []


def test_written_again_over_an_older_delivery_nothing_of_that_is_left(tmp_path: Path) -> None:
    write_demo(tmp_path / "one", seed=3, residents=600, weeks=3)
    write_demo(tmp_path / "one", seed=4, residents=500, weeks=2)
    write_demo(tmp_path / "two", seed=4, residents=500, weeks=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_another_seed_gives_another_community(tmp_path: Path) -> None:
    write_demo(tmp_path / "one", seed=1, residents=400, weeks=1, communities=1)
    write_demo(tmp_path / "two", seed=2, residents=400, weeks=1, communities=1)
    one, two = tree(tmp_path / "one"), tree(tmp_path / "two")
    assert one["999901001001/territory.gpkg"] != two["999901001001/territory.gpkg"]
    assert one["999901001001/inbox/2026-W47/人口_2026-W47.csv"] != two["999901001001/inbox/2026-W47/人口_2026-W47.csv"]


def test_weeks_progress_and_description(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    write_demo(tmp_path, residents=400, weeks=3, last_week=Week.parse("2025-W02"), progress=lambda *step: steps.append(step))
    assert [step[1:] for step in steps] == [(k, 6) for k in range(1, 7)]
    folder = tmp_path / "999901001001"
    told = json.loads((folder / "community.json").read_text("utf-8"))
    assert (told["first_week"], told["last_week"], told["zone"]) == ("2024-W52", "2025-W02", "Asia/Shanghai")
    assert told["name"] == {"en": "Tongyinli community", "zh-Hans": "桐荫里社区"}
    assert [grid["label"] for grid in told["grids"]] == ["01", "02", "03", "04"]
    assert sorted(path.name for path in (folder / "inbox").iterdir()) == ["2024-W52", "2025-W01", "2025-W02"]


@pytest.mark.parametrize("wrong", [{"residents": 100}, {"weeks": 0}, {"communities": 0}])
def test_too_small_a_demonstration_is_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 200 residents"):
        write_demo(tmp_path, **wrong)  # type: ignore[arg-type]


def test_nine_thousand_people_live_in_21_grids_of_300_to_550(tmp_path: Path) -> None:
    rounds = [Week.parse("2026-W46"), Week.parse("2026-W47")]
    made = Community(
        tmp_path, names=COMMUNITIES[0], index=0, seed=1, residents=9000, rounds=rounds, territory=None, numbers=Numbers()
    )
    people = [len(made.town.people_of(grid)) for grid in range(len(made.plan.grids))]
    assert len(people) == 21
    assert sum(people) == 9000
    assert len(made.town.households) == 3450
    assert min(people) >= 300
    assert max(people) <= 550


def test_mappings_name_headings_that_are_delivered(main: Delivery, second: Delivery) -> None:
    for delivery in (main, second):
        week = delivery.weeks[0]
        delivered = {
            "population.json": delivery.population(week)[0].keys(),
            "reports.json": delivery.reports(week)[0].keys(),
            "readings.json": delivery.readings(week)[0].keys(),
        }
        for name, headings in delivered.items():
            mapping = json.loads((delivery.folder / "mappings" / name).read_text("utf-8"))
            assert list(mapping["columns"].values()) == list(headings)
            assert set(mapping["recognise"]["headings"]) <= set(headings)


def test_every_word_that_a_mapping_translates_is_known_to_it(main: Delivery) -> None:
    mapping = json.loads((main.folder / "mappings" / "population.json").read_text("utf-8"))
    for row in main.population(main.weeks[-1]):
        for field in ("sex", "residence", "ethnic", "education", "change"):
            cell = row[mapping["columns"][field]]
            assert not cell or cell in mapping["values"][field]
        relation = row["户主关系"]
        assert relation.isdigit() or relation in mapping["values"]["relation"]
        assert all(word in mapping["values"]["needs"] for word in row["需要的帮助"].split("、") if word)
        assert bool(row["需要的帮助"]) == bool(row["同意日期"])


def test_categories_have_both_languages_and_a_limit(main: Delivery) -> None:
    categories = json.loads((main.folder / "mappings" / "categories.json").read_text("utf-8"))
    assert len(categories) == 22
    for category in categories:
        assert set(category) == {"code", "name", "limit_hours", "grave", "class"}
        assert category["name"]["en"].isascii()
        assert not category["name"]["zh-Hans"].isascii()
        assert category["limit_hours"] > 0
    assert {row["类别代码"] for _, row in main.new_reports()} <= {category["code"] for category in categories}
