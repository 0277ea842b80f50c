"""Ages and the bands they are shown in."""

from __future__ import annotations

from datetime import date

BANDS = (*(f"{low:02d}-{low + 4:02d}" for low in range(0, 85, 5)), "85+")
"""Five-year bands, as ``linli.facts.AGE_BANDS`` has them."""
COARSE = ("under_15", "15_59", "60_64", "65_over")
"""Bands of the shared table, after the totals that the census publishes."""
GUARDED_UNDER = 14
"""个人信息保护法 art. 31: for children under 14 a parent or guardian decides."""


def age_on(born: date, day: date) -> int:
    """Completed years on ``day``; somebody born on 29 February completes a year on 1 March. Not below 0."""
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def band(age: int) -> str:
    """``"00-04"`` … ``"85+"``."""
    return BANDS[min(age // 5, len(BANDS) - 1)]


def coarse_of_band(name: str) -> str:
    """The coarse band that a five-year band lies in: ``under_15``, ``15_59``, ``60_64`` or ``65_over``."""
    low = int(name[:2])
    return COARSE[0] if low < 15 else COARSE[1] if low < 60 else COARSE[2] if low < 65 else COARSE[3]
