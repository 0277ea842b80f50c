"""Who is left behind (留守): a child by its parents, an elder by all children, a woman by her husband; for help alone.

Sources: 国发〔2016〕13号 (rural children below 16 whose parents both work away, or one does and the other can't look after them);
民发〔2017〕193号 (elders whose children are all away for half a year and who have no one able to support them); 民发〔2019〕89号
(women whose husbands work away); GB/T 31000 list 留守 01 老人, 02 妇女, 03 儿童. *Away* means living elsewhere for half a year.
Where one of those who count isn't known to be away, nobody is called so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from linli.kernel.periods import months_later
from linli.register.rules.ages import age_on
from linli.register.rules.relations import CHILDREN, PARENTS, seen_from

AWAY_MONTHS = 6
CHILD_BELOW = 16
ELDER_FROM = 60
GROWN_FROM = 18
HUSBAND = frozenset({"10", "11"})


class LeftBehind(StrEnum):
    """The code of GB/T 31000."""

    ELDER = "01"
    WOMAN = "02"
    CHILD = "03"


class Where(StrEnum):
    """Where somebody is. ``elsewhere`` may be for a day; ``away`` is decided by how long."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Relative:
    """A member of the household's register, living here or not. ``since``: since when elsewhere, None where not known.

    ``beside``: how the person asked about was related to the head while this one was there, where that was otherwise than now
    (another head); so that two codes are compared which speak of one head.
    """

    id: UUID
    relation: str
    sex: str
    born: date
    where: Where
    since: date | None = None
    beside: str = ""
    can_care: bool | None = None


def is_away(relative: Relative, day: date) -> bool:
    """Living elsewhere for half a year or more, by what is known."""
    return relative.where is Where.ELSEWHERE and relative.since is not None and months_later(relative.since, AWAY_MONTHS) <= day


def left_behind(person: Relative, household: Iterable[Relative], day: date) -> LeftBehind | None:
    """Whether the person is left behind on ``day``. ``household``: everybody registered with them, the person too or not."""
    if person.where is not Where.HERE:
        return None
    age = age_on(person.born, day)
    others = [one for one in household if one.id != person.id and one.where is not Where.DEAD]
    seen = [(one, seen_from(one.beside or person.relation, person.sex, one.relation, one.sex)) for one in others]
    if age < CHILD_BELOW:
        parents = [one for one, related in seen if related.code in PARENTS and not related.review]
        return LeftBehind.CHILD if _without_parents(parents, day) else None
    if age >= ELDER_FROM:
        children = [one for one, related in seen if related.code in CHILDREN and not related.review]
        with_others = any(one.where is Where.HERE and CHILD_BELOW <= age_on(one.born, day) < ELDER_FROM for one in others)
        return LeftBehind.ELDER if children and not with_others and all(is_away(one, day) for one in children) else None
    if age >= GROWN_FROM and person.sex == "2":
        husbands = [one for one, related in seen if related.code in HUSBAND and not related.review and one.sex != "2"]
        return LeftBehind.WOMAN if husbands and all(is_away(one, day) for one in husbands) else None
    return None


def _without_parents(parents: list[Relative], day: date) -> bool:
    """Both away; or one away and the other known to be unable to care. Of one known parent alone nothing follows."""
    if len(parents) < 2:
        return False
    away = [one for one in parents if is_away(one, day)]
    return len(away) == len(parents) or (bool(away) and all(one.can_care is False for one in parents if one not in away))
