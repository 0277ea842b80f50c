from __future__ import annotations

import pytest

from linli.territory.rules.my_address import Called, meant, near

TOWN = [
    Called("柳荫苑1号楼", "柳荫苑", "桐荫路", "1", "18弄"),
    Called("柳荫苑11号楼", "柳荫苑", "桐荫路", "11", "18弄"),
    Called("", "", "Elm Street", "", "1"),
    Called("", "", "Elm Street", "", "12"),
    Called("Mill House", "", "Weir Lane", "", "3"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("柳荫苑1号楼2单元301室", [0]),
        ("柳荫苑 11 号楼", [1]),
        ("柳荫苑11栋", [1]),
        ("柳荫苑1-2-301", [0]),
        ("桐荫路18弄", [0, 1]),
        ("12 Elm Street, flat 4", [3]),
        ("elm street 1", [2]),
        ("ＥＬＭ ＳＴＲＥＥＴ １２", [3]),
        ("the mill house", [4]),
        ("Elm Street 123", []),
        ("柳荫苑", []),
        ("", []),
        ("1", []),
        ("%&$", []),
    ],
)
def test_an_address_names_its_building(text: str, found: list[int]) -> None:
    assert meant(text, TOWN) == found


def test_where_none_is_named_the_estate_or_street_helps() -> None:
    assert near("柳荫苑的", TOWN) == [0, 1]
    assert near("somewhere in Elm Street", TOWN) == [2, 3]
    assert near("nowhere", TOWN) == []
