"""Receiving what people declare, and deciding on it. Nothing reaches the register but through the commands by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, LinliError, NotFound
from linli.kernel.ids import new_reference
from linli.kernel.words import Words, sentence
from linli.register.commands.correction import amend_person
from linli.register.commands.moving import move_out
from linli.register.commands.registering import add_person, register_household
from linli.register.commands.tenancies import let_dwelling
from linli.register.models import Declaration, Household, Person
from linli.register.queries.declarations import seen
from linli.register.queries.mine import may_read, my_person
from linli.register.queries.places import community_code
from linli.register.rules.by_hand import Evidence, HandFault, Place, Refused, Said, Same
from linli.register.rules.declarations import (
    BETWEEN_COMMUNITIES,
    DECLARANT,
    MOST_PEOPLE,
    NO_QUESTION,
    PUBLIC_KINDS,
    WAITING,
    Channel,
    Deed,
    Kind,
    Refusal,
    Step,
    Told,
    after,
    day_of,
    faults,
    household_of,
    ids,
)
from linli.register.rules.sealing import DECLARED
from linli.register.rules.thresholds import threshold
from linli.territory.queries import buildings_seen, dwellings
from linli.trust import NOT_FOUND, Permission, SubjectKey, command, new_subjects, record, subject_keys

TOO_MANY = sentence(
    "register.declaration.too_many", "Too many declarations arrived here today. Come to the desk, or try again tomorrow."
)
SENT_ALREADY = sentence("register.declaration.sent_already", "This form was sent already. Open it anew.")
SAY_RELATION = sentence("register.declaration.say_relation", "Say how each of them is related to the head of that household.")


@dataclass(frozen=True)
class Received:
    """A declaration that has been taken in. ``reference``: the number on its receipt."""

    id: UUID
    reference: str
    again: bool = False


@command("register.declare", may=Permission.PORTAL_READ)
def declare(
    *, by: Actor, community: UUID, key: UUID, token: str, kind: Kind, channel: Channel, told: Told,
    building: UUID | None = None, dwelling: UUID | None = None, person: UUID | None = None,
) -> Received:  # fmt: skip
    """Take a declaration in, as a proposal. ``key``, ``token``: made with the form; the same form twice counts once, and whoever
    holds the token follows it. ``person``: whom of the register it is about, where the sender is tied to them.

    Without an account only ``PUBLIC_KINDS``, and not more of them than the limits (``data/thresholds.csv``) allow. Refused with
    every fault of the form; BadInput above a limit; NotFound for a place or person that isn't the sender's.
    """
    again = _again(community, key, token)
    if again is not None:
        record("register.declaration.received", ids=[again.id], counts={"again": 1})
        return again
    desk = by.may(Permission.REGISTER_WRITE)
    own = my_person(viewer=by, community=community)
    today = timezone.localdate()
    if kind not in PUBLIC_KINDS:
        whom = {*ids(told.whom), *({person} if person else set())}
        if own is None or not all(may_read(viewer=by, community=community, person=one, today=today) for one in whom):
            raise NotFound(NOT_FOUND)
    elif person is not None and person != own:
        raise NotFound(NOT_FOUND)
    found = faults(kind, replace(told, people=told.people[:MOST_PEOPLE]), today, placed=building is not None)
    if found:
        raise Refused(found)
    if building is not None:
        if not buildings_seen(viewer=by, community=community, buildings=[building]):
            raise NotFound(NOT_FOUND)
        if dwelling is not None and not any(
            row.building == building for row in dwellings(viewer=by, community=community, ids=[dwelling])
        ):
            raise NotFound(NOT_FOUND)
    if not desk:
        _within_limits(community, building, told)
    subject = _subject(community, person or own)
    made = Declaration.objects.create(
        id=key, community_id=community, kind=kind.value, channel=channel.value, declarant=DECLARANT[kind].value,
        subject_id=subject.subject_id, told=_sealed(subject, told), person_id=person, building_id=building,
        dwelling_id=dwelling, reference=new_reference(), token=_digest(token), received_at=timezone.now(),
    )  # fmt: skip
    touched = [made.id, *([person] if person else [])]
    record("register.declaration.received", ids=touched, fields=[kind.value], reason=channel.value)
    return Received(made.id, made.reference)


@command("register.open_declaration", may=Permission.REGISTER_WRITE)
def open_declaration(*, by: Actor, community: UUID, declaration: UUID, beside: Collection[UUID] = ()) -> None:
    """Somebody reads what was declared, beside the value that stands on the register: whom it is about can read who looked, and
    so can those who are shown ``beside`` it because they may be meant. NotFound out of scope."""
    found = Declaration.objects.filter(community=community, id=declaration).first()
    if found is None or not seen(viewer=by, community=community, buildings=[found.building_id], person=found.person_id):
        raise NotFound(NOT_FOUND)
    record("register.declaration.opened", ids=_touched(found), fields=[found.kind])
    for person in Person.objects.filter(community=community, id__in=beside).values_list("id", flat=True):
        record("register.person.compared", ids=[person], fields=["declaration"])


@command("register.accept_declaration", may=Permission.REGISTER_WRITE)
def accept_declaration(
    *, by: Actor, community: UUID, declaration: UUID, evidence: Evidence, same: Sequence[Same] = (), sure: bool = False,
    household: UUID | None = None, relations: Sequence[str] = (), new_head: UUID | None = None, hukou_too: bool = False,
    by_hand: bool = False,
) -> UUID | None:  # fmt: skip
    """Take a declaration over: what it says is written by the commands by hand, in one transaction with the decision.

    ``same``: for each of its people the answer to "is it the same person?"; ``sure``: odd numbers stand like this on the paper;
    ``household``, ``relations`` (GB/T 4761, one each): they join a household that is there; ``new_head``: of those who stay where
    the head leaves; ``by_hand``: it has been written already, only decide. Returns the household that it made or changed, if any.
    Refused with what the register objects to; Conflict where it is decided; NotFound out of scope.
    """
    found, key = _open(by, community, declaration)
    step = after(Step(found.state), Deed.ACCEPT)
    told = _told(found, key)
    house = None
    if not by_hand:
        act = _Act(by, community, found, told, evidence, tuple(same), sure)
        house = act.write(household, relations, new_head, hukou_too)
    _decide(found, step, by)
    record("register.declaration.accepted", ids=_touched(found), reason=evidence.value, counts={"by_hand": int(by_hand)})
    return house


@command("register.refuse_declaration", may=Permission.REGISTER_WRITE)
def refuse_declaration(*, by: Actor, community: UUID, declaration: UUID, reason: Refusal) -> None:
    """It isn't taken over, for one of the reasons that the sender reads. Conflict where it is decided; NotFound out of scope."""
    found, _ = _open(by, community, declaration)
    found.reason = reason.value
    _decide(found, after(Step(found.state), Deed.REFUSE), by)
    record("register.declaration.refused", ids=_touched(found), reason=reason.value)


