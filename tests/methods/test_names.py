"""Names: one spelling, division, sound, initials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.methods.names import COMPOUND, initials, normal_name, pinyin, split_name


@pytest.mark.parametrize(
    ("text", "normal", "divided", "sound", "letters"),
    [
        ("歐陽　菲菲", "欧阳菲菲", ("欧阳", "菲菲"), "ouyangfeifei", "oyff"),
        ("单雄信", "单雄信", ("单", "雄信"), "shanxiongxin", "sxx"),
        ("仇英", "仇英", ("仇", "英"), "qiuying", "qy"),
        ("解缙", "解缙", ("解", "缙"), "xiejin", "xj"),
        ("查良鏞", "查良镛", ("查", "良镛"), "zhaliangyong", "zly"),
        ("曾國藩", "曾国藩", ("曾", "国藩"), "zengguofan", "zgf"),
        ("區覺", "区觉", ("区", "觉"), "oujue", "oj"),
        ("尉迟恭", "尉迟恭", ("尉迟", "恭"), "yuchigong", "ycg"),
        ("万俟卨", "万俟卨", ("万俟", "卨"), "moqixie", "mqx"),
        ("吕布", "吕布", ("吕", "布"), "lvbu", "lb"),
        ("陈李佳怡", "陈李佳怡", ("陈", "李佳怡"), "chenlijiayi", "cljy"),
        ("扎西顿珠", "扎西顿珠", ("", "扎西顿珠"), "zhaxidunzhu", "zxdz"),
        ("买买提•艾力", "买买提·艾力", ("艾力", "买买提"), "maimaitiaili", "mmtal"),
        ("買買提．艾力", "买买提·艾力", ("艾力", "买买提"), "maimaitiaili", "mmtal"),
        ("阿依古丽‧买买提", "阿依古丽·买买提", ("买买提", "阿依古丽"), "ayigulimaimaiti", "ayglmmt"),
        ("KIM MINJUN", "kim minjun", ("kim", "minjun"), "kimminjun", "km"),
        ("José  O'Brien", "jose obrien", ("jose", "obrien"), "joseobrien", "jo"),
        ("Smith, Emma", "smith emma", ("smith", "emma"), "smithemma", "se"),
        ("Ｚｈａｎｇ　Ｓａｎ", "zhang san", ("zhang", "san"), "zhangsan", "zs"),
        ("", "", ("", ""), "", ""),
        (" · ", "", ("", ""), "", ""),
    ],
)
def test_a_name(text: str, normal: str, divided: tuple[str, str], sound: str, letters: str) -> None:
    assert normal_name(text) == normal
    assert split_name(text) == divided
    assert pinyin(text) == sound
    assert initials(text) == letters


def test_a_character_sounds_otherwise_in_a_surname() -> None:
    assert (pinyin("单"), pinyin("仇"), pinyin("乐")) == ("shan", "qiu", "yue")
    assert pinyin("乐", surname=False) == "le"
    assert pinyin("小单", surname=False) == "xiaoshan"


def test_every_compound_surname_is_divided_off() -> None:
    for surname in COMPOUND:
        assert split_name(surname + "明") == (normal_name(surname), "明")


@given(st.text(max_size=12))
def test_any_text_has_one_normal_form(text: str) -> None:
    name = normal_name(text)
    assert normal_name(name) == name
    assert pinyin(text) == pinyin(name)
    assert initials(text) == initials(name)
    if "," not in text and "，" not in text:
        surname, first = split_name(text)
        assert sorted((surname + first).replace(" ", "")) == sorted(name.replace("·", "").replace(" ", "")) or "·" in surname
