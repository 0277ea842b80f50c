"""A synthetic register for the benchmarks: a town of estates, and the file of everybody in it on two Mondays.

Seeded, the same for everybody. Numbers of a province that doesn't exist, telephones 000 5550. The second file differs in two rows
of a hundred: half a new telephone, the rest moved within, left, new.
"""

# ruff: noqa: E501 - tables of signs, and rows as they are written
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HEADINGS = "登记号,户号,户主关系,姓名,性别,公民身份号码,证件类型,出生日期,民族,文化程度,户籍地区划,现住址,居住类型,来此日期,联系电话,变动类别,变动日期,核实日期"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲华红梅建国志海燕春雨晨浩宇轩子涵欣怡佳琪思雅诗梦婷雪琳倩颖洁莉萍云飞鹏翔宁安康乐福祥瑞和顺达发昌盛荣贵富宝玉珍珠翠莲菊竹松柏"
PER_DWELLING = 2.6
DWELLINGS = 60
BUILDINGS = 40
"""Dwellings in a building, buildings in an estate."""


@dataclass(frozen=True)
class Town:
    """People and where they live: arrays of one length, dwellings counted from 0."""

    dwelling: np.ndarray
    dwellings: int

    @property
    def buildings(self) -> int:
        return -(-self.dwellings // DWELLINGS)


def town(people: int, *, seed: int = 1) -> Town:
    """Who lives in which dwelling."""
    chance = np.random.default_rng(seed)
    sizes = chance.choice([1, 2, 3, 4, 5], p=[0.22, 0.30, 0.26, 0.14, 0.08], size=int(people / 2.3))
    ends = np.cumsum(sizes)
    dwelling = np.searchsorted(ends, np.arange(people), side="right")
    return Town(dwelling, int(dwelling[-1]) + 1)


def estate(building: int) -> tuple[str, int]:
    """Name of the estate, and the number in it."""
    at = building // BUILDINGS
    tens, ones = divmod(at, 26)
    return f"{GIVEN[tens % len(GIVEN)]}{GIVEN[(tens * 7 + ones) % len(GIVEN)]}{SURNAMES[ones]}苑{at}区", building % BUILDINGS + 1


def address(dwelling: int) -> str:
    """As the police station writes it."""
    building, at = divmod(dwelling, DWELLINGS)
    name, number = estate(building)
    unit, room = at % 3 + 1, 100 * (at // 6 + 1) + at // 3 % 2 + 1
    return f"{name}{number}号楼{unit}单元{room}室"


def write(path: Path, made: Town, *, week: int, day: str, changed: float = 0.0, seed: int = 1) -> None:
    """The file of one Monday. ``week`` 0: everybody; 1: with ``changed`` of the rows different."""
    chance = np.random.default_rng(seed + 1000)
    people = len(made.dwelling)
    what = np.where(chance.random(people) < changed, chance.choice(4, p=[0.5, 0.2, 0.15, 0.15], size=people) + 1, 0)
    if not week:
        what[:] = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(HEADINGS + "\n")
        for lines in _lines(made, what, day, seed):
            stream.write(lines)


def _lines(made: Town, what: np.ndarray, day: str, seed: int) -> Iterator[str]:
    chance = np.random.default_rng(seed)
    people = len(made.dwelling)
    surname = chance.integers(0, len(SURNAMES), made.dwellings)
    own = chance.integers(0, len(SURNAMES), people)
    keeps = chance.random(people) < 0.8
    first, second = chance.integers(0, len(GIVEN), people), chance.integers(0, len(GIVEN) + 20, people)
    born = chance.integers(1935, 2026, people)
    day_of_year = chance.integers(0, 12 * 28, people)
    hukou_here = chance.random(people) < 0.62
    numbered = chance.random(people) < 0.985
    before = -1
    for at in range(people):
        home = int(made.dwelling[at])
        name = (SURNAMES[surname[home]] if keeps[at] else SURNAMES[own[at]]) + GIVEN[first[at]]
        if second[at] < len(GIVEN):
            name += GIVEN[second[at]]
        month, of_month = int(day_of_year[at]) // 28 + 1, int(day_of_year[at]) % 28 + 1
        kind, change, on, phone = int(what[at]), "登记", "", f"0005550{at % 10_000:04}"
        number = _number(int(born[at]), month, of_month, at) if numbered[at] else ""
        if kind == 1:
            phone = f"0005550{(at * 7 + 13) % 10_000:04}"
        elif kind == 2:
            home, change, on = (home + 12_345) % made.dwellings, "变更", day
        elif kind == 3:
            change, on = "迁出", day
        elif kind == 4:
            number, name, change, on = _number(1990, month, of_month, at + people), name[::-1], "迁入", day
        head = "户主" if made.dwelling[at] != before else "子" if at % 2 else "女"
        before = made.dwelling[at]
        where, status = ("999901", "户籍人口") if hukou_here[at] else (f"{11 + at % 5}0000", "流动人口")
        since = f"2019-05-{1 + at % 28:02}" if born[at] < 2019 or kind == 4 else f"{born[at]}-{month:02}-{of_month:02}"
        yield (
            f"{at if kind != 4 else at + people},{home},{head},{name},{'男' if at % 2 else '女'},{number},{'111' if number else ''},"
            f"{born[at] if kind != 4 else 1990}-{month:02}-{of_month:02},01,{(20, 30, 40, 60, 70, 80)[at % 6]},{where},{address(home)},{status},"
            f"{since},{phone},{change},{on},{day}\n"
        )


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _number(year: int, month: int, day: int, at: int) -> str:
    """A number of a province that doesn't exist (99); its counties count on, so that millions are different."""
    body = f"99{at // 1000:04}{year:04}{month:02}{day:02}{at % 1000:03}"
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11]
