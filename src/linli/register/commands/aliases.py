"""What an address that nobody could read means: said once, remembered for every later file, taken back where it was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.words import sentence
from linli.register.commands.hand import Hand
from linli.register.models import AddressAlias, ReviewItem
from linli.register.opening import opened_told
from linli.register.rules.remembered import remembered
from linli.register.rules.review import NO_BUILDING, Matter, State
from linli.register.writing.answers import open_question, settle
from linli.register.writing.keeping import Rows, difference, rows_of
from linli.trust import NOT_FOUND, Permission, command, record

NOT_HERE_BY_DESK = sentence("register.review.not_here_by_desk", "Only the desk says that an address is nowhere in the community.")


@command("register.answer_address", may=Permission.REGISTER_WRITE)
def answer_address(
    *, by: Actor, community: UUID, item: UUID, building: UUID | None, dwelling: UUID | None = None
) -> UUID | None:  # fmt: skip
    """What an address means: a building, maybe its dwelling; ``building`` None: nothing here. It holds for every later file.

    Returns the batch whose rows waited for it (``waiting.take_in_waiting``), None where there is none any more.
    """
    hand = Hand(by, community)
    question = open_question(by, community, item, Matter.ADDRESS)
    text = remembered(opened_told(community, [question])[item].get("address", ""))
    if not text:
        raise NotFound(NOT_FOUND)
    if building is None and by.grids is not None:
        # A worker knows their own grid, not that nothing here is meant.
        raise BadInput(NOT_HERE_BY_DESK)
    before = rows_of(community, (), item=item, text=text)
    if building is not None:
        hand.building(building)
        if dwelling is not None and hand.dwelling(dwelling)[0] != building:
            raise BadInput(NO_BUILDING)
    AddressAlias.objects.filter(community=community, text=text, ended_at__isnull=True).update(ended_at=hand.now)
    AddressAlias.objects.create(
        community_id=community, text=text, building_id=building, dwelling_id=dwelling, confirmed_at=hand.now,
        confirmed_by=by.account,
    )  # fmt: skip
    batch = question.batch
    settle(question, State.REJECTED if building is None else State.ACCEPTED, before, (), text=text, by=by, now=hand.now)
    record("register.review", ids=[item], fields=["address"], reason=Matter.ADDRESS.value)
    return batch


@command("register.note_taken_in", may=Permission.REGISTER_WRITE)
def note_taken_in(*, by: Actor, community: UUID, item: UUID, before: Rows, people: Sequence[UUID], rows: Sequence[int]) -> None:
    """Beside an answer: what the rows that it let in have written, so that taking it back reaches them."""
    question = ReviewItem.objects.select_for_update(of=("self",)).get(community=community, id=item)
    since = question.decided_at or timezone.now()
    more = difference(before, rows_of(community, people, item=item), since)
    kept: dict[str, Any] = question.details["kept"]
    for part in ("made", "gone", "changed"):
        for name, found in more[part].items():
            kept[part].setdefault(name, {}).update(found)
    question.details = {**question.details, "kept": kept, "rows": list(rows)}
    question.save(update_fields=["details"])
    record("register.review", ids=[item], counts={"rows": len(rows)})
