"""What people declare about themselves, their tenants or their staff: a proposal, until somebody of the community has decided."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as made_by
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from linli.kernel.errors import Conflict
from linli.kernel.words import Words, sentence
from linli.register.rules.ages import GUARDED_UNDER, age_on
from linli.register.rules.by_hand import (
    FUTURE,
    NOBODY,
    NOTHING_TOLD,
    HandFault,
    Said,
    completed,
    household_faults,
    person_faults,
)
from linli.register.rules.kin_words import KinWord, hukou_of, relation_code
from linli.register.rules.residence import Status

CANNOT_NOW = sentence("register.declaration.cannot_now", "This declaration has been decided already.")
NEEDS_GUARDIAN = sentence(
    "register.declaration.needs_guardian", "A child under 14 is declared by a parent or guardian. Say who, and tick that you are."
)
NO_CONTACT = sentence("register.declaration.no_contact", "Write a telephone number: somebody may have a question.")
NO_PLACE = sentence("register.declaration.no_place", "Choose the building.")
NO_DECLARANT = sentence("register.declaration.no_declarant", "Write who declares this.")
NO_QUESTION = sentence("register.declaration.no_question", "Write what you would like to know.")
TOO_EARLY = sentence("register.declaration.too_early", "More than a year ago: come to the desk with the lease.")

LONGEST_AGO = timedelta(days=366)
MOST_PEOPLE = 12


class Kind(StrEnum):
    """What is declared."""

    MOVE_IN = "move_in"
    MOVE_OUT = "move_out"
    CORRECTION = "correction"
    TENANCY = "tenancy"
    STAFF = "staff"
    HANDOVER = "handover"
    """Arrived from another community (``commands.arriving``)."""
    HANDED_OVER = "handed_over"
    """Sent to another community (``commands.handover``)."""


class Channel(StrEnum):
    """How it reached us."""

    PORTAL = "portal"
    PAPER = "paper"
    SYSTEM = "system"


class Declarant(StrEnum):
    """Who says so."""

    RESIDENT = "resident"
    LANDLORD = "landlord"
    EMPLOYER = "employer"
    COMMUNITY = "community"


DECLARANT = {
    Kind.MOVE_IN: Declarant.RESIDENT,
    Kind.MOVE_OUT: Declarant.RESIDENT,
    Kind.CORRECTION: Declarant.RESIDENT,
    Kind.TENANCY: Declarant.LANDLORD,
    Kind.STAFF: Declarant.EMPLOYER,
    Kind.HANDOVER: Declarant.COMMUNITY,
    Kind.HANDED_OVER: Declarant.COMMUNITY,
}
BETWEEN_COMMUNITIES = (Kind.HANDOVER, Kind.HANDED_OVER)
"""Decided on by commands of their own, at both sides together."""
PUBLIC_KINDS = (Kind.MOVE_IN, Kind.TENANCY, Kind.STAFF)
"""What can be declared without an account, or on paper."""


class Step(StrEnum):
    """Where a declaration stands. ``ASKED``: the sender was asked something; ``LAPSED``: the sender took it back."""

    OPEN = "open"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LAPSED = "lapsed"


class Deed(StrEnum):
    """What can happen to it."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    ASK = "ask"
    ANSWER = "answer"
    TAKE_BACK = "take_back"


WAITING = frozenset({Step.OPEN, Step.ASKED})
# Total: every deed in every state has an answer, None where it cannot happen.
AFTER: dict[tuple[Step, Deed], Step | None] = {(step, deed): None for step in Step for deed in Deed}
for _step in WAITING:
    AFTER |= {
        (_step, Deed.ACCEPT): Step.ACCEPTED,
        (_step, Deed.REFUSE): Step.REJECTED,
        (_step, Deed.ASK): Step.ASKED,
        (_step, Deed.TAKE_BACK): Step.LAPSED,
    }
AFTER[Step.ASKED, Deed.ANSWER] = Step.OPEN


def after(step: Step, deed: Deed) -> Step:
    """The state after ``deed``; Conflict where it cannot happen."""
    found = AFTER[step, deed]
    if found is None:
        raise Conflict(CANNOT_NOW)
    return found


class Refusal(StrEnum):
    """Why a declaration isn't taken over. A list, not free text: a remark would hold what belongs nowhere."""

    TWICE = "twice"
    NOT_HERE = "not_here"
    NOT_REACHED = "not_reached"
    NOT_SHOWN = "not_shown"
    OTHERWISE = "otherwise"
    NOT_MEANT = "not_meant"


REFUSAL_WORDS: Mapping[Refusal, str] = {
    Refusal.TWICE: sentence("register.refusal.twice", "It was declared before."),
    Refusal.NOT_HERE: sentence("register.refusal.not_here", "The address lies outside this community."),
    Refusal.NOT_REACHED: sentence("register.refusal.not_reached", "Nobody could be reached at the number given."),
    Refusal.NOT_SHOWN: sentence("register.refusal.not_shown", "The paper that shows it was missing. Bring it to the desk."),
    Refusal.OTHERWISE: sentence("register.refusal.otherwise", "It turned out to be otherwise when we came to the door."),
    Refusal.NOT_MEANT: sentence("register.refusal.not_meant", "It was sent by mistake or is no declaration."),
}

