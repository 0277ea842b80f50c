"""Why rows were refused, in a few words for a whole file: "31 without a number, 20 doubled". Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from linli.kernel.words import Words, sentence

SHOWN = 3

_CHECKSUM = sentence("monday.why.checksum", "one wrong check digit", "%(n)s wrong check digits", count="n")
_LENGTH = sentence("monday.why.number", "one wrong identity number", "%(n)s wrong identity numbers", count="n")
_NAMES = sentence("monday.why.two_names", "one number with two names", "%(n)s numbers with two names", count="n")
_DOUBLED = sentence("monday.why.doubled", "one doubled row", "%(n)s doubled rows", count="n")
_ADDRESS = sentence("monday.why.address", "one address that cannot be read", "%(n)s addresses that cannot be read", count="n")
_BUILDING = sentence(
    "monday.why.building", "one address outside the community", "%(n)s addresses outside the community", count="n"
)
_DATE = sentence("monday.why.date", "one wrong date", "%(n)s wrong dates", count="n")
_NOT_HERE = sentence(
    "monday.why.not_here", "one who left without being registered", "%(n)s who left without being registered", count="n"
)
_OTHER = sentence("monday.why.other", "one for another reason", "%(n)s for other reasons", count="n")

# By the last part of the reason's key: flats name alike what is alike.
SHORT = {
    "checksum": _CHECKSUM,
    "length": _LENGTH,
    "id_check": _CHECKSUM,
    "id_date": _LENGTH,
    "two_names": _NAMES,
    "other_name": _NAMES,
    "doubled": _DOUBLED,
    "doubled_person": _DOUBLED,
    "unreadable": _ADDRESS,
    "no_address": _ADDRESS,
    "no_building": _BUILDING,
    "before_birth": _DATE,
    "birth_differs": _DATE,
    "no_such_day": _DATE,
    "two_digit_year": _DATE,
    "year_out": _DATE,
    "not_a_time": _DATE,
    "not_a_date": _DATE,
    "future": _DATE,
    "not_here": _NOT_HERE,
}


def summed(reasons: Iterable[tuple[Words, int]]) -> list[dict[str, Any]]:
    """The most frequent reasons in short words, each with its number, and the others together. As stored words."""
    counted: dict[str, int] = {}
    for words, n in reasons:
        short = SHORT.get(words.key.rpartition(".")[2], _OTHER)
        counted[short] = counted.get(short, 0) + n
    other = counted.pop(_OTHER, 0)
    told = sorted(counted.items(), key=lambda pair: -pair[1])
    other += sum(n for _key, n in told[SHOWN:])
    told = told[:SHOWN]
    if other:
        told.append((_OTHER, other))
    return [Words(key, {"n": n}).as_json() for key, n in told]
