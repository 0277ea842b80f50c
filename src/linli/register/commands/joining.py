"""Two records are held to be one person: one leads, the other stays beside it. Nothing is merged, and all of it can be undone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotFound
from linli.register.commands.hand import Hand
from linli.register.commands.needs import PURPOSE
from linli.register.models import (
    Attestation,
    CareNeed,
    Ending,
    Hukou,
    Lapse,
    Link,
    Membership,
    Permit,
    Person,
    Residence,
    ReviewItem,
    Tenancy,
    Tie,
)
from linli.register.queries.people import may_see
from linli.register.rules.codes import HEADS
from linli.register.rules.leading import Side, may_not_lead
from linli.register.rules.needs import Basis
from linli.register.rules.review import Closed, Matter, State
from linli.register.rules.sealing import HELPER, LANDLORD, PERMIT_NUMBER, opened, person_columns, sealed
from linli.register.writing.answers import open_question, settle
from linli.register.writing.joining import undo_link
from linli.register.writing.keeping import difference, rows_of
from linli.trust import NOT_FOUND, Permission, command, has_consent, record

_FILLED = {"phone": "phone", "ethnicity": "ethnic", "education": "education"}
"""Columns that the leading record takes over where it has nothing, and the field under which each is attested."""


@command("register.answer_twice", may=Permission.REGISTER_WRITE)
def answer_twice(*, by: Actor, community: UUID, item: UUID, leader: UUID | None) -> None:
    """Whether the two records of a question are one person. ``leader``: the one that leads; None: two people, never asked again.

    What is open of the other record ends today and its gaps fill the leader\'s. Conflict where it may not lead
    (``rules.leading``), or where the question is answered; NotFound out of scope.
    """
    hand = Hand(by, community)
    question = open_question(by, community, item, Matter.SAME_PERSON)
    if question.person_id is None or question.other_id is None:
        raise NotFound(NOT_FOUND)
    pair = [question.person_id, question.other_id]
    if leader is None:
        settle(question, State.REJECTED, {}, (), by=by, now=hand.now)
        record("register.review", ids=[*pair, item], reason=Matter.SAME_PERSON.value)
        return
    if leader not in pair:
        raise NotFound(NOT_FOUND)
    (other,) = [person for person in pair if person != leader]
    link = _Joining(hand, leader, other, question).write()
    question.details = {**question.details, "link": str(link.id)}
    settle(question, State.ACCEPTED, {}, (), by=by, now=hand.now)
    hand.done("register.records_joined", pair, ids=[item, link.id], evidence=Matter.SAME_PERSON.value)


@command("register.take_apart", may=Permission.REGISTER_WRITE)
def take_apart(*, by: Actor, community: UUID, link: UUID) -> int:
    """Two records are two people after all: what setting them together changed stands as before, both live where they lived.

    Returns how many rows something later was built on: those stay as they are by now. NotFound out of scope, Conflict where
    they are apart already.
    """
    hand = Hand(by, community)
    found = Link.objects.select_for_update(of=("self",)).filter(community=community, id=link, other__isnull=False).first()
    pair = [one for one in (found.person_id, found.other_id) if one] if found else []
    if found is None or not all(may_see(viewer=by, community=community, person=one) for one in pair):
        raise NotFound(NOT_FOUND)
    asked = ReviewItem.objects.filter(community=community, state=State.ACCEPTED.value, details__link=str(link)).first()
    people, built_on = undo_link(found, now=hand.now, by=by)
    if asked is not None:
        # Whoever takes them apart says that they are two: the question isn't asked again.
        asked.state, asked.decided_at, asked.decided_by = State.REJECTED.value, hand.now, by.account
        asked.details = {name: value for name, value in asked.details.items() if name != "link"}
        asked.save(update_fields=["state", "decided_at", "decided_by", "details"])
    hand.done("register.records_apart", sorted(people), ids=[link], counts={"built_on": built_on})
    return built_on


class _Joining:
    """One record set beside another."""

    def __init__(self, hand: Hand, leader: UUID, other: UUID, question: ReviewItem) -> None:
        self.hand, self.leader, self.other, self.question = hand, leader, other, question
        self.plain = hand.people([leader, other])
        fault = may_not_lead(self._side(leader), self._side(other))
        if fault is not None:
            raise Conflict(fault[0].key, remedy=fault[1].key)
        self.headless: list[str] = []

    def _side(self, person: UUID) -> Side:
        hand, known = self.hand, self.plain[person]
        open_rows = {"person": person, "to_date__isnull": True}
        return Side(
            lives_here=Residence.objects.filter(**open_rows).exists(),
            dead=known.died_on is not None,
            tied=Tie.objects.filter(person=person, ended_at__isnull=True).exists(),
            consented=has_consent(viewer=hand.by, community=hand.community, subject=known.subject, purpose=PURPOSE),
            helped=CareNeed.objects.filter(**open_rows, basis=Basis.CONSENT.value).exists(),
        )

    def write(self) -> Link:
        hand, pair = self.hand, [self.leader, self.other]
        before = rows_of(hand.community, pair, item=self.question.id)
        asked = self._close_questions()
        self._fill()
        self._household()
        self._needs()
        self._papers()
        shown = not Lapse.objects.filter(person=self.other, to_monday__isnull=True).exists()
        # Files showed the one or the other: the person was seen.
        hand.close_lapses(pair if shown else [self.other])
        hand.end(Residence, hand.today, Q(person=self.other), ending=Ending.SAME_PERSON.value)
        hand.end(Hukou, hand.today, Q(person=self.other))
        # By hand from now on: undoing the file that brought one of them must not take it away under the link.
        Person.objects.filter(id__in=pair).update(batch=None)
        kept: dict[str, Any] = difference(before, rows_of(hand.community, pair, item=self.question.id), hand.now)
        return Link.objects.create(
            community_id=hand.community, person_id=self.leader, other_id=self.other, how="pair",
            probability=self.question.probability, model=self.question.details.get("model", ""), made_at=hand.now,
            made_by=hand.by.account, before={**kept, "asked": asked, "headless": self.headless},
        )  # fmt: skip

    def _close_questions(self) -> list[str]:
        """What was asked about the record that no longer leads: files will ask anew about the one that does."""
        mine = ReviewItem.objects.filter(community=self.hand.community, state=State.OPEN.value).exclude(id=self.question.id)
        rows = mine.filter(Q(person=self.other) | Q(other=self.other))
        ids = [str(one) for one in rows.values_list("id", flat=True)]
        rows.update(
            state=State.LAPSED.value, reason=Closed.ONE_PERSON.value, decided_at=self.hand.now, decided_by=self.hand.by.account
        )
        return ids

    def _fill(self) -> None:
        """What the leading record lacks and the other one has."""
        one, other = self.plain[self.leader], self.plain[self.other]
        assert one.key is not None
        values: dict[str, Any] = {
            name: getattr(other, name) for name in (*_FILLED, "register_no") if not getattr(one, name) and getattr(other, name)
        }
        fields = [_FILLED[name] for name in values if name in _FILLED]
        if not (one.number or one.document_number) and (other.number or other.document_number):
            values |= {"number": other.number or other.document_number, "document_kind": other.document_kind}
            expires = Person.objects.filter(id=self.other).values_list("document_expires", flat=True).first()
            values |= {"document_expires": expires} if expires else {}
            fields += ["number", "document"]
        if values:
            columns = person_columns(one.key, self.hand.blind, values, document_kind=one.document_kind)
            Person.objects.filter(id=self.leader).update(**columns)
        told = Attestation.objects.filter(person=self.other, field__in=fields)
        known = set(Attestation.objects.filter(person=self.leader).values_list("field", flat=True))
        Attestation.objects.bulk_create(
            Attestation(
                community_id=self.hand.community, person_id=self.leader, field=row.field, source=row.source, on=row.on, by=row.by,
                known_from=self.hand.now,
            )
            for row in told
            if row.field not in known
        )  # fmt: skip

    def _household(self) -> None:
        hand = self.hand
        open_rows = Membership.objects.filter(to_date__isnull=True)
        mine, theirs = open_rows.filter(person=self.leader).first(), open_rows.filter(person=self.other).first()
        if theirs is None:
            return
        hand.end(Membership, hand.today, Q(id=theirs.id))
        lives_here = Residence.objects.filter(person=self.leader, to_date__isnull=True).exists()
        if mine is None and lives_here:
            hand.join(theirs.household_id, {self.leader: theirs.relation}, hand.today)
        elif theirs.relation in HEADS and mine is not None and mine.household_id == theirs.household_id:
            # The same person is head there, whatever the leading record called them.
            hand.end(Membership, hand.today, Q(id=mine.id))
            hand.join(mine.household_id, {self.leader: theirs.relation}, hand.today)
        elif theirs.relation in HEADS and open_rows.filter(household=theirs.household_id).exists():
            hand.ask_head(theirs.household)
            self.headless.append(str(theirs.household_id))

    def _needs(self) -> None:
        """Help goes on under the leading record, with its own seal; consent stands there (``rules.leading``)."""
        hand = self.hand
        held = set(CareNeed.objects.filter(person=self.leader, to_date__isnull=True).values_list("need", flat=True))
        one, other = self.plain[self.leader].key, self.plain[self.other].key
        assert one is not None
        for need in hand.end(CareNeed, hand.today, Q(person=self.other)):
            if need.need not in held:
                CareNeed.objects.create(
                    person_id=self.leader, need=need.need, from_date=need.from_date, basis=need.basis, law=need.law,
                    source=need.source, checked_on=need.checked_on,
                    sealed_helper=sealed(one, HELPER, opened(other, HELPER, need.sealed_helper)), **hand.shared,
                )  # fmt: skip

    def _papers(self) -> None:
        """Permits and tenancies go on under the leading record."""
        hand = self.hand
        one, other = self.plain[self.leader].key, self.plain[self.other].key
        assert one is not None
        has_one = Permit.objects.filter(person=self.leader, ended_on__isnull=True).exists()
        for permit in Permit.objects.filter(person=self.other, ended_on__isnull=True):
            if not has_one:
                Permit.objects.create(
                    community_id=hand.community, person_id=self.leader, issued_on=permit.issued_on, endorsed=permit.endorsed,
                    sealed_number=sealed(one, PERMIT_NUMBER, opened(other, PERMIT_NUMBER, permit.sealed_number)),
                    known_from=hand.now,
                )  # fmt: skip
            permit.ended_on, permit.batch = max(hand.today, permit.issued_on), None
            permit.save(update_fields=["ended_on", "batch"])
        for tenancy in hand.end(Tenancy, hand.today, Q(person=self.other)):
            Tenancy.objects.create(
                person_id=self.leader, dwelling_id=tenancy.dwelling_id, use=tenancy.use, hazard=tenancy.hazard,
                landlord_id=tenancy.landlord_id, from_date=tenancy.from_date,
                sealed_landlord=sealed(one, LANDLORD, opened(other, LANDLORD, tenancy.sealed_landlord)), **hand.shared,
            )  # fmt: skip
        Tenancy.objects.filter(landlord=self.other, to_date__isnull=True).update(landlord=self.leader, batch=None)
