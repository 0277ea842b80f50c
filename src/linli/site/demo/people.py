"""Residents and households as the police station holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from numpy.random import Generator

from linli.kernel import citizen_number
from linli.site.demo import names

T = TypeVar("T")

PERMANENT, FLOATING, LODGING, OVERSEAS = "户籍人口", "流动人口", "寄住人口", "境外人员"
PASSPORT, TAIWAN, HONG_KONG = "414", "511", "516"
"""GA/T 517."""
IDENTITY_CARD = "111"

# Share of the floating by province of hukou. The towns are invented.
ORIGINS: tuple[tuple[str, str, float], ...] = (
    ("340000", "安徽省云溪县石桥镇", 0.31),
    ("410000", "河南省平川县白庙镇", 0.19),
    ("320000", "江苏省芦荡县新圩镇", 0.14),
    ("360000", "江西省竹源县上坪镇", 0.12),
    ("510000", "四川省金坝县龙泉镇", 0.09),
    ("420000", "湖北省楚湖县沙口镇", 0.08),
    ("370000", "山东省泉亭县大泽镇", 0.07),
)
NEEDS = ("上下楼", "用餐", "听力", "洗浴", "认路", "用电设备")
_FROM = tuple(share for _, _, share in ORIGINS)
_ETHNIC = ("汉族", "回族", "满族", "土家族", "苗族", "壮族")
_ETHNIC_SHARES = (0.955, 0.015, 0.008, 0.008, 0.007, 0.007)


def pick(rng: Generator, words: Sequence[T], shares: Sequence[float]) -> T:
    """One of ``words`` by its share."""
    at = rng.random() * sum(shares)
    for word, share in zip(words, shares, strict=True):
        at -= share
        if at < 0:
            return word
    return words[-1]


@dataclass(eq=False)
class Household:
    """One household in one dwelling. ``style``: how its address is written; ``garbled``: an address nobody can resolve."""

    number: str
    dwelling: int
    kind: str
    origin: int
    style: int
    garbled: bool
    words: bool
    """Whether the relation to the head is written as a word instead of its code."""
    since: date
    members: list[Person] = field(default_factory=list)


@dataclass(eq=False)
class Person:
    """One resident; what the files say of them, before anybody mistypes it."""

    home: Household
    key: str
    relation: str
    name: str
    male: bool
    birth: date
    number: str
    document: str
    ethnic: str
    education: str
    phone: str
    since: date
    date_style: int
    needs: str = ""
    consent: str = ""
    typed_name: str = ""
    number_due: date | None = None
    """When a newborn's number will be known."""
    head_text: str = ""
    """The finished first part of the row; emptied when something in it changes."""

    def age(self, on: date) -> int:
        return on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))


class Numbers:
    """Citizen numbers of the never issued region, each handed out once."""

    def __init__(self) -> None:
        self._next: dict[tuple[date, bool], int] = {}

    def take(self, birth: date, male: bool, rng: Generator) -> str:
        at = self._next.get((birth, male))
        if at is None:
            at = int(rng.integers(0, 400))
        self._next[(birth, male)] = at + 1
        return citizen_number.make(birth, (at % 500) * 2 + (1 if male else 0))


class Phones:
    """Numbers 000 5550 0000 to 9999 in shuffled order; in a large community some serve twice."""

    def __init__(self, rng: Generator) -> None:
        self._order = rng.permutation(10_000)
        self._at = 0

    def take(self) -> str:
        self._at += 1
        return f"000 5550 {self._order[(self._at - 1) % 10_000]:04d}"


@dataclass(eq=False)
class Registry:
    """Hands out what makes a person: numbers, telephone numbers, keys."""

    rng: Generator
    numbers: Numbers
    phones: Phones
    prefix: str
    people: int = 0
    households: int = 0

    def household(self, dwelling: int, kind: str, since: date) -> Household:
        rng = self.rng
        self.households += 1
        strangers = kind == FLOATING and rng.random() < 0.16
        named = "" if strangers or rng.random() < 0.03 else f"{self.prefix}{self.households:06d}"
        origin = pick(rng, range(len(ORIGINS)), _FROM)
        garbled, words = bool(rng.random() < 0.004), bool(rng.random() < 0.2)
        return Household(named, dwelling, kind, origin, int(rng.integers(1_000)), garbled, words, since)

    def person(self, home: Household, relation: str, male: bool, birth: date, today: date, family: str = "") -> Person:
        """A new member of ``home``; the caller says who they are to its head."""
        rng = self.rng
        self.people += 1
        age = (today - birth).days / 365.25
        key = f"{self.prefix}R{self.people:07d}" if rng.random() < 0.6 else ""
        number, document = "", IDENTITY_CARD
        name = (family or names.surname(rng)) + names.given_name(male, birth.year, rng)
        ethnic = pick(rng, _ETHNIC, _ETHNIC_SHARES)
        if home.kind == OVERSEAS:
            document = pick(rng, (PASSPORT, TAIWAN, HONG_KONG), (0.6, 0.2, 0.2))
            digits = int(rng.integers(0, 9_999_999))
            number = {PASSPORT: f"E{digits:08d}", TAIWAN: f"{digits:08d}", HONG_KONG: f"H{digits:08d}"}[document]
            name, ethnic = (names.foreign_name(rng), "") if document == PASSPORT else (name, "")
        elif age < 0.15 or (age >= 18 and rng.random() < 0.01):
            key = key or (f"{self.prefix}R{self.people:07d}" if rng.random() < 0.8 else "")
            document = ""
        else:
            number = self.numbers.take(birth, male, rng)
        since = home.since if birth < home.since else birth
        person = Person(
            home=home,
            key=key,
            relation=relation,
            name=name,
            male=male,
            birth=birth,
            number=number,
            document=document,
            ethnic=ethnic,
            education=_education(age, rng),
            phone=self.phones.take() if age > 13 and rng.random() < 0.94 else "",
            since=since,
            date_style=pick(rng, range(4), (0.55, 0.25, 0.12, 0.08)),
        )
        if not number and age < 0.15:
            person.number_due = today + timedelta(days=int(rng.integers(28, 70)))
        need_care(person, today, rng, 0.004 if age < 60 else 0.03 if age < 75 else 0.16 if age < 85 else 0.34)
        home.members.append(person)
        return person


def need_care(person: Person, today: date, rng: Generator, chance: float) -> None:
    """With some chance the person has said, with consent, what help they need."""
    if rng.random() >= chance:
        return
    first = pick(rng, range(len(NEEDS)), (0.4, 0.22, 0.16, 0.12, 0.06, 0.04))
    chosen = {first, int(rng.integers(len(NEEDS)))} if rng.random() < 0.3 else {first}
    person.needs = "、".join(NEEDS[k] for k in sorted(chosen))
    person.consent = (today - timedelta(days=int(rng.integers(0, 700)))).isoformat()


def _education(age: float, rng: Generator) -> str:
    if age < 6:
        return ""
    if age < 12:
        return "小学"
    if age < 15:
        return "初中"
    if age < 18:
        return "普通高中" if rng.random() < 0.7 else "中等职业"
    words = ("研究生", "大学本科", "大学专科", "中等职业", "普通高中", "初中", "小学")
    young = (0.06, 0.28, 0.24, 0.10, 0.13, 0.17, 0.02)
    old = (0.01, 0.07, 0.09, 0.08, 0.20, 0.35, 0.20)
    return pick(rng, words, young if age < 45 else old)
