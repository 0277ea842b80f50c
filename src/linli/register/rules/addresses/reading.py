"""One text taken apart: prefix, street and house number, estate, building, door; and the buildings that fit all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from linli.register.rules.addresses import tail as tails
from linli.register.rules.addresses.names import ESTATE, STREET, Meaning, Names
from linli.register.rules.addresses.places import How, Parsed, Place, Reason
from linli.register.rules.addresses.prefix import Prefix
from linli.register.rules.addresses.signs import normalise
from linli.register.rules.addresses.tail import ELSEWHERE_WORDS, Tail

_HOUSE = re.compile(
    r" ?0*(?P<number>[1-9]\d{0,3}[A-Z]?)(?!\d)(?P<word>弄(?: ?\d{1,3}支弄)?|巷|号院|号弄|号(?!楼)|支弄|(?=[ ,/.-]|$))"
)
_HOUSE_BEFORE = re.compile(r"(?:^|[ ,])(?P<number>\d{1,4}[A-Z]?)(?P<word>弄|号)?[ ,]*$")
_GAP = re.compile(r"^[ ,.:;/-]*(?:小区)?[ ,.:;/-]*$")
_UNKNOWN_NAME = re.compile(r"[ ,]*(?P<name>[㐀-鿿]{3,10}|[A-Z][A-Z' .]{3,30}[A-Z])[ ,]*(?P<rest>(?:\d|[A-Z](?:座|栋|幢|号)).*)$")
_NUMBER_BEFORE = re.compile(r"[\d室房户][ ,]*$")
_LANE = re.compile(r"\b(?:LANE|LN)\.?\s*(\d+)|\b(\d+)\s*NONG\b")
_LETTERS = re.compile(r"[A-Z]{3}")
_WORD_AT_END = re.compile(r"(?:号楼|号|栋|幢|座|楼)$")
_SEGMENT = re.compile(r"[㐀-鿿]{2,14}?(?:[1-9]村)?(?=[ ,-]?(?:\d|[A-Z](?:座|栋|幢|号)|$))")
_ROAD_SEGMENT = re.compile(r"(?P<name>[㐀-鿿]{1,8}?(?:大道|路|街|弄|巷)?)(?= ?\d{1,4}(?:弄|号|巷))")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says, the buildings that fit all of it, or why none may be taken."""

    parsed: Parsed | None = None
    places: Sequence[Place] = ()
    reason: Reason | None = None
    how: How = How.READ


@dataclass(slots=True)
class _Anchor:
    """The names that were found, and the house number behind the street."""

    street: str = ""
    house: str = ""
    house_word: str = ""
    estate: str = ""
    building: tuple[UUID, ...] = ()
    prefix: str = ""
    alias: bool = False
    fuzzy: bool = False


