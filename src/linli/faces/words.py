"""From stored words to a sentence in the reader's language.

What is stored is a key with parameters (:class:`linli.kernel.words.Words`). Parameters are written as the language writes them:

- an ``int`` or ``float`` with thousands separators and a true minus; years and codes are passed as ``str`` and stay as they are;
- ``{"en": …, "zh-Hans": …}`` by language; ``{"day": "2026-11-16"}`` as a date (``"style"``: see ``formats.day``);
  ``{"key": …, "params": {…}}`` as words within words;
- a list joined with ", " or 、; None as "–".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, ngettext

from linli.faces import formats
from linli.kernel.words import SENTENCES, Words

JOIN = {formats.ENGLISH: ", ", formats.CHINESE: "、"}


def current_language() -> str:
    """``"en"`` or ``"zh-Hans"``: the language that this page is being written in."""
    return formats.language_of(translation.get_language())


def render(words: Words | Mapping[str, Any], language: str | None = None) -> str:
    """The sentence for ``words`` in ``language`` (default: the page's). An unknown key (a newer release) gives the key itself."""
    wanted = formats.language_of(language) if language else current_language()
    if not isinstance(words, Words):
        if "key" not in words:
            return pick(words, wanted)
        words = Words.from_json(words)
    source = SENTENCES.get(words.key)
    if source is None:
        return words.key
    params = {name: _written(value, wanted) for name, value in words.params.items()}
    with translation.override(wanted.lower()):
        if source.many is not None and source.count is not None:
            count = words.params.get(source.count)
            text = ngettext(source.one, source.many, int(count) if isinstance(count, int | float) else 0)
        else:
            text = gettext(source.one)
    return text % params


def both(words: Words | Mapping[str, Any]) -> dict[str, str]:
    """The sentence in both languages: ``{"en": …, "zh-Hans": …}``."""
    return {language: render(words, language) for language in formats.LANGUAGES}


def pick(texts: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """The text in ``language`` (default: the page's), else in the other one. A plain string is given back."""
    if not texts:
        return ""
    if isinstance(texts, str):
        return texts
    wanted = formats.language_of(language) if language else current_language()
    return texts.get(wanted) or next((text for text in texts.values() if text), "")


def _written(value: Any, language: str) -> str:
    if value is None:
        return formats.WITHHELD
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return formats.number(value)
    if isinstance(value, Words):
        return render(value, language)
    if isinstance(value, Mapping):
        if "day" in value:
            return formats.day(formats.parse_day(value["day"]), language, value.get("style", "short"))
        return render(value, language)
    if isinstance(value, Sequence):
        return JOIN[language].join(_written(part, language) for part in value)
    return str(value)
