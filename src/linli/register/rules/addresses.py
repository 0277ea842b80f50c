"""Reads an address as people write it and finds its building among those that are known.

Chinese (桐荫路18弄柳荫苑3号楼2单元501室, 柳荫苑3-2-501, full-width digits, 三号楼, 3栋, 3幢, 3#) and Latin (Willow Court 3-2-501,
12 Mill Lane, Bldg 3 Unit 2 Room 501). What isn't certain is not guessed: no building is found, and the reason is given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Reason(StrEnum):
    """Why no building was found."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Parsed:
    """What an address says; an empty string where it says nothing."""

    street: str = ""
    house_number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""


@dataclass(frozen=True)
class Place:
    """One building as the territory knows it. Numbers are text without leading zeros; ``units`` 0 where it has no stair wells."""

    id: UUID
    name: str = ""
    estate: str = ""
    number: str = ""
    street: str = ""
    house_number: str = ""
    units: int = 0


@dataclass(frozen=True)
class Found:
    """A building, its dwelling where one is known, and the stair well and room that were read. Or the reason why not."""

    building: UUID | None = None
    dwelling: UUID | None = None
    unit: str = ""
    room: str = ""
    reason: Reason | None = None


_DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十]{1,3}(?=号|栋|幢|座|单元|门|弄|层|室)")
_LATIN = (
    (re.compile(r"\b(?:building|bldg|block|blk)\.?\s*(\d+)", re.I), r"\1号楼"),
    (re.compile(r"\b(?:unit|entrance|stair)\.?\s*(\d+)", re.I), r"\1单元"),
    (re.compile(r"\b(?:room|rm|flat|apt|apartment)\.?\s*(\d+)", re.I), r"\1室"),
)
_BUILDING = r"(?:号楼|号|栋楼|栋|幢|座|楼|#)"
_TAIL = re.compile(
    r"^\D{0,3}?0*(?P<building>\d{1,4})(?:" + _BUILDING + r")?"
    r"(?:[-—–/,.\s]*0*(?P<unit>\d{1,2})(?:单元|门|梯|(?=-)))?"
    r"(?:[-—–/,.\s]*\d{1,2}(?:层|楼))?"
    r"(?:[-—–/,.\s]*(?P<room>\d{2,4}[A-Z]?)(?:室|房|户|号)?)?$"
)
_DASHED = re.compile(
    r"^\D{0,3}?0*(?P<building>\d{1,4})(?:" + _BUILDING + r")?[-—–/]0*(?P<unit>\d{1,2})[-—–/](?P<room>\d{2,4}[A-Z]?)(?:室|房)?$"
)
_NO_BUILDING = re.compile(r"^(?:0*(?P<unit>\d{1,2})(?:单元|门|梯))?[-—–/,.]*(?P<room>\d{2,4}[A-Z]?)?(?:室|房|户)?$")
_HOUSE = re.compile(r"^\s*(?:0*(?P<number>\d{1,4}[A-Z]?)(?P<word>弄|巷|号|支弄)?)")
_LEADING = re.compile(r"(?P<number>\d{1,4}[A-Z]?)\s*,?\s*$")


def normalise(text: str) -> str:
    """Half width, one kind of dash, Chinese numbers before 号楼, 单元 and the like as digits, spaces between signs gone."""
    flat = unicodedata.normalize("NFKC", text).strip().upper()
    for pattern, into in _LATIN:
        flat = pattern.sub(into, flat)
    flat = re.sub(r"[—–‐―－~～]", "-", flat)
    flat = _CHINESE_NUMBER.sub(lambda found: str(_chinese(found[0])), flat)
    # A space between two Latin words or two numbers means something; any other was typed by habit.
    flat = re.sub(r"(?<=[^A-Z0-9])\s+|\s+(?=[^A-Z0-9])", "", flat)
    return re.sub(r"\s+", " ", flat)


def _chinese(text: str) -> int:
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return int("".join(str(_DIGITS[sign]) for sign in text))


