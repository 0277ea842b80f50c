"""Status for every combination of what can be known, who is left behind, and what must be declared."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from uuid import uuid4

import pytest

from linli.register.rules.declaring import Duty, of_birth, of_overseas, of_stay
from linli.register.rules.left_behind import LeftBehind, Relative, Where, left_behind
from linli.register.rules.residence import Status, status

HERE = "999901001001"
SAME_CITY, OTHER, NOTHING = "999902", "340100", ""

# The table of docs/reference/status.md, read from the top; the first line that fits decides. None: anything.
TABLE = [
    # lives here, hukou here, region, overseas document, said            → status
    (None, None, None, True, None, Status.OVERSEAS),
    (None, None, None, None, Status.OVERSEAS, Status.OVERSEAS),
    (True, True, None, None, None, Status.PERMANENT),
    (False, True, None, None, None, Status.ABSENT),
    (None, None, SAME_CITY, None, None, Status.LODGING),
    (None, None, OTHER, None, None, Status.FLOATING),
    (None, None, NOTHING, None, Status.FLOATING, Status.FLOATING),
    (None, None, NOTHING, None, Status.LODGING, Status.LODGING),
    (None, None, NOTHING, None, None, Status.UNSTATED),
]


def by_table(lives: bool, here: bool | None, region: str, overseas: bool, said: Status | None) -> Status:
    for line in TABLE:
        wanted, expected = line[:5], line[5]
        given = (lives, here, region, overseas, said)
        if all(want is None or want == got for want, got in zip(wanted, given, strict=True)):
            return expected
    raise AssertionError("no line fits")


def test_every_combination_has_its_status() -> None:
    tried = 0
    for lives, here, region, document, said in product(
        (True, False), (True, False, None), (SAME_CITY, OTHER, NOTHING), ("", "111", "414", "553", "L16"), (None, *Status)
    ):
        found = status(lives_here=lives, here=here, region=region, community_code=HERE, document=document, said=said)
        assert found is by_table(lives, here, region, document in ("414", "553", "L16"), said)
        tried += 1
    assert tried == 2 * 3 * 3 * 5 * 7


DAY = date(2026, 3, 2)
LONG, SHORT = DAY - timedelta(days=300), DAY - timedelta(days=60)


def one(relation: str, sex: str, born: int, where: Where = Where.HERE, since: date | None = None, **more: object) -> Relative:
    return Relative(uuid4(), relation, sex, date(born, 1, 1), where, since, **more)  # type: ignore[arg-type]


def away(relation: str, sex: str, born: int, since: date | None = LONG, **more: object) -> Relative:
    return one(relation, sex, born, Where.ELSEWHERE, since, **more)


GRANDFATHER = one("02", "1", 1955)
SON, HIS_WIFE = away("20", "1", 1985), away("38", "2", 1986)
CHILD = one("20", "1", 2016)


@pytest.mark.parametrize(
    ("person", "household", "expected"),
    [
        # A child in its father's household.
        (CHILD, [away("02", "1", 1985), away("12", "2", 1986)], LeftBehind.CHILD),
        (CHILD, [away("02", "1", 1985), one("12", "2", 1986)], None),
        (CHILD, [away("02", "1", 1985), one("12", "2", 1986, can_care=False)], LeftBehind.CHILD),
        (CHILD, [away("02", "1", 1985, SHORT), away("12", "2", 1986)], None),
        (CHILD, [away("02", "1", 1985, None), away("12", "2", 1986)], None),
        (CHILD, [away("02", "1", 1985)], None),
        (CHILD, [one("02", "1", 1985, Where.DEAD), away("12", "2", 1986)], None),
        (CHILD, [one("02", "1", 1985, Where.UNKNOWN), away("12", "2", 1986)], None),
        (one("20", "1", 2009), [away("02", "1", 1985), away("12", "2", 1986)], None),
        # In the grandfather's household the codes don't say whose child it is.
        (one("41", "1", 2016), [GRANDFATHER, SON, HIS_WIFE], None),
        # An elder whose children are all away.
        (GRANDFATHER, [SON, HIS_WIFE], LeftBehind.ELDER),
        (GRANDFATHER, [SON, one("12", "2", 1957)], LeftBehind.ELDER),
        (GRANDFATHER, [SON, one("30", "2", 1990)], None),
        (GRANDFATHER, [SON, one("30", "2", 1990, Where.UNKNOWN)], None),
        (GRANDFATHER, [SON, HIS_WIFE, one("41", "1", 2004)], None),
        (GRANDFATHER, [SON, one("41", "1", 2016)], LeftBehind.ELDER),
        (GRANDFATHER, [], None),
        (one("02", "1", 1970), [away("20", "1", 1995)], None),
        # A woman whose husband is away, whoever else is there.
        (one("12", "2", 1990), [away("02", "1", 1985), CHILD], LeftBehind.WOMAN),
        (one("02", "2", 1990), [away("11", "1", 1985)], LeftBehind.WOMAN),
        (one("02", "2", 1990), [away("11", "1", 1985, SHORT)], None),
        (one("02", "2", 1990), [one("11", "1", 1985)], None),
        (one("02", "1", 1990), [away("12", "2", 1985)], None),
        (one("02", "2", 2009), [away("11", "1", 2003)], None),
        # The head of then has left and another is head now: what counts is how both stood to one head.
        (
            one("41", "1", 2016),
            [away("02", "1", 1985, beside="20"), away("12", "2", 1986, beside="20"), one("02", "1", 1955)],
            LeftBehind.CHILD,
        ),
        (away("02", "1", 1955), [SON], None),
        (one("52", "2", 1940), [away("02", "1", 1965), one("12", "2", 1968)], None),
        (one("52", "2", 1940), [away("02", "1", 1965), away("12", "2", 1966)], LeftBehind.ELDER),
    ],
)
def test_who_is_left_behind(person: Relative, household: list[Relative], expected: LeftBehind | None) -> None:
    assert left_behind(person, household, DAY) is expected
    assert left_behind(person, [*household, person], DAY) is expected


def test_what_must_be_declared() -> None:
    came = date(2026, 2, 27)
    due = of_stay(Status.FLOATING, came, DAY)
    assert due is not None
    assert (due.duty, due.by, due.days_left) == (Duty.STAY, DAY, 0)
    assert of_stay(Status.FLOATING, came, DAY, leaves=came + timedelta(days=3)) is None
    assert of_stay(Status.FLOATING, came, DAY, declared=came) is None
    leaving = of_stay(Status.FLOATING, came, DAY, declared=came, leaves=date(2026, 3, 9))
    assert leaving is not None
    assert (leaving.duty, leaving.days_left) == (Duty.LEAVE, 7)
    assert [of_stay(one, came, DAY) for one in (Status.PERMANENT, Status.LODGING, Status.ABSENT, Status.OVERSEAS)] == [None] * 4
    for found, by in (
        (of_overseas(came, DAY), date(2026, 2, 28)),
        (of_birth(came, DAY), date(2026, 3, 27)),
    ):
        assert found is not None
        assert found.by == by
    assert of_birth(came, DAY, registered=DAY) is None
    assert of_overseas(came, DAY, declared=DAY) is None
