"""Mappings are declared, checked, versioned; files are recognised by them alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from linli.intake import declare_mapping, mappings, read_definition, recognise, take_in
from linli.intake.mapping import definition_of
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput, NotAllowed, NotFound
from tests.intake.records import MAPPING

TEXT = "编号,名称\nA1,甲\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "name"),
        ({"kind": "tests.cars"}, "tests.houses"),
        ({"recognise": {"file": "*.csv"}}, "headings"),
        ({"recognise": None}, "recognise"),
        ({"columns": {}}, "columns"),
        ({"columns": {"code": "编号"}}, "needs a column for name"),
        ({"columns": {"code": "编号", "name": "名称", "colour": "颜色"}}, "colour"),
        ({"optional": ["name"]}, "needs a column for name"),
        ({"encodings": ["latin-99"]}, "latin-99"),
        ({"encodings": []}, "encodings"),
        ({"delimiter": ",,"}, "delimiter"),
        ({"heading_row": 0}, "heading_row"),
        ({"sheet": 3}, "sheet"),
        ({"values": {"name": "x"}}, "values.name"),
        ({"options": {"zone": "Asia/Peking"}}, "Asia/Peking"),
        ({"only": {"column": "社区"}}, "values"),
        ({"colums": {}}, "colums"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words) as fault:
        definition_of({**MAPPING, **change})
    assert fault.value.remedy


def test_a_file_that_is_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    for content in (b"{", b"[]", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(BadInput, match="not a mapping file"):
            read_definition(path)
    path.write_text(json.dumps(MAPPING), "utf-8-sig")
    assert read_definition(path) == MAPPING


def test_the_same_declaration_again_changes_nothing_another_is_a_new_version(place: UUID) -> None:
    first = mappings(viewer=SYSTEM, community=place)
    assert declare_mapping(by=SYSTEM, community=place, definition=MAPPING) == first[0].id
    assert mappings(viewer=SYSTEM, community=place) == first
    declare_mapping(by=SYSTEM, community=place, definition={**MAPPING, "delimiter": ";"})
    assert [m.version for m in mappings(viewer=SYSTEM, community=place)] == [2]


def test_a_file_is_recognised_by_name_and_headings(place: UUID, csv_file: Callable[..., Path]) -> None:
    assert recognise(viewer=SYSTEM, community=place, path=csv_file(TEXT)).name == "houses"
    with pytest.raises(BadInput, match="No declared mapping fits the name"):
        recognise(viewer=SYSTEM, community=place, path=csv_file(TEXT, name="people.csv"))
    with pytest.raises(BadInput, match="could be “houses”, but these headings are missing: 名称"):
        recognise(viewer=SYSTEM, community=place, path=csv_file("编号,姓名\nA1,甲\n"))


def test_two_mappings_that_fit_are_reported(place: UUID, csv_file: Callable[..., Path]) -> None:
    declare_mapping(by=SYSTEM, community=place, definition={**MAPPING, "name": "again"})
    with pytest.raises(BadInput, match="More than one mapping fits this file: again, houses"):
        recognise(viewer=SYSTEM, community=place, path=csv_file(TEXT))
    assert take_in(by=SYSTEM, community=place, path=csv_file(TEXT), mapping="again").mapping == "again"
    with pytest.raises(BadInput, match="no mapping called “cars”"):
        take_in(by=SYSTEM, community=place, path=csv_file(TEXT), mapping="cars")


def test_mappings_of_another_community_recognise_nothing(
    place: UUID, other_community: UUID, csv_file: Callable[..., Path], actor_for: Callable[..., Actor]
) -> None:
    with pytest.raises(BadInput, match="No mapping is declared"):
        recognise(viewer=SYSTEM, community=other_community, path=csv_file(TEXT))
    stranger = actor_for("community_manager", other_community)
    with pytest.raises(NotFound):
        recognise(viewer=stranger, community=place, path=csv_file(TEXT))
    assert mappings(viewer=stranger, community=place) == []
    with pytest.raises(NotAllowed):
        declare_mapping(by=actor_for("supervisor", place), community=place, definition=MAPPING)


def test_values_are_translated_before_they_are_parsed(place: UUID, csv_file: Callable[..., Path]) -> None:
    from tests.intake.records import House

    declare_mapping(by=SYSTEM, community=place, definition={**MAPPING, "values": {"built": {"解放前": "1948-01-01"}}})
    take_in(by=SYSTEM, community=place, path=csv_file("编号,名称,建成\nA1,甲,解放前\n"))
    assert str(House.objects.get().built) == "1948-01-01"


def test_what_is_not_read_is_listed(place: UUID, csv_file: Callable[..., Path]) -> None:
    report = take_in(by=SYSTEM, community=place, path=csv_file("编号,备注,名称,信仰\nA1,x,甲,y\n"))
    assert report.ignored == ("备注", "信仰")
