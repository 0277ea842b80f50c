"""Which building somebody means who types their address to find their grid. Pure; nothing typed is kept.

It is looked for by what the map calls it: its name, its number in the estate, its number along the street, in the order of either
language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_LETTERS = 120
_HOUSES = ("号楼", "栋", "幢", "座")
_DOORS = ("弄", "号")


@dataclass(frozen=True)
class Called:
    """What a building is called. ``number`` counts within the estate, ``house_number`` along the street."""

    name: str
    estate: str = ""
    street: str = ""
    number: str = ""
    house_number: str = ""


def plain(text: str) -> str:
    """A text without spaces, commas and capitals, as addresses are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if not sign.isspace() and sign not in ",，.。、#")[:MOST_LETTERS]


def ways(called: Called) -> set[str]:
    """Every way in which the building is written, without spaces."""
    found = {called.name}
    bare = called.number.rstrip("号楼栋幢座")
    if called.estate and bare:
        found |= {f"{called.estate}{bare}{word}" for word in _HOUSES} | {f"{called.estate} {bare}", f"{bare} {called.estate}"}
    door = called.house_number.rstrip("号弄")
    if called.street and door:
        found |= {f"{called.street}{door}{word}" for word in _DOORS} | {f"{called.street} {door}", f"{door} {called.street}"}
    return {plain(one) for one in found if len(plain(one)) > 1}


def meant(text: str, buildings: Sequence[Called]) -> list[int]:
    """The buildings (positions) that the text names most precisely; empty where it names none."""
    typed = plain(text)
    best: dict[int, int] = {}
    for at, called in enumerate(buildings):
        length = max((len(way) for way in ways(called) if _stands(way, typed)), default=0)
        if length:
            best[at] = length
    longest = max(best.values(), default=0)
    return [at for at, length in best.items() if length == longest]


def near(text: str, buildings: Sequence[Called]) -> list[int]:
    """Where no building is named: those of the estate or street that the text names."""
    typed = plain(text)
    return [
        at
        for at, called in enumerate(buildings)
        if any(len(plain(word)) > 1 and plain(word) in typed for word in (called.estate, called.street))
    ]


def _stands(way: str, typed: str) -> bool:
    """Whether ``way`` stands in the text as whole numbers: 1号楼 doesn't stand in 11号楼."""
    return any(
        not (way[0].isdigit() and before.isdigit()) and not (way[-1].isdigit() and after.isdigit())
        for before, after in _around(way, typed)
    )


def _around(way: str, typed: str) -> Iterable[tuple[str, str]]:
    at = typed.find(way)
    while at >= 0:
        yield typed[at - 1 : at] if at else "", typed[at + len(way) : at + len(way) + 1]
        at = typed.find(way, at + 1)