class Reader:
    """Reads texts against the names and numbers of one community's buildings."""

    def __init__(self, places: Sequence[Place], prefix: Prefix, fragments: Mapping[str, Meaning]) -> None:
        self._prefix = prefix
        self._by_id = {place.id: place for place in places}
        self._of_estate: dict[str, dict[str, list[Place]]] = {}
        self._of_house: dict[tuple[str, str], dict[str, list[Place]]] = {}
        self._of_number: dict[str, list[Place]] = {}
        own_names: dict[str, list[UUID]] = {}
        for place in places:
            number, (house, word) = bare(place.number), split_house(place.house_number)
            if place.estate:
                self._of_estate.setdefault(place.estate, {}).setdefault(number, []).append(place)
            if place.street and house:
                self._of_house.setdefault((place.street, house), {}).setdefault(word, []).append(place)
            if number:
                self._of_number.setdefault(number, []).append(place)
            name = normalise(place.name)
            told = bool(place.estate and number) and name.startswith(normalise(place.estate))
            if len(name) >= 2 and not name.isdigit() and not told:
                own_names.setdefault(name, []).append(place.id)
        self.names = Names(
            {place.estate for place in places if place.estate},
            {place.street for place in places if place.street},
            own_names,
            fragments,
        )
        self._house_after = frozenset(street for street, _ in self._of_house)

    def names_in(self, flat: str) -> set[str]:
        """The known names in ``flat``, as written."""
        return {found[0] for found in self.names.pattern.finditer(flat)}

    def apart(self, flat: str) -> list[str]:
        """``flat`` cut before every estate that follows a number: 柳荫苑3-2-501 柳荫苑3号楼."""
        cuts = [
            found.start()
            for found in self.names.pattern.finditer(flat)
            if self.names.meanings[found[0]].estates and _NUMBER_BEFORE.search(flat[: found.start()])
        ]
        return [flat[start:end] for start, end in zip([0, *cuts], [*cuts, len(flat)], strict=True)]

    def read(self, flat: str) -> Reading:
        """``flat``: a cleaned text. What it says and the buildings that fit."""
        latin = _LETTERS.search(flat) is not None
        if latin:
            flat = _turned(self._lanes(self.names.in_chinese(self._prefix.without_city(flat))))
        anchor = _Anchor()
        rest = self._anchor(flat, anchor)
        if rest is None:
            return Reading(reason=Reason.UNKNOWN, places=self._named(anchor))
        if not (anchor.street or anchor.estate or anchor.building):
            rest = self._guess(rest, anchor)
        elif anchor.prefix == "unknown":
            return self._strange_prefix(flat, anchor)
        if anchor.prefix == "elsewhere":
            return Reading(reason=Reason.ELSEWHERE)
        if anchor.prefix == "unknown":
            reason = Reason.UNREADABLE if ELSEWHERE_WORDS.search(flat) or not re.search(r"\d", flat) else Reason.UNKNOWN
            return Reading(reason=reason, places=self._named(anchor))
        return self._choose(rest, anchor)

    def _lanes(self, flat: str) -> str:
        """Lane 18 as 18弄, where it isn't the end of a street's name (Mill Lane 18)."""
        return flat if any("LANE" in name for name in self.names_in(flat)) else _LANE.sub(r"\1\2弄", flat)

    def _anchor(self, flat: str, anchor: _Anchor) -> str | None:
        """Fill ``anchor`` from the known names in ``flat``; what is behind the last. None where something strange is between."""
        at, first = 0, True
        for found in self.names.pattern.finditer(flat):
            start, end = found.span()
            if start < at:
                continue
            meaning = self.names.meanings[found[0]]
            gap = flat[at:start]
            if first:
                first = False
                if meaning.streets and (before := _HOUSE_BEFORE.search(gap)):
                    anchor.house, anchor.house_word = before["number"], _house_word(before["word"])
                    gap = gap[: before.start()]
                anchor.prefix = self._prefix.judge(gap)
            elif not _GAP.match(gap):
                if not anchor.estate and not anchor.building:
                    return None
                break
            at = self._take(flat, end, meaning, anchor)
            if at < 0:
                return None
        return flat[at:]

    def _take(self, flat: str, end: int, meaning: Meaning, anchor: _Anchor) -> int:
        """Note one name; where the text goes on. −1 where it contradicts what was noted."""
        anchor.alias = anchor.alias or meaning.alias
        if meaning.buildings and not meaning.estates and not meaning.streets:
            anchor.building = meaning.buildings
            return end
        if meaning.streets and not anchor.street and not (meaning.estates and anchor.estate):
            house = _HOUSE.match(flat, end)
            taken = house is not None and not (meaning.estates and house["word"] in ("", "号"))
            if taken or not meaning.estates:
                anchor.street = meaning.streets[0]
                if house is not None:
                    anchor.house, anchor.house_word = house["number"], _house_word(house["word"])
                    return house.end()
                return end
        if meaning.estates:
            if anchor.estate and anchor.estate != meaning.estates[0]:
                return -1
            anchor.estate = meaning.estates[0]
            anchor.building = meaning.buildings
            return end
        return -1 if anchor.street and meaning.streets and meaning.streets[0] != anchor.street else end

    def _guess(self, flat: str, anchor: _Anchor) -> str:
        """No known name stands in the text: one sign of it may be wrong. What stands behind the name."""
        rest = flat
        segment = _SEGMENT.search(rest)
        if segment is None or segment.start() > _first_number(rest):
            anchor.prefix = self._prefix.judge(rest[: _first_number(rest)])
            return rest[_first_number(rest) :] if anchor.prefix in ("", "ours") else rest
        before, written = rest[: segment.start()], segment[0]
        for at in range(len(written) - 1):
            name = written[at:].removesuffix("小区") if written.endswith("小区") else written[at:]
            judged = self._prefix.judge(before + written[:at])
            if len(name) < 2 or judged not in ("", "ours"):
                if judged == "elsewhere":
                    anchor.prefix = judged
                    return rest
                continue
            found = self.names.near(name)
            if len(found) == 1:
                stored, kind, alike = found[0]
                after = rest[segment.end() :]
                if self._supported(stored, kind, alike, judged, after, anchor):
                    anchor.prefix = judged
                    return self._after_guess(after, kind, anchor)
            anchor.prefix = "unknown" if judged in ("", "ours") and at == 0 else anchor.prefix
        judged = self._prefix.judge(before + written)
        anchor.prefix = judged if judged else ("unknown" if written else "")
        return rest[segment.end() :]

    def _supported(self, stored: str, kind: str, alike: bool, judged: str, after: str, anchor: _Anchor) -> bool:
        """Whether a name with one wrong sign may be taken: it sounds alike, or our own area stands before it."""
        if kind == ESTATE:
            anchor.estate = stored
            # Of two signs one is too much to lose, unless our own area stands before them.
            if (len(stored) >= 3 and (alike or judged == "ours")) or (alike and judged == "ours"):
                anchor.fuzzy = True
                return True
            anchor.estate = ""
            return False
        house = _HOUSE.match(after)
        if house is None or (stored, house["number"]) not in self._of_house:
            return False
        if not alike and judged != "ours":
            # The estate behind it may say the same.
            return False
        anchor.street, anchor.fuzzy = stored, True
        return True

    def _after_guess(self, after: str, kind: str, anchor: _Anchor) -> str:
        if kind == STREET:
            house = _HOUSE.match(after)
            if house is not None:
                anchor.house, anchor.house_word = house["number"], _house_word(house["word"])
                after = after[house.end() :]
        return after

    def _strange_prefix(self, flat: str, anchor: _Anchor) -> Reading:
        """A known name behind words that are none of ours: a mistyped street (桐阴路18弄柳荫苑), or another place altogether."""
        road = next(self.names.pattern.finditer(flat)).start()
        found = _ROAD_SEGMENT.search(flat[:road])
        if found is not None and anchor.estate:
            house = _HOUSE.match(flat, found.end())
            near = {name for name, kind, _ in self.names.near(found["name"]) if kind == STREET}
            near &= self._roads_of(anchor.estate, house["number"] if house else "")
            judged = self._prefix.judge(flat[: found.start()])
            between = flat[house.end() : road] if house is not None and house.end() <= road else "?"
            if house is not None and len(near) == 1 and _GAP.match(between) and judged in ("", "ours"):
                anchor.street, anchor.house, anchor.house_word = near.pop(), house["number"], _house_word(house["word"])
                anchor.fuzzy, anchor.prefix = True, judged
                rest = self._anchor(flat[road:], again := _Anchor())
                if rest is not None and again.estate == anchor.estate:
                    return self._choose(rest, anchor)
        return Reading(reason=Reason.UNKNOWN, places=self._named(anchor))

    def _roads_of(self, estate: str, house: str) -> set[str]:
        """The streets on which buildings of ``estate`` stand at this house number."""
        there = [place for places in self._of_estate.get(estate, {}).values() for place in places]
        return {place.street for place in there if place.street and split_house(place.house_number)[0] == house}

    def _mistyped_estate(self, rest: str, anchor: _Anchor) -> str | None:
        """An estate with one wrong sign behind a street and house number at which it truly stands; what follows it."""
        segment = _SEGMENT.match(rest.lstrip(" ,"))
        if segment is None or not anchor.house:
            return None
        near = {name for name, kind, _ in self.names.near(segment[0].removesuffix("小区")) if kind == ESTATE}
        near = {name for name in near if anchor.street in self._roads_of(name, anchor.house)}
        if len(near) != 1:
            return None
        anchor.estate, anchor.fuzzy = near.pop(), True
        return rest.lstrip(" ,")[segment.end() :]

    def _choose(self, rest: str, anchor: _Anchor) -> Reading:
        """The buildings that fit the anchor and the numbers in ``rest``."""
        how = How.ALIAS if anchor.alias else How.FUZZY if anchor.fuzzy else How.READ
        if ELSEWHERE_WORDS.search(rest):
            return Reading(reason=Reason.UNREADABLE, places=self._named(anchor))
        if anchor.building:
            tail = tails.without_building(rest)
            if tail is not None:
                return Reading(_parsed(anchor, tail), [self._by_id[one] for one in anchor.building], None, how)
            if not anchor.estate:
                return Reading(reason=Reason.UNREADABLE, places=[self._by_id[one] for one in anchor.building])
        if anchor.estate:
            return self._in_estate(rest, anchor, how)
        if anchor.street:
            after = self._mistyped_estate(rest, anchor)
            return self._on_street(rest, anchor, how) if after is None else self._in_estate(after, anchor, How.FUZZY)
        return self._by_number(rest, anchor, how)

    def _in_estate(self, rest: str, anchor: _Anchor, how: How) -> Reading:
        numbers = self._of_estate.get(anchor.estate, {})
        tail = tails.with_building(rest)
        if tail is None:
            plain = tails.without_building(rest)
            if plain is None:
                return Reading(reason=Reason.UNREADABLE, places=_few(numbers))
            alone = [place for places in numbers.values() for place in places]
            parsed = _parsed(anchor, plain)
            if not (plain.unit or plain.room or plain.floor) and len(alone) != 1:
                return Reading(parsed, _few(numbers), Reason.UNREADABLE, how)
            if len(alone) == 1:
                return self._agreeing(alone, anchor, parsed, how)
            return Reading(parsed, _few(numbers), Reason.AMBIGUOUS, how)
        parsed = _parsed(anchor, tail)
        found = numbers.get(tail.building, [])
        if _third_floor(tail):
            return Reading(parsed, found, Reason.AMBIGUOUS, how)
        if not found:
            return Reading(parsed, (), Reason.UNKNOWN, how)
        return self._agreeing(found, anchor, parsed, how)

    def _agreeing(self, found: Sequence[Place], anchor: _Anchor, parsed: Parsed, how: How) -> Reading:
        """``found`` without the buildings on another street or at another house number; a conflict where that leaves none."""
        left = list(found)
        if anchor.street:
            left = [place for place in left if not place.street or place.street == anchor.street]
        if anchor.house and anchor.street:
            left = [place for place in left if not place.house_number or split_house(place.house_number)[0] == anchor.house]
        if not left:
            return Reading(parsed, found, Reason.CONFLICT, how)
        return Reading(parsed, left, None, how)

    def _on_street(self, rest: str, anchor: _Anchor, how: How) -> Reading:
        plain, tail = tails.without_building(rest), tails.with_building(rest)
        if not anchor.house:
            return self._without_house(tail, anchor, how)
        words = self._of_house.get((anchor.street, anchor.house), {})
        there = words.get(anchor.house_word, [])
        if not there and len(words) == 1 and "支弄" not in anchor.house_word:
            there = next(iter(words.values()))
        read = plain or tail
        if not there:
            return Reading(_parsed(anchor, read) if read else None, (), Reason.UNKNOWN if read else Reason.UNREADABLE, how)
        numbered = [place for place in there if bare(place.number)]
        if len(numbered) > 1 or (numbered and tail is not None and tail.word):
            # A lane with several buildings: 18弄501 says which door, not which of them.
            if tail is None or (plain is not None and not tail.word and not _dashed(rest)):
                return Reading(_parsed(anchor, plain) if plain else None, there, _why(plain is not None, there), how)
            fits = [place for place in numbered if bare(place.number) == tail.building]
            return Reading(_parsed(anchor, tail), fits, Reason.AMBIGUOUS if _third_floor(tail) else None, how)
        if plain is None:
            return Reading(_parsed(anchor, tail) if tail else None, there, Reason.UNKNOWN if tail else Reason.UNREADABLE, how)
        return Reading(_parsed(anchor, plain), there, None, how)

    def _without_house(self, tail: Tail | None, anchor: _Anchor, how: How) -> Reading:
        """桐荫路3号楼: only where one building on the street has that number."""
        there = [place for place in self._by_id.values() if place.street == anchor.street]
        if tail is None:
            return Reading(reason=Reason.UNREADABLE, places=there)
        fits = [place for place in there if bare(place.number) == tail.building]
        certain = len(fits) == 1 and tail.word not in ("", "号", "楼")
        return Reading(_parsed(anchor, tail), fits, None if certain else _why(bool(fits), fits, Reason.UNKNOWN), how)

    def _by_number(self, rest: str, anchor: _Anchor, how: How) -> Reading:
        """No name at all: 13号楼1单元201 is enough where one building has that number."""
        tail = tails.with_building(rest)
        if tail is None:
            return Reading(reason=Reason.UNREADABLE)
        found = self._of_number.get(tail.building, [])
        parsed = _parsed(anchor, tail)
        if tail.unit:
            # A stair well is named only where there are some, so lane houses of that number are not meant.
            found = [place for place in found if place.units]
        if len(found) == 1 and not (tail.word and (tail.unit or tail.room) and tail.word != "号"):
            return Reading(parsed, found, Reason.AMBIGUOUS, how)
        return Reading(parsed, found, None, how)

    def unknown_name(self, flat: str) -> tuple[str, Tail] | None:
        """The name in ``flat`` that is none of ours, and the numbers behind it; None where there is no such name."""
        if _LETTERS.search(flat):
            flat = _turned(self.names.in_chinese(flat))
        anchor = _Anchor()
        rest = self._anchor(flat, anchor)
        if rest is None or anchor.estate or anchor.building or anchor.prefix == "elsewhere":
            return None
        found = _UNKNOWN_NAME.match(rest if anchor.street else self._prefix.without(rest))
        tail = tails.with_building(found["rest"]) if found else None
        return (found["name"].strip(), tail) if found and tail else None

    def _named(self, anchor: _Anchor) -> list[Place]:
        if anchor.building:
            return [self._by_id[one] for one in anchor.building]
        if anchor.estate:
            return list(_few(self._of_estate.get(anchor.estate, {})))
        return []


