"""``linli community`` and ``linli territory``: what they print and with what status they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linli.site.cli import main
from linli.territory.reader import read_delivery
from tests.territory.files import box, grid_boxes, write_layer

COMMUNITY = ("--community", "999901001001")


def _add() -> int:
    return main(
        ["community", "add", "999901001001", "--name", "Willow Court", "--name-zh", "柳荫社区", "--subdistrict", "999901001"]
    )


@pytest.mark.usefixtures("db")
def test_a_territory_from_the_command_line(town_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _add() == 0
    capsys.readouterr()
    assert main(["territory", "import", str(town_file), *COMMUNITY, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {layer["role"]: layer["new"] for layer in report["layers"]}["buildings"] == 36
    assert report["sha256"] == read_delivery(town_file).sha256
    assert main(["territory", "import", str(town_file), *COMMUNITY]) == 0
    assert "nothing has changed" in capsys.readouterr().err
    assert main(["territory", "check", *COMMUNITY]) == 0
    dwellings = tmp_path / "dwellings.csv"
    dwellings.write_bytes("楼栋,单元,室\n柳荫苑1号楼,1,101\n没有的楼,1,101\n".encode("gb18030"))
    assert main(["territory", "dwellings", str(dwellings), *COMMUNITY]) == 1
    assert "没有的楼" in capsys.readouterr().err
    later = write_layer(
        tmp_path / "gap.gpkg", "grids", [*grid_boxes()[:5], box(310, 0, 140, 150)], {"label": ["1", "2", "3", "4", "5", "6"]}
    )
    assert main(["territory", "import", str(later), *COMMUNITY]) == 1
    assert main(["territory", "check", *COMMUNITY, "--json"]) == 1
    assert {fault["kind"] for fault in json.loads(capsys.readouterr().out)["faults"]} == {"gap"}
    assert main(["territory", "publish", "--from", "2026-12-07", *COMMUNITY]) == 2
    assert main(["territory", "publish", "--from", "2026-12-07", "--despite", "school", *COMMUNITY]) == 0
    assert main(["territory", "publish", "--from", "2026-12-14", *COMMUNITY]) == 2


@pytest.mark.usefixtures("db")
def test_what_cannot_be_used_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["community", "add", "12", "--name", "x"]) == 2
    assert _add() == 0
    assert _add() == 2
    none = str(tmp_path / "none.gpkg")
    assert main(["territory", "import", none, *COMMUNITY]) == 2
    assert main(["territory", "import", none, "--community", "999901001009"]) == 2
    assert main(["territory", "import", none, *COMMUNITY, "--layer", "buildings"]) == 2
    assert main(["territory", "grid", "--from-points", *COMMUNITY]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert main(["community", "list", "--json"]) == 0
    assert [row["code"] for row in json.loads(capsys.readouterr().out)] == ["999901001001"]