@command("register.ask_declarant", may=Permission.REGISTER_WRITE)
def ask_declarant(*, by: Actor, community: UUID, declaration: UUID, question: str) -> None:
    """Ask the sender something; they read it where they follow the declaration. BadInput for an empty question."""
    found, key = _open(by, community, declaration)
    step = after(Step(found.state), Deed.ASK)
    if not question.strip():
        raise BadInput(NO_QUESTION)
    told = _told(found, key)
    found.told = _sealed(key, replace(told, asked=(*told.asked, (question.strip()[:500], ""))))
    found.state = step.value
    found.save(update_fields=["told", "state"])
    record("register.declaration.asked", ids=_touched(found))


@command("register.answer_question", may=Permission.PORTAL_READ)
def answer_question(*, by: Actor, community: UUID, token: str, answer: str) -> None:
    """The sender answers what they were asked; whoever holds the token is the sender. NotFound for any other token."""
    found = _followed(community, token)
    key = _key(found)
    step = after(Step(found.state), Deed.ANSWER)
    told = _told(found, key)
    asked = (*told.asked[:-1], (told.asked[-1][0], answer.strip()[:500])) if told.asked else ()
    found.told, found.state = _sealed(key, replace(told, asked=asked)), step.value
    found.save(update_fields=["told", "state"])
    record("register.declaration.answered", ids=_touched(found))


