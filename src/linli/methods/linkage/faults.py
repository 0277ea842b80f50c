"""What can be wrong with what is to be linked."""

from __future__ import annotations


class Unreadable(ValueError):
    """A birth date that can't be read. ``file`` 0 or 1; ``row`` from 0."""

    def __init__(self, *, file: int, row: int, text: str) -> None:
        self.file, self.row, self.text = file, row, text
        super().__init__(f"{text!r} is no date")


class UnknownModel(ValueError):
    """No model of that name is stored."""
