"""How the synthetic registers write: names in syllables or characters, what people mistype, addresses in words."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.methods.names import COMPOUND, pinyin

Texts = NDArray[Any]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ONSETS = (*"bcdfghjklmnprstvwz", "br", "ch", "dr", "gr", "sh", "st", "th")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_CODAS = ("", "", "n", "r", "l", "s", "m", "t", "nd", "ck")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_MEN = (
    "国建华志明德福永文军平海荣林生根发贵祥富忠义伟强磊洋勇杰涛超鹏飞浩宇轩博睿泽晨昊子俊凯健斌"
    "辉龙峰波毅翔铭嘉天佑东成刚新春庆学光立"
)
_WOMEN = (
    "秀英兰桂珍玉凤淑芬荣琴菊月仙妹宝巧芳娜敏静丽艳娟霞燕婷雪梅琳倩颖慧莹欣怡佳悦雅诗涵梓萱思语桐妍彤瑶红云莲翠爱金美春小文华"
)
_TRADITIONAL = dict(
    zip(
        "张刘陈杨黄赵吴孙马郑谢许韩冯邓彭萧蒋叶苏魏吕姜钟谭陆贾韦邹龙贺顾龚万钱严汤国建华军荣发贵义伟强杰涛飞泽凯辉铭东刚庆学兰凤宝丽艳娟颖慧莹诗语红云莲爱峰昊",
        "張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧彭蕭蔣葉蘇魏呂薑鍾譚陸賈韋鄒龍賀顧龔萬錢嚴湯國建華軍榮發貴義偉強傑濤飛澤凱輝銘東剛慶學蘭鳳寶麗豔娟穎慧瑩詩語紅雲蓮愛峯昊",
        strict=True,
    )
)


class Latin:
    """Names of syllables: some 4,000 given names and 20,000 surnames, the commonest far more often than the rest."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        words = np.random.default_rng(71)  # one stock of names, whatever the seed
        self._given = _stock(words, 4_000, (2, 3))
        self._surnames = _stock(words, 20_000, (2, 3))

    def surnames(self, count: int) -> Texts:
        return self._draw(self._surnames, count)

    def given(self, sex: NDArray[np.int64]) -> Texts:
        return self._draw(self._given, len(sex))

    def _draw(self, stock: Texts, count: int) -> Texts:
        weights = 1.0 / (np.arange(len(stock)) + 30.0)
        drawn: Texts = stock[np.searchsorted(np.cumsum(weights / weights.sum()), self.rng.random(count)).clip(max=len(stock) - 1)]
        return drawn

    def typos(self, texts: Texts) -> Texts:
        """One letter put in, left out, taken for another, or exchanged with its neighbour."""
        return _each(texts, self._typo)

    def _typo(self, text: str) -> str:
        if not text:
            return text
        at, kind = int(self.rng.integers(len(text))), int(self.rng.integers(4))
        letter = _LETTERS[int(self.rng.integers(26))]
        if kind == 0:
            return text[:at] + letter + text[at:]
        if kind == 1 and len(text) > 2:
            return text[:at] + text[at + 1 :]
        if kind == 2 and at + 1 < len(text) and text[at] != text[at + 1]:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text[:at] + (letter if letter != text[at] else "q") + text[at + 1 :]

    def variants(self, given: Texts, surname: Texts) -> tuple[Texts, Texts]:
        """Capitals and accents, as another program wrote them."""
        return _each(given, str.upper), _each(surname, lambda name: name.replace("e", "é"))

    def homophones(self, given: Texts, surname: Texts) -> tuple[Texts, Texts]:
        """A letter for another that sounds alike."""
        change = lambda name: name.replace("k", "c") if "k" in name else name.replace("c", "k").replace("i", "y")  # noqa: E731
        return _each(given, change), surname


