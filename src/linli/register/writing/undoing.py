"""Before a file is undone though others came after it: who of its rows was worked on since, and what the rounds after it say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from linli.intake import Kept, LaterBatch, Why, changed_after, changed_by, forget_change, hand_work_since, stand_in, without_turns
from linli.kernel.actor import SYSTEM
from linli.kernel.words import Words, sentence
from linli.register.models import (
    AddressAlias,
    Attestation,
    CareNeed,
    Hukou,
    Lapse,
    Link,
    Membership,
    Person,
    RegisterRound,
    Residence,
    ReviewItem,
)
from linli.register.queries.standing import in_scope_of
from linli.register.rules.coverage import Extent, coverage_of
from linli.register.rules.ids import Ids
from linli.register.rules.review import Matter, State
from linli.register.rules.undoing import Round, Span, named_in

LATER_FILE = "intake.undo.later_file"
USED_SINCE = "intake.undo.used_since"
STILL_NAMED = sentence("register.undo.still_named", "This file brought the person, and a later file names them; they stay.")
ANSWERED = sentence("register.undo.answered", "A question of this row was answered; the answer stays until it is taken back.")

OWNED: Mapping[type[models.Model], str] = {
    Person: "id", Residence: "person_id", Hukou: "person_id", Membership: "person_id", CareNeed: "person_id",
    Attestation: "person_id", Link: "person_id", Lapse: "person_id",
}  # fmt: skip
"""Whom a record is about: what a file wrote of one person goes back together or stays together."""


@dataclass(frozen=True)
class Later:
    """What came after a file: every batch, and the rounds of those that stand."""

    batches: Sequence[LaterBatch]
    rounds: Sequence[Round[UUID]]
    writers: Sequence[UUID]
    """Beside ``rounds``: the batch of each."""


def later_than(community: UUID, batches: Sequence[LaterBatch]) -> Later:
    """The rounds of these batches, as far as they stand."""
    kept = {one.batch: one for one in RegisterRound.objects.filter(community=community, batch__in=[b.id for b in batches])}
    found = [(kept[b.id], _round(community, kept[b.id])) for b in batches if b.id in kept]
    return Later(batches, [read for _, read in found], [row.batch for row, _ in found])


def _round(community: UUID, row: RegisterRound) -> Round[UUID]:
    covers = None
    coverage = coverage_of(row.coverage)
    if not row.full and coverage.extent is Extent.FULL:
        covers = in_scope_of(viewer=SYSTEM, community=community, coverage=coverage, day=row.monday)
    named = None if row.named is None else Ids.unpacked(bytes(row.named))
    return Round(row.monday, row.full, covers, named)


def built_on(community: UUID, batch: UUID, later: Later) -> dict[UUID, Why]:
    """People on whom somebody or a later file has worked since, each with the reason; not all of them are in the file."""
    built = _hand_work(community, batch)
    ids = [one.id for one in later.batches]
    for model, column in OWNED.items():
        if not ids or model is Lapse:
            # That a later file did not show somebody is no work on their record.
            continue
        rows = model._default_manager.filter(community=community, batch__in=ids)
        for person, writer in rows.values_list(column, "batch").distinct():
            built.setdefault(person, Why(Words(LATER_FILE), file=writer))
    for person, why in _named_since(community, batch, later).items():
        built.setdefault(person, why)
    for person in _spoken_of(batch):
        built.setdefault(person, Why(Words(USED_SINCE)))
    return built


def _hand_work(community: UUID, batch: UUID) -> dict[UUID, Why]:
    """Of batches from before there were turns, what hands wrote since shows in the rows alone."""
    built = hand_work_since(community, batch)
    applied = without_turns(community, batch)
    if applied is None:
        return built
    for model in (Residence, Hukou, Membership, CareNeed, Attestation):
        since = Q(known_from__gt=applied)
        if any(field.name == "ended_known" for field in model._meta.fields):
            since |= Q(ended_known__gt=applied)
        rows = model._default_manager.filter(since, community=community, batch__isnull=True)
        for person in rows.values_list("person_id", flat=True):
            built.setdefault(person, Why(Words("intake.undo.by_hand")))
    return built


def _newcomers(batch: UUID) -> models.QuerySet[Person]:
    """Whom the file brought, as far as nobody wrote their row again."""
    return Person.objects.filter(batch=batch).exclude(id__in=changed_by(batch, Person._meta.label))


def _named_since(community: UUID, batch: UUID, later: Later) -> dict[UUID, Why]:
    if not later.rounds:
        return {}
    people = set(_newcomers(batch).values_list("id", flat=True))
    if not people:
        return {}
    theirs = Person.objects.filter(batch=batch).values("id")
    homes = set(Residence.objects.filter(person__in=theirs, to_date__isnull=True).values_list("person_id", flat=True))
    spans: dict[UUID, list[Span]] = defaultdict(list)
    lapses = Lapse.objects.filter(community=community, person__in=theirs)
    for person, start, end, verified in lapses.values_list("person_id", "from_monday", "to_monday", "verified"):
        spans[person].append(Span(start, end, verified))
    found = {}
    for person in people:
        at = named_in(person, later.rounds, spans.get(person, ()), lives_here=person in homes)
        if at is not None:
            found[person] = Why(Words(STILL_NAMED), file=later.writers[at])
    return found


def _spoken_of(batch: UUID) -> set[UUID]:
    """Whom the file brought, and of whose data somebody has noted anything since: a consent, a request."""
    people = dict(_newcomers(batch).values_list("subject_id", "id"))
    mine = _newcomers(batch).values("subject_id")
    found: set[UUID] = set()
    subject: Any = Person._meta.get_field("subject").related_model
    for relation in subject._meta.get_fields(include_hidden=True) if people else ():
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        other: Any = relation.related_model
        # Their key goes with them.
        if other is Person or other._meta.label == "trust.WrappedKey":
            continue
        name = relation.field.name
        rows = other._base_manager.filter(**{f"{name}__in": mine})
        if other is ReviewItem:
            rows = rows.exclude(batch=batch)
        found.update(people[one] for one in rows.values_list(f"{name}_id", flat=True) if one in people)
    return found


def answered(community: UUID, batch: UUID, among: Collection[int]) -> list[Kept]:
    """Rows of the file whose question somebody has answered, but for those ``among`` the rows that stay anyway."""
    items = ReviewItem.objects.filter(community=community, details__batch=str(batch), row__isnull=False)
    items = items.exclude(state=State.OPEN.value).exclude(matter=Matter.ADDRESS.value).order_by("row")
    return [
        Kept(item.row or 0, Why(Words(ANSWERED), item.decided_at, item.decided_by), item.person_id)
        for item in items
        if item.row not in among
    ]


def forget_let_in(community: UUID, batch: UUID, kept: Collection[int]) -> None:
    """What an answered address let in went back with the file, so that taking the answer back later has only the answer to undo.

    ``kept``: rows of the file that stay. Answers that let one of them in are left as they are: later work stands on them.
    """
    items = ReviewItem.objects.filter(community=community, details__batch=str(batch), matter=Matter.ADDRESS.value)
    for item in items:
        rows = set(item.details.get("rows", ()))
        if not rows or rows & set(kept):
            continue
        own = AddressAlias.__name__
        let_in = {part: {own: rows[own]} if own in rows else {} for part, rows in item.details["kept"].items()}
        item.details = {name: value for name, value in item.details.items() if name != "rows"} | {"kept": let_in}
        item.save(update_fields=["details"])


def withdraw(community: UUID, batch: UUID) -> set[UUID]:
    """Questions of the file that a later one has closed go with it; one that it closed itself and a later file asked again stays
    closed, because it is open already. Returns the subjects under whose keys questions lay that went."""
    label = ReviewItem._meta.label
    subjects: set[UUID] = set()
    for item in ReviewItem.objects.filter(community=community, id__in=list(changed_after(community, label, batch))):
        stand_in(community, label, item.id, writer=batch, by=None)
        subjects |= {item.subject_id} if item.subject_id else set()
        item.delete()
    asked = ReviewItem.objects.filter(community=community, state=State.OPEN.value, mark=OuterRef("mark"))
    closed = ReviewItem.objects.filter(community=community, batch=batch, id__in=changed_by(batch, label))
    for item in closed.exclude(state=State.OPEN.value).filter(Exists(asked)):
        forget_change(batch, label, item.id)
        ReviewItem.objects.filter(id=item.id).update(batch=None)
    return subjects
