"""Handing somebody over to another community: what may go along, and where a hand-over stands at either side.

Each side keeps a row of its own. The person lives in at most one of both communities: their record is closed where they leave
before anything arrives elsewhere, and is opened there only while the hand-over still waits at both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from linli.kernel.errors import Conflict
from linli.kernel.words import sentence
from linli.register.rules.by_hand import Said, completed
from linli.register.rules.declarations import Refusal, Step

SETTLED = sentence("register.handover.settled", "This hand-over has been settled already.")
STILL_THERE = sentence("register.handover.still_there", "The other community has them living there again; nothing was written.")
RING_THEM = sentence("register.handover.ring_them", "Ring the other desk; they give the number of the hand-over.")

AGREED_FIELDS = ("number", "birth_date", "sex", "phone", "education", "ethnicity", "hukou", "needs")
"""What may go along besides the name, each only where the person agreed to it (docs/reference/hand-over.md)."""

REFUSALS = (Refusal.NOT_HERE, Refusal.NOT_REACHED, Refusal.OTHERWISE, Refusal.NOT_MEANT)
"""Why a hand-over goes back."""


class Deed(StrEnum):
    """What can happen to a hand-over: the other side takes it over or sends it back; this side takes the person back, or leaves
    it at that after it came back."""

    ACCEPT = "accept"
    RETURN = "return"
    BRING_BACK = "bring_back"
    LEAVE = "leave"


# Total: every deed in every state has an answer, None where it cannot happen. REJECTED: came back, and somebody has to look.
AFTER: dict[tuple[Step, Deed], Step | None] = {(step, deed): None for step in Step for deed in Deed} | {
    (Step.OPEN, Deed.ACCEPT): Step.ACCEPTED,
    (Step.OPEN, Deed.RETURN): Step.REJECTED,
    (Step.OPEN, Deed.BRING_BACK): Step.LAPSED,
    (Step.REJECTED, Deed.BRING_BACK): Step.LAPSED,
    (Step.REJECTED, Deed.LEAVE): Step.LAPSED,
}


def after(step: Step, deed: Deed) -> Step:
    """The state of the row where they left after ``deed``; Conflict where it cannot happen."""
    found = AFTER[step, deed]
    if found is None:
        raise Conflict(SETTLED)
    return found


@dataclass(frozen=True)
class Arrival:
    """What arrives: the person as told, and what they agreed to. ``sent``: the row where they left; ``fields``: what is there."""

    said: Said
    sender: str
    on: date
    agreed_on: date
    needs: tuple[str, ...]
    sent: UUID | None
    fields: tuple[str, ...]


def arrival_of(told: Mapping[str, Any]) -> Arrival:
    """What was sealed for the other community, read back."""

    def text(name: str) -> str:
        return str(told.get(name, ""))

    said = Said(
        name=text("name"), number=text("number"), document_kind=text("document_kind"),
        birth_date=date.fromisoformat(text("birth_date")) if told.get("birth_date") else None, sex=text("sex"),
        phone=text("phone"), ethnicity=text("ethnicity"), education=text("education"), hukou_region=text("hukou_region"),
        hukou_text=text("hukou_address"),
    )  # fmt: skip
    return Arrival(
        said=completed(said),
        sender=text("from"),
        on=date.fromisoformat(text("on")),
        agreed_on=date.fromisoformat(text("agreed_on")),
        needs=tuple(told.get("needs", ())),
        sent=UUID(text("sent")) if told.get("sent") else None,
        fields=tuple(name for name in AGREED_FIELDS if told.get(name) or (name == "hukou" and told.get("hukou_region"))),
    )