class Han:
    """Chinese names: common surnames and characters, one in six given names of one character, a few compound surnames."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        singles = 1.0 / (np.arange(len(_SURNAMES)) + 6.0)
        compound = sorted(COMPOUND)
        self._surnames = np.array([*_SURNAMES, *compound], object)
        weights = np.concatenate([singles / singles.sum(), np.full(len(compound), 0.004 / len(compound))])
        self._surname_weights = np.cumsum(weights / weights.sum())
        self._signs = sorted({*_MEN, *_WOMEN})

    def surnames(self, count: int) -> Texts:
        drawn: Texts = self._surnames[
            np.searchsorted(self._surname_weights, self.rng.random(count)).clip(max=len(self._surnames) - 1)
        ]
        return drawn

    def given(self, sex: NDArray[np.int64]) -> Texts:
        count = len(sex)
        stocks = (np.array(list(_MEN), object), np.array(list(_WOMEN), object))
        first, second = (
            np.where(
                sex == 1,
                stocks[0][self.rng.integers(0, len(stocks[0]), count)],
                stocks[1][self.rng.integers(0, len(stocks[1]), count)],
            )
            for _ in range(2)
        )
        second[self.rng.random(count) < 1 / 6] = ""
        both: Texts = first + second
        return both

    def typos(self, texts: Texts) -> Texts:
        """One character taken for another: half the time one that sounds nearly alike, else any; now and then left out."""
        return _each(texts, self._typo)

    def _typo(self, text: str) -> str:
        if not text:
            return text
        at = int(self.rng.integers(len(text)))
        if len(text) > 1 and self.rng.random() < 0.1:
            return text[:at] + text[at + 1 :]
        stock = _near_sounds(text[at]) if self.rng.random() < 0.5 else self._signs
        other = stock[int(self.rng.integers(len(stock)))] if stock else "琪"
        return text[:at] + (other if other != text[at] else "祺") + text[at + 1 :]

    def variants(self, given: Texts, surname: Texts) -> tuple[Texts, Texts]:
        """The traditional or variant form of each character that has one."""
        change = lambda name: "".join(_TRADITIONAL.get(sign, sign) for sign in name)  # noqa: E731
        return _each(given, change), _each(surname, change)

    def homophones(self, given: Texts, surname: Texts) -> tuple[Texts, Texts]:
        """A character of the given name that sounds the same in toneless pinyin."""
        return _each(given, self._homophone), surname

    def _homophone(self, name: str) -> str:
        at = int(self.rng.integers(max(1, len(name))))
        stock = [one for one in _by_sound().get(pinyin(name[at : at + 1], surname=False), []) if one != name[at]]
        return name[:at] + stock[int(self.rng.integers(len(stock)))] + name[at + 1 :] if stock else name


@cache
def _by_sound() -> dict[str, list[str]]:
    """Characters of names by their sound; a part of the common characters beside those of our names."""
    extra = (
        "维威微卫韦为薇唯建健剑见文闻雯汶玟明鸣铭名华花化桦军君钧均俊骏国果强蔷丽莉立力利静敬晶婧洁"
        "杰捷芳方放霞夏娟涓玉宇雨语钰玲凌琳林霖琴勤秦英樱瑛颖影红宏虹洪鸿平萍苹海"
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for sign in sorted({*_MEN, *_WOMEN, *_SURNAMES, *extra}):
        found[pinyin(sign, surname=False)].append(sign)
    return dict(found)


@cache
def _near_sounds(sign: str) -> list[str]:
    """Characters whose sound begins alike and differs in length by at most one."""
    sound = pinyin(sign, surname=False)
    return [
        one
        for other, signs in _by_sound().items()
        if other[:2] == sound[:2] and abs(len(other) - len(sound)) <= 1
        for one in signs
        if one != sign
    ]


def digit_typos(rng: np.random.Generator, texts: Texts) -> Texts:
    """One digit of each taken for another."""

    def change(text: str) -> str:
        at = int(rng.integers(6, len(text)))
        return text[:at] + str((int(text[at]) + int(rng.integers(1, 10))) % 10) + text[at + 1 :]

    return _each(texts, change)


def addresses(rng: np.random.Generator, home: NDArray[np.int64], wrong: NDArray[np.bool_], script: str) -> Texts:
    """The address of each home in words; where ``wrong``, one or two words are left out or mistyped."""
    homes = int(home.max()) + 1 if len(home) else 0
    found: Texts = np.array(_han_addresses(homes) if script == "han" else _latin_addresses(homes), object)[home]
    latin = Latin.__new__(Latin)
    latin.rng = rng

    def spoil(text: str) -> str:
        parts = text.split()
        for _ in range(int(rng.integers(1, 3))):
            at = int(rng.integers(len(parts)))
            parts[at] = "" if rng.random() < 0.4 else latin._typo(parts[at]) if script != "han" else parts[at][:-1]
        return " ".join(part for part in parts if part)

    found[wrong] = _each(found[wrong], spoil)
    return found


def _latin_addresses(homes: int) -> list[str]:
    """House number, street, suburb, code."""
    words = np.random.default_rng(73)
    streets, suburbs = _stock(words, 3_000, (2, 3)), _stock(words, 400, (2, 3))
    kinds = ("street", "place", "crescent", "close", "road", "avenue")
    number, street, suburb, kind = (words.integers(1, top, homes) for top in (200, 3_000, 400, 6))
    return [
        f"{number[one]} {streets[street[one]]} {kinds[kind[one]]} {suburbs[suburb[one]]} {2000 + int(suburb[one]) * 7}"
        for one in range(homes)
    ]


def _han_addresses(homes: int) -> list[str]:
    """Road and number, estate, building, unit, room: neighbours differ in the last digits only."""
    words = np.random.default_rng(73)
    names = ["".join(words.choice(list("阳光幸福和平新华民主解放东方锦绣金桂翠竹春江文化建设长青"), 2)) for _ in range(400)]
    found = []
    for one in range(homes):
        estate, within = divmod(one, 600)
        building, unit, room = within // 40 + 1, within // 20 % 2 + 1, (within // 2 % 10 + 1) * 100 + within % 2 + 1
        found.append(
            f"{names[estate % 400]}路{estate % 97 + 1}号 {names[estate * 7 % 400]}小区 {building}号楼 {unit}单元 {room}室"
        )
    return found


def _stock(rng: np.random.Generator, count: int, syllables: tuple[int, int]) -> Texts:
    """``count`` different words of syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        word = ""
        for _ in range(int(rng.integers(syllables[0], syllables[1] + 1))):
            word += _ONSETS[int(rng.integers(len(_ONSETS)))] + _VOWELS[int(rng.integers(len(_VOWELS)))]
        found[word + _CODAS[int(rng.integers(len(_CODAS)))]] = None
    return np.array(list(found), object)


def _each(texts: Texts, change: Any) -> Texts:
    changed = np.empty(len(texts), object)
    changed[:] = [change(text) for text in texts]
    return changed
