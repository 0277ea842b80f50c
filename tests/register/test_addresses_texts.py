"""Two thousand texts of the demonstration with their truth; texts of other hands; formatting and reading back."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.register.rules.addresses import Aliases, Found, How, Index, Place, Reason
from linli.site.demo.address_texts import AREAS, RATES, Text, Writer, areas_of, texts
from linli.site.demo.buildings import build
from linli.site.demo.gazetteer import Names, numbered_community
from linli.site.demo.ground import lay_out
from linli.site.demo.plan import Plan

SEEDS = range(1, 11)


@lru_cache(maxsize=4)
def ground(community: int, grids: int) -> tuple[Plan, Names]:
    rng, names = np.random.default_rng([1, community]), numbered_community(community)
    plan = lay_out(names, grids, rng, community)
    for grid in plan.grids:
        grid.homes = 170
    build(plan, rng)
    return plan, names


def index_of(plan: Plan, names: Names) -> Index:
    places = [
        Place(UUID(int=at), b.name, b.estate, str(b.number or ""), b.street, b.house_number, b.units)
        for at, b in enumerate(plan.buildings)
    ]
    dwellings = {(UUID(int=d.building), d.unit, d.room): UUID(int=at) for at, d in enumerate(plan.dwellings)}
    return Index(places, dwellings, areas=areas_of(names))


def judge(made: list[Text], index: Index) -> tuple[float, float, list[tuple[Text, Found]]]:
    """Share of the texts naming a building that found it, share of all texts that found another or one too many, and those."""
    found = [(text, index.find(text.text)) for text in made]
    here = [(text, one) for text, one in found if text.building is not None]
    right = sum(one.building == UUID(int=text.building or 0) for text, one in here)
    wrong = [
        (text, one)
        for text, one in found
        if one.building is not None and (text.building is None or one.building.int != text.building)
    ]
    return right / len(here), len(wrong) / len(found), wrong


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("community", "grids"), [(0, 21), (1, 7)])
def test_two_thousand_texts(community: int, grids: int, seed: int) -> None:
    plan, names = ground(community, grids)
    made = texts(plan, names, seed=seed)
    assert len(made) == 2000
    right, wrong, which = judge(made, index_of(plan, names))
    assert right >= 0.95
    assert wrong <= 0.005, which


def test_estates_with_ordinals_and_doors() -> None:
    """A community so large that its estates are called 二村, 三村; and the doors."""
    plan, names = ground(0, 60)
    index = index_of(plan, names)
    made = texts(plan, names, seed=3)
    right, wrong, which = judge(made, index)
    assert right >= 0.95
    assert wrong <= 0.005, which
    doors = [(text, index.find(text.text)) for text in made if text.dwelling is not None]
    assert sum(one.dwelling == UUID(int=text.dwelling or 0) for text, one in doors) >= 0.95 * len(doors)
    assert [text for text, one in doors if one.dwelling is not None and one.dwelling.int != text.dwelling] == []


def test_the_same_seed_gives_the_same_texts_and_every_kind_occurs() -> None:
    plan, names = ground(0, 21)
    first = texts(plan, names, seed=5)
    assert first == texts(plan, names, seed=5)
    assert first != texts(plan, names, seed=6)
    assert {text.kind for text in first} == set(RATES)


def test_what_only_people_know_is_learned() -> None:
    """Former names, letters and English names: confirmed twice for an estate, they are known for all of it."""
    plan, names = ground(0, 21)
    index = index_of(plan, names)
    writer = Writer(
        plan,
        subdistrict=names.subdistrict[0],
        community=names.community[0],
        english={estate: said for pairs in names.estates.values() for estate, said in pairs},
        rng=np.random.default_rng(2),
    )
    taught = [writer.write("former") for _ in range(400)]
    aliases = Aliases()
    for text in taught:
        index.learn(aliases, text.text, building=UUID(int=text.building or 0), dwelling=UUID(int=text.dwelling or 0))
    asked = [writer.write("former") for _ in range(200)]
    assert sum(index.find(text.text).building is not None for text in asked) == 0
    found = [(text, index.find(text.text, aliases)) for text in asked]
    assert all(one.building is None or one.building.int == text.building for text, one in found)
    assert sum(one.building is not None for _, one in found) >= 190
    assert {one.how for _, one in found if one.building is not None} == {How.ALIAS}


# Texts by other hands: forms met in public delivery orders, registers and notices, put upon the demonstration's names.
BY_HAND = [
    ("张明远，00055501234，江海省 云州市 临河区 桐荫街道 柳荫苑3号楼2单元301", "柳荫苑3号楼", "301"),
    ("江海省云州市云州市临河区桐荫街道北园路18弄 柳荫苑 3号楼2单元301", "柳荫苑3号楼", "301"),
    ("云州市/临河区/桐荫街道 柳荫苑3栋2单元301室", "柳荫苑3号楼", "301"),
    ("临河区北园路18弄（近西园路）柳荫苑3幢2单元3F301", "柳荫苑3号楼", "301"),
    ("北园路18弄柳荫苑小区第3栋第2单元第3层301号", "柳荫苑3号楼", "301"),
    ("柳荫苑3号楼二单元三楼301", "柳荫苑3号楼", "301"),
    ("柳荫苑３＃－２－３０１", "柳荫苑3号楼", "301"),
    ("柳荫苑3-2-0301", "柳荫苑3号楼", "301"),
    ("柳荫苑3号楼2门3层301", "柳荫苑3号楼", "301"),
    ("柳荫苑3栋2单元301 王女士", "柳荫苑3号楼", "301"),
    ("柳荫苑三幢二单元三〇一室", "柳荫苑3号楼", "301"),
    ("柳荫苑三栋二单元三零一", "柳荫苑3号楼", "301"),
    ("[临河区]柳荫苑3号楼2单元301室", "柳荫苑3号楼", "301"),
    ("桐荫里社区柳荫苑3号楼2单元301室（户籍空挂）", "柳荫苑3号楼", "301"),
    ("Liuyinyuan Building 3 Unit 2 Room 301, Beiyuan Road", "柳荫苑3号楼", "301"),
    ("Room 301, Unit 2, Building 3, Lane 18 Beiyuan Road", "柳荫苑3号楼", "301"),
    ("柳荫苑3号楼2单元", "柳荫苑3号楼", ""),
    ("老巷12号201", "老巷12号", "201"),
    ("学堂弄18弄12号201室", "老巷12号", "201"),
    ("学堂弄18弄老巷12号2楼201室后间", "老巷12号", "201"),
    ("桂花苑商铺2号", "桂花苑商铺2号", ""),
    ("书院里小学教学楼", "书院里小学教学楼", ""),
]
NOT_OURS = [
    "北京市朝阳区望京街道花园路88号锦绣家园3号楼2单元1502室",
    "云州市临河区城南街道柳荫苑3号楼2单元301",
    "北苑路18弄3号楼附近",
    "柳荫苑东区3号楼2单元301",
    "红柳荫苑3号楼2单元301",
    "柳荫苑二期3号楼2单元301",
    "柳荫苑3-5号楼之间",
    "柳荫苑3号楼旁边小店",
    "柳荫路18弄3号楼2单元301",
    "北园路36弄柳荫苑3号楼2单元301",
    "钟楼街道柳荫苑3号楼2单元301",
    "柳荫苑3号楼对面2单元301",
    "柳荫苑301",
    "北园路18弄301室",
    "3号楼2单元301",
    "柳荫苑2301",
    "柳荫苑3楼",
    "北园路18弄3支弄5号",
    "柳荫苑3号楼2单元301室改为白杨新村2号楼1单元101室",
    "白杨新村派出所集体户",
    "柳荫苑业委会",
    "梅园路3号2单元301",
    "腊梅园3号楼2单元301",
    "北园路",
    "18弄3号",
]


@pytest.mark.parametrize(("text", "name", "room"), BY_HAND)
def test_texts_by_other_hands(text: str, name: str, room: str) -> None:
    plan, names = ground(0, 21)
    found = index_of(plan, names).find(text)
    assert found.building is not None, found
    assert (plan.buildings[found.building.int].name, found.room) == (name, room)
    assert (found.dwelling is not None) == bool(room)


@pytest.mark.parametrize("text", NOT_OURS)
def test_what_is_not_ours_or_not_certain(text: str) -> None:
    plan, names = ground(0, 21)
    found = index_of(plan, names).find(text)
    assert found.building is None
    assert found.reason is not None
    assert len(found.candidates) <= 3


CANONICAL = (
    "{street}{house}{estate}{n}号楼{u}单元{r}室",
    "{estate}{n}号楼{u}单元{r}",
    "{estate}{n}-{u}-{r}",
    "{estate}{n}栋{u}单元{r}室",
    "{estate} {n}幢 {u}单元 {r}",
    "{street}{house}{n}号楼{u}单元{r}室",
    "{street}{house}{n}-{u}-{r}",
    "{area}{street}{house}{estate}{n}号楼{u}单元{r}室",
    "{estate}{n}#{u}-{r}",
    "{estate}({street}{house}){n}号楼{u}单元{r}室",
)
NAMES = st.text("柳荫白杨桂花梅竹溪枫荷塘银杏石榴青松海棠", min_size=2, max_size=4)


@settings(max_examples=150, deadline=None)
@given(
    stems=st.lists(NAMES, min_size=2, max_size=6, unique=True),
    kind=st.sampled_from(["苑", "新村", "里", "公寓", "花园"]),
    n=st.integers(1, 120),
    u=st.integers(1, 6),
    floor=st.integers(1, 33),
    door=st.integers(1, 12),
    at=st.integers(0, 5),
)
def test_any_known_dwelling_is_read_back(stems: list[str], kind: str, n: int, u: int, floor: int, door: int, at: int) -> None:
    places = [
        Place(UUID(int=k * 200 + m), f"{stem}{kind}{m}号楼", stem + kind, str(m), f"{stem}路", f"{18 * (k + 1)}弄", 6)
        for k, stem in enumerate(stems)
        for m in {n, n + 1, n * 10 + 1}
    ]
    place = next(p for p in places if p.estate == stems[at % len(stems)] + kind and p.number == str(n))
    room = f"{floor}{door:02d}"
    index = Index(places, {(place.id, str(u), room): UUID(int=1 << 64)}, areas=AREAS)
    for form in CANONICAL:
        text = form.format(
            street=place.street, house=place.house_number, estate=place.estate, n=n, u=u, r=room, area="".join(AREAS)
        )
        found = index.find(text)
        assert (found.building, found.dwelling) == (place.id, UUID(int=1 << 64)), text


@settings(max_examples=300, deadline=None)
@given(
    estate=st.sampled_from(["柳荫苑", "老巷", "白杨新村", "望河大厦", "流荫苑"]),
    street=st.sampled_from(["", "北园路18弄", "学堂弄18弄", "学堂弄36弄", "银杏路18弄", "北园路99弄"]),
    number=st.integers(1, 400),
    word=st.sampled_from(["号楼", "号", "栋", "-", "#", "楼", " "]),
    rest=st.sampled_from(["", "2单元301", "2-301", "301室", "1-101", "(出租)", "张三"]),
)
def test_never_a_building_whose_number_or_street_contradicts(estate: str, street: str, number: int, word: str, rest: str) -> None:
    plan, _ = ground(0, 21)
    found = index_of_main().find(f"{street}{estate}{number}{word}{rest}")
    if found.building is not None:
        building = plan.buildings[found.building.int]
        assert building.number == number
        assert building.estate[1:] == estate[1:]
        assert not street or building.street + building.house_number == street


@lru_cache(maxsize=1)
def index_of_main() -> Index:
    return index_of(*ground(0, 21))


@settings(max_examples=300, deadline=None)
@given(st.text("柳荫苑3-2501室号楼单元()（）；，/ 北园路18弄1二十A#附近", max_size=40))
def test_any_mixture_of_parts_is_answered(text: str) -> None:
    found = index_of_main().find(text)
    assert (found.building is None) == (found.reason is not None)
    assert (found.building is None) == (found.how is None)
    assert found.building is None or not found.candidates


def test_reasons() -> None:
    index = index_of_main()
    assert index.find("北园路36弄柳荫苑3号楼2单元301").reason is Reason.CONFLICT or index.find("北园路36弄").reason
    assert index.find("桐荫街道柳塘社区柳荫苑3号楼2单元301").reason is Reason.ELSEWHERE
    assert index.find("柳荫苑").reason is Reason.UNREADABLE
    assert len(index.find("柳荫苑301").candidates or index.find("柳荫苑2单元301").candidates) == 3
