"""Households by hand: split, joined, under another head. Everybody's relation is told anew; what can't be told is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel.words import Words, sentence
from linli.register.rules.by_hand import HandFault
from linli.register.rules.codes import HEADS
from linli.register.rules.relations import HEAD, Member, Related, seen_from, under_new_head

NOT_IN_IT = sentence("register.hand.not_in_it", "This person does not belong to the household.")
SOME_STAY = sentence("register.hand.some_stay", "Somebody has to stay; if all move, the household moves as a whole.")
NOBODY_CHOSEN = sentence("register.hand.nobody_chosen", "Choose at least one person.")
CHOOSE_HEAD = sentence("register.hand.choose_head", "The head goes. Say who is head of those who stay.")
HEAD_STAYS = sentence("register.hand.head_stays", "Choose the head from those who stay.")
HEAD_GOES = sentence("register.hand.head_goes", "Choose the head from those who go.")
SAME_HOUSE = sentence("register.hand.same_house", "These are one household already.")


@dataclass(frozen=True)
class Kin:
    """A member of a household. ``relation`` to its head, GB/T 4761, empty where not known."""

    person: UUID
    relation: str
    sex: str
    born: date | None = None


Relations = dict[UUID, Related]


def head_of(members: Sequence[Kin]) -> Kin | None:
    """The head, where there is exactly one."""
    heads = [kin for kin in members if kin.relation in HEADS]
    return heads[0] if len(heads) == 1 else None


def headed_by(members: Sequence[Kin], head: UUID) -> Relations:
    """Everybody's relation to another head. Those whose relation was not known are asked about."""
    found = under_new_head([Member(kin.person, kin.relation or "97", kin.sex, kin.born) for kin in members], head)
    unknown = {kin.person for kin in members if not kin.relation}
    headless = head_of(members) is None
    return {
        kin.person: Related(found[kin.person].code, True, found[kin.person].likely)
        if kin.person != head and (headless or kin.person in unknown)
        else found[kin.person]
        for kin in members
    }


def left_over(
    members: Sequence[Kin], leaving: Collection[UUID], head: UUID | None, *, field: str = "head"
) -> tuple[Relations, HandFault | None]:
    """Relations of those who stay, where the head is among the leaving; nothing changes where the head stays or nobody does."""
    staying = [kin for kin in members if kin.person not in leaving]
    old = head_of(members)
    if not staying or (old is not None and old.person not in leaving):
        return {}, None
    if len(staying) == 1 and head is None:
        head = staying[0].person
    if head is None:
        return {}, HandFault(None, field, Words(CHOOSE_HEAD))
    if head not in {kin.person for kin in staying}:
        return {}, HandFault(None, field, Words(HEAD_STAYS))
    told = headed_by(members, head)
    return {kin.person: told[kin.person] for kin in staying}, None


def split(
    members: Sequence[Kin], leaving: Collection[UUID], head: UUID | None, stays_head: UUID | None
) -> tuple[Relations, Relations, HandFault | None]:
    """Relations of those who go (to ``head``) and of those who stay (to ``stays_head`` where the head goes), or the fault."""
    own = {kin.person for kin in members}
    if not leaving:
        return {}, {}, HandFault(None, "people", Words(NOBODY_CHOSEN))
    if not set(leaving) <= own:
        return {}, {}, HandFault(None, "people", Words(NOT_IN_IT))
    if own <= set(leaving):
        return {}, {}, HandFault(None, "people", Words(SOME_STAY))
    if head is None:
        old = head_of(members)
        head = next(iter(leaving)) if len(leaving) == 1 else old.person if old and old.person in leaving else None
    if head not in leaving or head is None:
        return {}, {}, HandFault(None, "new_head", Words(HEAD_GOES))
    told = headed_by(members, head)
    rest, fault = left_over(members, leaving, stays_head)
    return {person: told[person] for person in leaving}, rest, fault


def joined(into: Sequence[Kin], others: Sequence[Kin], relation: str) -> Relations:
    """Relations of ``others`` to the head of ``into``. ``relation``: that of the others' head to that head."""
    head, theirs = head_of(into), head_of(others)
    if head is None or theirs is None:
        return {kin.person: Related("97", True) for kin in others}
    mine = seen_from(relation, theirs.sex, HEAD, head.sex, head_sex=head.sex)
    found = {}
    for kin in others:
        if kin.person == theirs.person:
            found[kin.person] = Related(relation)
        elif not kin.relation:
            found[kin.person] = Related("97", True)
        else:
            told = seen_from(mine.code, head.sex, kin.relation, kin.sex, head_sex=theirs.sex)
            found[kin.person] = Related(told.code, told.review or mine.review, told.likely)
    return found
