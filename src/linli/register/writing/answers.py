"""A question taken up by somebody, and answered: what the answer changes is kept with it, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotFound
from linli.kernel.words import sentence
from linli.register.models import ReviewItem
from linli.register.queries.questions import in_scope
from linli.register.rules.review import Matter, State
from linli.register.writing.keeping import difference, rows_of
from linli.trust import NOT_FOUND

ANSWERED = sentence("register.review.answered", "Somebody has answered this question already.")
LOOK_AGAIN = sentence("register.review.look_again", "Look at the list again to see what is still open.")


def open_question(by: Actor, community: UUID, item: UUID, matter: Matter | None = None) -> ReviewItem:
    """The open question, locked, within scope. NotFound, Conflict where it is answered."""
    found = ReviewItem.objects.select_for_update(of=("self",)).filter(community=community, id=item)
    question = (found.filter(matter=matter.value) if matter else found).first()
    if question is None or not in_scope(by, community, [question]):
        raise NotFound(NOT_FOUND)
    if question.state != State.OPEN.value:
        raise Conflict(ANSWERED, remedy=LOOK_AGAIN)
    return question


def settle(
    question: ReviewItem,
    state: State,
    before: Mapping[str, Any],
    people: Collection[UUID],
    *,
    by: Actor,
    now: datetime,
    text: str = "",
) -> None:
    """The answer, and what it changed. It is a person's work now: undoing the file leaves it alone."""
    after = rows_of(question.community_id, people, item=question.id, text=text)
    kept = {"kept": difference(dict(before), after, now), "batch": str(question.batch) if question.batch else None}
    question.details = {**question.details, **kept}
    question.state, question.batch = state.value, None
    question.decided_at, question.decided_by = now, by.account
    question.save(update_fields=["details", "state", "batch", "decided_at", "decided_by", "reason"])
