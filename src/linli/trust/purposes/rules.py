"""The purposes, their fields and the texts people are asked with, read from the data beside this module.

A purpose says why, on which law or consent, on whose authority, how long and for whom. ``checked`` tells whether the article
was read in the law itself (yes, partly, no). Sources: 个人信息保护法 articles 6, 13 to 17, 19, 28, 30; 网络数据安全管理条例
article 21 (shown as a list).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from linli.trust.consent.rules import Text

VERSION = "2026-11"
"""Of the notice as a whole; rises with any change of these files that people should know of."""

LOG_LEAST_DAYS = 180
"""Network logs are kept six months at least (网络安全法 21)."""


class Basis(StrEnum):
    """What allows the processing."""

    LAW = "law"
    CONSENT = "consent"


class Sensitivity(StrEnum):
    """How carefully. Everything about a child under 14 is sensitive, whatever its field says (PIPL 28)."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"
    MINOR = "minor"


class Moment(StrEnum):
    """From when the time of keeping runs."""

    LEFT = "left"
    ENDED = "ended"
    CLOSED = "closed"
    TAKEN = "taken"
    WRITTEN = "written"


@dataclass(frozen=True)
class Purpose:
    """One reason to keep data. Texts are ``{"en": …, "zh-Hans": …}``; ``keep_least``: days below which no place may go."""

    key: str
    version: int
    basis: Basis
    law: str
    article: str
    checked: str
    keep_days: int
    keep_least: int
    keep_from: Moment
    who: tuple[str, ...]
    name: dict[str, str]
    authority: dict[str, str]

    @property
    def laws(self) -> list[tuple[str, str]]:
        """Each law with its articles."""
        articles = [part.strip() for part in self.article.split(";")]
        return list(zip([part.strip() for part in self.law.split(";")], articles, strict=True))


@dataclass(frozen=True)
class PersonalField:
    """One kind of personal data, and the columns that hold it or are made from it."""

    table: str
    columns: tuple[str, ...]
    purposes: tuple[str, ...]
    sensitivity: Sensitivity
    source: str
    name: dict[str, str]

    def about(self, *, guarded: bool) -> Sensitivity:
        """The sensitivity for this person: ``guarded`` is a child under 14."""
        return Sensitivity.MINOR if guarded else self.sensitivity


@dataclass(frozen=True)
class ConsentText:
    """One version of what people are asked."""

    purpose: str
    version: int
    since: date
    material: bool
    words: dict[str, str]

    @property
    def text(self) -> Text:
        return Text(self.version, self.material)


def _rows(name: str) -> list[dict[str, str]]:
    text = files("linli.trust.purposes").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def purposes() -> dict[str, Purpose]:
    """Every purpose by its key."""
    return {
        row["purpose"]: Purpose(
            row["purpose"],
            int(row["version"]),
            Basis(row["basis"]),
            row["law"],
            row["article"],
            row["checked"],
            int(row["keep_days"]),
            int(row["keep_least"] or 0),
            Moment(row["keep_from"]),
            tuple(row["who"].split()),
            {"en": row["English"], "zh-Hans": row["中文"]},
            {"en": row["authority"], "zh-Hans": row["authority_zh"]},
        )
        for row in _rows("purposes.csv")
    }


@cache
def personal_fields() -> tuple[PersonalField, ...]:
    """Every kind of personal data."""
    return tuple(
        PersonalField(
            row["table"],
            tuple(row["columns"].split()),
            tuple(row["purposes"].split()),
            Sensitivity(row["class"]),
            row["source"],
            {"en": row["English"], "zh-Hans": row["中文"]},
        )
        for row in _rows("fields.csv")
    )


@cache
def consent_texts(purpose: str) -> tuple[ConsentText, ...]:
    """The versions of a purpose's text, oldest first; none where it rests on the law."""
    return tuple(
        ConsentText(
            row["purpose"],
            int(row["version"]),
            date.fromisoformat(row["since"]),
            row["material"] == "yes",
            {"en": row["English"], "zh-Hans": row["中文"]},
        )
        for row in _rows("texts.csv")
        if row["purpose"] == purpose
    )


def texts_on(purpose: str, day: date) -> tuple[ConsentText, ...]:
    """The versions in force by ``day``."""
    return tuple(text for text in consent_texts(purpose) if text.since <= day)


def keep_days(purpose: str) -> int:
    """How long data of a purpose are kept: never less than the law's least."""
    found = purposes()[purpose]
    return max(found.keep_days, found.keep_least)


@dataclass(frozen=True)
class NoticeRow:
    """One line of the notice: why, on what ground, which kinds, how long, who sees them."""

    purpose: Purpose
    kinds: tuple[dict[str, str], ...]
    sensitive: tuple[dict[str, str], ...]
    tables: tuple[PersonalField, ...]


@cache
def notice() -> tuple[NoticeRow, ...]:
    """The list-form notice: every purpose with the kinds of data that serve it; the sensitive ones named apart as well."""
    rows = []
    for purpose in purposes().values():
        used = tuple(field for field in personal_fields() if purpose.key in field.purposes)
        rows.append(
            NoticeRow(
                purpose,
                tuple(field.name for field in used),
                tuple(field.name for field in used if field.sensitivity is Sensitivity.SENSITIVE),
                used,
            )
        )
    return tuple(rows)
