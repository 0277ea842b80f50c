"""A word in both languages at once, for an answer that is read in either."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import override


def both(text: str | Promise) -> dict[str, str]:
    """``{"en": …, "zh-Hans": …}`` of a lazy text; a plain one is the same in both."""
    with override("en"):
        english = str(text)
    with override("zh-hans"):
        return {"en": english, "zh-Hans": str(text)}
