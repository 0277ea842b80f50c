"""``linli link``: files in, pairs out; clear words where something can't be used."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from linli.methods.linkage import load_model
from linli.methods.linkage.generator import make
from linli.site.cli import main

HEADINGS = "id,given_name,surname,birth_date,sex,phone,dwelling,id_number"
ROWS = (
    "1,jonathan,smith,1985-03-02,M,5551234567,D1,99999919850302001X",
    "2,jonahtan,smith,1985-03-02,M,5551234567,D1,",
    "3,mary,smith,1987-11-20,F,5551234567,D1,",
)


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding)
    return path


def pairs(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert all(0.5 <= float(row["probability"]) <= 1 for row in rows)
    return [(row["id_1"], row["id_2"]) for row in rows]


def test_duplicates_of_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = write(tmp_path / "people.csv", HEADINGS, *ROWS)
    assert main(["link", str(people), "--out", str(tmp_path / "pairs.csv"), "--json"]) == 0
    assert pairs(tmp_path / "pairs.csv") == [("1", "2")]
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == [3]
    assert (told["pairs"], told["model"], told["digest"]) == (1, "household", load_model("household").digest)


def test_links_between_two_files_by_mapped_headings(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", HEADINGS, *ROWS)
    two = write(tmp_path / "two.csv", "No,Forename,Family,Born,Home", "7,mary,smith,20/11/1987,D1", "8,peter,brown,1950-01-01,D9")
    mapped = ("id=No", "given_name=Forename", "surname=Family", "birth_date=Born", "dwelling=Home")
    assert (
        main(["link", str(two), str(two), "--out", str(tmp_path / "pairs.csv"), *[w for m in mapped for w in ("--map", m)]]) == 0
    )
    assert pairs(tmp_path / "pairs.csv") == [("7", "7"), ("8", "8")]
    plain = write(tmp_path / "plain.csv", "id,given_name,surname,dob,dwelling", "7,mary,smith,20/11/1987,D1")
    assert main(["link", str(one), str(plain), "--out", str(tmp_path / "pairs.csv")]) == 0
    assert pairs(tmp_path / "pairs.csv") == [("3", "7")]


def test_chinese_headings_whole_names_and_gb18030(tmp_path: Path) -> None:
    people = write(
        tmp_path / "people.csv",
        "编号,姓名,出生日期,性别,房屋编号",
        "甲,张建国,1960年1月2日,男,1-101",
        "乙,張建國,1960-01-02,男,1-101",
        "丙,李秀英,1961-05-06,女,1-101",
        encoding="gb18030",
    )
    assert main(["link", str(people), "--out", str(tmp_path / "pairs.csv")]) == 0
    assert pairs(tmp_path / "pairs.csv") == [("甲", "乙")]


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        (("name,sex", "x,M"), (), ["no column id", "name, sex", "--map id=HEADING"]),
        ((HEADINGS, ROWS[0], ROWS[0]), (), ["rows 2 and 3", "id 1"]),
        ((HEADINGS, "," + ROWS[0][2:]), (), ["row 2", "column id", "empty"]),
        (("",), (), ["is empty"]),
        ((HEADINGS,), (), ["no row"]),
        (("id,sex", "1,M"), (), ["no column to compare by"]),
        ((HEADINGS, "1,a,b"), (), ["row 2", "3 cells under 8 headings"]),
        ((HEADINGS, ROWS[0], "2,a,b,soon,M,,,"), (), ["people.csv, row 3", "birth_date", "'soon'", "--lenient"]),
        ((HEADINGS, *ROWS), ("--map", "phone=Tel"), ["no column Tel", "id, given_name"]),
        ((HEADINGS, *ROWS), ("--map", "colour=x"), ["--map colour=x", "FIELD=HEADING"]),
        ((HEADINGS, *ROWS), ("--model", "nobody"), ["no model nobody", "household"]),
        ((HEADINGS, *ROWS), ("--threshold", "1.5"), ["no probability"]),
    ],
)
def test_what_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: tuple[str, ...], options: tuple[str, ...], words: list[str]
) -> None:
    people = write(tmp_path / "people.csv", *lines)
    out = tmp_path / "pairs.csv"
    assert main(["link", str(people), "--out", str(out), *options]) == 2
    told = capsys.readouterr()
    assert all(word in told.err for word in words), told.err
    assert not told.out
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_other_files_that_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = write(tmp_path / "people.csv", HEADINGS, *ROWS)
    (tmp_path / "picture.csv").write_bytes(b"\xff\xfe\x00\x81\x30")
    for arguments, words in (
        ([tmp_path / "none.csv"], "No such file"),
        ([tmp_path / "picture.csv"], "neither UTF-8 nor GB18030"),
        ([people, people, people], "At most two"),
        ([people, "--out", tmp_path / "none" / "pairs.csv"], "can't be written"),
    ):
        assert main(["link", *map(str, arguments)]) == 2
        assert words in capsys.readouterr().err


def test_a_model_is_trained_and_used(tmp_path: Path) -> None:
    made = make(people=900, copies=100, seed=12)
    names = list(made.columns)
    people = write(tmp_path / "people.csv", ",".join(names), *[",".join(row) for row in zip(*made.columns.values(), strict=True)])
    ids = made.columns["id"]
    truth = write(tmp_path / "truth.csv", "id_1,id_2", *[f"{ids[i]},{ids[j]}" for i, j in made.pairs().tolist()])
    mine, out = tmp_path / "mine.json", tmp_path / "pairs.csv"
    for more in ([], ["--truth", str(truth)]):
        assert main(["link", str(people), "--out", str(out), "--train", str(mine), *more]) == 0
        assert load_model(mine).name == "mine"
        assert len(pairs(out)) > 60
        assert main(["link", str(people), "--out", str(out), "--model", str(mine)]) == 0


def test_it_starts_without_django(tmp_path: Path) -> None:
    people = write(tmp_path / "people.csv", HEADINGS, *ROWS)
    program = (
        "import sys; from linli.site.cli import main; status = main(sys.argv[1:]);"
        "sys.exit(status or ('django' in sys.modules) * 3 or ('duckdb' in sys.modules) * 4)"
    )
    done = subprocess.run([sys.executable, "-c", program, "link", str(people), "--out", str(tmp_path / "pairs.csv")], check=False)
    assert done.returncode == 0
