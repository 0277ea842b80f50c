"""People's rows made ready to be compared: every value normal, every column whole numbers into a small stock of values.

A value is normalised once however often it occurs, so a million rows cost a few thousand names and dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.faults import Unreadable
from linli.methods.names import is_han, normal_name, pinyin, split_name

FIELDS = ("given_name", "surname", "birth_date", "sex", "phone", "address", "dwelling", "id_number")
"""What is known of a person; each may be missing."""

SIGNS, CHARACTERS, SHINGLES = 16, 6, 64
CROWD = 60
"""A telephone, number, home or address of more rows says nothing about who they are: an office's, a placeholder, a dormitory."""
Codes = NDArray[np.int32]

_DATE = re.compile(r"(\d{4})[-/.年]?(?:(\d{1,2})(?:[-/.月]?(\d{1,2})日?)?)?月?\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z")
_CLOCK = re.compile(r"[T ]\d{2}:\d{2}.*\Z")
_MALE, _FEMALE = {"m", "male", "man", "1", "男", "男性"}, {"f", "female", "woman", "2", "女", "女性"}
_FOLD = str.maketrans("", "", " -_/.,()·*")


class Rows(NamedTuple):
    """What the compiled comparison reads; the first axis is rows, codes point into ``Stock``; 0 is missing.

    ``birth``: year, month, day as one number, 0 where missing (a part that is missing is 00).
    """

    given: Codes
    surname: Codes
    birth: Codes
    sex: NDArray[np.int8]
    phone: Codes
    home: Codes
    address: Codes
    number: Codes
    file: NDArray[np.int8]


class Stock(NamedTuple):
    """Values by code: of names what is compared letter by letter, of numbers their signs, of addresses their runs of three signs,
    numbered and sorted. ``letters``: which letters a name has, a bit each."""

    sound: Codes
    signs: NDArray[np.uint32]
    sign_count: NDArray[np.int8]
    letters: NDArray[np.uint32]
    characters: NDArray[np.uint32]
    character_count: NDArray[np.int8]
    digits: NDArray[np.uint8]
    digit_count: NDArray[np.int8]
    shingles: NDArray[np.uint32]
    shingle_count: NDArray[np.int8]


@dataclass(frozen=True)
class Records:
    """One or two files, one below the other. ``sizes``: rows of each; ``initial``: first sign of each name's sound, by
    code; ``soundex`` likewise. ``han``: share of Chinese surnames. ``crowded``: rows by field whose value too many share."""

    rows: Rows
    stock: Stock
    sizes: tuple[int, ...]
    initial: NDArray[np.uint32]
    soundex: NDArray[np.uint32]
    han: float
    present: frozenset[str]
    crowded: dict[str, int]

    @property
    def count(self) -> int:
        return sum(self.sizes)


Columns = Mapping[str, Sequence[str | None]]


def read_records(*files: Columns, lenient: bool = False) -> Records:
    """One file (look for duplicates in it) or two (link them).

    Columns are texts by the names of ``FIELDS``; each may be missing, each value empty or None. Where there is no ``surname``
    column the given name is a whole name. Raises ``Unreadable`` for a birth date that can't be read, naming file and row; with
    ``lenient`` it counts as missing.
    """
    sizes = tuple(len(next(iter(one.values()), ())) for one in files)
    present = frozenset(name for name in FIELDS if any(name in one for one in files))
    names = _Numbered(lambda text: normal_name(text))
    whole = [_with_surnames(one) for one in files]
    given, surname = (
        np.concatenate([names.take(one.get(field, [""] * size)) for one, size in zip(whole, sizes, strict=True)])
        for field in ("given_name", "surname")
    )

    def coded(field: str, normal: Callable[[str], str]) -> tuple[Codes, list[str]]:
        values = _Numbered(normal)
        codes = [values.take(one.get(field, [""] * size)) for one, size in zip(files, sizes, strict=True)]
        return np.concatenate(codes), values.texts

    birth, dates = coded("birth_date", str.strip)
    sex, kinds = coded("sex", lambda text: text.strip().lower())
    phone, _ = coded("phone", _phone)
    number, numbers = coded("id_number", _number)
    home, _ = coded("dwelling", lambda text: normal_name(text).translate(_FOLD))
    address, addresses = coded("address", lambda text: normal_name(text).translate(_FOLD))
    crowded = {}
    for field, codes in (("phone", phone), ("id_number", number), ("dwelling", home), ("address", address)):
        crowded[field] = _leave_out_crowds(codes)
    rows = Rows(
        given=given,
        surname=surname,
        birth=_births(dates, birth, sizes, lenient)[birth],
        sex=np.array([1 if one in _MALE else 2 if one in _FEMALE else 0 for one in kinds], np.int8)[sex],
        phone=phone,
        home=home,
        address=address,
        number=number,
        file=np.repeat(np.arange(len(sizes), dtype=np.int8), sizes),
    )
    sounds = [pinyin(name, surname=False) for name in names.texts]
    signs, sign_count = _signs(sounds, SIGNS)
    characters, character_count = _signs([name if is_han(name) else "" for name in names.texts], CHARACTERS)
    number_signs, digit_count = _signs(numbers, 20)
    shingles, shingle_count = _shingles(addresses)
    place: dict[str, int] = {}
    stock = Stock(
        sound=np.array([place.setdefault(sound, at) for at, sound in enumerate(sounds)], np.int32),
        signs=signs,
        sign_count=sign_count,
        letters=np.bitwise_or.reduce(np.where(signs > 0, np.uint32(1) << (signs & np.uint32(31)), np.uint32(0)), axis=1),
        characters=characters,
        character_count=character_count,
        digits=number_signs.astype(np.uint8),
        digit_count=digit_count,
        shingles=shingles,
        shingle_count=shingle_count,
    )
    named = int(np.count_nonzero(surname))
    return Records(
        rows=rows,
        stock=stock,
        sizes=sizes,
        initial=signs[:, 0],
        soundex=np.array([_soundex(sound) for sound in sounds], np.uint32),
        han=float(np.count_nonzero(character_count[surname])) / named if named else 0.0,
        present=present,
        crowded={field: count for field, count in crowded.items() if count},
    )


