"""Answering what a file left open, and taking an answer back: nothing is merged, nothing is lost, every answer is on record."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from linli.intake import Outcome, Verdict, batch_detail, wait_again
from linli.intake import State as BatchState
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import Conflict, NotFound
from linli.kernel.weeks import Week
from linli.kernel.words import Words, sentence
from linli.register.commands.correction import Correction
from linli.register.commands.hand import Hand
from linli.register.commands.moving import move_out
from linli.register.commands.visits import confirm_person
from linli.register.models import Attestation, Lapse, Link, Membership, RegisterRound, Residence, ReviewItem
from linli.register.opening import opened_told
from linli.register.queries.places import address_index
from linli.register.queries.questions import in_scope
from linli.register.queries.standing import load_people, standing
from linli.register.rules.addresses import Found
from linli.register.rules.by_hand import Evidence, Place
from linli.register.rules.checking import Refusal
from linli.register.rules.codes import HEADS
from linli.register.rules.correcting import ORDER_OF
from linli.register.rules.coverage import Coverage
from linli.register.rules.entries import Entry, entry_of
from linli.register.rules.marks import mark_of_left
from linli.register.rules.matching import match
from linli.register.rules.precedence import Source
from linli.register.rules.reconcile import Decision, Reconciliation, Result
from linli.register.rules.review import Matter, State, may_become, parse_day
from linli.register.rules.standing import Known
from linli.register.writing.answers import ANSWERED, LOOK_AGAIN, open_question, settle
from linli.register.writing.joining import undo_link
from linli.register.writing.keeping import difference, give_back, people_in, rows_of
from linli.register.writing.questions import ask
from linli.register.writing.rows import Writing, write
from linli.territory.commands import add_dwelling
from linli.trust import NOT_FOUND, Permission, command, drop_subjects, record

OF_ANOTHER = sentence("register.review.of_another", "The number or name of this row belongs to somebody else by now.")
CHECK_BOTH = sentence("register.review.check_both", "Look at both records, then correct the wrong one by hand.")
NO_LONGER = sentence("register.review.no_longer", "This person no longer lives here; there is nothing to decide any more.")
NOT_OPEN = sentence("register.review.not_open", "Nobody is missing from the files under this name.")
WAITED = sentence("register.review.waited", "The row waits for an answer again.")
NO_PLACE = sentence("register.review.no_place", "The address names no building here any more.")
SAY_WHERE = sentence("register.review.say_where", "Say first which building the address means.")


@command("register.answer_same", may=Permission.REGISTER_WRITE)
def answer_same(*, by: Actor, community: UUID, item: UUID, same: bool) -> UUID:
    """Whether the row of a question speaks of the person beside it. Yes: its values amend them; no: it becomes somebody new.

    Returns the person. Conflict where it was answered before, or where the row's number is somebody else's by now.
    """
    hand = Hand(by, community)
    question = open_question(by, community, item, Matter.SAME_PERSON)
    assert question.person_id is not None
    before = rows_of(community, [question.person_id], item=item)
    row = _Row(hand, question)
    person = row.take(question.person_id) if same else row.add(question.person_id)
    people = {question.person_id, person}
    if same:
        Link.objects.create(
            community_id=community, person_id=person, how="answer", probability=question.probability,
            model=question.details.get("model", ""), made_at=hand.now, made_by=by.account,
        )  # fmt: skip
    settle(question, State.ACCEPTED if same else State.REJECTED, before, people, by=by, now=hand.now)
    hand.done("register.review", [person], fields=row.fields, ids=[item], evidence=Matter.SAME_PERSON.value)
    return person


@command("register.answer_conflict", may=Permission.REGISTER_WRITE)
def answer_conflict(*, by: Actor, community: UUID, item: UUID, take: bool) -> UUID:
    """Which of two values holds: the told one (``take``) or the known one. Either is vouched for anew. Returns the person."""
    hand = Hand(by, community)
    question = open_question(by, community, item, Matter.CONFLICT)
    assert question.person_id is not None
    person, field = question.person_id, question.field
    hand.people([person])
    before = rows_of(community, [person], item=item)
    on = question.said_on or hand.today
    if take:
        value = opened_told(community, [question])[item].get("value", "")
        source = Source(question.source) if question.source in set(Source) else Source.FILE
        if field == "address":
            _Row(hand, question, value).move(person)
        else:
            Correction(hand, person, source, since=on).overrule(_column_of(field, value))
        hand.attest({person: [field]}, source, on)
    else:
        vouched = Attestation.objects.filter(person=person, field=field).first()
        source = Source(vouched.source) if vouched else Source.DOCUMENT if by.grids is None else Source.DOOR
        hand.attest({person: [field]}, source)
    settle(question, State.ACCEPTED if take else State.REJECTED, before, {person}, by=by, now=hand.now)
    hand.done("register.review", [person], fields=[field], ids=[item], evidence=Matter.CONFLICT.value)
    return person


@command("register.answer_left", may=Permission.REGISTER_WRITE)
def answer_left(
    *, by: Actor, community: UUID, person: UUID, left_on: date | None, place: Place = Place.DESK, new_head: UUID | None = None
) -> UUID:
    """Whether somebody whom a full file didn't show has left, and on which day (None: they still live here).

    Returns the question with its answer. Conflict where no file misses them; Refused as ``move_out`` does.
    """
    hand = Hand(by, community)
    hand.people([person])
    lapse = Lapse.objects.filter(community=community, person=person, to_monday__isnull=True).first()
    home = Residence.objects.filter(community=community, person=person, to_date__isnull=True).first()
    if lapse is None or home is None:
        raise Conflict(NOT_OPEN, remedy=LOOK_AGAIN)
    mine = Membership.objects.filter(person=person, to_date__isnull=True).values("household")
    family = {person, *Membership.objects.filter(household__in=mine, to_date__isnull=True).values_list("person_id", flat=True)}
    before = rows_of(community, family)
    if left_on is None:
        confirm_person(by=by, community=community, person=person)
    else:
        move_out(by=by, community=community, people=[person], on=left_on, place=place, evidence=Evidence.TOLD, new_head=new_head)
    question = ReviewItem(
        community_id=community, matter=Matter.LEFT.value, state=State.OPEN.value,
        mark=mark_of_left(hand.blind, person, lapse.from_monday), person_id=person, building_id=home.building_id,
        dwelling_id=home.dwelling_id, said_on=lapse.from_monday, opened_at=hand.now,
    )  # fmt: skip
    kept = difference(before, rows_of(community, family), hand.now)
    question.details, question.decided_at, question.decided_by = {"kept": kept}, hand.now, by.account
    question.state = (State.REJECTED if left_on is None else State.ACCEPTED).value
    question.save()
    hand.done("register.review", [person], fields=["address"], ids=[question.id], evidence=Matter.LEFT.value)
    return question.id


@command("register.open_question", may=Permission.REGISTER_WRITE)
def open_to_answer(*, by: Actor, community: UUID, item: UUID | None = None, person: UUID | None = None) -> None:
    """Somebody looks at both sides of a question (or at somebody missing): what must be compared is shown, and they can read who
    looked. NotFound out of scope and where nothing is open."""
    hand = Hand(by, community)
    fields: list[str] = []
    shown: set[UUID] = set()
    if item is not None:
        question = open_question(by, community, item)
        shown = {one for one in (question.person_id, question.other_id) if one}
        if question.matter == Matter.RELATION.value and question.details.get("household"):
            there = Membership.objects.filter(household=question.details["household"], to_date__isnull=True)
            # Beside whoever is asked about the head is named; where the head is asked for, everybody.
            there = there.filter(relation__in=HEADS) if shown else there
            shown |= set(there.values_list("person_id", flat=True))
        fields = [question.field] if question.field else []
    elif person is not None:
        hand.people([person])
        mine = Membership.objects.filter(person=person, to_date__isnull=True).values("household")
        family = Membership.objects.filter(household__in=mine, to_date__isnull=True)
        shown = {person, *family.values_list("person_id", flat=True)}
    # One each: whoever is shown by name reads of it, not only whom the question is about.
    for one in sorted(shown):
        record("register.person.compared", ids=[one, *([item] if item else [])], fields=fields, reason="review")
    if not shown:
        record("register.person.compared", ids=[item] if item else [], fields=fields, reason="review")


@command("register.answer_later", may=Permission.REGISTER_WRITE)
def answer_later(*, by: Actor, community: UUID, item: UUID) -> None:
    """Not now: the question goes to the end of the list."""
    hand = Hand(by, community)
    question = open_question(by, community, item)
    question.details = {**question.details, "later": hand.now.isoformat()}
    question.save(update_fields=["details"])
    record("register.review", ids=[item], fields=["details"])


@command("register.take_back", may=Permission.REGISTER_WRITE)
def take_back(*, by: Actor, community: UUID, item: UUID) -> State:
    """An answer was wrong: everything stands as before, and the question is open again (or gone, if its file was undone).

    Conflict where something later rests on the answer; nothing is changed then.
    """
    hand = Hand(by, community)
    question = ReviewItem.objects.select_for_update(of=("self",)).filter(community=community, id=item).first()
    if question is None or not in_scope(by, community, [question]):
        raise NotFound(NOT_FOUND)
    if not may_become(State(question.state), State.OPEN) or "kept" not in question.details:
        raise Conflict(ANSWERED, remedy=LOOK_AGAIN)
    kept = question.details["kept"]
    people = people_in(community, kept) | ({question.person_id} if question.person_id else set())
    subjects = give_back(community, kept)
    link = Link.objects.filter(community=community, id=question.details["link"]).first() if "link" in question.details else None
    if link is not None:
        people |= undo_link(link, now=hand.now, by=by)[0]
    links = Link.objects.filter(community=community, person=question.person_id, how="answer", ended_at__isnull=True)
    if question.matter == Matter.SAME_PERSON.value and question.state == State.ACCEPTED.value and question.decided_at:
        links.filter(made_at__gte=question.decided_at).update(ended_at=hand.now, ended_by=by.account)
    if subjects:
        drop_subjects(community, subjects)
    batch, rows = question.details.get("batch"), question.details.get("rows")
    own = ("kept", "batch", "later", "rows", "link")
    question.details = {name: value for name, value in question.details.items() if name not in own}
    question.batch = UUID(batch) if batch else None
    question.decided_at, question.decided_by = None, None
    state = _reopened(community, question)
    question.state = state.value
    if question.batch is not None and state is State.OPEN and rows:
        told = [Outcome(row, Verdict.REVIEW, Words(WAITED), column="address") for row in rows]
        # Who was refused had shown nobody.
        seen = wait_again(by=by, community=community, batch=question.batch, waiting=told)
        RegisterRound.objects.filter(community=community, batch=question.batch).update(seen=F("seen") - seen)
    if question.matter == Matter.LEFT.value:
        # It stands open as a lapse; the answer alone was a row.
        question.delete()
    else:
        question.save()
    hand.done("register.review_taken_back", sorted(people), ids=[item], evidence=question.matter)
    return State(question.state)


def _reopened(community: UUID, question: ReviewItem) -> State:
    """Open, unless its file is undone or asks the same again already."""
    if question.batch is not None:
        batch = batch_detail(viewer=SYSTEM, community=community, batch=question.batch)
        if batch.state is not BatchState.APPLIED:
            return State.LAPSED
    same = ReviewItem.objects.filter(community=community, mark=question.mark, state=State.OPEN.value)
    return State.LAPSED if same.exists() else State.OPEN


def _column_of(field: str, value: str) -> dict[str, Any]:
    """A told text as the column of a correction."""
    names = [column for column, name in ORDER_OF.items() if name == field]
    name = names[0] if names else field
    if field == "document" and _is_day(value):
        name = "document_expires"
    return {name: date.fromisoformat(value) if name in ("birth_date", "document_expires") else value}


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


class _Row:
    """A row that waited, weighed against the register of today by the same rules as its file."""

    def __init__(self, hand: Hand, question: ReviewItem, address: str = "") -> None:
        self.hand, self.question, self.address = hand, question, address
        self.fields: tuple[str, ...] = ()
        batch = question.batch
        rounds = RegisterRound.objects.filter(community=hand.community, batch=batch) if batch else RegisterRound.objects.none()
        monday = rounds.values_list("monday", flat=True).first()
        self.day: date = monday or Week.of(question.said_on or hand.today).monday
        self.index = address_index(viewer=SYSTEM, community=hand.community)

    def take(self, person: UUID) -> UUID:
        """The row speaks of this person."""
        entry = self._entry()
        self.hand.people([person])
        meant = self._meant(entry)
        if isinstance(meant, Refusal) or (meant is not None and meant.id != person):
            raise Conflict(OF_ANOTHER, remedy=CHECK_BOTH)
        known = load_people(viewer=SYSTEM, community=self.hand.community, ids=[person])[person]
        self._write(entry, known)
        self._shown(person)
        return person

    def add(self, other: UUID) -> UUID:
        """The row speaks of somebody else than ``other``: of somebody new, or of whom its number names by now."""
        entry = self._entry()
        meant = self._meant(entry)
        if isinstance(meant, Refusal) or (meant is not None and meant.id == other):
            raise Conflict(OF_ANOTHER, remedy=CHECK_BOTH)
        person = self._write(entry, meant).person
        assert person is not None
        return person

    def move(self, person: UUID) -> None:
        """The person lives where the told address says."""
        known = load_people(viewer=SYSTEM, community=self.hand.community, ids=[person])[person]
        if known.residence is None:
            raise Conflict(NO_LONGER, remedy=LOOK_AGAIN)
        known.vouched.pop("address", None)
        told = {"name": known.name, "sex": known.sex, "birth_date": known.birth_date.isoformat(), "change": "registered"}
        entry = entry_of(self.question.row or 0, told | {"address": self.address})
        entry.found = self.index.find(self.address)
        if entry.found.building is None:
            raise Conflict(NO_PLACE, remedy=SAY_WHERE)
        self._write(entry, known)

    def _entry(self) -> Entry:
        told = opened_told(self.hand.community, [self.question])[self.question.id]
        if not told:
            raise NotFound(NOT_FOUND)
        entry = entry_of(self.question.row or 0, told)
        found = self.index.find(entry.address)
        asked = Found(self.question.building_id, self.question.dwelling_id)
        entry.found = asked if found.building is None and asked.building is not None else found
        if entry.found.building is None:
            raise Conflict(NO_PLACE, remedy=SAY_WHERE)
        return entry

    def _meant(self, entry: Entry) -> Known | Refusal | None:
        self.standing = standing(viewer=SYSTEM, community=self.hand.community, entries=[entry], coverage=Coverage(), day=self.day)
        return match(entry, self.standing)

    def _write(self, entry: Entry, known: Known | None) -> Decision:
        hand = self.hand
        if not hasattr(self, "standing"):
            self.standing = standing(viewer=SYSTEM, community=hand.community, entries=[entry], coverage=Coverage(), day=self.day)
        source = Source(self.question.source) if self.question.source in set(Source) else Source.FILE
        file = Reconciliation(
            self.standing, self.index, day=self.day, full=False, community_code=hand.code, source=source, judges=False
        )
        decision = file.one(entry, known)
        if decision.refusal is not None or decision.result is Result.REFUSED:
            assert decision.refusal is not None
            raise Conflict(decision.refusal.words.key, remedy=CHECK_BOTH, **decision.refusal.words.params)
        places = {
            (building, unit, room): add_dwelling(by=hand.by, community=hand.community, building=building, unit=unit, room=room)
            for building, unit, room in file.renewal.dwellings
        }
        writing = Writing(hand.community, None, hand.now, places)
        write(writing, file.renewal)
        ask(writing, file.renewal)
        self.fields = decision.fields
        return decision

    def _shown(self, person: UUID) -> None:
        """The file did show the person: what it seemed to miss since its Monday was never missing."""
        lapse = Lapse.objects.filter(person=person, to_monday__isnull=True, from_monday__gte=self.day).first()
        if lapse is not None:
            lapse.to_monday, lapse.batch = lapse.from_monday, None
            lapse.save(update_fields=["to_monday", "batch"])


__all__ = ["answer_conflict", "answer_later", "answer_left", "answer_same", "parse_day", "take_back"]
