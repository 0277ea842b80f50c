"""What is told at a door or a desk: checked before anything is written, each fault at its person and field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from linli.kernel import citizen_number
from linli.kernel.errors import BadInput, Where
from linli.kernel.words import Words, sentence
from linli.register.rules.checking import (
    ASK_BOTH,
    BIRTH_DIFFERS,
    CHECK_DATE,
    CHECK_NUMBER,
    CHECKSUM,
    NO_BIRTH,
    NO_SEX,
    SEX_DIFFERS,
)
from linli.register.rules.codes import CITIZEN_DOCUMENTS, HEADS, IDENTITY_CARD, number_kind
from linli.register.rules.documents import KIND_OF_HOLDER, Fault, clean, fault, holder
from linli.register.rules.precedence import Source
from linli.register.rules.residence import Status

NO_NAME = sentence("register.hand.no_name", "Write the name as it stands on the document.")
NO_RELATION = sentence("register.hand.no_relation", "Say how this person is related to the head.")
NO_HEAD = sentence("register.hand.no_head", "One person of the household is its head. Say who.")
TWO_HEADS = sentence("register.hand.two_heads", "A household has one head. Say how this person is related to the other one.")
NOBODY = sentence("register.hand.nobody", "Write down at least one person.")
FUTURE = sentence("register.hand.future", "This day has not come yet.")
ODD_NUMBER = sentence("register.hand.odd_number", "Numbers of this kind of document look different. Read it again.")
SURE = sentence("register.hand.sure", "If it really stands like this on the document, say so with a tick.")
OTHER_KIND = sentence("register.hand.other_kind", "This number belongs to another kind of document.")
HERE_ALREADY = sentence("register.hand.here_already", "This person already lives at this door.")
ON_REGISTER = sentence("register.hand.on_register", "Somebody of this name and number is on the register. Is it the same person?")
NAMESAKE = sentence("register.hand.namesake", "Somebody of this name and birthday is on the register. Is it the same person?")
OTHER_NAME = sentence("register.hand.other_name", "This number stands on the register under another name.")
SAY_WHICH = sentence("register.hand.say_which", "Say whether it is the same person or somebody else.")
DEAD = sentence("register.hand.dead", "The register says that this person has died.")
CHECK_DEATH = sentence(
    "register.hand.check_death", "Ask for the document. If the death was recorded by mistake, tell the manager."
)
TWICE = sentence("register.hand.twice", "This person stands here twice.")
BEFORE_THAT = sentence("register.hand.before_that", "This lies before %(day)s, when what it ends began.")
NOTHING_TOLD = sentence("register.hand.nothing_told", "Nothing was changed: write down what is different.")


class Evidence(StrEnum):
    """What stands behind what is written. No free text: a remark would hold what belongs nowhere."""

    TOLD = "told"
    IDENTITY_DOCUMENT = "identity_document"
    HOUSEHOLD_BOOK = "household_book"
    BIRTH_CERTIFICATE = "birth_certificate"
    DEATH_CERTIFICATE = "death_certificate"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    LEASE = "lease"
    OTHER_DOCUMENT = "other_document"


EVIDENCE = {
    Evidence.TOLD: sentence("register.evidence.told", "They say so"),
    Evidence.IDENTITY_DOCUMENT: sentence("register.evidence.identity_document", "Identity card or passport seen"),
    Evidence.HOUSEHOLD_BOOK: sentence("register.evidence.household_book", "Household book seen"),
    Evidence.BIRTH_CERTIFICATE: sentence("register.evidence.birth_certificate", "Birth certificate seen"),
    Evidence.DEATH_CERTIFICATE: sentence("register.evidence.death_certificate", "Death certificate seen"),
    Evidence.MARRIAGE_CERTIFICATE: sentence("register.evidence.marriage_certificate", "Marriage certificate seen"),
    Evidence.LEASE: sentence("register.evidence.lease", "Lease or title seen"),
    Evidence.OTHER_DOCUMENT: sentence("register.evidence.other_document", "Another document seen"),
}


class Place(StrEnum):
    """Where it is told."""

    DOOR = "door"
    DESK = "desk"


def source_of(place: Place, evidence: Evidence) -> Source:
    """A document seen counts as one wherever it was seen; what is only told counts as a door check or their own declaration."""
    if evidence is not Evidence.TOLD:
        return Source.DOCUMENT
    return Source.DOOR if place is Place.DOOR else Source.RESIDENT


class Same(StrEnum):
    """The answer to "is it the same person?"."""

    UNASKED = ""
    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Said:
    """One person as told. ``relation``: GB/T 4761 to the head; ``status``: what their stay is called (residence.Status);
    ``sure``: the number stands like this on the document; ``same``: answer to the question whether they are known."""

    name: str
    relation: str = ""
    number: str = ""
    document_kind: str = ""
    document_expires: date | None = None
    birth_date: date | None = None
    sex: str = ""
    phone: str = ""
    ethnicity: str = ""
    education: str = ""
    hukou_region: str = ""
    hukou_text: str = ""
    status: Status | None = None
    sure: bool = False
    same: Same = Same.UNASKED


@dataclass(frozen=True)
class HandFault:
    """What is wrong with one field of one person. ``row``: from 0, None for the form as a whole."""

    row: int | None
    field: str
    words: Words
    remedy: Words | None = None


class Refused(BadInput):
    """A form that can't be written as it is: all its ``faults`` at once, so that nobody has to send it five times."""

    def __init__(self, faults: Sequence[HandFault]) -> None:
        self.faults = list(faults)
        first = self.faults[0]
        super().__init__(
            first.words.key,
            where=Where(row=None if first.row is None else first.row + 1, column=first.field or None),
            remedy=first.remedy.key if first.remedy else None,
            **first.words.params,
        )


