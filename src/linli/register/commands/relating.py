"""Answering who is what to whom in a household: the questions that a change of its head leaves open."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.words import sentence
from linli.register.commands.correction import Correction
from linli.register.commands.hand import Hand
from linli.register.commands.households import change_head
from linli.register.models import Membership
from linli.register.rules.by_hand import NO_RELATION, Place
from linli.register.rules.codes import HEADS, RELATIONS
from linli.register.rules.precedence import Source
from linli.register.rules.review import Matter, State
from linli.register.writing.answers import LOOK_AGAIN, open_question, settle
from linli.register.writing.keeping import rows_of
from linli.trust import NOT_FOUND, Permission, command

LEFT_IT = sentence("register.relating.left_it", "This person no longer belongs to that household.")


@command("register.answer_relation", may=Permission.REGISTER_WRITE)
def answer_relation(*, by: Actor, community: UUID, item: UUID, code: str) -> UUID:
    """How the person of a question is related to the head of their household (GB/T 4761). Returns the person.

    BadInput for a code that is none or says head; Conflict where they belong to another household by now.
    """
    hand = Hand(by, community)
    question = open_question(by, community, item, Matter.RELATION)
    person = question.person_id
    if person is None:
        raise NotFound(NOT_FOUND)
    if code not in RELATIONS or code in HEADS:
        raise BadInput(NO_RELATION)
    hand.people([person])
    mine = Membership.objects.filter(person=person, to_date__isnull=True).first()
    if mine is None or str(mine.household_id) != question.details.get("household", str(mine.household_id)):
        raise Conflict(LEFT_IT, remedy=LOOK_AGAIN)
    before = rows_of(community, [person], item=item)
    source = Source.DOCUMENT if by.grids is None else Source.DOOR
    changed = mine.relation != code
    if changed:
        # It was never otherwise: what stood there could not be told from the codes.
        Correction(hand, person, source).overrule({"relation": code})
    hand.attest({person: ["relation"]}, source)
    settle(question, State.ACCEPTED if changed else State.REJECTED, before, {person}, by=by, now=hand.now)
    hand.done("register.review", [person], fields=["relation"], ids=[item], evidence=Matter.RELATION.value)
    return person


@command("register.answer_head", may=Permission.REGISTER_WRITE)
def answer_head(*, by: Actor, community: UUID, item: UUID, head: UUID) -> UUID:
    """Who is head of a household that lost its head, from today on. Returns the household. Refused as ``change_head`` does."""
    hand = Hand(by, community)
    question = open_question(by, community, item, Matter.RELATION)
    if question.person_id is not None or not question.details.get("household"):
        raise NotFound(NOT_FOUND)
    household = UUID(question.details["household"])
    family = set(Membership.objects.filter(household=household, to_date__isnull=True).values_list("person_id", flat=True))
    before = rows_of(community, family, item=item)
    place = Place.DESK if by.grids is None else Place.DOOR
    change_head(by=by, community=community, household=household, head=head, on=hand.today, place=place)
    settle(question, State.ACCEPTED, before, family, by=by, now=hand.now)
    hand.done("register.review", sorted(family), fields=["relation"], ids=[item, household], evidence=Matter.RELATION.value)
    return household
