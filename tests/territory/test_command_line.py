"""``linli community`` and ``linli territory``: what they print and with what status they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linli.site.cli import main
from linli.territory.reader import read_delivery
from linli.territory.rules.attributes import LayerRole
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


@pytest.mark.usefixtures("db", "data")
def test_grids_go_out_and_come_back_as_a_draft(town_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str, status: int = 0) -> Any:
        capsys.readouterr()
        assert main(["grids", *arguments, *COMMUNITY, "--json"]) == status
        return json.loads(capsys.readouterr().out)

    assert _add() == 0
    out = tmp_path / "grids.gpkg"
    assert main(["grids", "export", "--out", str(out), *COMMUNITY]) == 2
    assert main(["grids", "import", str(town_file), *COMMUNITY]) == 2, "nothing is known of the community yet"
    assert main(["territory", "import", str(town_file), *COMMUNITY]) == 0
    assert main(["grids", "export", "--out", str(out), *COMMUNITY]) == 0
    assert told("export", "--out", str(out))["grids"] == 6
    layer = read_delivery(out).layer(LayerRole.GRIDS)
    assert layer is not None
    assert [row["code"] for row in layer.rows] == [f"99990100100100{n}" for n in range(1, 7)]
    back = told("import", str(out), "--name", "as it was")
    assert [(grid["label"], grid["buildings"], grid["fate"]) for grid in back["grids"]] == [
        (f"0{n}", 6, "kept") for n in range(1, 7)
    ]
    assert back["faults"] == []
    assert told("check", "--version", back["id"], status=1)["faults"][0]["kind"] == "size", "nobody is known to live there"
    afresh = told("draft", "--afresh", "--weight", "area", "--target", "45000", "--tolerance", "0.1")
    assert len(afresh["grids"]) == 3
    assert main(["grids", "publish", "--version", afresh["id"], "--from", "2031-01-06", *COMMUNITY]) == 0
    states = {(row["state"], row["valid_from"], row["valid_to"]) for row in told("list", "--kind", "people")}
    assert states == {
        ("draft", None, None),
        ("published", "1949-10-01", "2031-01-06"),
        ("published", "2031-01-06", None),
    }
    assert main(["grids", "list", *COMMUNITY]) == 0
    drafted = tmp_path / "draft.gpkg"
    assert told("export", "--out", str(drafted), "--version", back["id"], status=1)["buildings"] == 36
    assert sorted(path.name for path in tmp_path.glob("*.gpkg")) == ["draft.gpkg", "grids.gpkg", "territory.gpkg"]


@pytest.mark.usefixtures("db", "data")
def test_a_file_with_faulty_grids_becomes_a_draft_with_its_faults(
    town_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _add() == 0
    assert main(["territory", "import", str(town_file), *COMMUNITY]) == 0
    boxes = grid_boxes()
    faulty = write_layer(
        tmp_path / "faulty.gpkg", "grids", [*boxes[:4], box(140, 0, 160, 150)], {"label": ["1", "2", "3", "4", "4"]}
    )
    capsys.readouterr()
    assert main(["grids", "import", str(faulty), *COMMUNITY, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    kinds = {fault["kind"] for fault in told["faults"]}
    assert {"overlap", "gap", "label_twice", "no_grid"} <= kinds
    assert all(fault["remedy"] for fault in told["faults"])
    assert sum(grid["buildings"] for grid in told["grids"] if grid["label"]) == 30
    assert main(["grids", "import", str(write_layer(tmp_path / "h.gpkg", "houses", boxes)), *COMMUNITY]) == 2
    assert "Traceback" not in capsys.readouterr().err


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
