"""Masks: what a list shows of a name or a number. The whole is shown only by a reveal with a reason."""

from __future__ import annotations

STAR = "*"


def masked_name(name: str) -> str:
    """张小兰 → 张*兰, 王芳 → 王*, Kim Minsu → Kim *. An empty name stays empty; a single sign shows nothing of itself."""
    whole = " ".join(name.split())
    if not whole:
        return ""
    if _is_latin(whole):
        first, _, rest = whole.partition(" ")
        return f"{first} {STAR}" if rest else f"{first[0]}{STAR}"
    if len(whole) == 1:
        return STAR
    if len(whole) == 2:
        return whole[0] + STAR
    return whole[0] + STAR * (len(whole) - 2) + whole[-1]


def masked_digits(text: str) -> str:
    """138 1234 5678 → 138****5678 (telephones); of any other number the first and the last sign: 3****************4."""
    bare = "".join(sign for sign in text if sign not in " -\u2013\u3000")
    if len(bare) == 11 and bare.isdigit():
        return bare[:3] + STAR * 4 + bare[-4:]
    if len(bare) < 6:
        return STAR * len(bare)
    return bare[0] + STAR * (len(bare) - 2) + bare[-1]


def _is_latin(text: str) -> bool:
    return all(ord(sign) < 0x2E80 for sign in text)
