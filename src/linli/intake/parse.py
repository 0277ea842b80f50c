"""What a cell's text means: parsers that the flats give to their fields.

Each takes the text of a cell that isn't empty and returns a value, or raises BadInput with the reason and what to do. None of
them puts the text itself into its words: a cell may be private, and it is shown, masked, beside the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from linli.kernel import citizen_number as gb11643
from linli.kernel.errors import BadInput
from linli.kernel.words import sentence

NO_SUCH_DAY = sentence("intake.cell.no_such_day", "There is no such day in the calendar.")
TWO_DIGIT_YEAR = sentence("intake.cell.two_digit_year", "The year has only two digits, so the century is not known.")
NOT_A_DATE = sentence("intake.cell.not_a_date", "This cannot be read as a date.")
YEAR_OUT = sentence("intake.cell.year_out", "The year lies before 1850 or after 2100.")
LOOK_AT_SOURCE = sentence("intake.cell.look_at_source", "Look at the original and correct the file.")
WRITE_DATE = sentence("intake.cell.write_date", "Write year, month and day, like 1985-03-07 or 1985年3月7日.")
NOT_A_TIME = sentence("intake.cell.not_a_time", "This cannot be read as a date and time.")
WRITE_TIME = sentence("intake.cell.write_time", "Write it like 2026-11-09 14:30, in the time zone that the mapping declares.")
NO_ZONE = sentence("intake.cell.no_zone", "The time says no zone, and the mapping declares none.")
DECLARE_ZONE = sentence("intake.cell.declare_zone", "Declare the zone in the mapping (options, zone).")
SKIPPED_HOUR = sentence(
    "intake.cell.skipped_hour", "On that day the clocks in %(zone)s were put forward; this hour did not exist."
)
TWICE_HOUR = sentence("intake.cell.twice_hour", "On that day the clocks in %(zone)s were put back; this hour came twice.")
NOT_A_NUMBER = sentence("intake.cell.not_a_number", "This is not a number.")
NOT_WHOLE = sentence("intake.cell.not_whole", "This is not a whole number.")
WRITE_DIGITS = sentence("intake.cell.write_digits", "Write digits only.")
OUT_OF_RANGE = sentence("intake.cell.out_of_range", "The number must lie between %(low)s and %(high)s.")
ID_LENGTH = sentence(
    "intake.cell.id_length", "A citizen number has 18 digits (the last may be X); this one has %(length)s signs."
)
ID_DATE = sentence("intake.cell.id_date", "Digits 7 to 14 should be the date of birth; there is no such day.")
ID_CHECK = sentence("intake.cell.id_check", "The check digit does not fit: a digit is wrong or two are swapped.")
NOT_A_TELEPHONE = sentence("intake.cell.not_a_telephone", "This is not a telephone number.")
NOT_YES_NO = sentence("intake.cell.not_yes_no", "This says neither yes nor no.")
SAY_YES_NO = sentence("intake.cell.say_yes_no", "Write 是 or 否, or declare in the mapping what the cell's words mean.")
UNKNOWN_CODE = sentence("intake.cell.unknown_code", "This is none of the values known here: %(known)s.")
DECLARE_VALUE = sentence("intake.cell.declare_value", "Correct it, or declare in the mapping what it means (values).")
TOO_LONG = sentence("intake.cell.too_long", "The text has %(length)s signs; at most %(limit)s fit.")
SHORTEN = sentence("intake.cell.shorten", "Shorten it in the source.")

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x200B: None, 0xFEFF: None}
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
# Beyond this a float, and with it a spreadsheet, no longer counts one by one.
_LARGEST = 2**53
_LONGEST = 40
_EPOCH = date(1899, 12, 30)
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.ASCII)
_HAN_DAY = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号](?: .*)?", re.ASCII)
_HAN_WRITTEN = re.compile(r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]+)月([一二三四五六七八九十]+)[日号]")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?|\d{6}", re.ASCII)
_HAN_TIME = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})[日号] ?(\d{1,2})[:时点](?:(\d{1,2})(?:[:分](?:(\d{1,2})秒?)?)?)?", re.ASCII
)
_LOOSE_TIME = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", re.ASCII)
_PACKED_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?", re.ASCII)


def narrow(text: str) -> str:
    """Full-width letters, digits and spaces made narrow; zero-width signs dropped; ends trimmed."""
    return text.translate(_WIDE).strip()


def text(limit: int) -> Callable[[str], str]:
    """A parser for free text of at most ``limit`` signs."""

    def parse(cell: str) -> str:
        found = cell.strip()
        if len(found) > limit:
            raise BadInput(TOO_LONG, remedy=SHORTEN, length=len(found), limit=limit)
        return found

    return parse


def day(cell: str) -> date:
    """A date: 1985-03-07, 19850307, 1985/3/7, 1985.3.7, 1985年3月7日, 一九八五年三月七日, or a spreadsheet's serial number.

    A time of day behind it is dropped. Two-digit years and day-first dates are refused, not guessed.
    """
    found = narrow(cell)
    match = _ISO_DAY.fullmatch(found) or _HAN_DAY.fullmatch(found)
    if match:
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if found.isascii() and found.isdigit() and len(found) == 8:
        return _date(int(found[:4]), int(found[4:6]), int(found[6:]))
    serial = found[:-2] if found.endswith(".0") else found
    if serial.isascii() and serial.isdigit() and len(serial) == 5:
        return _EPOCH + timedelta(days=int(serial))
    written = _HAN_WRITTEN.fullmatch(found)
    if written:
        return _date(int("".join(_DIGITS[c] for c in written[1])), _han_number(written[2]), _han_number(written[3]))
    if _SHORT_YEAR.fullmatch(found):
        raise BadInput(TWO_DIGIT_YEAR, remedy=WRITE_DATE)
    raise BadInput(NOT_A_DATE, remedy=WRITE_DATE)


def _date(year: int, month: int, dom: int) -> date:
    if not 1850 <= year <= 2100:
        raise BadInput(YEAR_OUT, remedy=LOOK_AT_SOURCE)
    try:
        return date(year, month, dom)
    except ValueError:
        raise BadInput(NO_SUCH_DAY, remedy=LOOK_AT_SOURCE) from None


def _han_number(text: str) -> int:
    """三 → 3, 十 → 10, 十二 → 12, 二十三 → 23; 0 for what is none."""
    if "十" not in text:
        return int(_DIGITS[text]) if len(text) == 1 else 0
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 0
    return (int(_DIGITS[tens]) if tens else 1) * 10 + (int(_DIGITS[ones]) if ones else 0)


@dataclass(frozen=True)
class Bound:
    """A parser that needs the mapping's options: intake calls ``bind(options)`` once a file and uses what it returns."""

    make: Callable[[Mapping[str, Any]], Callable[[str], Any]]

    def bind(self, options: Mapping[str, Any]) -> Callable[[str], Any]:
        return self.make(options)

    def __call__(self, cell: str) -> Any:
        return self.make({})(cell)


