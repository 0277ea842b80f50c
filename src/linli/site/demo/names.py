"""Common surnames and given names, put together at random; nobody is meant."""

from __future__ import annotations

from bisect import bisect

import numpy as np
from numpy.random import Generator

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_MEN_OLD = "国建华志明德福永文军平海荣林生根发贵祥富忠义"
_MEN = "伟强磊军洋勇杰涛超鹏飞浩宇轩博睿泽晨昊子俊凯健斌辉龙峰波毅翔铭嘉天佑"
_WOMEN_OLD = "秀英兰桂珍玉凤淑芬荣琴菊月仙妹宝巧"
_WOMEN = "芳娜敏静丽艳娟霞燕婷雪梅琳倩颖慧莹欣怡佳悦雅诗涵梓萱思语桐妍彤瑶"
_FOREIGN = (
    "KIM MINJUN",
    "SATO YUKI",
    "MARTIN CLAIRE",
    "NOVAK PETR",
    "SILVA ANA",
    "OKAFOR JOHN",
    "MUELLER LENA",
    "ROSSI MARCO",
    "SMITH EMMA",
    "TRAN LINH",
)
_TYPOS = dict(zip("伟华芳静丽明军国建秀英玉", "纬花方净莉名君囯健绣瑛王", strict=True))

_WEIGHTS = 1.0 / (np.arange(len(SURNAMES)) + 6.0)
_CUMULATED: list[float] = np.cumsum(_WEIGHTS / _WEIGHTS.sum()).tolist()


def surname(rng: Generator) -> str:
    return SURNAMES[min(len(SURNAMES) - 1, bisect(_CUMULATED, rng.random()))]


def given_name(male: bool, born: int, rng: Generator) -> str:
    """One or two characters, of the taste of the year ``born``."""
    old = rng.random() < (0.85 if born < 1962 else 0.35 if born < 1978 else 0.04)
    signs = (_MEN_OLD if old else _MEN) if male else (_WOMEN_OLD if old else _WOMEN)
    first = signs[int(rng.random() * len(signs))]
    if rng.random() < (0.14 if born < 1975 or born > 2000 else 0.34):
        return first
    second = signs[int(rng.random() * len(signs))]
    return first + (second if second != first or born > 1980 else signs[(signs.index(first) + 5) % len(signs)])


def foreign_name(rng: Generator) -> str:
    return _FOREIGN[int(rng.integers(len(_FOREIGN)))]


def mistyped(name: str) -> str:
    """The name as somebody in a hurry types it: one character taken for another of the same sound or shape."""
    for at in range(len(name) - 1, 0, -1):
        if name[at] in _TYPOS:
            return name[:at] + _TYPOS[name[at]] + name[at + 1 :]
    return name[:-1] + "琪" if name[-1] != "琪" else name[:-1] + "祺"