@command("register.take_back_declaration", may=Permission.PORTAL_READ)
def take_back_declaration(*, by: Actor, community: UUID, token: str) -> None:
    """The sender takes it back. Conflict where it is decided; NotFound for any other token."""
    found = _followed(community, token)
    _decide(found, after(Step(found.state), Deed.TAKE_BACK), by)
    record("register.declaration.taken_back", ids=_touched(found))


def _digest(token: str) -> str:
    """What is kept of a token: long and random as it is, a plain hash can't be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class _Act:
    """Writing what one declaration says."""

    by: Actor
    community: UUID
    row: Declaration
    told: Told
    evidence: Evidence
    same: tuple[Same, ...]
    sure: bool

    @property
    def _how(self) -> dict[str, Any]:
        return {"by": self.by, "community": self.community, "place": Place.DESK, "evidence": self.evidence}

    def write(
        self, household: UUID | None, relations: Sequence[str], new_head: UUID | None, hukou_too: bool
    ) -> UUID | None:  # fmt: skip
        """By kind. Refused, NotFound as the commands by hand."""
        on = self.told.day or timezone.localdate()
        kind = Kind(self.row.kind)
        if kind is Kind.CORRECTION and self.row.person_id is not None:
            name = self.told.field
            value: Any = day_of(self.told.value) if name == "birth_date" else self.told.value
            amend_person(person=self.row.person_id, values={name: value}, sure=self.sure, **self._how)
            return None
        if kind is Kind.MOVE_OUT:
            return move_out(
                people=ids(self.told.whom), on=on, new_head=new_head, hukou_too=hukou_too, **self._how
            ).household  # fmt: skip
        if self.row.building_id is None:
            raise Refused([HandFault(None, "by_hand", Words(_NEEDS_HAND))])
        people = self._people()
        if household is not None:
            return self._join(household, relations, people, on)
        if kind is Kind.STAFF:
            for said, person in zip(people, self.told.people, strict=True):
                self._house(UUID(person.key), [replace(said, relation="02")], on)
            return None
        made = self._house(self.row.id, people, on)
        if kind is Kind.TENANCY:
            self._let(made, on)
        return made

    def _people(self) -> list[Said]:
        people = household_of(self.told, community_code(viewer=self.by, community=self.community))
        answers = [*self.same, *[Same.UNASKED] * len(people)]
        return [replace(said, same=answer, sure=self.sure) for said, answer in zip(people, answers, strict=False)]

    def _house(self, key: UUID, people: Sequence[Said], on: date) -> UUID:
        assert self.row.building_id is not None
        made = register_household(
            key=key, building=self.row.building_id, unit=self.told.unit, room=self.told.room, people=people, on=on,
            address=self.told.address, **self._how,
        )  # fmt: skip
        return made.household

    def _join(self, household: UUID, relations: Sequence[str], people: Sequence[Said], on: date) -> UUID:
        known = Household.objects.filter(community=self.community, id=household, building=self.row.building_id).exists()
        if not known:
            raise NotFound(NOT_FOUND)
        if len(relations) < len(people) or not all(relations[: len(people)]):
            raise Refused([HandFault(None, "relations", Words(SAY_RELATION))])
        for said, person, relation in zip(people, self.told.people, relations, strict=False):
            add_person(
                key=UUID(person.key), household=household, said=replace(said, relation=relation), on=on, **self._how
            )  # fmt: skip
        return household

    def _let(self, household: UUID, on: date) -> None:
        house = Household.objects.get(community=self.community, id=household)
        if house.dwelling_id is None:
            return
        head = next((p for p in house.members.filter(to_date__isnull=True) if p.relation in ("01", "02")), None)
        let_dwelling(
            by=self.by, community=self.community, key=household, dwelling=house.dwelling_id, on=on,
            tenant=head.person_id if head else None, landlord_name=self.told.by if head else "",
        )  # fmt: skip


_NEEDS_HAND = sentence(
    "register.declaration.needs_hand", "No building is known for this. Write it down by hand, then say that you have."
)


def _again(community: UUID, key: UUID, token: str) -> Received | None:
    before = Declaration.objects.filter(id=key).first()
    if before is None:
        return None
    if before.community_id != community or before.token != _digest(token):
        raise BadInput(SENT_ALREADY)
    return Received(before.id, before.reference, again=True)


def _within_limits(community: UUID, building: UUID | None, told: Told) -> None:
    """The open form has no account to hold to, so it is held to places: one door, and the community as a whole."""
    now = timezone.now()
    open_form = Declaration.objects.filter(community=community, channel=Channel.PORTAL.value)
    if open_form.filter(received_at__gt=now - timedelta(hours=1)).count() >= threshold("declared_an_hour"):
        raise BadInput(TOO_MANY)
    today = open_form.filter(building=building, received_at__gt=now - timedelta(days=1)) if building else open_form.none()
    if today.count() < threshold("declared_a_day_home"):
        return
    same_door = sum(_door_of(row) == (told.unit, told.room) for row in today)
    if same_door >= threshold("declared_a_day_home"):
        raise BadInput(TOO_MANY)


def _door_of(row: Declaration) -> tuple[str, str]:
    try:
        told = _told(row, _key(row))
    except LinliError:
        return "", ""
    return told.unit, told.room


def _subject(community: UUID, person: UUID | None) -> SubjectKey:
    """Whose key seals it: the sender's own where they are known, else that of a new subject."""
    if person is not None:
        subject = Person.objects.filter(community=community, id=person).values_list("subject_id", flat=True).first()
        key = subject_keys(community, [subject]).get(subject) if subject else None
        if key is None:
            raise NotFound(NOT_FOUND)
        return key
    return new_subjects(community, 1)[0].key