class _Numbered:
    """Texts to numbers; equal normal texts share one. 0 is the empty text."""

    def __init__(self, normal: Callable[[str], str]) -> None:
        self.texts = [""]
        self._normal = normal
        self._codes: dict[str, int] = {"": 0}
        self._raw: dict[str | None, int] = {"": 0, None: 0}

    def take(self, values: Sequence[str | None]) -> Codes:
        known = self._raw
        for one in dict.fromkeys(values):
            if one not in known:
                known[one] = self._code(self._normal(str(one)))
        return np.fromiter(map(known.__getitem__, values), np.int32, len(values))

    def _code(self, text: str) -> int:
        code = self._codes.setdefault(text, len(self.texts))
        if code == len(self.texts):
            self.texts.append(text)
        return code


def _with_surnames(columns: Columns) -> Columns:
    """The columns, whole names divided where there is no column of surnames."""
    if "surname" in columns or "given_name" not in columns:
        return columns
    known: dict[str | None, tuple[str, str]] = {one: split_name(one or "") for one in dict.fromkeys(columns["given_name"])}
    divided = [known[one] for one in columns["given_name"]]
    return {**columns, "surname": [one[0] for one in divided], "given_name": [one[1] for one in divided]}


def _leave_out_crowds(codes: Codes) -> int:
    """Set values that more than ``CROWD`` rows have to missing, in place; how many rows that were."""
    large = np.bincount(codes) > CROWD
    large[:1] = False
    hit = large[codes]
    codes[hit] = 0
    return int(np.count_nonzero(hit))


def _births(dates: list[str], codes: Codes, sizes: tuple[int, ...], lenient: bool) -> Codes:
    numbers = np.zeros(len(dates), np.int32)
    for at, text in enumerate(dates[1:], start=1):
        number = _birth(text)
        if number is None and not lenient:
            row = int(np.flatnonzero(codes == at)[0])
            file = 0 if row < sizes[0] else 1
            raise Unreadable(file=file, row=row - (sizes[0] if file else 0), text=text)
        numbers[at] = number or 0
    return numbers


def _birth(text: str) -> int | None:
    """``1985-03-02``, ``19850302``, ``1985/3/2``, ``1985年3月2日``, ``1985-03``, ``1985``, ``02/03/1985`` (the day first)."""
    text = _CLOCK.sub("", text)
    if found := _DATE.match(text):
        year, month, day = found.groups()
        return int(year) * 10_000 + int(month or 0) * 100 + int(day or 0)
    if found := _DAY_FIRST.match(text):
        day, month, year = found.groups()
        return int(year) * 10_000 + int(month) * 100 + int(day)
    return None


def _phone(text: str) -> str:
    digits = text if text.isdigit() else "".join(one for one in text if one.isdigit())
    if len(digits) > 11 and digits.startswith(("86", "0086")):
        digits = digits.removeprefix("00").removeprefix("86")
    return digits if len(digits) >= 5 and not _all_alike(digits) else ""


def _number(text: str) -> str:
    """Letters and digits, capitals; what stands for "none" (0, 000000, ---, XXXX) is missing."""
    signs = text.upper() if text.isalnum() else "".join(one for one in text.upper() if one.isalnum())
    return signs if len(signs) >= 4 and not _all_alike(signs) else ""


def _all_alike(text: str) -> bool:
    return text.count(text[0]) == len(text)


def _signs(texts: list[str], width: int) -> tuple[NDArray[np.uint32], NDArray[np.int8]]:
    """Code points of each text, cut at ``width``."""
    table = np.array([text[:width] for text in texts] or [""], dtype=f"<U{width}")
    points = table.view(np.uint32).reshape(len(table), width)
    return points, np.count_nonzero(points, axis=1).astype(np.int8)


def _shingles(texts: list[str]) -> tuple[NDArray[np.uint32], NDArray[np.int8]]:
    """Runs of three signs: words run together or mistyped still share most of them."""
    known: dict[str, int] = {}
    table = np.zeros((len(texts), SHINGLES if len(texts) > 1 else 1), np.uint32)
    counts = np.zeros(len(texts), np.int8)
    for at, text in enumerate(texts[1:], start=1):
        runs = {text[one : one + 3] for one in range(min(SHINGLES, max(1, len(text) - 2)))}
        numbers = sorted(known.setdefault(one, len(known) + 1) for one in runs)
        table[at, : len(numbers)] = numbers
        counts[at] = len(numbers)
    return table, counts


_SOUNDEX = dict(zip("bfpvcgjkqsxzdtlmnr", (1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 5, 6), strict=True))


def _soundex(sound: str) -> int:
    """The classes of the first four consonants, the first letter not kept: it is mistyped as often as any other."""
    found, last = 0, 0
    for sign in sound:
        one = _SOUNDEX.get(sign, 0)
        if one and one != last:
            found = found * 8 + one
        last = one
        if found >= 512:
            break
    return found
