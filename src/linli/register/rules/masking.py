"""What of a number may be seen without a reason.

Of a citizen number only the last two signs:
the first six and last four, as often shown, leave 33 candidates once the age is known.
"""

from __future__ import annotations

STAR = "*"


def masked_number(number: str) -> str:
    """``…************2X``: as many stars as signs, the last two kept; short numbers are stars alone."""
    return STAR * len(number) if len(number) < 6 else STAR * (len(number) - 2) + number[-2:]


def masked_phone(phone: str) -> str:
    """138****5678; other lengths keep their last two digits."""
    bare = "".join(sign for sign in phone if sign.isdigit())
    if len(bare) == 11:
        return bare[:3] + STAR * 4 + bare[-4:]
    return STAR * max(0, len(bare) - 2) + bare[-2:] if len(bare) > 5 else STAR * len(bare)


def masked_address(text: str) -> str:
    """Everything up to the first digit: enough to see which street is meant, not whose door."""
    for at, sign in enumerate(text):
        if sign.isdigit() or sign in "一二三四五六七八九十":
            return text[:at] + STAR * 3
    return text
