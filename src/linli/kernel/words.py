"""Words that are stored: a key with named parameters, never a rendered sentence.

A flat declares its sentences once, in English, beside the rule that uses them; translations live in the flat's ``locale``.
What is stored is ``{"key": …, "params": {…}}``; :func:`linli.faces.words.render` turns it into a sentence when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sentence:
    """English source text of one key; ``many`` and ``count`` where it depends on a number."""

    key: str
    one: str
    many: str | None = None
    count: str | None = None


SENTENCES: dict[str, Sentence] = {}


def sentence(key: str, one: str, many: str | None = None, *, count: str | None = None) -> str:
    """Declare the English source of ``key`` (``%(name)s`` parameters) and return the key.

    ``count`` names the parameter that decides between ``one`` and ``many``. Raises ValueError on a second, different text.
    """
    if (many is None) != (count is None):
        raise ValueError(f"{key}: a plural needs both its second text and the parameter that counts")
    made = Sentence(key, one, many, count)
    if SENTENCES.setdefault(key, made) != made:
        raise ValueError(f"{key} is declared twice")
    return key


@dataclass(frozen=True)
class Words:
    """A sentence to be rendered later, in the reader's language."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "params": dict(self.params)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Words:
        return cls(value["key"], value.get("params", {}))
