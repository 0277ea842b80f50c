"""Where a region code (GB/T 2260, the first six digits of longer ones) lies, in words, as of a day.

The house knows provinces and prefectures; counties come with a list that an installation takes in (``linli codes import``). A
code that was given up is still named, and one that isn't known is named as far as it is: nobody is refused for a region.
"""

from __future__ import annotations

from datetime import date

from linli.kernel.code_tables import table

_NO_PLACE = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Rows of the standard that only group others."""


def region_name(code: str, lang: str = "zh-hans", on: date | None = None) -> str:
    """``湖北省宜昌市`` in Chinese; in English the smallest first, with commas; empty where nothing of it is known."""
    regions = table("GB/T 2260")
    bare = code[:6].ljust(6, "0")
    parts: list[str] = []
    for step in dict.fromkeys((f"{bare[:2]}0000", f"{bare[:4]}00", bare)):
        row = regions.get(step, on)
        if row is not None and row.zh not in _NO_PLACE:
            name = regions.name(step, lang, on)
            if name not in parts:
                parts.append(name)
    return "".join(parts) if lang.startswith("zh") else ", ".join(reversed(parts))
