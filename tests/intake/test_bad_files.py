"""What people really send: each unusable file gets one clear error with its place and a remedy, and leaves nothing behind."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from django.conf import LazySettings

from linli.intake import take_in
from linli.intake.models import Batch
from linli.kernel.actor import SYSTEM
from linli.kernel.errors import BadInput
from tests.intake.records import House, state

HEAD = "编号,名称,建成,价格\n"
Row = list[object]


def refused(community: UUID, path: Path) -> BadInput:
    with pytest.raises(BadInput) as fault:
        take_in(by=SYSTEM, community=community, path=path)
    assert fault.value.where.file == path.name
    assert fault.value.remedy is not None
    assert state() == []
    return fault.value


def workbook(path: Path, rows: list[Row], *, merge: str = "", sheets: tuple[str, ...] = ("表",)) -> Path:
    book = openpyxl.Workbook()
    assert book.active
    book.active.title = sheets[0]
    for name in sheets[1:]:
        book.create_sheet(name).append(["other"])
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.save(path)
    return path


@pytest.fixture
def xlsx(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: Row, name: str = "房屋_1.xlsx", merge: str = "", sheets: tuple[str, ...] = ("表",)) -> Path:
        return workbook(tmp_path / name, [["编号", "名称", "建成", "价格"], *rows], merge=merge, sheets=sheets)

    return write


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_right_encodings_are_read(place: UUID, csv_file: Callable[..., Path], encoding: str) -> None:
    take_in(by=SYSTEM, community=place, path=csv_file(HEAD + "A1,𠮷野㐀,1985-3-7,\n", encoding=encoding))
    assert House.objects.get().name == "𠮷野㐀"


def test_a_wrong_encoding_names_byte_and_line(place: UUID, tmp_path: Path) -> None:
    path = tmp_path / "房屋_1.csv"
    path.write_bytes(HEAD.encode() + "A1,甲,,\n".encode() + b"A2,\xff\xff,,\n")
    fault = refused(place, path)
    assert fault.where.row == 3
    assert fault.words.params["byte"] == len(HEAD.encode() + "A1,甲,,\nA2,".encode()) + 1


def test_the_byte_is_counted_over_pieces(place: UUID, tmp_path: Path) -> None:
    """Characters cut in two by the reading buffer are neither lost nor counted twice."""
    path = tmp_path / "房屋_1.csv"
    body = ("A1,甲,,\n" * 140_000).encode()
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode() + body + b"A2,\xff,,\n")
    fault = refused(place, path)
    assert fault.words.params["byte"] == 3 + len(HEAD.encode()) + len(body) + 3 + 1
    assert fault.where.row == 140_002


def test_utf16_and_zero_bytes(place: UUID, csv_file: Callable[..., Path], tmp_path: Path) -> None:
    assert "UTF-16" in str(refused(place, csv_file(HEAD, encoding="utf-16")))
    path = tmp_path / "房屋_2.csv"
    path.write_bytes((HEAD + "A1,\0,,\n").encode("gb18030"))
    assert refused(place, path).where.row == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("编号,价格\nA1,3\n", "名称"),
        ("编号,名称,名称\nA1,甲,乙\n", "stands twice"),
        (HEAD, "no row below"),
        ("", "is empty"),
        ("\n\n", "empty"),
        ('编号,名称\nA1,"甲\nA2,乙\n', "quotation mark"),
        ('编号,名称\nA1,"' + "长" * 140_000 + '"\n', "quotation mark"),
        ("<!DOCTYPE html><table><tr><td>编号</td></tr></table>", "web page"),
    ],
)
def test_unusable_text_files(place: UUID, csv_file: Callable[..., Path], text: str, words: str) -> None:
    assert words in str(refused(place, csv_file(text)))


def test_a_missing_column_says_what_was_found(place: UUID, csv_file: Callable[..., Path]) -> None:
    fault = refused(place, csv_file("编号,户主,地址\nA1,甲,乙\n"))
    assert fault.words.params["missing"] == "名称"
    assert fault.words.params["found"] == "编号, 户主, 地址"
    assert fault.where.row == 1


def test_a_file_without_headings_shows_nobody(place: UUID, csv_file: Callable[..., Path]) -> None:
    path = csv_file("张小兰,999999195403070121,1954-03-07,000 5550 1234\n李大山,,,\n")
    shown = repr(refused(place, path).words.params)
    with pytest.raises(BadInput):
        take_in(by=SYSTEM, community=place, path=path, mapping="houses")
    kept = repr(Batch.objects.get(community=place).error)
    assert not any(cell in text for cell in ("张小兰", "19540307", "1954-03-07", "5550") for text in (shown, kept))


def test_faulty_rows_are_refused_alone(place: UUID, csv_file: Callable[..., Path]) -> None:
    text = (
        HEAD
        + "A1,甲,1985-02-30,\n"  # no such day
        + "A2,乙,85-3-7,\n"  # which century?
        + "A3,,,\n"  # required
        + ",丙,,\n"  # required
        + "A5,丁,,3,5\n"  # a comma too many
        + "A6,戊\n"  # cut off
        + "\n"
        + "A8,己,,三元\n"  # no number
        + '"A9","一""二\n三",,\n'  # quoted line end
        + "A10,好,,1\n"
    )
    report = take_in(by=SYSTEM, community=place, path=csv_file(text))
    assert [(o.row, o.column, o.words.key.rpartition(".")[2] if o.words else "") for o in report.refused] == [
        (2, "建成", "no_such_day"),
        (3, "建成", "two_digit_year"),
        (4, "名称", "empty_cell"),
        (5, "编号", "empty_cell"),
        (6, "", "more_cells"),
        (7, "", "fewer_cells"),
        (9, "价格", "not_a_number"),
    ]
    assert all(o.remedy for o in report.refused)
    assert (report.rows, report.verdicts["new"]) == (9, 2)
    assert sorted(House.objects.values_list("code", "name")) == [("A10", "好"), ("A9", '一"二\n三')]


def test_a_workbook_is_read_as_its_reader_sees_it(place: UUID, xlsx: Callable[..., Path]) -> None:
    from datetime import date, datetime
    from decimal import Decimal

    take_in(by=SYSTEM, community=place, path=xlsx(["A1", "甲", datetime(1985, 3, 7), 12.5], [7, "乙", 31113, 3]))  # noqa: DTZ001
    houses = {h.code: (h.built, h.price) for h in House.objects.all()}
    assert houses == {"A1": (date(1985, 3, 7), Decimal("12.5")), "7": (date(1985, 3, 7), Decimal(3))}


def test_formula_error_and_lost_digits_are_named_by_cell(place: UUID, xlsx: Callable[..., Path], tmp_path: Path) -> None:
    path = xlsx(
        ["A1", "=B3", None, None], ["A2", "乙", None, 1], [110101198503071234, "丙", None, None], ["A4", "丁", None, "#N/A"]
    )
    report = take_in(by=SYSTEM, community=place, path=path)
    told = {
        o.row: (o.column, o.words.key if o.words else "", o.remedy.params.get("cell") if o.remedy else "") for o in report.refused
    }
    assert told[2] == ("名称", "intake.cell.formula", "B2")
    assert told[4] == ("编号", "intake.cell.lost_digits", None)
    assert told[5] == ("价格", "intake.cell.error", "D5")
    assert list(House.objects.values_list("code", flat=True)) == ["A2"]


def test_text_that_looks_like_a_formula_stays_text(place: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=place, path=csv_file(HEAD + "A1,=1+1,,\nA2,@x,,\n"))
    assert sorted(House.objects.values_list("name", flat=True)) == ["=1+1", "@x"]


def test_merged_headings_name_their_cells(place: UUID, xlsx: Callable[..., Path]) -> None:
    fault = refused(place, xlsx(["A1", "甲", None, None], merge="B1:C1"))
    assert (fault.words.params["cells"], fault.where.row) == ("B1:C1", 1)


def test_several_sheets_are_not_guessed(place: UUID, xlsx: Callable[..., Path]) -> None:
    assert "表, 二" in str(refused(place, xlsx(["A1", "甲", None, None], sheets=("表", "二"))))


def test_a_file_above_the_limit_is_not_opened(place: UUID, tmp_path: Path, settings: LazySettings) -> None:
    """200 MB on paper; no block of it is read or written."""
    assert settings.LINLI_MAX_FILE_BYTES == 1024 * 1024 * 1024
    settings.LINLI_MAX_FILE_BYTES = 150 * 1024 * 1024
    path = tmp_path / "房屋_1.csv"
    with path.open("wb") as stream:
        stream.write(HEAD.encode())
        stream.truncate(200 * 1024 * 1024)
    fault = refused(place, path)
    assert (fault.words.params["size"], fault.words.params["limit"]) == (200, 150)


def test_a_zip_bomb_is_not_unpacked(place: UUID, tmp_path: Path, settings: LazySettings) -> None:
    settings.LINLI_MAX_UNPACKED_BYTES = 8 * 1024 * 1024
    path = tmp_path / "房屋_1.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 * 1024 * 1024))
    fault = refused(place, path)
    assert fault.words.params["unpacked"] == 64
    assert int(fault.words.params["ratio"]) > 100


def test_a_bomb_that_lies_about_its_size_is_not_believed(place: UUID, tmp_path: Path) -> None:
    path = tmp_path / "房屋_1.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (4 * 1024 * 1024))
    content = path.read_bytes().replace(struct.pack("<I", 4 * 1024 * 1024), struct.pack("<I", 100))
    path.write_bytes(content)
    assert "damaged" in str(refused(place, path))


def test_other_packages_and_damage(place: UUID, tmp_path: Path, xlsx: Callable[..., Path]) -> None:
    path = tmp_path / "房屋_2.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "not an .xlsx" in str(refused(place, path))
    good = xlsx(["A1", "甲", None, None])
    good.write_bytes(good.read_bytes()[:-200])
    assert "damaged" in str(refused(place, good))
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "old .xls" in str(refused(place, path))
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert "password" in str(refused(place, path))
    path.write_bytes(b"%PDF-1.7 ...")
    assert "PDF" in str(refused(place, path))


def test_parquet_is_read_and_a_truncated_one_is_told(place: UUID, tmp_path: Path) -> None:
    path = tmp_path / "房屋_1.parquet"
    table = pyarrow.table({"编号": ["A1", "A2"], "名称": ["甲", "乙"], "价格": [1.0, None]})
    pyarrow.parquet.write_table(table, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert "cut off" in str(refused(place, path))
    path.write_bytes(whole)
    assert take_in(by=SYSTEM, community=place, path=path).verdicts["new"] == 2


def test_an_absent_file(place: UUID, tmp_path: Path) -> None:
    assert "no such file" in str(refused(place, tmp_path / "房屋_1.csv"))


def test_another_communitys_file(place: UUID, csv_file: Callable[..., Path]) -> None:
    from linli.intake import declare_mapping
    from tests.intake.records import MAPPING

    only = {**MAPPING, "only": {"column": "社区", "values": ["柳荫社区"]}}
    declare_mapping(by=SYSTEM, community=place, definition=only)
    fault = refused(place, csv_file("社区,编号,名称\n桥巷社区,B1,甲\n桥巷社区,B2,乙\n"))
    assert fault.where.column == "社区"
    report = take_in(by=SYSTEM, community=place, path=csv_file("社区,编号,名称\n柳荫社区,A1,甲\n桥巷社区,B2,乙\n"))
    assert [(o.row, o.column) for o in report.refused] == [(3, "社区")]


def test_a_workbook_without_a_cell_has_no_headings(place: UUID, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    held = io.BytesIO()
    book.save(held)
    path = tmp_path / "房屋_1.xlsx"
    path.write_bytes(held.getvalue())
    assert "headings" in str(refused(place, path))