def _sealed(key: SubjectKey, told: Told) -> bytes:
    return key.seal(DECLARED, json.dumps(told.as_json(), ensure_ascii=False))


def _key(row: Declaration) -> SubjectKey:
    key = subject_keys(row.community_id, [row.subject_id]).get(row.subject_id) if row.subject_id else None
    if key is None:
        raise NotFound(NOT_FOUND)
    return key


def _told(row: Declaration, key: SubjectKey) -> Told:
    plain: Mapping[str, Any] = json.loads(key.open(DECLARED, bytes(row.told))) if row.told else {}
    return Told.from_json(plain)


def _open(by: Actor, community: UUID, declaration: UUID) -> tuple[Declaration, SubjectKey]:
    rows = Declaration.objects.select_for_update(of=("self",)).exclude(kind__in=BETWEEN_COMMUNITIES)
    found = rows.filter(community=community, id=declaration).first()
    if found is None or not seen(viewer=by, community=community, buildings=[found.building_id], person=found.person_id):
        raise NotFound(NOT_FOUND)
    return found, _key(found)


def _followed(community: UUID, token: str) -> Declaration:
    found = Declaration.objects.select_for_update(of=("self",)).filter(community=community, token=_digest(token)).first()
    if found is None or not token:
        raise NotFound(NOT_FOUND)
    return found


def _decide(found: Declaration, step: Step, by: Actor) -> None:
    assert step not in WAITING
    found.state, found.decided_at, found.decided_by = step.value, timezone.now(), by.account
    found.save(update_fields=["state", "decided_at", "decided_by", "reason"])


def _touched(found: Declaration) -> list[UUID]:
    return [found.id, *([found.person_id] if found.person_id else [])]
