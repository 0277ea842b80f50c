"""What an address that nobody could read means: said once, remembered for every later file, taken back where it was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.intake import Outcome, Verdict, take_waiting
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, LinliError, NotFound
from linli.kernel.words import sentence
from linli.register.commands.hand import Hand
from linli.register.commands.keeping import Rows, difference, rows_of
from linli.register.commands.review import open_question, settle
from linli.register.models import AddressAlias, ReviewItem
from linli.register.queries.places import address_index
from linli.register.queries.questions import opened_told
from linli.register.rules.addresses import normalise
from linli.register.rules.addresses.signs import clean
from linli.register.rules.review import Matter, State
from linli.trust import NOT_FOUND, Permission, command, record

NO_BUILDING = sentence("register.review.no_building", "Choose a building, or write an address that names one.")
_LONGEST = 200


@command("register.answer_address", may=Permission.REGISTER_WRITE)
def answer_address(
    *, by: Actor, community: UUID, item: UUID, building: UUID | None, dwelling: UUID | None = None
) -> UUID | None:  # fmt: skip
    """What an address means: a building, maybe its dwelling; ``building`` None: nothing here. It holds for every later file.

    Returns the batch whose rows waited for it (:func:`take_in_waiting`), None where there is none any more.
    """
    hand = Hand(by, community)
    question = open_question(hand, item, Matter.ADDRESS)
    text = remembered(opened_told(community, [question])[item].get("address", ""))
    if not text:
        raise NotFound(NOT_FOUND)
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
    settle(hand, question, State.REJECTED if building is None else State.ACCEPTED, before, (), text=text)
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


def take_in_waiting(*, by: Actor, community: UUID, item: UUID, batch: UUID | None) -> int:
    """The rows that waited for an address are taken in at once, where the file's turn has not passed. Returns how many.

    0 where they come with the next file instead: it is older than the newest, not kept any more, or the actor may not renew.
    """
    if batch is None or not by.may(Permission.REGISTER_RENEW) or by.grids is not None:
        return 0
    before: list[Rows] = []
    people: list[UUID] = []

    def look(outcomes: Sequence[Outcome]) -> None:
        people.extend(outcome.object_id for outcome in outcomes if outcome.object_id is not None)
        before.append(rows_of(community, people, item=item))

    try:
        told = take_waiting(by=by, community=community, batch=batch, before=look)
    except LinliError:
        return 0
    if not told:
        return 0
    rows = [outcome.row for outcome in told]
    note_taken_in(by=by, community=community, item=item, before=before[0], people=people, rows=rows)
    return sum(outcome.verdict is not Verdict.REFUSED for outcome in told)


def remembered(address: str) -> str:
    """What of an address is kept in plain: one way of writing it, without telephones and file numbers."""
    return normalise(clean(address))[:_LONGEST]


def means(*, by: Actor, community: UUID, text: str) -> tuple[UUID, UUID | None]:
    """The building, and dwelling where one is named, that somebody wrote as an answer. BadInput where it names none."""
    found = address_index(viewer=by, community=community).find(text)
    if found.building is None:
        raise BadInput(NO_BUILDING)
    return found.building, found.dwelling
