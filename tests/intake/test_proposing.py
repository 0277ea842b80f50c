"""A file that no mapping fits: its headings are found, its columns proposed, somebody says what they mean."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from linli.intake import KINDS, Unrecognised, mappings, proposal_for
from linli.intake.mapping import definition_of
from linli.intake.models import Batch, Mapping
from linli.intake.proposing import pattern_of, propose, shape
from linli.intake.readers.top import Top, tops
from linli.kernel.actor import SYSTEM, Actor
from linli.register.models import Person
from linli.register.rules.headings import usual_headings
from linli.site.cli import main

CODE = "999901001001"
HEADINGS = ["序号", "姓名", "性别", "公民身份号码", "现住址（详细）", "联系电话*", "备注"]
ROWS = [
    ["1", "张小兰", "女", "999999195403070022", "柳荫苑3号楼2单元501", "00055501234", ""],
    ["2", "李大山", "男", "", "", "", "迁"],
]
MEANT = ["", "name", "sex", "number", "address", "phone", ""]


def _text(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def _csv(path: Path, encoding: str, delimiter: str) -> None:
    path.write_bytes(_text([["居民登记表"], HEADINGS, *ROWS], delimiter).encode(encoding))


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["说明"])  # type: ignore[union-attr]
    sheet = book.create_sheet("名单")
    for row in ([], ["居民登记表"], HEADINGS, *ROWS):
        sheet.append(row)
    book.save(path)


@pytest.mark.parametrize(
    ("write", "row"),
    [
        (lambda path: _csv(path, "gb18030", ","), 2),
        (lambda path: _csv(path, "utf-8-sig", ";"), 2),
        (lambda path: _csv(path, "utf-8", "\t"), 2),
        (lambda path: _csv(path, "utf-16", ","), 2),
        (_xlsx, 3),
        (lambda path: pq.write_table(pa.table(dict(zip(HEADINGS, zip(*ROWS, strict=True), strict=True))), path), 1),
    ],
    ids=["gb18030", "semicolons", "tabs", "utf-16", "second sheet", "parquet"],
)
def test_the_headings_are_found_and_their_columns_named(tmp_path: Path, write: Callable[[Path], None], row: int) -> None:
    path = tmp_path / "名单_2026-11-23.xlsx"
    write(path)
    found = proposal_for(path=path, kinds=[KINDS["register.population"]])
    assert found.heading_row == row
    assert [(c.heading, c.field) for c in found.columns] == list(zip(HEADINGS, MEANT, strict=True))
    assert found.complete
    made = definition_of(found.definition(name="名单", file_name=path.name))
    assert made.fits_name("名单_2026-11-30.xlsx")
    assert not made.fits_name("房屋_2026-11-30.xlsx")


def test_no_cell_is_shown(tmp_path: Path) -> None:
    _csv(path := tmp_path / "a.csv", "utf-8", ",")
    found = proposal_for(path=path, kinds=[KINDS["register.population"]])
    assert {s for c in found.columns for s in c.shapes} == {
        *("0", "字字字", "字", "000000000000000000", "字字字0字字0字字000", "00000000000")
    }


@given(st.text(max_size=40))
def test_a_shape_says_nothing(cell: str) -> None:
    assert not any((c.isalpha() or c.isdigit()) and c not in "0字a" for c in shape(cell))


def test_a_field_is_taken_once_by_its_surest_heading() -> None:
    top = Top((("住址", "现住址", "姓名"), ("a", "b", "c")))
    found = propose([top], [KINDS["register.population"]])
    assert found
    assert [c.field for c in found.columns] == ["", "address", "name"]


def test_headings_that_say_nothing_are_left_to_people() -> None:
    assert propose([Top((("第一", "第二"), ("x", "y")))], [KINDS["register.population"]]) is None
    assert propose([Top((("只有标题",),))], [KINDS["register.population"]]) is None


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("人口_2026-W47.csv", "人口_*.csv"),
        ("租户名单.xlsx", "租户名单*.xlsx"),
        ("花名册20261123(2).xlsx", "花名册*.xlsx"),
        ("登记表11月.xlsx", "登记表*.xlsx"),
        ("a[1]*.csv", "a?*??*.csv"),
    ],
)
def test_next_weeks_name_fits(name: str, pattern: str) -> None:
    assert pattern_of(name) == pattern


def test_usual_headings_speak_of_fields_there_are_and_of_one_each() -> None:
    fields = [f.name for f in KINDS["register.population"].fields]
    said = [heading for name in fields for heading in usual_headings(name)]
    assert len(said) == len(set(said))
    assert usual_headings("nonsense") == ()


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_text("nothing here", "utf-8")
    assert tops(path, file_name="a.csv")
    with pytest.raises(Unrecognised):
        proposal_for(path=path, kinds=[KINDS["register.population"]])


@pytest.fixture
def clerk(community: UUID, data: Path, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(actor_for("desk_clerk", community))


def _send(client: Client, name: str = "名单_1.csv") -> str:
    text = _text([["居民登记表"], HEADINGS, *ROWS]).encode("gb18030")
    sent = client.post(f"/desk/{CODE}/imports/", {"file": SimpleUploadedFile(name, text)})
    assert sent.status_code == 302
    return str(sent["Location"])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_clerk_says_what_the_columns_mean(clerk: Client, community: UUID, language: str) -> None:
    clerk.cookies["linli_language"] = language
    here = _send(clerk)
    assert here.startswith(f"/desk/{CODE}/imports/columns/?s=")
    # Another tab, another file: neither takes the other's place.
    assert _send(clerk, "另一份.csv") != here
    page = clerk.get(here).content.decode()
    assert "字字字" in page
    assert "张小兰" not in page
    said = {f"column-{at}": field for at, field in enumerate(MEANT)} | {"choice-coverage": "partial", "choice-source": "landlord"}
    # One meaning twice, and none for the name: told at the column, nothing is declared.
    assert clerk.post(here, {**said, "name": "名单", "column-0": "phone"}).status_code == 422
    assert clerk.post(here, {**said, "name": "名单", "column-1": ""}).status_code == 422
    assert not Mapping.objects.exists()
    answer = clerk.post(here, {**said, "name": "名单"})
    assert answer.status_code == 302
    assert Batch.objects.get().mapping.definition["options"] == {"coverage": "partial", "source": "landlord"}
    assert clerk.get(answer["Location"]).status_code == 200
    assert not Person.objects.exists(), "looked at only"
    # From now on it is recognised.
    assert "columns" not in _send(clerk, "名单_2.csv")


def test_what_is_no_longer_held_is_told(clerk: Client) -> None:
    answer = clerk.get(f"/desk/{CODE}/imports/columns/?s=long-ago", follow=True)
    assert answer.redirect_chain[-1][0] == f"/desk/{CODE}/imports/"
    assert 'role="status"' in answer.content.decode()


def test_another_file_of_the_same_name_gets_a_name_of_its_own(clerk: Client, community: UUID) -> None:
    said = {f"column-{at}": field for at, field in enumerate(MEANT)} | {"choice-coverage": "partial", "choice-source": "file"}
    here = _send(clerk)
    clerk.post(here, {**said, "name": "名单_1"})
    other = _text([["姓名", "住址"], ["张小兰", "某处"]]).encode()
    sent = clerk.post(f"/desk/{CODE}/imports/", {"file": SimpleUploadedFile("名单_1.csv", other)})
    assert 'value="名单_1 2"' in clerk.get(sent["Location"]).content.decode()
    refused = clerk.post(
        sent["Location"],
        {"name": "名单_1", "column-0": "name", "column-1": "address", "choice-coverage": "full", "choice-source": "file"},
    )
    assert refused.status_code == 422
    assert [m.version for m in mappings(viewer=SYSTEM, community=community)] == [1]


def test_who_may_not_take_residents_in_is_not_asked(
    community: UUID, data: Path, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    client = signed_in(actor_for("auditor", community))
    sent = client.post(f"/desk/{CODE}/imports/", {"file": SimpleUploadedFile("a.csv", _text([HEADINGS, *ROWS]).encode())})
    assert sent.status_code in (403, 422)
    assert client.get(f"/desk/{CODE}/imports/columns/").status_code in (302, 403)


def test_renew_reads_a_file_by_headings_that_leave_no_doubt(
    community: UUID, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path := tmp_path / "名单.csv").write_bytes(_text([HEADINGS, *ROWS]).encode("gb18030"))
    status = main(["renew", str(path), "--community", CODE, "--as-of", "2026-11-23", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert status == 1
    assert told["rows"] == 2 == sum(told[part] for part in ("new", "moved_in", "changed", "same", "left", "rejected", "review"))
    assert Mapping.objects.get().definition["options"]["coverage"] == "partial"


def test_renew_does_not_guess(community: UUID, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path := tmp_path / "a.csv").write_text("姓名,备注\n张小兰,\n", "utf-8")
    assert main(["renew", str(path), "--community", CODE, "--as-of", "2026-11-23"]) == 2
    assert "linli imports propose" in capsys.readouterr().err
    assert not Mapping.objects.exists()


def test_a_proposal_can_be_looked_at_and_declared(
    community: UUID, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path := tmp_path / "名单.csv").write_text(_text([HEADINGS, *ROWS]), "utf-8")
    assert main(["imports", "propose", str(path), "--community", CODE]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert definition_of(shown).columns["address"] == "现住址（详细）"
    assert not Mapping.objects.exists()
    assert main(["imports", "propose", str(path), "--community", CODE, "--declare"]) == 0
    assert Mapping.objects.get().definition == shown
    assert main(["imports", "propose", str(path), "--community", CODE, "--kind", "nonsense"]) == 2
