"""Synthetic registers with households and corrupted copies whose truth is known: to train and to measure linkage on.

Nobody is meant: names are put together from syllables or common characters, numbers carry the region 999999, telephones 000 5550.
The rates of ``HOUSEHOLDS`` are those at which Splink's household-aware model was measured (F1 0.963): in a household one
dwelling, 80 % one surname, 30 % one telephone; a tenth of the rows are copies, drawn with replacement, each error independent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage import writing

Words = list[str]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rates:
    """Shares, 0 to 1, of what happens in a household and to a copy of a person's row."""

    same_surname: float = 0.80
    same_phone: float = 0.30
    given_typo: float = 0.30
    surname_typo: float = 0.25
    birth_error: float = 0.12
    new_phone: float = 0.30
    moved: float = 0.25
    number_absent: float = 0.35
    number_absent_copy: float = 0.60
    number_typo: float = 0.0
    variant: float = 0.0
    swapped: float = 0.0
    homophone: float = 0.0
    twins: float = 0.0
    sex_error: float = 0.0
    empty: float = 0.0
    address_typo: float = 0.0
    replaced: float = 0.0


HOUSEHOLDS = Rates()
CHINESE = Rates(variant=0.05, swapped=0.03, homophone=0.03)
LIFELIKE = Rates(swapped=0.005, twins=0.02, sex_error=0.005, empty=0.01, number_typo=0.02, address_typo=0.3)
"""For training: what the measured sets leave out, so that the model has seen twins, empty cells and wrong numbers."""
LIFELIKE_CHINESE = replace(LIFELIKE, variant=0.05, swapped=0.03, homophone=0.03)
GENERAL = replace(
    LIFELIKE,
    empty=0.06,
    address_typo=0.5,
    swapped=0.06,
    replaced=0.10,
    number_typo=0.08,
    number_absent=0.05,
    number_absent_copy=0.1,
)
"""For the model without dwellings: addresses in words, more errors and empty cells, and values that are another person's."""


@dataclass(frozen=True)
class Made:
    """Columns by name, one string a row; ``person``[rows]: whose row it is; rows stand in random order."""

    columns: dict[str, Words]
    person: Ints

    def pairs(self) -> Ints:
        """The true pairs, [pairs, 2] row numbers, the smaller first."""
        order = np.argsort(self.person, kind="stable")
        who = self.person[order]
        found = []
        for step in range(1, len(order)):
            same = who[step:] == who[:-step]
            if not same.any():
                break
            found.append(np.stack([order[:-step][same], order[step:][same]], axis=1))
        pairs: Ints = np.sort(np.concatenate(found), axis=1) if found else np.zeros((0, 2), np.int64)
        return pairs


def make(
    *, people: int, copies: int, seed: int, rates: Rates = HOUSEHOLDS, script: str = "latin", addresses: float = 0.0
) -> Made:
    """``people`` rows of different persons and ``copies`` corrupted rows of some of them.

    ``script``: ``latin`` (syllables) or ``han``. ``addresses``: share of rows with an address in words instead of a dwelling.
    """
    rng = np.random.default_rng([seed, people, copies])
    write: Any = writing.Han(rng) if script == "han" else writing.Latin(rng)
    household, first = _households(rng, people)
    homes = int(household[-1]) + 1 if people else 0
    family = write.surnames(homes)[household]
    surname = np.where(rng.random(people) < rates.same_surname, family, write.surnames(people))
    sex = rng.integers(1, 3, people)
    given = write.given(sex)
    birth = _births(rng, people)
    _twins(rng, household, first, birth, rates.twins)
    phone = _phones(rng, people)
    shared = rng.random(people) < rates.same_phone
    phone[shared] = _phones(rng, homes)[household[shared]]
    number = _numbers(rng, birth)
    # The copies: each row of its own errors.
    source = rng.integers(0, people, copies)

    def chance(share: float) -> NDArray[np.bool_]:
        return rng.random(copies) < share

    c_given, c_surname, c_birth, c_phone = given[source], surname[source], birth[source].copy(), phone[source].copy()
    c_home, c_sex, c_number = household[source].copy(), sex[source].copy(), number[source].copy()
    for share, change in (
        (rates.variant, write.variants),
        (rates.homophone, write.homophones),
    ):
        hit = chance(share)
        c_given[hit], c_surname[hit] = change(c_given[hit], c_surname[hit])
    hit = chance(rates.given_typo)
    c_given[hit] = write.typos(c_given[hit])
    hit = chance(rates.surname_typo)
    c_surname[hit] = write.typos(c_surname[hit])
    if rates.replaced:
        for values in (c_given, c_surname, c_birth, c_number):
            hit = chance(rates.replaced)
            values[hit] = rng.permutation(values)[: int(hit.sum())]
    hit = chance(rates.swapped)
    c_given[hit], c_surname[hit] = c_surname[hit].copy(), c_given[hit].copy()
    hit = chance(rates.birth_error)
    c_birth[hit] = _wrong_births(rng, c_birth[hit])
    hit = chance(rates.new_phone)
    c_phone[hit] = _phones(rng, int(hit.sum()))
    hit = chance(rates.moved)
    c_home[hit] = rng.integers(0, homes, int(hit.sum()))
    hit = chance(rates.sex_error)
    c_sex[hit] = 3 - c_sex[hit]
    hit = chance(rates.number_typo)
    c_number[hit] = writing.digit_typos(rng, c_number[hit])
    number[rng.random(people) < rates.number_absent] = ""
    c_number[chance(rates.number_absent_copy)] = ""
    # Rows in random order.
    order = rng.permutation(people + copies)

    def join(one: NDArray[Any], two: NDArray[Any]) -> NDArray[Any]:
        both: NDArray[Any] = np.concatenate([one, two])[order]
        return both

    home = join(household, c_home)
    columns: dict[str, NDArray[Any]] = {
        "given_name": join(given, c_given),
        "surname": join(surname, c_surname),
        "birth_date": join(_dates(birth), _dates(c_birth)),
        "sex": np.array(["", "M", "F"], object)[join(sex, c_sex)],
        "phone": join(phone, c_phone),
        "id_number": join(number, c_number),
    }
    if addresses < 1.0:
        columns["dwelling"] = np.array([f"D{one:07d}" for one in range(homes)], object)[home]
    if addresses:
        columns["address"] = writing.addresses(rng, home, join(np.zeros(people), chance(rates.address_typo)).astype(bool), script)
        if addresses < 1.0:
            in_words = rng.random(len(home)) < addresses
            columns["dwelling"][in_words] = ""
            columns["address"][~in_words] = ""
    for values in columns.values():
        values[rng.random(len(values)) < rates.empty] = ""
    ids = [f"r{one:07d}" for one in range(people + copies)]
    return Made({"id": ids, **{name: values.tolist() for name, values in columns.items()}}, join(np.arange(people), source))


