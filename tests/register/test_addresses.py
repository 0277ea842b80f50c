"""Addresses as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.ids import new_id
from linli.register.rules.addresses import Index, Place, Reason
from tests.register.people import index

PLACES = [
    Place(new_id(), "柳荫苑3号楼", "柳荫苑", "3", "桐荫路", "18弄", 2),
    Place(new_id(), "柳荫苑13号楼", "柳荫苑", "13", "桐荫路", "18弄", 2),
    Place(new_id(), "白杨新村3号楼", "白杨新村", "3", "北园路", "36弄", 2),
    Place(new_id(), "染坊弄7号", "染坊弄", "7", "北园路", "54弄", 0),
    Place(new_id(), "", "", "", "Wenzigova", "12"),
    Place(new_id(), "Willow Court 4", "Willow Court", "4", "", "", 2),
]
KNOWN = Index(PLACES, {(PLACES[0].id, "2", "501"): new_id(), (PLACES[3].id, "", "101"): new_id()})


@pytest.mark.parametrize(
    "text",
    [
        "桐荫路18弄柳荫苑3号楼2单元501室",
        "柳荫苑3-2-501",
        "柳荫苑３号楼２单元５０１室",
        "柳荫苑三号楼二单元501室",
        "柳荫苑 3 栋 2 单元 501",
        "柳荫苑3幢2单元501室",
        "柳荫苑3#2单元501",
        "柳荫苑3号2单元501室",
        "柳荫苑3栋2-501",
        "柳荫苑3号楼2门501室",
        "柳荫苑03栋02单元501",
        "柳荫苑3/2/501",
        "柳荫苑3号楼2单元5层501室",
        "桐荫路18弄3号楼2单元501室",
        "桐荫路18弄3-2-501",
        "桐荫街道柳荫社区桐荫路18弄柳荫苑3号楼2单元501室",
        "柳荫苑3号楼501室",
    ],
)
def test_one_door_written_many_ways(text: str) -> None:
    found = KNOWN.find(text)
    assert (found.building, found.unit, found.room) == (PLACES[0].id, "2", "501")
    assert found.dwelling is not None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("染坊弄7号101室", 3),
        ("染坊弄7-101", 3),
        ("13号楼1单元201", 1),
        ("Wenzigova 12", 4),
        ("12 Wenzigova", 4),
        ("Willow Court 4-2-301", 5),
        ("Willow Court, Bldg 4, Unit 2, Room 301", 5),
    ],
)
def test_other_buildings(text: str, place: int) -> None:
    assert KNOWN.find(text).building == PLACES[place].id


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("租住在亲戚家", Reason.UNREADABLE),
        ("柳荫苑附近", Reason.UNREADABLE),
        ("桐荫路（门牌不清）", Reason.UNREADABLE),
        ("柳荫苑99号楼", Reason.UNKNOWN),
        ("柳荫苑9003号楼", Reason.UNKNOWN),
        ("3号楼2单元501", Reason.AMBIGUOUS),
    ],
)
def test_what_is_not_certain_is_not_guessed(text: str, reason: Reason) -> None:
    found = KNOWN.find(text)
    assert found.building is None
    assert found.dwelling is None
    assert found.reason is reason


def test_a_room_in_several_stair_wells_gives_the_building_alone() -> None:
    known = index()
    found = known.find("柳荫苑3号楼501室")
    assert found.building == known.places[0].id
    assert (found.dwelling, found.room) == (None, "")


@given(building=st.integers(1, 99), unit=st.integers(1, 9), floor=st.integers(1, 33), door=st.integers(1, 9))
def test_numbers_are_read_back(building: int, unit: int, floor: int, door: int) -> None:
    place = Place(new_id(), f"柳荫苑{building}号楼", "柳荫苑", str(building), "桐荫路", "18弄", 9)
    known = Index([place, *(p for p in PLACES if p.number != str(building))])
    room = f"{floor}{door:02d}"
    for text in (
        f"柳荫苑{building}-{unit}-{room}",
        f"柳荫苑{building}号楼{unit}单元{room}室",
        f"桐荫路18弄{building}栋{unit}单元{room}",
    ):
        found = known.find(text)
        assert (found.building, found.unit, found.room) == (place.id, str(unit), room), text


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    found = KNOWN.find(text)
    assert (found.building is None) == (found.reason is not None)