def completed(said: Said) -> Said:
    """The same with what the number tells by itself: its kind where none was given, birth date and sex where it carries them."""
    if not said.number.strip():
        return said
    number = clean(said.document_kind, said.number)
    kind = said.document_kind
    belongs = holder(number)
    shown_on = KIND_OF_HOLDER[belongs] if belongs is not None else ""
    same = kind == shown_on or {kind, shown_on} <= CITIZEN_DOCUMENTS
    if belongs is not None and (same or kind in ("", IDENTITY_CARD)):
        kind = kind if same else shown_on
        born, sex = citizen_number.birth_date(number), citizen_number.sex(number)
        return replace(said, number=number, document_kind=kind, birth_date=said.birth_date or born, sex=said.sex or sex)
    return replace(said, number=number, document_kind=kind or IDENTITY_CARD)


_NUMBER_WORDS = {
    Fault.CHECK: (CHECKSUM, CHECK_NUMBER),
    Fault.FORM: (ODD_NUMBER, SURE),
    Fault.KIND: (OTHER_KIND, SURE),
    Fault.BIRTH: (BIRTH_DIFFERS, CHECK_DATE),
}


def person_faults(said: Said, today: date, row: int | None = None) -> list[HandFault]:
    """What is wrong with one person, who went through :func:`completed`. An odd number that somebody is sure of is no fault."""
    found = []

    def fault_at(name: str, words: str, remedy: str | None = None) -> None:
        found.append(HandFault(row, name, Words(words), Words(remedy) if remedy else None))

    if not said.name.strip():
        fault_at("name", NO_NAME)
    odd = fault(said.document_kind, said.number, said.birth_date)
    if odd is not None and not said.sure:
        fault_at("birth_date" if odd is Fault.BIRTH else "number", *_NUMBER_WORDS[odd])
    elif not said.sure and _other_sex(said):
        fault_at("sex", SEX_DIFFERS, CHECK_DATE)
    numbered = any(f.field == "number" for f in found)
    if said.birth_date is None:
        if not numbered:
            fault_at("birth_date", NO_BIRTH)
    elif said.birth_date > today:
        fault_at("birth_date", FUTURE)
    if not said.sex and not numbered:
        fault_at("sex", NO_SEX)
    return found


