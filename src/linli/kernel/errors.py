"""Errors that a person can act on: what is wrong, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linli.kernel.words import SENTENCES, Words


@dataclass(frozen=True)
class Where:
    """The place of a fault in what was given to us. Rows count from 1 as a spreadsheet shows them, the heading included."""

    file: str | None = None
    row: int | None = None
    column: str | None = None


class LinliError(Exception):
    """A fault with its words, its place and its remedy. Subclasses say whose fault it is."""

    status = 400

    def __init__(self, key: str, /, *, where: Where | None = None, remedy: str | None = None, **params: Any) -> None:
        self.words = Words(key, params)
        self.where = where or Where()
        self.remedy = Words(remedy, params) if remedy else None
        super().__init__(self._plain())

    def _plain(self) -> str:
        source = SENTENCES.get(self.words.key)
        text = (source.many or source.one) % self.words.params if source else self.words.key
        place = ", ".join(
            part
            for part in (
                self.where.file,
                f"row {self.where.row}" if self.where.row is not None else None,
                f"column {self.where.column}" if self.where.column else None,
            )
            if part
        )
        return f"{place}: {text}" if place else text


class BadInput(LinliError):
    """What was given cannot be used as it is."""


class NotAllowed(LinliError):
    """The actor may not do this, here, with this role."""

    status = 403


class NotFound(LinliError):
    """There is no such thing within the actor's scope."""

    status = 404


class Conflict(LinliError):
    """The thing is not in a state in which this can happen."""

    status = 409
