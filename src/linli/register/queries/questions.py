"""Questions that wait for somebody who knows the street."""

from __future__ import annotations

import json

from linli.register.rules.renewal import Question
from linli.register.rules.review import Matter
from linli.trust import Blinder


def mark_of(blind: Blinder, question: Question) -> bytes:
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