@dataclass
class Index:
    """The buildings and dwellings of one community, ready to be asked."""

    places: Sequence[Place]
    dwellings: Mapping[tuple[UUID, str, str], UUID] = field(default_factory=dict)
    _cache: dict[str, Found] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id = {place.id: place for place in self.places}
        self._estates = _by_length({normalise(p.estate): p.estate for p in self.places if p.estate})
        self._streets = _by_length({normalise(p.street): p.street for p in self.places if p.street})
        self._names: dict[str, list[Place]] = {}
        self._by_estate: dict[tuple[str, str], list[Place]] = {}
        self._by_house: dict[tuple[str, str], list[Place]] = {}
        self._of_number: dict[str, list[Place]] = {}
        for place in self.places:
            number, house = _bare(place.number), _bare(place.house_number)
            if place.name:
                self._names.setdefault(normalise(place.name), []).append(place)
            if place.estate and number:
                self._by_estate.setdefault((place.estate, number), []).append(place)
            if place.street and house:
                self._by_house.setdefault((place.street, house), []).append(place)
            if number:
                self._of_number.setdefault(number, []).append(place)
        self._long_names = sorted(self._names, key=len, reverse=True)
        self._rooms: dict[tuple[UUID, str], list[tuple[str, UUID]]] = {}
        for (building, unit, room), dwelling in self.dwellings.items():
            self._rooms.setdefault((building, room), []).append((unit, dwelling))

    def parse(self, text: str) -> Parsed | None:
        """What ``text`` says, read with the help of the known streets and estates; None where it cannot be read."""
        flat = normalise(text)
        street, estate, house = "", "", ""
        rest = flat
        for written, name in self._streets:
            at = rest.find(written)
            if at >= 0:
                street = name
                before, after = rest[:at], rest[at + len(written) :]
                found = _HOUSE.match(after)
                if found and (found["word"] or not _DASHED.match(after.strip())):
                    house, after = (
                        found["number"] + (found["word"] if found["word"] in ("弄", "巷", "支弄") else ""),
                        after[found.end() :],
                    )
                elif leading := _LEADING.search(before):
                    house = leading["number"]
                rest = after.lstrip(" ,")
                break
        for written, name in self._estates:
            at = rest.find(written)
            if at >= 0:
                estate, rest = name, rest[at + len(written) :].lstrip(" ,")
                break
        tail = _tail(rest, needs_building=bool(estate) or not street)
        if tail is None:
            return None
        return Parsed(street, house, estate, tail[0], tail[1], tail[2])

    def remember(self, text: str, found: Found) -> None:
        """``text`` was read before and names this building and dwelling."""
        self._cache.setdefault(text, found)

    def find(self, text: str) -> Found:
        """The building and dwelling that ``text`` names. The same text is read once."""
        found = self._cache.get(text)
        if found is None:
            found = self._cache[text] = self._find(text)
        return found

    def _find(self, text: str) -> Found:
        flat = normalise(text)
        if not flat:
            return Found(reason=Reason.EMPTY)
        parsed = self.parse(text)
        candidates: list[Place] = []
        if parsed is not None:
            candidates = self._candidates(parsed)
            if len(candidates) == 1:
                return self._in_building(candidates[0], parsed.unit, parsed.room)
        for name in self._long_names:
            at = flat.find(name)
            if at < 0 or (at + len(name) < len(flat) and name[-1].isdigit() and flat[at + len(name)].isdigit()):
                continue
            named = self._names[name]
            tail = _NO_BUILDING.match(flat[at + len(name) :].lstrip(" ,-"))
            if len(named) == 1 and tail is not None:
                return self._in_building(named[0], tail["unit"] or "", tail["room"] or "")
            break
        if parsed is None:
            return Found(reason=Reason.UNREADABLE)
        return Found(reason=Reason.AMBIGUOUS if candidates else Reason.UNKNOWN, unit=parsed.unit, room=parsed.room)

    def _candidates(self, parsed: Parsed) -> list[Place]:
        if parsed.estate:
            found = self._by_estate.get((parsed.estate, parsed.building), [])
            if len(found) > 1 and parsed.street:
                found = [place for place in found if place.street == parsed.street]
            return found
        if parsed.street and parsed.house_number:
            found = self._by_house.get((parsed.street, _bare(parsed.house_number)), [])
            if parsed.building:
                found = [place for place in found if _bare(place.number) == parsed.building]
            return found
        found = self._of_number.get(parsed.building, [])
        # A stair well is named only where there are several, so lane houses of that number are not meant.
        return [place for place in found if place.units] if parsed.unit and len(found) > 1 else found

    def _in_building(self, place: Place, unit: str, room: str) -> Found:
        if not room:
            return Found(place.id)
        exact = self.dwellings.get((place.id, unit, room))
        if exact is not None:
            return Found(place.id, exact, unit, room)
        rooms = self._rooms.get((place.id, room), [])
        if (not unit or place.units <= 1) and len(rooms) == 1:
            return Found(place.id, rooms[0][1], rooms[0][0], room)
        if not unit and (place.units > 1 or len(rooms) > 1):
            # Several stair wells have such a room: the building is certain, the door is not.
            return Found(place.id)
        return Found(place.id, None, unit, room)


def _tail(rest: str, *, needs_building: bool) -> tuple[str, str, str] | None:
    if needs_building:
        found = _DASHED.match(rest) or _TAIL.match(rest)
        return (found["building"], found["unit"] or "", found["room"] or "") if found else None
    plain = _NO_BUILDING.match(rest)
    if plain is not None:
        return "", plain["unit"] or "", plain["room"] or ""
    found = _DASHED.match(rest) or _TAIL.match(rest)
    return (found["building"], found["unit"] or "", found["room"] or "") if found else None


def _by_length(names: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda pair: -len(pair[0]))


def _bare(number: object) -> str:
    return re.sub(r"(号楼|号|栋|幢|座)$", "", normalise(str(number or ""))).lstrip("0")
