"""Taking two records of one person apart again: what setting them together changed is given back, as far as it still stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict
from linli.kernel.words import sentence
from linli.register.models import Link, Person, ReviewItem
from linli.register.rules.review import Closed, Matter, State
from linli.register.writing.answers import LOOK_AGAIN
from linli.register.writing.keeping import MODELS, back, people_in, plain, referred

ERASED = sentence("register.joining.erased", "The data of these records were erased; there is nothing to give back.")
APART = sentence("register.joining.apart", "These two records have been taken apart already.")


def undo_link(link: Link, *, now: datetime, by: Actor) -> tuple[set[UUID], int]:
    """End a link and give back what it changed. Returns whom it touched and how many rows were built on since.

    Conflict where it has ended.
    """
    if link.ended_at is not None:
        raise Conflict(APART, remedy=LOOK_AGAIN)
    if not link.before:
        raise Conflict(ERASED)
    community = link.community_id
    people = people_in(community, link.before) | {one for one in (link.person_id, link.other_id) if one}
    built_on = separate(community, link.before)
    ask_again(community, link.before.get("asked", ()))
    for household in link.before.get("headless", ()):
        # Its head is back.
        waiting = ReviewItem.objects.filter(
            community=community, state=State.OPEN.value, matter=Matter.RELATION.value, field="head"
        )
        waiting.filter(details__household=household).update(state=State.LAPSED.value, decided_at=now, decided_by=by.account)
    link.ended_at, link.ended_by = now, by.account
    link.save(update_fields=["ended_at", "ended_by"])
    return people, built_on


def separate(community: UUID, kept: Mapping[str, Any]) -> int:
    """Give back what stood before ``kept`` (``keeping.difference``) was written. Returns how many rows were built on since.

    Of those nothing is lost: a value written later stays, and so does a row that others refer to. All else stands as before.
    """
    made, changed = kept.get("made", {}), kept.get("changed", {})
    built_on = 0
    for model in MODELS:
        rows = made.get(model.__name__, {})
        for pk, row in rows.items():
            now = model._default_manager.filter(community=community, pk=pk).first()
            if now is None:
                continue
            if _stands(now, row) and not referred(model, [pk], made):
                now.delete()
            else:
                built_on += 1
    for model in reversed(MODELS):
        for pk, (before, after) in changed.get(model.__name__, {}).items():
            now = model._default_manager.filter(community=community, pk=pk).first()
            if now is None:
                continue
            columns = [name for name in before if plain(getattr(now, name)) == after[name]]
            # A dated row is given back whole or not at all; of a person each value stands for itself.
            if model is not Person and len(columns) < len(before):
                columns = []
            # Who wrote last is no value of the person.
            built_on += bool(before.keys() - {*columns, "batch"})
            if columns:
                values = {name: back(model, name, before[name]) for name in columns}
                model._default_manager.filter(pk=pk).update(**values)
    return built_on


def ask_again(community: UUID, items: Iterable[str]) -> None:
    """Questions that closed because one of their people was set beside another record are open again."""
    closed = ReviewItem.objects.filter(
        community=community, id__in=list(items), state=State.LAPSED.value, reason=Closed.ONE_PERSON.value
    )
    for item in closed:
        if not ReviewItem.objects.filter(community=community, mark=item.mark, state=State.OPEN.value).exists():
            item.state, item.reason, item.decided_at, item.decided_by = State.OPEN.value, "", None, None
            item.save(update_fields=["state", "reason", "decided_at", "decided_by"])


def _stands(now: models.Model, row: Mapping[str, Any]) -> bool:
    return all(plain(getattr(now, column)) == value for column, value in row.items())
