"""``linli codes``: tables are listed, a newer list is taken in whole or not at all, and old codes stay readable."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from linli.kernel import code_tables
from linli.kernel.errors import BadInput, NotFound
from linli.register.rules.regions import region_name
from linli.site.verbs import codes

Verb = Callable[..., int]


@pytest.fixture
def verb(settings: Any, tmp_path: Path) -> Iterator[Verb]:
    before = settings.DATA
    settings.DATA = tmp_path
    code_tables.use(tmp_path / "codes")

    def call(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        codes.add_arguments(parser)
        return codes.run(parser.parse_args([*arguments]))

    yield call
    code_tables.use(before / "codes")


def take(verb: Verb, path: Path, text: str, on: str, *more: str) -> int:
    path.write_text(text, encoding="utf-8")
    return verb("import", str(path), "--table", "GB/T 2260", "--on", on, "--source", "List", *more)


def test_tables_are_listed(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    assert verb("show", "--json") == 0
    assert json.loads(capsys.readouterr().out)["GB/T 3304"] == 58
    assert verb("show", "GB/T 2261.1", "--json") == 0
    assert {"code": "2", "zh": "女", "en": "female"} in json.loads(capsys.readouterr().out)
    with pytest.raises(NotFound):
        verb("show", "GB/T 0")


def test_counties_come_with_a_list_and_stay_when_they_are_given_up(
    verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    old = "code,name\n420000,湖北省\n420500,宜昌市\n420501,市辖区\n420506,夷陵区\n420521,宜昌县\n"
    new = "code,name\n420000,湖北省\n420500,宜昌市\n420501,市辖区\n420506,夷陵新区\n"
    assert take(verb, path, old, "2018-12-31", "--under", "42", "--dry-run") == 0
    assert region_name("420599") == "湖北省宜昌市"
    assert take(verb, path, old, "2018-12-31", "--under", "42", "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["listed"], told["begun"], told["written"]) == (5, 3, True)
    assert told["ended"] == 12  # Hubei's other prefectures, which this short list lacks
    assert region_name("420506001002") == "湖北省宜昌市夷陵区"
    assert take(verb, path, new, "2020-12-31", "--under", "42") == 0
    assert region_name("420521") == "湖北省宜昌市宜昌县"
    assert region_name("420506", on=date(2019, 6, 1)) == "湖北省宜昌市夷陵区"
    assert region_name("420506", on=date(2021, 6, 1)) == "湖北省宜昌市夷陵新区"
    assert region_name("420501") == "湖北省宜昌市"
    assert region_name("130100") == "河北省石家庄市"  # another province was not touched
    assert region_name("999901") == "演示地区演示城市"


def test_what_no_standard_has_is_never_ended(verb: Verb, tmp_path: Path) -> None:
    assert take(verb, tmp_path / "list.csv", "code,name\n110000,北京市\n", "2030-01-01") == 0
    regions = code_tables.table("GB/T 2260")
    assert set(regions.codes()) == {"110000", "990000", "999900"}
    assert regions.name("420500", "zh") == "宜昌市"


@pytest.mark.parametrize(
    "text",
    ["", "code,name\n", "a,b\n1,2\n", "code,name\n1,甲\n", "code,name\n110000,甲\n110000,乙\n", "code,name\n110000,\n"],
)
def test_a_list_that_cannot_be_read_changes_nothing(verb: Verb, tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput):
        take(verb, tmp_path / "list.csv", text, "2030-01-01")
    assert not (tmp_path / "codes").exists()


def test_an_older_list_is_refused(verb: Verb, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        take(verb, tmp_path / "list.csv", "code,name\n110000,北京市\n", "1990-01-01")
    with pytest.raises(BadInput):
        verb("import", str(tmp_path / "absent.csv"), "--table", "GB/T 2260", "--on", "2030-01-01", "--source", "x")


def test_regions_in_english() -> None:
    assert region_name("110101", "en") == "东城区, Beijing"
    assert region_name("", "en") == ""
    assert region_name("77") == ""
    assert region_name("no code") == ""


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("420506", None, "湖北省宜昌市夷陵区"),
        ("420521", None, "湖北省宜昌市宜昌县"),
        ("341402", None, "安徽省巢湖市居巢区"),
        ("110229", date(2000, 1, 1), "北京市延庆县"),
        ("220281", date(2003, 5, 1), "吉林省吉林市桦甸市"),
        ("220281", None, "吉林省吉林市蛟河市"),
        ("220281", date(1950, 1, 1), "吉林省吉林市蛟河市"),
        ("500101", None, "重庆市万州区"),
        ("110199", None, "北京市"),
        ("999999", None, "演示地区演示城市"),
    ],
)
def test_counties_are_known_by_year(code: str, on: date | None, expected: str) -> None:
    assert region_name(code, on=on) == expected
