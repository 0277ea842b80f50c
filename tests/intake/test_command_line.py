"""``linli imports``: exit status 0 done, 1 done but rows were refused, 2 unusable."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from linli.site.cli import main
from tests.intake.records import MAPPING, House

AT = ["--community", "999901001001"]


def test_map_take_again_undo(
    community: UUID, data: Path, csv_file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = data / "m.json"
    mapping.write_text(json.dumps(MAPPING), "utf-8")
    assert main(["imports", "map", str(mapping), *AT]) == 0
    path = str(csv_file("编号,名称,建成\nA1,甲,\nA2,乙,1985-02-30\n"))
    assert main(["imports", "take", path, *AT, "--dry-run"]) == 1
    assert House.objects.count() == 0
    capsys.readouterr()
    assert main(["imports", "take", path, *AT, "--json"]) == 1
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert report["verdicts"]["new"] == report["verdicts"]["refused"] == 1
    assert "row 3, column 建成: There is no such day" in shown.err
    assert main(["imports", "take", path, *AT]) == 0
    assert "taken in before" in capsys.readouterr().err
    assert main(["imports", "undo", report["batch"], *AT, "--reason", "wrong"]) == 0
    assert House.objects.count() == 0
    assert main(["imports", "undo", "seven", *AT, "--reason", "wrong"]) == 2


def test_an_unusable_file_is_status_2(place: UUID, csv_file: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["imports", "take", str(csv_file("编号,姓名\nA1,甲\n")), *AT]) == 2
    assert "these headings are missing: 名称" in capsys.readouterr().err