def _households(rng: np.random.Generator, people: int) -> tuple[Ints, Ints]:
    """Household of each person (ascending), and the first row of each household. Mean size 2.7."""
    sizes = rng.choice([1, 2, 3, 4, 5, 6], size=people + 1, p=[0.24, 0.28, 0.23, 0.14, 0.07, 0.04])
    household: Ints = np.repeat(np.arange(len(sizes)), sizes)[:people]
    return household, np.flatnonzero(np.diff(household, prepend=-1))


def _births(rng: np.random.Generator, count: int) -> Ints:
    """Year, month and day as one number, 19340101 to 20251231."""
    days = rng.integers(0, 33600, count).astype("timedelta64[D]") + np.datetime64("1934-01-01")
    return _as_number(days)


def _as_number(days: NDArray[Any]) -> Ints:
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    number: Ints = years * 10_000 + (months.astype(np.int64) % 12 + 1) * 100 + (days - months).astype(np.int64) + 1
    return number


def _twins(rng: np.random.Generator, household: Ints, first: Ints, birth: Ints, share: float) -> None:
    """In that share of households of three and more the last two were born on one day."""
    ends = np.append(first[1:], len(household))
    large = ends[(ends - first) >= 3]
    chosen = large[rng.random(len(large)) < share]
    birth[chosen - 1] = birth[chosen - 2]


def _wrong_births(rng: np.random.Generator, birth: Ints) -> Ints:
    """Day and month exchanged, the year up to two off, another day, another month, or a digit of the year mistyped."""
    year, month, day = birth // 10_000, birth // 100 % 100, birth % 100
    kind = rng.integers(0, 5, len(birth))
    swap = (kind == 0) & (day <= 12) & (day != month)
    month, day = np.where(swap, day, month), np.where(swap, month, day)
    kind = np.where((kind == 0) & ~swap, 1, kind)
    year = np.where(kind == 1, year + rng.choice([-2, -1, 1, 2], len(birth)), year)
    day = np.where(kind == 2, (day - 1 + rng.integers(1, 28, len(birth))) % 28 + 1, day)
    month = np.where(kind == 3, (month - 1 + rng.integers(1, 12, len(birth))) % 12 + 1, month)
    day = np.where(kind == 3, np.minimum(day, 28), day)
    decade = rng.choice([-20, -10, 10, 20], len(birth))
    year = np.where(kind == 4, np.clip(year + decade, 1910, 2025), year)
    wrong: Ints = year * 10_000 + month * 100 + day
    return wrong


def _dates(birth: Ints) -> NDArray[Any]:
    values, at = np.unique(birth, return_inverse=True)
    texts = np.array([f"{one // 10_000:04d}-{one // 100 % 100:02d}-{one % 100:02d}" for one in values.tolist()], object)
    dates: NDArray[Any] = texts[at]
    return dates


def _phones(rng: np.random.Generator, count: int) -> NDArray[Any]:
    return np.array([f"0005550{one:07d}" for one in rng.integers(0, 10_000_000, count).tolist()], object)


def _numbers(rng: np.random.Generator, birth: Ints) -> NDArray[Any]:
    """Eighteen signs without a valid check sign: region 999999, birth date, four digits; hardly ever twice the same."""
    tails = rng.integers(0, 10_000, len(birth)).tolist()
    return np.array([f"999999{day}{tail:04d}" for day, tail in zip(birth.tolist(), tails, strict=True)], object)
