from __future__ import annotations

import pytest

from linli.kernel.errors import BadInput
from linli.territory.rules import divisions
from linli.territory.rules.divisions import Level


def test_levels_follow_from_the_length_of_the_code() -> None:
    assert divisions.level_of("999901001001") is Level.COMMUNITY
    assert divisions.level_of("999901001") is Level.SUBDISTRICT
    assert divisions.level_of("99990100") is None
    assert divisions.level_of("bubenec") is None
    assert divisions.ancestors("999901001001") == ["99", "9999", "999901", "999901001"]


def test_codes_are_official_or_free() -> None:
    assert divisions.check_code("999901001001", Level.COMMUNITY) == "999901001001"
    assert divisions.check_code("bubenec", Level.COMMUNITY) == "bubenec"
    for wrong in ("12", "999901001", "Bubenec", "a b", "../x", "９９９９０１００１００１", ""):
        with pytest.raises(BadInput) as fault:
            divisions.check_code(wrong, Level.COMMUNITY)
        assert fault.value.remedy is not None


def test_a_community_lies_in_its_subdistrict() -> None:
    divisions.check_below("999901001001", "999901001")
    divisions.check_below("bubenec", "prague-6")
    with pytest.raises(BadInput):
        divisions.check_below("999901001001", "999901002")


@pytest.mark.parametrize(("value", "label"), [("1", "01"), (7, "07"), (7.0, "07"), ("07", "07"), ("121", "121"), (" 5 ", "05")])
def test_grid_numbers_have_two_digits(value: object, label: str) -> None:
    assert divisions.grid_label(value) == label


@pytest.mark.parametrize("value", [None, "", "A1", "１", "-1", 1.5, "12345"])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        divisions.grid_label(value)


def test_free_numbers_are_all_of_one_width() -> None:
    assert divisions.free_labels(3) == ["01", "02", "03"]
    assert divisions.free_labels(480)[0] == "001"