def _instants(options: Mapping[str, Any]) -> Callable[[str], datetime]:
    zone = ZoneInfo(str(options["zone"])) if options.get("zone") else None
    twice = str(options.get("ambiguous", "first"))

    def parse(cell: str) -> datetime:
        found = _moment(narrow(cell))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
        if zone is None:
            raise BadInput(NO_ZONE, remedy=DECLARE_ZONE)
        return _placed(found, zone, twice)

    return parse


instant = Bound(_instants)
"""A point in time, in UTC. A naive one is in ``options["zone"]``. An hour that was skipped is refused; one that came twice is its
first coming, or its second or refused with ``options["ambiguous"]`` = ``second`` or ``refuse``."""


def _placed(naive: datetime, zone: ZoneInfo, twice: str) -> datetime:
    first = naive.replace(tzinfo=zone)
    there = first.astimezone(UTC)
    second = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if there != second:
        if there > second:
            raise BadInput(SKIPPED_HOUR, remedy=LOOK_AT_SOURCE, zone=zone.key)
        if twice == "refuse":
            raise BadInput(TWICE_HOUR, remedy=WRITE_TIME, zone=zone.key)
        if twice == "second":
            return second
    return there


def _moment(found: str) -> datetime:
    try:
        if len(found) > 10:
            return datetime.fromisoformat(found)
    except ValueError:
        pass
    match = _LOOSE_TIME.fullmatch(found) or _HAN_TIME.fullmatch(found) or _PACKED_TIME.fullmatch(found)
    try:
        if match:
            year, month, dom, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, dom, hour, minute, second)  # noqa: DTZ001 - placed in its zone by the caller
        if re.fullmatch(r"\d{5}\.\d+", found, re.ASCII):
            # A spreadsheet's serial number; rounded to seconds, the precision it is shown with.
            days = Decimal(found)
            return datetime(1899, 12, 30) + timedelta(days=int(days), seconds=round((days % 1) * 86400))  # noqa: DTZ001
        only = day(found)
    except ValueError:
        raise BadInput(NO_SUCH_DAY, remedy=LOOK_AT_SOURCE) from None
    except BadInput as fault:
        if fault.words.key == NOT_A_DATE:
            raise BadInput(NOT_A_TIME, remedy=WRITE_TIME) from None
        raise
    return datetime(only.year, only.month, only.day)  # noqa: DTZ001


