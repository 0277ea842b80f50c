"""What somebody typed into the search: digits of a telephone or document, an address, a name. Read, never guessed at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from linli.methods.names import is_han
from linli.register.rules.addresses.signs import normalise
from linli.register.rules.addresses.tail import with_building

SHORTEST = 2
PHONE_DIGITS = 4
FIRST_YEAR, LAST_YEAR = 1880, 2199
_RUNS = re.compile(r"(?<!\d)\d+")
_LANE = re.compile(r"^(?P<words>.*?[^\d-])(?P<number>\d{1,4})(?:号|弄)?$")
_YEARS = re.compile(r"(\d{4})(?:\s*(?:-|–|至|到|to)\s*(\d{4}))?")


@dataclass(frozen=True)
class Reading:
    """One way to read an address: words of a name, and what stands behind it."""

    words: str
    number: str = ""
    unit: str = ""
    room: str = ""


@dataclass(frozen=True)
class Asked:
    """``digits`` of a telephone or document (then nothing else), else ``name`` and the ways to read it as an address."""

    text: str
    digits: str = ""
    name: str = ""
    readings: tuple[Reading, ...] = ()

    @property
    def too_short(self) -> bool:
        return len(self.text) < SHORTEST

    @property
    def room(self) -> bool:
        """Whether a door is named, so that nobody else of the building is meant."""
        return any(reading.room for reading in self.readings)


def read(typed: str) -> Asked:
    """``typed`` as it can be looked up."""
    text = normalise(typed)
    bare = text.replace(" ", "").replace("-", "")
    if len(bare) >= PHONE_DIGITS and bare[:-1].isdigit() and (bare[-1].isdigit() or bare[-1] == "X"):
        return Asked(text, digits=bare)
    if len(bare) >= 7 and bare.isascii() and bare.isalnum() and sum(sign.isdigit() for sign in bare) >= 6:
        # Passports and permits: letters and digits.
        return Asked(text, digits=bare)
    return Asked(text, name=typed.strip(), readings=tuple(_readings(text)) if len(text) >= SHORTEST else ())


def _readings(text: str) -> list[Reading]:
    found = [Reading(text)]
    for run in _RUNS.finditer(text):
        words = text[: run.start()].strip(" ,-")
        tail = with_building(text[run.start() :]) if _names_a_place(words) else None
        if tail is not None and tail.building:
            found.append(Reading(words, tail.building, tail.unit, tail.room))
            break
    lane = _LANE.match(text)
    if lane and _names_a_place(words := lane["words"].strip(" ,")):
        found.append(Reading(words, lane["number"]))
    return list(dict.fromkeys(found))


def _names_a_place(words: str) -> bool:
    return len(words) >= SHORTEST and any(is_han(sign) or sign.isalpha() for sign in words)


def years(text: str) -> tuple[date, date] | None:
    """A year of birth or two (1954, 1950-1959) as the first day and the last; None for anything else."""
    found = _YEARS.fullmatch(text.strip())
    if not found:
        return None
    first, last = sorted((int(found[1]), int(found[2] or found[1])))
    if first < FIRST_YEAR or last > LAST_YEAR:
        return None
    return date(first, 1, 1), date(last, 12, 31)
