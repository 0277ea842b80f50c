"""Ages and sexes after the totals of the 2020 census.

Source: Seventh National Population Census 2020, communiqués 4 and 5 (National Bureau of Statistics): 0–14 17.95 %, 15–59 63.35 %,
60 and over 18.70 %, 65 and over 13.50 %, male 51.24 %. The five-year shape inside these bands follows the published table,
rounded, and is then scaled to the totals exactly; single years lie evenly in their band, thinning out above 85.
"""

from __future__ import annotations

import numpy as np

MALE = 0.5124
BANDS: tuple[tuple[int, int, float], ...] = ((0, 15, 0.1795), (15, 60, 0.6335), (60, 65, 0.0520), (65, 101, 0.1350))
"""First age, first age beyond, share: the census totals that hold exactly."""

_FIVE_YEARS = (5.5, 6.4, 6.0, 5.2, 5.3, 6.5, 8.8, 7.0, 6.6, 8.1, 8.6, 7.2, 5.2, 5.25, 3.5, 2.2, 1.45, 1.1)
_MALE = (0.527, 0.534, 0.535, 0.537, 0.53, 0.517, 0.508, 0.511, 0.513, 0.509, 0.506, 0.502, 0.498, 0.488, 0.48, 0.465, 0.44, 0.38)
OLDEST = 100


def age_shares() -> np.ndarray:
    """Share of each year of age, 0 to 100; sums to 1 and meets every total of :data:`BANDS`."""
    shares = np.zeros(OLDEST + 1)
    for band, share in enumerate(_FIVE_YEARS[:-1]):
        shares[band * 5 : band * 5 + 5] = share / 5
    tail = np.exp(-np.arange(OLDEST + 1 - 85) / 3.2)
    shares[85:] = _FIVE_YEARS[-1] * tail / tail.sum()
    for first, beyond, total in BANDS:
        shares[first:beyond] *= total / shares[first:beyond].sum()
    return np.asarray(shares)


def pool(people: int) -> np.ndarray:
    """How many of each age and sex there are among ``people``: int array [101, 2], column 0 men, largest remainders."""
    shares = age_shares()
    men = np.array([_MALE[min(age // 5, 17)] for age in range(OLDEST + 1)])
    men = np.clip(men + (MALE - float((shares * men).sum())), 0.0, 1.0)
    counts = np.zeros((OLDEST + 1, 2), dtype=np.int64)
    in_bands = largest_remainder(np.array([total for _, _, total in BANDS]), people)
    for (first, beyond, _), number in zip(BANDS, in_bands, strict=True):
        counts[first:beyond, 0] = largest_remainder(shares[first:beyond], int(number))
    whole = counts[:, 0].copy()
    counts[:, 0] = np.minimum(whole, _split(whole, men, round(people * MALE)))
    counts[:, 1] = whole - counts[:, 0]
    return counts


def largest_remainder(shares: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to ``shares`` that sum to ``total`` (Hamilton)."""
    exact = shares / shares.sum() * total
    floor = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - floor), kind="stable")
    floor[order[: total - int(floor.sum())]] += 1
    return np.asarray(floor)


def _split(whole: np.ndarray, part: np.ndarray, total: int) -> np.ndarray:
    """As largest_remainder, but of a part of each number."""
    return largest_remainder(whole * part + 1e-12, total)
