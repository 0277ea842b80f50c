"""Putting questions to people: what a file leaves open is asked once, however often the file says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.intake import bulk
from linli.kernel.ids import new_id
from linli.register.models import Link, Person, ReviewItem
from linli.register.opening import chunks
from linli.register.rules.marks import mark_of
from linli.register.rules.renewal import Question, Renewal
from linli.register.rules.review import Matter, State
from linli.register.rules.sealing import TOLD
from linli.register.writing.rows import Writing
from linli.trust import new_subjects, subject_keys

_COLUMNS = (
    *("id", "community", "matter", "state", "mark", "subject", "told", "person", "building", "dwelling", "field", "source"),
    *("said_on", "probability", "details", "opened_at", "reason", "row", "batch"),
)


def ask(writing: Writing, renewal: Renewal) -> int:
    """Close the questions that the file settles, open those that are not open yet. Returns how many were opened.

    Runs inside the command that applies a plan.
    """
    if renewal.closed:
        for change in renewal.closed:
            change.values["decided_at"] = writing.as_of
        writing.amend(ReviewItem, renewal.closed)
    marked: dict[bytes, Question] = {}
    for question in renewal.questions:
        marked.setdefault(mark_of(writing.blind, question), question)
    for part in chunks(marked):
        waiting = ReviewItem.objects.filter(community=writing.community, state=State.OPEN.value, mark__in=part)
        for mark in waiting.values_list("mark", flat=True):
            marked.pop(bytes(mark), None)
        answered = ReviewItem.objects.filter(community=writing.community, state=State.REJECTED.value, mark__in=part)
        for mark in answered.values_list("mark", flat=True):
            # Somebody has decided against this very value: the file may go on saying it.
            marked.pop(bytes(mark), None)
    if not marked:
        return 0
    questions = list(marked.values())
    owners = _subjects(writing.community, questions)
    made = iter(new_subjects(writing.community, sum(q.person is None or q.person not in owners for q in questions)))
    keys = subject_keys(writing.community, set(owners.values()))

    def rows() -> Iterator[tuple[Any, ...]]:
        for mark, question in marked.items():
            subject = owners.get(question.person) if question.person else None
            key = keys.get(subject) if subject else None
            if key is None:
                fresh = next(made)
                subject, key = fresh.id, fresh.key
            told = key.seal(TOLD, json.dumps(question.told, ensure_ascii=False))
            details = {"candidates": [str(one) for one in question.candidates], "why": question.reason, "model": renewal.model}
            yield (
                new_id(), writing.community, question.matter.value, State.OPEN.value, mark, subject, told, question.person,
                question.building, question.dwelling, question.field, renewal.source, question.said_on, question.probability,
                details, writing.as_of, "", question.row, writing.batch,
            )  # fmt: skip

    return bulk.insert(ReviewItem, _COLUMNS, rows())


def rows_asked_who(community: UUID, batch: UUID) -> set[int]:
    """Rows of a file that wait, or waited, for somebody to say whom they speak of; an answer carries them out by itself."""
    asked = ReviewItem.objects.filter(community=community, matter=Matter.SAME_PERSON.value, row__isnull=False)
    mine = asked.filter(Q(batch=batch) | Q(details__batch=str(batch)))
    return {row for row in mine.values_list("row", flat=True) if row is not None}


def note_links(writing: Writing, renewal: Renewal) -> None:
    """Keep by what likeness rows were taken for people, so that it can be looked at and taken back."""
    columns = ("id", "community", "person", "how", "probability", "model", "made_at", "reason", "before", "row", "batch")
    found: Iterator[tuple[Any, ...]] = (
        (new_id(), writing.community, person, "likeness", probability, renewal.model, writing.as_of, "", {}, row, writing.batch)
        for person, row, probability in renewal.links
    )
    bulk.insert(Link, columns, found)


def _subjects(community: UUID, questions: list[Question]) -> dict[UUID, UUID]:
    """Under whose key a question about somebody is sealed: a contradiction under theirs, a stranger's row under its own."""
    people = {q.person for q in questions if q.person is not None and q.field}
    found: dict[UUID, UUID] = {}
    for part in chunks(people):
        found.update(Person.objects.filter(community=community, id__in=part).values_list("id", "subject_id"))
    return found
