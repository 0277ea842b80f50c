"""Requests about one's own data: what may happen to one, by when, and when it may be refused.

Sources: 个人信息保护法 (PIPL) articles 44 to 50: access and copy (45), correct (46), delete (47), explain (48), next of kin (49),
refusal with its reason and the way to court (50). "In time" is a number of days in ``clocks.json``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence

CANNOT_NOW = sentence("trust.rights.cannot_now", "This cannot happen to the request in its present state.")
NOT_FOR_KIN = sentence("trust.rights.not_for_kin", "Next of kin may ask to see, copy, correct or delete, and nothing else.")
KIN_PROOF = sentence(
    "trust.rights.kin_proof", "For somebody who has died, two papers are needed: of the death and of the kinship."
)
PROOF_MISSING = sentence("trust.rights.proof_missing", "It is not written down how it is known that they may ask.")
PROOF_REMEDY = sentence("trust.rights.proof_remedy", "Look at the paper, then say which one it was.")
NEEDS_REASON = sentence(
    "trust.rights.needs_reason", "A refusal needs one of the reasons that the law gives for this kind of request."
)
UNIDENTIFIED_ONLY = sentence(
    "trust.rights.unidentified_only", "Before it is known who asks, the only reason to refuse is that this could not be shown."
)
LIVES_HERE = sentence(
    "trust.rights.lives_here", "They live here, and the law tells the committee to know who does: that purpose is not over."
)
REFUSE_OR_SAY = sentence(
    "trust.rights.refuse_or_say",
    "Refuse it with that reason, and take back what rests on consent. If the data were kept without a ground, say so.",
)
EXTENDED_BEFORE = sentence("trust.rights.extended_before", "The time has been extended once already.")


class Right(StrEnum):
    """What can be asked."""

    ACCESS = "access"
    COPY = "copy"
    CORRECT = "correct"
    DELETE = "delete"
    EXPLAIN = "explain"
    RESTRICT = "restrict"


class Channel(StrEnum):
    """How the request reached us."""

    DESK = "desk"
    PORTAL = "portal"
    LETTER = "letter"


class Asker(StrEnum):
    """Who asks."""

    SELF = "self"
    GUARDIAN = "guardian"
    AGENT = "agent"
    KIN = "kin"


class Proof(StrEnum):
    """How it was seen that the asker is who they say, and may ask."""

    ACCOUNT = "account"
    DOCUMENT = "document"
    LETTER_CODE = "letter_code"
    GUARDIAN_PAPER = "guardian_paper"
    MANDATE = "mandate"
    DEATH_AND_KINSHIP = "death_and_kinship"


PROOFS: dict[Asker, frozenset[Proof]] = {
    Asker.SELF: frozenset({Proof.ACCOUNT, Proof.DOCUMENT, Proof.LETTER_CODE}),
    Asker.GUARDIAN: frozenset({Proof.GUARDIAN_PAPER}),
    Asker.AGENT: frozenset({Proof.MANDATE}),
    Asker.KIN: frozenset({Proof.DEATH_AND_KINSHIP}),
}
KIN_MAY = frozenset({Right.ACCESS, Right.COPY, Right.CORRECT, Right.DELETE})


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    IDENTIFIED = "identified"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({State.ANSWERED, State.REFUSED, State.WITHDRAWN})


class Act(StrEnum):
    """What can happen to a request."""

    IDENTIFY = "identify"
    NOTE = "note"
    EXTEND = "extend"
    ANSWER = "answer"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LIFT = "lift"


# Total: every act in every state has an answer, None where it cannot happen. A restriction that was granted can be lifted.
AFTER: dict[tuple[State, Act], State | None] = {(state, act): None for state in State for act in Act}
AFTER |= {
    (State.RECEIVED, Act.IDENTIFY): State.IDENTIFIED,
    (State.RECEIVED, Act.NOTE): State.RECEIVED,
    (State.RECEIVED, Act.EXTEND): State.RECEIVED,
    (State.RECEIVED, Act.REFUSE): State.REFUSED,
    (State.RECEIVED, Act.WITHDRAW): State.WITHDRAWN,
    (State.IDENTIFIED, Act.NOTE): State.IDENTIFIED,
    (State.IDENTIFIED, Act.EXTEND): State.IDENTIFIED,
    (State.IDENTIFIED, Act.ANSWER): State.ANSWERED,
    (State.IDENTIFIED, Act.REFUSE): State.REFUSED,
    (State.IDENTIFIED, Act.WITHDRAW): State.WITHDRAWN,
    (State.ANSWERED, Act.LIFT): State.ANSWERED,
}


def after(state: State, act: Act) -> State:
    """The state after ``act``; Conflict where it cannot happen."""
    found = AFTER[state, act]
    if found is None:
        raise Conflict(CANNOT_NOW)
    return found


def check_asker(right: Right, asker: Asker, proof: Proof | None) -> None:
    """BadInput where this asker may not ask this, or the proof (None: not seen yet) is none for them."""
    if asker is Asker.KIN and right not in KIN_MAY:
        raise BadInput(NOT_FOR_KIN)
    if proof is not None and proof not in PROOFS[asker]:
        raise BadInput(KIN_PROOF if asker is Asker.KIN else PROOF_MISSING, remedy=PROOF_REMEDY)


@dataclass(frozen=True)
class Clock:
    """How long an answer may take: ``days`` of the calendar, ``extension`` more once."""

    days: int
    extension: int
    counted: str


@cache
def clock() -> Clock:
    """The committed clock."""
    told = json.loads(files("linli.trust.rights").joinpath("clocks.json").read_text("utf-8"))
    return Clock(told["days"], told["extension_days"], told["counted"])


def due(received: date, days: int) -> date:
    """The last day for the answer. The day of receipt is not counted (民法典 article 201)."""
    return received + timedelta(days=days)


@dataclass(frozen=True)
class Refusal:
    """A reason that the law gives for refusing some kinds of request."""

    code: str
    rights: frozenset[Right]
    law: str
    article: str
    words: dict[str, str]


@cache
def refusals() -> dict[str, Refusal]:
    """The committed reasons by code."""
    text = files("linli.trust.rights").joinpath("refusals.csv").read_text("utf-8")
    return {
        row["code"]: Refusal(
            row["code"],
            frozenset(Right) if row["rights"] == "*" else frozenset(Right(r) for r in row["rights"].split()),
            row["law"],
            row["article"],
            {"en": row["English"], "zh-Hans": row["中文"]},
        )
        for row in csv.DictReader(text.splitlines())
    }


UNIDENTIFIED = "not_identified"


def check_refusal(state: State, right: Right, code: str) -> Refusal:
    """The reason of that code, where it fits this kind of request in this state; BadInput otherwise."""
    found = refusals().get(code)
    if found is None or right not in found.rights:
        raise BadInput(NEEDS_REASON)
    if (state is State.RECEIVED) != (code == UNIDENTIFIED):
        raise BadInput(UNIDENTIFIED_ONLY)
    return found


def restricted(answers: Iterable[tuple[Right, Act]]) -> bool:
    """Whether processing stands restricted after these closed requests and their lifts, in the order they happened."""
    held = False
    for right, act in answers:
        if right is Right.RESTRICT:
            held = act is Act.ANSWER
    return held