def decimal(cell: str) -> Decimal:
    """A number with or without decimals; thousands separators are allowed, and the exponents that
    spreadsheets write (1e-05)."""
    found = narrow(cell).replace("−", "-")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", found, re.ASCII):
        found = found.replace(",", "")
    if len(found) > _LONGEST or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", found, re.ASCII):
        raise BadInput(NOT_A_NUMBER, remedy=WRITE_DIGITS)
    try:
        return Decimal(found)
    except InvalidOperation:
        raise BadInput(NOT_A_NUMBER, remedy=WRITE_DIGITS) from None


def integer(cell: str) -> int:
    """A whole number; ``3.0`` is one, as spreadsheets write it."""
    found = narrow(cell)
    if found.isascii() and found.isdigit() and len(found) < 16:
        return int(found)
    value = decimal(cell)
    if abs(value) > _LARGEST:
        raise BadInput(OUT_OF_RANGE, remedy=LOOK_AT_SOURCE, low=-_LARGEST, high=_LARGEST)
    if value != value.to_integral_value():
        raise BadInput(NOT_WHOLE, remedy=WRITE_DIGITS)
    return int(value)


def between(low: float, high: float, parse: Callable[[str], Any] = decimal) -> Callable[[str], Any]:
    """A parser that also holds the number within ``[low, high]``."""

    def parse_within(cell: str) -> Any:
        value = parse(cell)
        if not low <= value <= high:
            raise BadInput(OUT_OF_RANGE, remedy=LOOK_AT_SOURCE, low=low, high=high)
        return value

    return parse_within


def number(cell: str) -> float:
    """A decimal number as a float."""
    return float(decimal(cell))


longitude = between(-180, 180, number)
latitude = between(-90, 90, number)


def citizen_number(cell: str) -> str:
    """A citizen number that passes GB 11643-1999, written as the standard writes it. BadInput says which test it failed."""
    found = gb11643.normalise(cell)
    if len(found) != 18 or not found[:17].isascii() or not found[:17].isdigit():
        raise BadInput(ID_LENGTH, remedy=LOOK_AT_SOURCE, length=len(found))
    if gb11643.birth_date(found) is None:
        raise BadInput(ID_DATE, remedy=LOOK_AT_SOURCE)
    if gb11643.check_character(found[:17]) != found[17]:
        raise BadInput(ID_CHECK, remedy=LOOK_AT_SOURCE)
    return found


def telephone(cell: str) -> str:
    """A telephone number as digits, with a leading + where there was one; spaces, hyphens and brackets dropped."""
    found = re.sub(r"[\s\-()/.]", "", narrow(cell))
    if not re.fullmatch(r"\+?\d{5,15}", found, re.ASCII):
        raise BadInput(NOT_A_TELEPHONE, remedy=LOOK_AT_SOURCE)
    return found


_YES = frozenset({"是", "有", "1", "y", "yes", "true", "t", "√", "对"})
_NO = frozenset({"否", "无", "没有", "0", "n", "no", "false", "f", "×", "不是"})


def yes_no(cell: str) -> bool:
    """是/否, 有/无, 1/0, yes/no, true/false."""
    found = narrow(cell).lower()
    if found in _YES:
        return True
    if found in _NO:
        return False
    raise BadInput(NOT_YES_NO, remedy=SAY_YES_NO)


def code(allowed: Collection[str]) -> Callable[[str], str]:
    """A parser for one of a set of codes. The mapping's ``values`` have been applied to the cell before."""
    known = frozenset(allowed)
    listed = ", ".join(sorted(known)[:12])

    def parse(cell: str) -> str:
        found = narrow(cell)
        if found not in known:
            raise BadInput(UNKNOWN_CODE, remedy=DECLARE_VALUE, known=listed)
        return found

    return parse
