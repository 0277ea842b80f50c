"""How numbers, ranges and dates are written in the two languages. Pure: the language is given, never looked up.

Sources: ``1,234`` with a true minus (U+2212); English ranges with an en dash, Chinese ones with 至; English months as British
public writing shortens them (June, July and Sept stay readable); Chinese dates as 11月16日 without hand-typed spaces.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

ENGLISH = "en"
CHINESE = "zh-Hans"
LANGUAGES = (ENGLISH, CHINESE)

MINUS = "\u2212"
EN_DASH = "\u2013"
WITHHELD = EN_DASH

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHINESE_WEEKDAYS = "一二三四五六日"

Number = int | float | Decimal


def language_of(code: str | None) -> str:
    """``"en"`` or ``"zh-Hans"`` for any language code; what is neither is read in English."""
    return CHINESE if (code or "").lower().startswith("zh") else ENGLISH


def number(value: Number, places: int | None = None) -> str:
    """``1234567`` → ``1,234,567``; ``-3`` → ``−3``. Without ``places`` a fraction keeps at most two, without idle zeros."""
    if places is not None:
        text = f"{abs(value):,.{places}f}"
    elif isinstance(value, int) or value == int(value):
        text = f"{abs(int(value)):,}"
    else:
        text = f"{abs(value):,.2f}".rstrip("0").rstrip(".")
    nothing = not text.strip("0.,")
    return text if value >= 0 or nothing else MINUS + text


def signed(value: Number, places: int | None = None) -> str:
    """A change: ``+27``, ``−9``, ``0``."""
    text = number(value, places)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def span(low: Number, high: Number, language: str) -> str:
    """An expected range: ``9–20`` or 9至20."""
    return f"{number(low)}{'至' if language == CHINESE else EN_DASH}{number(high)}"


def day(value: date, language: str, style: str = "short") -> str:
    """A date. Styles: ``short`` 16 Nov, ``long`` 16 November, ``year`` 16 Nov 2026, ``full`` 16 November 2026, ``weekday``
    Mon 16 Nov, ``month`` Nov 2026. ValueError for another style.
    """
    if style not in {"short", "long", "year", "full", "weekday", "month"}:
        raise ValueError(f"{style!r} is no way to write a date")
    if language == CHINESE:
        if style == "month":
            return f"{value.year}年{value.month}月"
        text = f"{value.month}月{value.day}日"
        if style in {"year", "full"}:
            text = f"{value.year}年{text}"
        return f"{text}周{CHINESE_WEEKDAYS[value.weekday()]}" if style == "weekday" else text
    month = (MONTHS if style in {"long", "full"} else SHORT_MONTHS)[value.month - 1]
    if style == "month":
        return f"{month} {value.year}"
    text = f"{value.day} {month}"
    if style in {"year", "full"}:
        text = f"{text} {value.year}"
    return f"{WEEKDAYS[value.weekday()][:3]} {text}" if style == "weekday" else text


def when(value: datetime, language: str, style: str = "short") -> str:
    """A date with its time of day, in the zone that ``value`` carries: ``16 Nov, 06:10``, 11月16日06:10."""
    return f"{day(value.date(), language, style)}{'' if language == CHINESE else ', '}{value:%H:%M}"


def ago(value: date, today: date, language: str) -> str:
    """How long before (or after) ``today``: today, yesterday, 3 days ago, 5 weeks ago; older than half a year: the date."""
    days = (today - value).days
    chinese = language == CHINESE
    near = {0: ("today", "今天"), 1: ("yesterday", "昨天"), -1: ("tomorrow", "明天")}
    if days in near:
        return near[days][chinese]
    if abs(days) > 182:
        return day(value, language, "year")
    count, one, many, measure = (abs(days), "day", "days", "天") if abs(days) < 21 else (abs(days) // 7, "week", "weeks", "周")
    if chinese:
        return f"{count}{measure}{'前' if days > 0 else '后'}"
    unit = one if count == 1 else many
    return f"{count} {unit} ago" if days > 0 else f"in {count} {unit}"


def days_between(first: date, last: date, language: str) -> str:
    """Seven days and the like: ``9 to 15 November``, 11月9日至15日."""
    if language == CHINESE:
        end = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else day(last, language)
        return f"{day(first, language)}至{end}"
    start = str(first.day) if (first.year, first.month) == (last.year, last.month) else day(first, language, "long")
    return f"{start} to {day(last, language, 'long')}"


def parse_day(text: str) -> date:
    """An ISO date or instant as a date; ValueError otherwise."""
    return datetime.fromisoformat(text).date() if "T" in text or " " in text else date.fromisoformat(text)
