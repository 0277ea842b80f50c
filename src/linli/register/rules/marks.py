"""By what a question is known again, whatever file asks it."""

from __future__ import annotations

import json
from datetime import date
from typing import Protocol
from uuid import UUID

from linli.register.rules.renewal import Question
from linli.register.rules.review import Matter


class Prints(Protocol):
    """The keyed fingerprints of one community."""

    def print(self, purpose: str, text: str) -> bytes: ...


def mark_of(blind: Prints, question: Question) -> bytes:
    """Keyed fingerprint of a question: the same asked again has the same mark, whatever file asks it."""
    if question.matter is Matter.ADDRESS:
        said = question.told.get("address", "")
    elif question.matter is Matter.CONFLICT:
        said = f"{question.person} {question.field} {question.told.get('value', '')}"
    else:
        # The day of the export moves on every week; who is meant doesn't.
        told = {name: text for name, text in question.told.items() if name != "verified"}
        said = f"{question.person} {json.dumps(told, sort_keys=True, ensure_ascii=False)}"
    return blind.print(f"question/{question.matter.value}", said)


def pair_text(first: UUID, second: UUID) -> str:
    """Two records, whichever is named first."""
    return ":".join(sorted((str(first), str(second))))


def mark_of_pair(blind: Prints, first: UUID, second: UUID) -> bytes:
    """As :func:`mark_of`, whether two records of the register are one person."""
    return blind.print(f"question/{Matter.SAME_PERSON.value}", pair_text(first, second))


def mark_of_left(blind: Prints, person: UUID, since: date) -> bytes:
    """As :func:`mark_of`, whether somebody whom files have not shown since a Monday has left."""
    return blind.print(f"question/{Matter.LEFT.value}", f"{person} {since}")
