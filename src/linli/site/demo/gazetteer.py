"""The invented names of the demonstration: communities, streets, estates, counters. None of them is a real place."""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[str, str]
"""Chinese, English."""


@dataclass(frozen=True)
class Names:
    """What one invented community and the things in it are called."""

    code: str
    community: Pair
    subdistrict: Pair
    canal: Pair
    across: tuple[Pair, ...]
    """Streets running west to east, from the north."""
    along: tuple[Pair, ...]
    """Streets and lanes running north to south, from the west."""
    estates: dict[str, tuple[Pair, ...]]
    """Estates by the kind of building that stands there."""


SUBDISTRICT_CODE = "999901001"
SUBDISTRICT: Pair = ("桐荫街道", "Tongyin Sub-district")

_FIRST = Names(
    code="999901001001",
    community=("桐荫里社区", "Tongyinli community"),
    subdistrict=SUBDISTRICT,
    canal=("染坊河", "Ranfang Canal"),
    across=(
        ("北园路", "Beiyuan Road"),
        ("书院街", "Shuyuan Street"),
        ("桐荫路", "Tongyin Road"),
        ("染坊街", "Ranfang Street"),
        ("南码头路", "Nanmatou Road"),
        ("磨坊路", "Mofang Road"),
        ("瓦窑路", "Wayao Road"),
    ),
    along=(
        ("西园路", "Xiyuan Road"),
        ("银杏路", "Yinxing Road"),
        ("学堂弄", "Xuetang Lane"),
        ("米市弄", "Mishi Lane"),
        ("东荫路", "Dongyin Road"),
        ("柴行弄", "Chaihang Lane"),
        ("灯芯弄", "Dengxin Lane"),
    ),
    estates={
        "slab": (
            ("柳荫苑", "Willow Court"),
            ("白杨新村", "Poplar New Village"),
            ("桂花苑", "Osmanthus Court"),
            ("梅园", "Plum Garden"),
            ("樟树苑", "Camphor Court"),
            ("竹溪苑", "Bamboo Brook"),
            ("枫林里", "Maple Row"),
            ("荷塘苑", "Lotus Pond Court"),
            ("银杏里", "Ginkgo Row"),
            ("石榴苑", "Pomegranate Court"),
            ("青松里", "Pine Row"),
            ("海棠苑", "Crab-apple Court"),
        ),
        "tower": (
            ("新码头", "New Quay"),
            ("望河大厦", "River View Towers"),
            ("云庭", "Cloud Court"),
            ("朗月居", "Bright Moon House"),
        ),
        "lane": (
            ("老巷", "Old Lanes"),
            ("染坊里", "Dyers’ Yard"),
            ("豆腐弄", "Tofu Lane"),
            ("米市里", "Rice Market Row"),
            ("水井弄", "Well Lane"),
        ),
        "park": (("公园边", "Park Side"), ("绿地苑", "Green Court")),
        "school": (("书院里", "Academy Row"), ("学士苑", "Scholars’ Court")),
        "market": (("集市坊", "Market Row"), ("菜场弄", "Market Lane")),
    },
)

_SECOND = Names(
    code="999901001002",
    community=("柳湾社区", "Liuwan community"),
    subdistrict=SUBDISTRICT,
    canal=("柳湾浜", "Liuwan Creek"),
    across=(
        ("浜北路", "Bangbei Road"),
        ("柳湾路", "Liuwan Road"),
        ("钟楼街", "Zhonglou Street"),
        ("浜南路", "Bangnan Road"),
        ("砖桥路", "Zhuanqiao Road"),
    ),
    along=(
        ("渔行弄", "Yuhang Lane"),
        ("茶亭路", "Chating Road"),
        ("纸坊弄", "Zhifang Lane"),
        ("木行弄", "Muhang Lane"),
        ("果园路", "Guoyuan Road"),
    ),
    estates={
        "slab": (
            ("柳湾新村", "Liuwan New Village"),
            ("杏花苑", "Apricot Court"),
            ("蔷薇苑", "Rose Court"),
            ("榆荫里", "Elm Row"),
            ("杉树苑", "Fir Court"),
            ("栀子苑", "Gardenia Court"),
        ),
        "tower": (("钟楼公寓", "Bell Tower House"), ("晴川居", "Clear River House")),
        "lane": (("渔家弄", "Fishers’ Lane"), ("纸坊里", "Papermakers’ Yard"), ("茶亭里", "Tea Pavilion Row")),
        "park": (("果园边", "Orchard Side"),),
        "school": (("学馆里", "Schoolhouse Row"),),
        "market": (("鱼市坊", "Fish Market Row"),),
    },
)

COMMUNITIES: tuple[Names, ...] = (_FIRST, _SECOND)

ORDINALS: tuple[Pair, ...] = (
    ("二村", "Second"),
    ("三村", "Third"),
    ("四村", "Fourth"),
    ("五村", "Fifth"),
    ("六村", "Sixth"),
    ("七村", "Seventh"),
)


def estate_names(names: Names, kinds: list[str]) -> list[Pair]:
    """One unused estate name for each kind wanted, in order; when a list runs out its names come again as 二村, 三村, …"""
    used: dict[str, int] = {}
    found: list[Pair] = []
    for kind in kinds:
        ready = names.estates[kind]
        turn = used.get(kind, 0)
        used[kind] = turn + 1
        zh, en = ready[turn % len(ready)]
        again = turn // len(ready)
        if again:
            zh_more, en_more = ORDINALS[(again - 1) % len(ORDINALS)]
            zone = (again - 1) // len(ORDINALS)
            zh, en = f"{zh}{zh_more}", f"{en} {en_more}"
            if zone:
                zh, en = f"{zh}{zone + 1}区", f"{en} {zone + 1}"
        found.append((zh, en))
    return found


def numbered_community(index: int) -> Names:
    """Names of the community with this index; beyond those invented here the second's names serve again under a new code."""
    if index < len(COMMUNITIES):
        return COMMUNITIES[index]
    base = COMMUNITIES[1]
    zh, en = base.community
    return Names(
        code=f"{SUBDISTRICT_CODE}{index + 1:03d}",
        community=(zh.replace("社区", f"第{index + 1}社区"), f"{en} {index + 1}"),
        subdistrict=base.subdistrict,
        canal=base.canal,
        across=base.across,
        along=base.along,
        estates=base.estates,
    )
