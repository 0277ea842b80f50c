"""Rows of a written file that wait for an answer: taken in once it was given, without bringing the file again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from linli.intake import commands, store
from linli.intake.commands import Overtaken
from linli.intake.engine import fingerprint, read_file, whole
from linli.intake.kinds import KINDS, Outcome, Recognised, Verdict
from linli.intake.mapping import definition_of
from linli.intake.models import Batch, Gate, RowResult
from linli.intake.rules import State
from linli.kernel.errors import Conflict, NotFound
from linli.trust import NOT_FOUND, Actor

_TRIES = 5


def take_waiting(
    *, by: Actor, community: UUID, batch: UUID, skip: Collection[int] = (),
    before: Callable[[Sequence[Outcome]], None] | None = None,
) -> list[Outcome]:  # fmt: skip
    """Look again at the rows of a written batch that wait (verdict ``review``); those that can be written now are, under the same
    batch, so that undoing it takes them along. Returns what became of them.

    The plan is told ``options["waiting"]``; rows that go on waiting stay as they are. ``skip``: rows that wait for another
    answer, or whose answer was carried out without the file: they are not planned, so that nothing is done twice. ``before`` is
    called with the outcomes, inside the transaction, before anything is written. BadInput where the kind can't take the file any
    more, Conflict where it is no longer kept or the batch isn't written.
    """
    found = Batch.objects.filter(id=batch, community=community).select_related("mapping").first()
    if found is None or not by.sees_community(community) or by.grids is not None:
        raise NotFound(NOT_FOUND)
    if found.state != State.APPLIED:
        raise Conflict(commands.NOT_NOW, remedy=commands.LOOK_AGAIN)
    waiting = set(RowResult.objects.filter(batch=batch, verdict=Verdict.REVIEW.value).values_list("row", flat=True)) - {*skip}
    if not waiting:
        return []
    definition = definition_of(found.mapping.definition)
    kind = KINDS[definition.kind]
    with store.opened(found.kept, community=community, file_name=found.file_name) as path:
        if fingerprint(path) != found.sha256:
            raise Conflict(store.FILE_CHANGED, remedy=store.TAKE_AGAIN)
        reading = read_file(
            path, definition, kind, file_name=found.file_name, community=community, declared=found.mapping.definition
        )
    rows = [row for row in reading.rows if row.number in waiting]
    # Rows that wait say nothing about who is missing.
    options = {name: value for name, value in definition.options.items() if name not in ("coverage", "area", "people")}
    options |= {"coverage": "partial", "waiting": True}
    for _ in range(_TRIES):
        turn = Gate.objects.filter(community=community).values_list("turn", flat=True).first() or 0
        further = {"recognised": Recognised.none()} if kind.recalls else {}
        plan = kind.plan(viewer=by, community=community, rows=[*rows], options=options, as_of=found.as_of, **further)
        some = replace(
            reading, numbers=np.array([row.number for row in rows], np.int64), refused=[], recognised=Recognised.none()
        )
        told = [outcome for outcome in whole(some, plan.outcomes, definition).outcomes if outcome.verdict is not Verdict.REVIEW]
        if not told:
            return []
        try:
            commands.write_waiting(
                by=by, community=community, batch=batch, plan=plan, told=told, turn=turn, prints=reading.prints, before=before
            )
        except Overtaken:
            continue
        return told
    raise Conflict(commands.NOT_NOW, remedy=commands.LOOK_AGAIN)
