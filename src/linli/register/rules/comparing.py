"""Two descriptions side by side: line by line whether they agree, nearly agree, differ, or can't be compared. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linli.kernel.words import sentence
from linli.methods.names import normal_name, pinyin, split_name
from linli.register.rules.documents import same_number
from linli.register.rules.matching import one_sign_apart


class Agreement(StrEnum):
    """How two values stand to each other."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What is said of a line beside its sign."""

    AGREES = "agrees"
    SAYS_LITTLE = "says_little"
    SAME_SOUND = "same_sound"
    ONE_SIGN = "one_sign"
    SWAPPED = "swapped"
    OTHER_WRITING = "other_writing"
    YEAR_AND_MONTH = "year_and_month"
    DAY_AND_MONTH = "day_and_month"
    SAME_BUILDING = "same_building"
    DIFFERS = "differs"
    NOT_GIVEN = "not_given"


WORDS: Mapping[Why, str] = {
    Why.AGREES: sentence("register.compare.agrees", "agrees"),
    Why.SAYS_LITTLE: sentence("register.compare.says_little", "agrees; says little"),
    Why.SAME_SOUND: sentence("register.compare.same_sound", "same sound, other character"),
    Why.ONE_SIGN: sentence("register.compare.one_sign", "one character differs"),
    Why.SWAPPED: sentence("register.compare.swapped", "same parts in another order"),
    Why.OTHER_WRITING: sentence("register.compare.other_writing", "written in another way"),
    Why.YEAR_AND_MONTH: sentence("register.compare.year_and_month", "year and month agree, the day differs"),
    Why.DAY_AND_MONTH: sentence("register.compare.day_and_month", "day and month agree, the year differs"),
    Why.SAME_BUILDING: sentence("register.compare.same_building", "same building, another door or none given"),
    Why.DIFFERS: sentence("register.compare.differs", "differs"),
    Why.NOT_GIVEN: sentence("register.compare.not_given", "can’t be compared"),
}
SIGNS: Mapping[Agreement, str] = {
    Agreement.SAME: "=",
    Agreement.NEAR: "≈",
    Agreement.DIFFERENT: "≠",
    Agreement.UNKNOWN: "?",
}


@dataclass(frozen=True)
class Line:
    """One thing that two descriptions say. ``first``: on the register, ``second``: in the row."""

    name: str
    first: str
    second: str
    agreement: Agreement
    why: Why


def names(first: str, second: str) -> tuple[Agreement, Why]:
    """Two names."""
    if not first.strip() or not second.strip():
        return Agreement.UNKNOWN, Why.NOT_GIVEN
    if first == second:
        return Agreement.SAME, Why.AGREES
    one, other = normal_name(first), normal_name(second)
    if one == other:
        return Agreement.NEAR, Why.OTHER_WRITING
    if pinyin(one) == pinyin(other):
        return Agreement.NEAR, Why.SAME_SOUND
    if split_name(one)[::-1] == split_name(other) or sorted(one) == sorted(other):
        return Agreement.NEAR, Why.SWAPPED
    if one_sign_apart(one, other):
        return Agreement.NEAR, Why.ONE_SIGN
    return Agreement.DIFFERENT, Why.DIFFERS


def days(first: date | None, second: date | None) -> tuple[Agreement, Why]:
    """Two days of birth."""
    if first is None or second is None:
        return Agreement.UNKNOWN, Why.NOT_GIVEN
    if first == second:
        return Agreement.SAME, Why.AGREES
    if (first.year, first.month) == (second.year, second.month):
        return Agreement.NEAR, Why.YEAR_AND_MONTH
    if (first.month, first.day) == (second.month, second.day):
        return Agreement.NEAR, Why.DAY_AND_MONTH
    return Agreement.DIFFERENT, Why.DIFFERS


def texts(first: str, second: str, *, little: bool = False) -> tuple[Agreement, Why]:
    """Two texts; ``little``: that they agree says little, because they do so often by chance."""
    if not first or not second:
        return Agreement.UNKNOWN, Why.NOT_GIVEN
    if first == second:
        return Agreement.SAME, Why.SAYS_LITTLE if little else Why.AGREES
    return Agreement.DIFFERENT, Why.DIFFERS


def numbers(first: str, second: str) -> tuple[Agreement, Why]:
    """Two document numbers; fifteen digits and the eighteen made of them are one."""
    if not first or not second:
        return Agreement.UNKNOWN, Why.NOT_GIVEN
    if first == second:
        return Agreement.SAME, Why.AGREES
    return (Agreement.NEAR, Why.OTHER_WRITING) if same_number(first, second) else (Agreement.DIFFERENT, Why.DIFFERS)


def doors(first: tuple[object, object], second: tuple[object, object]) -> tuple[Agreement, Why]:
    """Two homes, each a building and a dwelling (None: not known)."""
    if first[0] is None or second[0] is None:
        return Agreement.UNKNOWN, Why.NOT_GIVEN
    if first[0] != second[0]:
        return Agreement.DIFFERENT, Why.DIFFERS
    if first[1] is not None and first[1] == second[1]:
        return Agreement.SAME, Why.AGREES
    return Agreement.NEAR, Why.SAME_BUILDING
