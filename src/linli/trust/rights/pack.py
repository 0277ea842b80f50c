"""An answer as it is handed out: JSON for programs, CSV for spreadsheets, a page to print."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from linli.trust.rights.registry import Section

FORMAT = "linli.answer/1"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Pack:
    """Everything that is handed out for one request."""

    reference: str
    right: str
    made_at: datetime
    sections: Sequence[Section]

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each section."""
        return {section.key: len(section.rows) for section in self.sections}

    def as_json(self) -> str:
        """The whole with keys, headings in both languages, and values as they are."""
        value = {
            "format": FORMAT,
            "reference": self.reference,
            "right": self.right,
            "made_at": self.made_at.isoformat(),
            "sections": [
                {
                    "key": section.key,
                    "title": dict(section.title),
                    "columns": {key: dict(head) for key, head in section.columns.items()},
                    "rows": [{key: _plain(row.get(key)) for key in section.columns} for row in section.rows],
                }
                for section in self.sections
            ],
        }
        return json.dumps(value, ensure_ascii=False, indent=1)

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON without the moment of making: what was handed out can be told again, and not read from it."""
        told = json.loads(self.as_json())
        told.pop("made_at")
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def as_csv(self, language: str) -> str:
        """One line a value: section, row, heading, value. Opens in a spreadsheet; nothing in it runs as a formula."""
        out = io.StringIO()
        out.write("\ufeff")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(("section", "row", "field", "value"))
        for section in self.sections:
            for number, row in enumerate(section.rows, start=1):
                for key, head in section.columns.items():
                    value = said(row.get(key), language)
                    writer.writerow([safe(said(section.title, language)), number, safe(said(head, language)), safe(value)])
        return out.getvalue()

    def tables(self, language: str) -> list[dict[str, Any]]:
        """For the page: title, and rows of (heading, text)."""
        return [
            {
                "key": section.key,
                "title": said(section.title, language),
                "rows": [
                    [(said(head, language), said(row.get(key), language)) for key, head in section.columns.items()]
                    for row in section.rows
                ],
            }
            for section in self.sections
        ]


def safe(text: str) -> str:
    """``text`` for a spreadsheet's cell: what would run as a formula is kept a text by an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def said(value: Any, language: str) -> str:
    """A value in words of that language; what is empty stays empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {True: {"en": "yes", "zh-Hans": "是"}, False: {"en": "no", "zh-Hans": "否"}}[value][language]
    if isinstance(value, Mapping):
        return str(value.get(language) or next((text for text in value.values() if text), ""))
    if isinstance(value, list | tuple):
        return ("、" if language == "zh-Hans" else ", ").join(said(part, language) for part in value)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
    return str(_plain(value))


def _plain(value: Any) -> Any:
    """For JSON: instants in local time, with their distance from UTC."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
