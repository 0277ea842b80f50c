"""Citizen identification numbers (公民身份号码), GB 11643-1999: checksum, birth date, sex.

Source: GB 11643-1999 with ISO 7064:1983 MOD 11-2. The first six digits are the county of first registration and often abolished
today, so they are never checked against a list. Passing the checksum proves nothing about the person.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from operator import mul

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
_OF_NOUGHTS = ord("0") * sum(WEIGHTS)
# Code 999999 was never issued to any county: demonstration numbers carry it and so cannot belong to anyone.
NEVER_ISSUED_REGION = "999999"


def normalise(text: str) -> str:
    """Full-width digits, spaces and a lower-case x are how people type; give the number as the standard writes it."""
    if text.isascii() and text.isalnum():
        return text.upper()
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return narrow.replace(" ", "").replace("\u3000", "").strip("'`’").upper()


def check_character(first17: str) -> str:
    """The 18th character for 17 digits; ValueError if they are not 17 digits."""
    if len(first17) != 17 or not first17.isascii() or not first17.isdigit():
        raise ValueError("17 digits are needed")
    # Each sign's code is 48 more than its digit.
    return CHECKS[(sum(map(mul, WEIGHTS, first17.encode())) - _OF_NOUGHTS) % 11]


def is_valid(number: str) -> bool:
    """Whether a normalised number has 18 places, an existing birth date and the right check character."""
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        return False
    return birth_date(number) is not None and check_character(number[:17]) == number[17]


def birth_date(number: str) -> date | None:
    """The birth date that the number states, or None where there is no such day."""
    return _day(number[6:14])


@lru_cache(50_000)
def _day(digits: str) -> date | None:
    """Few days are stated often: everybody's birthdays of a century are 36,525."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """GB/T 2261.1: ``"1"`` male (odd sequence), ``"2"`` female."""
    return "1" if int(number[16]) % 2 else "2"


def make(birth: date, sequence: int, region: str = NEVER_ISSUED_REGION) -> str:
    """A number for ``birth`` and a sequence of 0 to 999; parity of the sequence is the sex."""
    first17 = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return first17 + check_character(first17)
