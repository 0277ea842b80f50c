"""Rows of a file that waited for an answer are taken in at once: one command after the other, each whole in itself."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linli.intake import Outcome, Verdict, take_waiting
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.register.commands.aliases import note_taken_in
from linli.register.writing.keeping import Rows, rows_of
from linli.register.writing.questions import rows_asked_who
from linli.trust import Permission


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
        skip = rows_asked_who(community, batch)
        told = take_waiting(by=by, community=community, batch=batch, skip=skip, before=look)
    except LinliError:
        return 0
    if not told:
        return 0
    rows = [outcome.row for outcome in told]
    note_taken_in(by=by, community=community, item=item, before=before[0], people=people, rows=rows)
    return sum(outcome.verdict is not Verdict.REFUSED for outcome in told)
