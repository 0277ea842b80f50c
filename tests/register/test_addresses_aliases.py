"""Aliases: learned by confirmation, stronger than reading, never overwritten; and Latin addresses."""

from __future__ import annotations

from uuid import UUID

import pytest

from linli.register.rules.addresses import Aliases, Found, How, Index, Learned, Place, Reason, Target

A, B, C = (
    Place(UUID(int=1), "柳荫苑1号楼", "柳荫苑", "1", "北园路", "18弄", 2),
    Place(UUID(int=2), "柳荫苑2号楼", "柳荫苑", "2", "北园路", "18弄", 2),
    Place(UUID(int=3), "白杨新村1号楼", "白杨新村", "1", "学堂弄", "36弄", 2),
)
DOOR = UUID(int=9)


def index() -> Index:
    return Index([A, B, C], {(A.id, "1", "101"): DOOR})


def test_a_confirmed_text_is_stronger_than_its_reading() -> None:
    known, aliases = index(), Aliases()
    assert known.find("柳荫苑1号楼1单元101").how is How.READ
    assert aliases.confirm("老柳树旁小白楼", building=A.id, dwelling=DOOR) is Learned.NEW
    found = known.find("老柳树旁小白楼", aliases)
    assert (found.building, found.dwelling, found.unit, found.room, found.how) == (A.id, DOOR, "1", "101", How.ALIAS)
    aliases.confirm("白杨新村1号楼", building=B.id)
    assert known.find("白杨新村１号楼", aliases).building == B.id
    assert known.find("白杨新村1号楼1单元101", aliases).building == C.id


def test_two_confirmations_that_differ_are_a_conflict_and_find_nothing() -> None:
    known, aliases = index(), Aliases()
    assert aliases.confirm("小白楼", building=A.id) is Learned.NEW
    assert aliases.confirm("小白楼", building=A.id) is Learned.KNOWN
    assert aliases.confirm("小白楼", building=B.id) is Learned.CONFLICT
    found = known.find("小白楼", aliases)
    assert (found.building, found.reason) == (None, Reason.CONFLICT)
    assert set(found.candidates) == {A.id, B.id}
    assert aliases.conflicts() == ["小白楼"]
    assert aliases.withdraw("小白楼", building=B.id)
    assert not aliases.withdraw("小白楼", building=B.id)
    assert known.find("小白楼", aliases).building == A.id


def test_what_was_taken_in_before_and_a_confirmation_of_another_building_conflict() -> None:
    known, aliases = index(), Aliases()
    known.remember("小白楼", Found(A.id))
    assert known.find("小白楼", aliases) == Found(A.id, how=How.EXACT)
    aliases.confirm("小白楼", building=B.id)
    assert known.find("小白楼", aliases).reason is Reason.CONFLICT
    assert aliases.confirm("小白楼", building=A.id) is Learned.CONFLICT


def test_a_name_counts_after_two_texts_and_for_the_whole_estate() -> None:
    known, aliases = index(), Aliases()
    known.learn(aliases, "红星里1号楼1单元101", building=A.id)
    assert known.find("红星里2号楼1单元201", aliases).building is None
    known.learn(aliases, "红星里1号楼2单元301", building=A.id)
    found = known.find("红星里2号楼1单元201", aliases)
    assert (found.building, found.how) == (B.id, How.ALIAS)
    assert known.find("红星里9号楼", aliases).reason is Reason.UNKNOWN
    aliases.withdraw("红星里1号楼2单元301", building=A.id)
    assert known.find("红星里2号楼1单元201", aliases).building is None


def test_a_name_shown_to_mean_two_estates_means_none() -> None:
    known, aliases = index(), Aliases()
    for room in ("101", "102"):
        known.learn(aliases, f"红星里1号楼{room}", building=A.id)
    assert known.find("红星里1号楼105", aliases).building == A.id
    known.learn(aliases, "红星里1号楼108", building=C.id)
    assert known.find("红星里1号楼105", aliases).building is None
    assert aliases.conflicts() == ["红星里"]


def test_a_letter_is_learned_for_its_building_alone() -> None:
    known, aliases = index(), Aliases()
    for room in ("101", "102"):
        known.learn(aliases, f"云天阁B座{room}", building=B.id)
    assert known.find("云天阁B座201", aliases).building == B.id
    assert known.find("云天阁A座201", aliases).building is None


def test_a_number_that_does_not_fit_teaches_nothing_about_the_name() -> None:
    known, aliases = index(), Aliases()
    for room in ("101", "102"):
        known.learn(aliases, f"红星里7号楼{room}", building=A.id)
    assert aliases.fragments == {}
    assert known.find("红星里7号楼101", aliases).building == A.id
    assert known.find("红星里7号楼103", aliases).building is None


def test_known_names_are_not_overruled_by_fragments() -> None:
    known, aliases = index(), Aliases()
    for text in ("一", "二"):
        aliases.confirm_fragment("白杨新村", Target(estate="柳荫苑"), text=text)
    assert known.find("白杨新村1号楼", aliases).building == C.id


def test_a_building_of_another_community_is_not_learned() -> None:
    with pytest.raises(KeyError):
        index().learn(Aliases(), "小白楼", building=UUID(int=77))


LATIN = [
    Place(UUID(int=10), "", "", "", "Wenzigova", "12"),
    Place(UUID(int=11), "", "", "", "Wenzigova", "121"),
    Place(UUID(int=12), "", "", "", "Nad Královskou oborou", "7"),
    Place(UUID(int=13), "Willow Court 4", "Willow Court", "4", "Mill Lane", "3", 2),
    Place(UUID(int=14), "Kiasma", "", "", "Mannerheiminaukio", "2"),
    Place(UUID(int=15), "Willow Court 14", "Willow Court", "14", "Mill Lane", "3", 2),
]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Wenzigova 12", 0),
        ("12 Wenzigova", 0),
        ("wenzigova 12, flat 5", 0),
        ("Wenzigova 121", 1),
        ("nad královskou oborou 7", 2),
        ("Flat 3, 7 Nad Královskou oborou", 2),
        ("Willow Court 4-2-301", 3),
        ("Room 301, Unit 2, Building 4, Willow Court", 3),
        ("WILLOW COURT BLDG. 14 RM 301", 5),
        ("Kiasma", 4),
        ("Mannerheiminaukio 2", 4),
    ],
)
def test_latin_addresses(text: str, at: int) -> None:
    assert Index(LATIN).find(text).building == LATIN[at].id


@pytest.mark.parametrize("text", ["Wenzigova", "Wenzigova 1", "Wenzigova 122", "Wenzigovaya 12", "New Mill Lane 3", "Court 4"])
def test_latin_addresses_that_are_not_certain(text: str) -> None:
    assert Index(LATIN).find(text).building is None


def test_a_house_with_several_buildings_names_none() -> None:
    found = Index(LATIN).find("Mill Lane 3")
    assert (found.building, found.reason) == (None, Reason.AMBIGUOUS)
    assert set(found.candidates) == {LATIN[3].id, LATIN[5].id}
