"""Asking about people who may be on the register twice. Nobody is ever taken for somebody else by a model alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.register.models import ReviewItem
from linli.register.opening import chunks
from linli.register.queries.twice import Twin, Weighed
from linli.register.rules.likeness import model_version
from linli.register.rules.marks import mark_of_pair
from linli.register.rules.review import Closed, Matter, State
from linli.register.rules.thresholds import threshold
from linli.trust import Permission, blinder, command, record


@dataclass(frozen=True)
class Swept:
    """What a sweep came to: ``pairs`` = ``asked`` + ``waiting`` (asked before) + ``answered`` (never again) + ``left_over``
    (for the next sweep). ``closed``: open questions that went by themselves."""

    people: int
    compared: int
    pairs: int
    asked: int
    waiting: int
    answered: int
    left_over: int
    closed: int


@command("register.ask_twice", may=Permission.REGISTER_RENEW)
def ask_twice(*, by: Actor, community: UUID, weighed: Weighed) -> Swept:
    """Open a question for each pair that was not asked or answered before, the likeliest first, at most so many in one sweep."""
    now, blind = timezone.now(), blinder(community)
    marked = {mark_of_pair(blind, twin.person, twin.other): twin for twin in weighed.twins}
    known: dict[bytes, str] = {}
    for part in chunks(marked):
        told = ReviewItem.objects.filter(community=community, matter=Matter.SAME_PERSON.value, mark__in=part)
        told = told.exclude(state=State.LAPSED.value).order_by("id")
        known |= {bytes(mark): state for mark, state in told.values_list("mark", "state")}
    fresh = [(mark, twin) for mark, twin in marked.items() if mark not in known]
    asked = fresh[: threshold("swept_most")]
    model = model_version()
    ReviewItem.objects.bulk_create(
        [_question(community, mark, twin, model) for mark, twin in asked],
        batch_size=500,
    )
    gone = [
        item
        for item, mark in ReviewItem.objects.filter(
            community=community, matter=Matter.SAME_PERSON.value, state=State.OPEN.value, details__swept=True
        ).values_list("id", "mark")
        if bytes(mark) not in marked
    ]
    for ids in chunks(gone):
        ReviewItem.objects.filter(id__in=ids).update(
            state=State.LAPSED.value, decided_at=now, decided_by=by.account, reason=Closed.UNLIKE.value
        )
    waiting = sum(state == State.OPEN.value for state in known.values())
    swept = Swept(
        weighed.people, weighed.compared, len(marked), len(asked), waiting, len(known) - waiting, len(fresh) - len(asked),
        len(gone),
    )  # fmt: skip
    record("register.swept", counts=asdict(swept), reason=model)
    return swept


def _question(community: UUID, mark: bytes, twin: Twin, model: str) -> ReviewItem:
    return ReviewItem(
        community_id=community, matter=Matter.SAME_PERSON.value, mark=mark, person_id=twin.person, other_id=twin.other,
        building_id=twin.building, probability=twin.probability, opened_at=timezone.now(),
        details={"swept": True, "agrees": twin.agrees, "model": model},
    )  # fmt: skip