def _other_sex(said: Said) -> bool:
    return said.sex in ("1", "2") and holder(said.number) is not None and citizen_number.sex(said.number) != said.sex


def household_faults(people: Sequence[Said], today: date, on: date) -> list[HandFault]:
    """What is wrong with a household as told: everybody's own faults, one head, known relations, no day to come."""
    if not people:
        return [HandFault(None, "", Words(NOBODY))]
    found = [fault for row, said in enumerate(people) for fault in person_faults(said, today, row)]
    heads = [row for row, said in enumerate(people) if said.relation in HEADS]
    if not heads:
        found.append(HandFault(0, "relation", Words(NO_HEAD)))
    found += [HandFault(row, "relation", Words(TWO_HEADS)) for row in heads[1:]]
    found += [
        HandFault(row, "relation", Words(NO_RELATION)) for row, said in enumerate(people) if not said.relation and heads != []
    ]
    seen: dict[object, int] = {}
    for row, said in enumerate(people):
        mark = (number_kind(said.document_kind), said.number) if said.number else (said.name, said.birth_date, said.sex)
        if said.name and mark in seen:
            found.append(HandFault(row, "number" if said.number else "name", Words(TWICE)))
        seen[mark] = row
    if on > today:
        found.append(HandFault(None, "on", Words(FUTURE)))
    return found


class Standing(StrEnum):
    """How somebody who may be meant stands on the register."""

    HERE = "here"
    """At this very door."""
    ELSEWHERE = "elsewhere"
    GONE = "gone"
    DEAD = "dead"


@dataclass(frozen=True)
class Candidate:
    """Somebody on the register who may be meant. ``by_number``: found by the number, else by name and birthday."""

    person: UUID
    same_name: bool
    by_number: bool
    standing: Standing


def judged(said: Said, candidates: Sequence[Candidate], row: int | None = None) -> tuple[Candidate | None, HandFault | None]:
    """Who of the register is meant (None: somebody new), or what has to be asked first.

    A number shared by two names is asked about; whoever says that they are two people is believed, and a clerk looks at it later.
    """
    agreeing = [c for c in candidates if c.same_name]
    strangers = [c for c in candidates if not c.same_name and c.by_number]
    best = next(iter(sorted(agreeing, key=lambda c: (not c.by_number, list(Standing).index(c.standing)))), None)
    if best is None:
        if strangers and said.same is not Same.NO:
            return None, HandFault(row, "same", Words(OTHER_NAME), Words(ASK_BOTH))
        return None, None
    if said.same is Same.NO:
        return None, None
    if best.standing is Standing.DEAD:
        return None, HandFault(row, "name", Words(DEAD), Words(CHECK_DEATH))
    if best.standing is Standing.HERE:
        return None, HandFault(row, "name", Words(HERE_ALREADY))
    if said.same is Same.UNASKED:
        return None, HandFault(row, "same", Words(ON_REGISTER if best.by_number else NAMESAKE), Words(SAY_WHICH))
    return best, None


def day_fault(on: date, today: date, begun: date | None, name: str = "on") -> HandFault | None:
    """A day on which something ends: not to come, not before it began."""
    if on > today:
        return HandFault(None, name, Words(FUTURE))
    if begun is not None and on < begun:
        return HandFault(None, name, Words(BEFORE_THAT, {"day": {"day": begun.isoformat(), "style": "year"}}))
    return None


def refuse(*faults: HandFault | None) -> None:
    """Refused with those of ``faults`` that there are."""
    found = [fault for fault in faults if fault is not None]
    if found:
        raise Refused(found)