CORRECTABLE = ("name", "number", "birth_date", "sex", "phone")
"""What one can propose another value for; where one lives and with whom is declared by moving, coded fields are put right at a
desk."""


@dataclass(frozen=True)
class Declared:
    """One person as declared, in plain words. ``key``: the id that their record or household gets, made with the form."""

    name: str = ""
    relation: str = ""
    number: str = ""
    document_kind: str = ""
    document_expires: str = ""
    birth_date: str = ""
    sex: str = ""
    phone: str = ""
    key: str = ""


@dataclass(frozen=True)
class Told:
    """What a declaration says; kept as JSON under its subject's key. Days are ISO texts.

    ``by``: who declares (landlord, employer), ``landlord``: named by a tenant; ``guardian``: who declares for children under 14;
    ``whom``: ids of people on the register that it is about; ``asked``: questions and answers in order; ``more``: what another
    community sent along.
    """

    people: tuple[Declared, ...] = ()
    address: str = ""
    unit: str = ""
    room: str = ""
    on: str = ""
    hukou: str = ""
    by: str = ""
    contact: str = ""
    landlord: str = ""
    guardian: str = ""
    guards: bool = False
    field: str = ""
    value: str = ""
    words: str = ""
    whom: tuple[str, ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    more: Mapping[str, Any] = made_by(default_factory=dict)

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.on) if self.on else None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Told:
        """Also of what other writers sent: names that aren't known here come along in ``more``."""
        names = set(cls.__dataclass_fields__)
        if "people" not in told and "name" in told:
            person = {name: str(told[name]) for name in Declared.__dataclass_fields__ if name in told}
            rest = {name: value for name, value in told.items() if name not in person}
            told = {**{n: v for n, v in rest.items() if n == "on"}, "people": [person], "more": rest}
        plain = {name: value for name, value in told.items() if name in names}
        plain["people"] = tuple(Declared(**person) for person in plain.get("people", ()))
        plain["whom"] = tuple(plain.get("whom", ()))
        plain["asked"] = tuple((str(pair[0]), str(pair[1])) for pair in plain.get("asked", ()))
        return cls(**plain)


def day_of(text: str) -> date | None:
    """A day that was declared as ISO text; None for none."""
    return date.fromisoformat(text) if text else None


def said_of(person: Declared, *, hukou: str = "", code: str = "", head_sex: str = "") -> Said:
    """The same person as the commands by hand take them. The relation follows from the words and the sex."""
    region, status = hukou_of(hukou, code)
    plain = completed(
        Said(
            name=person.name,
            number=person.number,
            document_kind=person.document_kind,
            document_expires=day_of(person.document_expires),
            birth_date=day_of(person.birth_date),
            sex=person.sex,
            phone=person.phone,
            hukou_region=region,
            status=Status(status) if status else None,
        )
    )
    return replace(plain, relation=relation_code(person.relation, plain.sex, head_sex))


def household_of(told: Told, code: str) -> list[Said]:
    """Everybody declared, with the hukou that holds for all of them and relations to the head."""
    first = next((p for p in told.people if p.relation == KinWord.HEAD.value), None)
    head_sex = said_of(first).sex if first else ""
    return [said_of(person, hukou=told.hukou, code=code, head_sex=head_sex) for person in told.people]


def faults(kind: Kind, told: Told, today: date, *, placed: bool) -> list[HandFault]:
    """What is wrong with a declaration, each fault at its person and field. ``placed``: whether a building was chosen."""
    found: list[HandFault] = []
    if kind is Kind.CORRECTION:
        return [] if told.field in CORRECTABLE and told.value.strip() else [_fault("value", NOTHING_TOLD)]
    on = told.day or today
    if kind is Kind.MOVE_OUT:
        return [] if told.whom else [_fault("people", NOBODY)]
    if not placed:
        found.append(_fault("building", NO_PLACE))
    people = household_of(told, "")
    if kind is Kind.STAFF:
        found += [fault for row, said in enumerate(people) for fault in person_faults(said, today, row)]
        found += [] if people else [_fault("", NOBODY)]
        found += [_fault("on", FUTURE)] if on > today else []
    else:
        found += household_faults(people, today, on)
    if on < today - LONGEST_AGO:
        found.append(_fault("on", TOO_EARLY))
    if len(re.sub(r"\D", "", told.contact)) < 6:
        found.append(_fault("contact", NO_CONTACT))
    if kind is not Kind.MOVE_IN and not told.by.strip():
        found.append(_fault("by", NO_DECLARANT))
    if guarded(people, today) and not (told.guardian.strip() and told.guards):
        found.append(_fault("guardian", NEEDS_GUARDIAN))
    return found


def guarded(people: Sequence[Said], today: date) -> bool:
    """Whether a child is among them for whom a parent or guardian decides."""
    return any(said.birth_date is not None and age_on(said.birth_date, today) < GUARDED_UNDER for said in people)


def ids(texts: Sequence[str]) -> list[UUID]:
    """Ids that were kept as text."""
    return [UUID(text) for text in texts]


def _fault(name: str, words: str) -> HandFault:
    return HandFault(None, name, Words(words))
