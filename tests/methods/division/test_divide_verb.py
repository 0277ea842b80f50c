"""``linli divide --graph``: a graph in, an assignment out; clear words where something can't be used."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from linli.site.cli import main
from tests.methods.division.graphs import lattice_edges

SHARED = Path(os.environ.get("LINLI_SHARED_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")


def graph(wide: int, high: int, **attributes: list[Any]) -> dict[str, Any]:
    """A lattice as ``networkx.adjacency_data`` writes it."""
    near: dict[int, list[dict[str, Any]]] = {at: [] for at in range(wide * high)}
    for a, b in lattice_edges(wide, high):
        near[a].append({"id": b, "shared_perim": 1.0})
        near[b].append({"id": a, "shared_perim": 1.0})
    nodes = [
        {"POP": 1, "area": 1.0, "boundary_perim": 4.0 - len(near[at]), "id": at, **{k: v[at] for k, v in attributes.items()}}
        for at in range(wide * high)
    ]
    return {"directed": False, "multigraph": False, "graph": [], "nodes": nodes, "adjacency": list(near.values())}


def write(path: Path, content: Any) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return str(path)


def run(folder: Path, content: Any, *words: str, parts: int = 4) -> int:
    path = write(folder / "G.json", content)
    return main(["divide", "--graph", path, "--parts", str(parts), *words, "--out", str(folder / "a.csv")])


def assigned(folder: Path) -> list[tuple[str, str]]:
    with (folder / "a.csv").open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["id", "part"]
    return [(row[0], row[1]) for row in rows[1:]]


def test_an_assignment_in_the_order_of_the_nodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, graph(6, 6), "--weight", "POP", "--weight", "area:10%", "--seed", "3", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["parts", "max_deviation", "cut_edges", "broken", "mean_polsby_popper", "seconds", "seed"]
    assert told["max_deviation"] == {"POP": 0.0, "area": 0.0}
    assert (told["parts"], told["broken"], told["seed"]) == (4, 0, 3)
    assert told["mean_polsby_popper"] == pytest.approx(0.785, abs=0.1)
    found = assigned(tmp_path)
    assert [name for name, _ in found] == [str(at) for at in range(36)]
    assert Counter(part for _, part in found) == {"0": 9, "1": 9, "2": 9, "3": 9}
    parts = dict(found)
    assert told["cut_edges"] == sum(parts[str(a)] != parts[str(b)] for a, b in lattice_edges(6, 6))


@pytest.mark.skipif(not (SHARED / "division").is_dir(), reason=f"the published data are not at {SHARED} (set LINLI_SHARED_DATA)")
def test_gerrymandria_makes_eight_of_eight(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = (SHARED / "division" / "gerrymandria.json").read_text("utf-8")
    for seed in range(3):
        assert run(tmp_path, content, "--weight", "TOTPOP:0", "--seed", str(seed), "--json", parts=8) == 0
        assert json.loads(capsys.readouterr().out)["mean_polsby_popper"] is None
        assert Counter(part for _, part in assigned(tmp_path)) == {str(part): 8 for part in range(8)}


def test_without_shared_borders_only_squares_have_a_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    squares = graph(6, 6)
    for near in squares["adjacency"]:
        for one in near:
            del one["shared_perim"]
    assert run(tmp_path, squares, "--weight", "POP", "--json") == 0
    assert json.loads(capsys.readouterr().out)["mean_polsby_popper"] == pytest.approx(0.785, abs=0.1)
    squares["nodes"][0]["area"] = 2.0
    assert run(tmp_path, squares, "--weight", "POP", "--json") == 0
    assert json.loads(capsys.readouterr().out)["mean_polsby_popper"] is None


def test_ids_may_be_names_or_pairs(tmp_path: Path) -> None:
    content = graph(2, 2)
    called = {0: "东一", 1: [0, 1], 2: "c", 3: 7}
    for at, node in enumerate(content["nodes"]):
        node["id"] = called[at]
    for near in content["adjacency"]:
        for one in near:
            one["id"] = called[one["id"]]
    assert run(tmp_path, content, "--weight", "POP", parts=2) == 0
    assert [name for name, _ in assigned(tmp_path)] == ["东一", "[0, 1]", "c", "7"]


def test_previous_parts_keep_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{at},{'北' if at < 18 else '南'}\n" for at in range(36))
    before = write(tmp_path / "before.csv", f"id,part\n{rows}")
    assert run(tmp_path, graph(6, 6), "--weight", "POP", "--previous", before, parts=2) == 0
    assert [part for _, part in assigned(tmp_path)] == ["北"] * 18 + ["南"] * 18
    assert "0.0% of POP in another part than before" in capsys.readouterr().err
    assert run(tmp_path, graph(6, 6), "--weight", "POP", "--previous", before, parts=3) == 0
    assert {part for _, part in assigned(tmp_path)} == {"北", "南", "0"}
    numbered = write(tmp_path / "n.csv", "id,part\n" + "".join(f"{at},{101 + at // 12}\n" for at in range(36)))
    assert run(tmp_path, graph(6, 6), "--weight", "POP", "--previous", numbered, parts=4) == 0
    assert {part for _, part in assigned(tmp_path)} == {"101", "102", "103", "104"}
    assert run(tmp_path, graph(6, 6), "--weight", "POP", "--previous", numbered, parts=2) == 0
    assert "dissolved: 103" in capsys.readouterr().err


def test_unknown_ids_are_said_and_the_rest_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = write(tmp_path / "before.csv", "id,part\n0,a\n35,b\nghost,a\n")
    assert run(tmp_path, graph(6, 6), "--weight", "POP", "--previous", before, parts=2) == 1
    assert "no units of the graph: ghost" in capsys.readouterr().err
    assert len(assigned(tmp_path)) == 36


def test_fixed_units(tmp_path: Path) -> None:
    fixed = write(tmp_path / "fixed.csv", "id,part\n0,west\n35,east\n")
    assert run(tmp_path, graph(6, 6), "--weight", "POP", "--fixed", fixed, parts=3) == 0
    found = dict(assigned(tmp_path))
    assert (found["0"], found["35"]) == ("west", "east")


def test_what_cannot_be_kept_is_said_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = graph(6, 6)
    content["nodes"][7]["POP"] = 50
    assert run(tmp_path, content, "--weight", "POP", "--json", parts=4) == 1
    out = capsys.readouterr()
    assert json.loads(out.out)["broken"] == 0
    assert "Units that alone hold more than a part may: 7." in out.err
    assert "No division into 4 parts can be below" in out.err


def test_a_pair_named_by_one_side_touches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = graph(4, 4)
    content["adjacency"][0] = []
    content["adjacency"][5].append({"id": 5})
    assert run(tmp_path, content, "--weight", "POP") == 0
    told = capsys.readouterr().err
    assert "2 pairs are said to touch by one of the two only, 1 of 0 first" in told
    assert "1 unit is said to touch itself" in told


BAD: dict[str, tuple[Any, tuple[str, ...], str]] = {
    "no file": (None, (), "No such file"),
    "no JSON": ("{nodes", (), "is no JSON"),
    "no graph": ([1, 2], (), "needs the lists nodes and adjacency"),
    "node-link": ({"nodes": [], "links": []}, (), "node-link JSON"),
    "no adjacency": ({"nodes": [{"id": 1}]}, (), "no adjacency"),
    "adjacency of others": ({"nodes": [{"id": 1}], "adjacency": []}, (), "1 nodes, but 0 lists"),
    "no id": ({"nodes": [{"POP": 1}], "adjacency": [[]]}, (), "nodes[0] has no id"),
    "nobody touches": ({"nodes": [{"id": 1, "POP": 1}, {"id": 2, "POP": 1}], "adjacency": [[], []]}, (), "adjacency is missing"),
    "a ghost": ({"nodes": [{"id": 1, "POP": 1}], "adjacency": [[{"id": 9}]]}, (), "said to touch 9"),
    "twice": ({"nodes": [{"id": 1, "POP": 1}, {"id": 1, "POP": 1}], "adjacency": [[], []]}, (), "named as another is: 1"),
    "other attribute": (graph(3, 3), ("--weight", "NOPE"), "NOPE: no unit has it. Numbers are: POP, area, boundary_perim"),
    "no number": (graph(3, 3, POP=["x"] * 9), (), "'x' of unit 0 is no number, and 8 more"),
    "negative": (graph(3, 3, POP=[1, -1] + [1] * 7), (), "below nought for 1 unit: 1"),
    "nought": (graph(3, 3, POP=[0] * 9), (), "nought for every unit"),
    "no tolerance": (graph(3, 3), ("--weight", "POP:-1"), "-1 is no tolerance"),
    "twice a weight": (graph(3, 3), ("--weight", "POP", "--weight", "POP:0.1"), "given twice"),
    "no time": (graph(3, 3), ("--time-limit", "0"), "seconds above 0"),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_what_cannot_be_used_is_said_with_status_2(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, words, said = BAD[kind]
    path = str(tmp_path / "none.json") if content is None else write(tmp_path / "G.json", content)
    weights = () if "--weight" in words else ("--weight", "POP")
    assert main(["divide", "--graph", path, "--parts", "1", *weights, *words, "--out", str(tmp_path / "a.csv")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    ("apart", "said"), [({0}, "1 unit without any neighbour: 0"), ({0, 1, 2}, "2 pieces that don't touch, of 6, 3 units")]
)
def test_pieces_are_refused_with_their_sizes(
    apart: set[int], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = graph(3, 3)
    for at, near in enumerate(content["adjacency"]):
        near[:] = [one for one in near if (one["id"] in apart) == (at in apart)]
    assert run(tmp_path, content, "--weight", "POP", parts=2) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("parts", [0, 10])
def test_parts_that_cannot_be(parts: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, graph(3, 3), "--weight", "POP", parts=parts) == 2
    assert "9 units can be divided into 1 to 9 parts" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("unit,grid\n1,2\n", "columns id,part"),
        ("id,part\n0,a\n0,b\n", "row 3: unit 0 stands there a second time"),
        ("id,part\n0\n", "row 2: 1 cells under 2 headings"),
        ("id,part\nghost,a\n", "names none of the units"),
    ],
)
def test_previous_divisions_that_cannot_be(content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = write(tmp_path / "before.csv", content)
    assert run(tmp_path, graph(3, 3), "--weight", "POP", "--previous", before, parts=2) == 2
    assert said in capsys.readouterr().err