@lru_cache(maxsize=65536)
def bare(number: str) -> str:
    """A building's number without its word and leading zeros."""
    return _WORD_AT_END.sub("", normalise(number)).lstrip("0")


@lru_cache(maxsize=65536)
def split_house(number: str) -> tuple[str, str]:
    """A house number and the word that tells lanes from houses: ("18", "弄"), ("12", "")."""
    flat = normalise(number)
    found = re.match(r"0*(\d+[A-Z]?)(.*)$", flat)
    return (found[1], _house_word(found[2])) if found else (flat, "")


def _house_word(word: str | None) -> str:
    word = (word or "").replace(" ", "").removesuffix("号弄") + ("弄" if (word or "").endswith("号弄") else "")
    return "" if word in ("号", "号院") else word


def _parsed(anchor: _Anchor, tail: Tail) -> Parsed:
    return Parsed(anchor.street, anchor.house + anchor.house_word, anchor.estate, tail.building, tail.unit, tail.room)


def _few(numbers: Mapping[str, list[Place]]) -> list[Place]:
    return [place for places in list(numbers.values())[:4] for place in places][:4]


def _why(readable: bool, places: Sequence[Place], otherwise: Reason = Reason.UNREADABLE) -> Reason:
    return Reason.AMBIGUOUS if readable and places else otherwise


def _third_floor(tail: Tail) -> bool:
    """3楼 is the third floor as often as the third building; 3楼501 can only be the building."""
    return tail.word == "楼" and not tail.unit and (not tail.room or tail.room[:-2] == tail.building)


def _dashed(rest: str) -> bool:
    return re.match(r"[ ,./-]*\d{1,3}[-/ ]", rest) is not None


def _first_number(text: str) -> int:
    found = re.search(r"[\dA-Z]", text)
    return found.start() if found else len(text)


def _turned(flat: str) -> str:
    """An English address goes from the room to the street; the parts in the order that Chinese has them."""
    parts = [part.strip() for part in flat.split(",") if part.strip()]
    if len(parts) > 1 and re.fullmatch(r"\d+[A-Z]?(?:室|单元|层|号楼|号)?(?: *\d+[A-Z]?(?:室|单元|层|号楼|号))*", parts[0]):
        return " ".join(reversed(parts))
    return flat
