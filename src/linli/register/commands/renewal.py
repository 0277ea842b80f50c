"""Applying a population file, and undoing one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from linli.intake import Plan, Rows, Undone, bulk, restore, taken_in_since
from linli.kernel.actor import Actor
from linli.register.models import (
    Attestation,
    CareNeed,
    Household,
    Hukou,
    Lapse,
    Link,
    Membership,
    Person,
    RegisterRound,
    Residence,
    ReviewItem,
)
from linli.register.rules.ids import NOBODY, Ids
from linli.register.rules.renewal import Renewal
from linli.register.rules.review import State
from linli.register.rules.standing import DwellingKey
from linli.register.writing.absences import forget_round, homes_written, unverify
from linli.register.writing.questions import ask, note_links
from linli.register.writing.rows import Writing, write
from linli.register.writing.undoing import OWNED, answered, built_on, forget_let_in, later_than, withdraw
from linli.territory.commands import NewDwelling, add_dwellings, drop_dwellings
from linli.trust import Permission, command, drop_subjects, forget_named, note_named, record

# Those that refer to others come first.
_IN_ORDER: tuple[type[models.Model], ...] = (
    *(ReviewItem, Link, Attestation, Membership, CareNeed, Hukou, Residence, Lapse, Household, Person, RegisterRound),
)
MODELS = {model._meta.label: model for model in _IN_ORDER}
_OWNERS = {model._meta.label: column for model, column in OWNED.items()}
# What a file asked is withdrawn with it, and whom it missed is missing no more, whatever becomes of their rows.
_LOOSE = frozenset({ReviewItem._meta.label, Lapse._meta.label})
_UNLISTED = frozenset({Household._meta.label, RegisterRound._meta.label})


@command("register.renew", may=Permission.REGISTER_RENEW)
def apply_population(*, by: Actor, community: UUID, batch: UUID, plan: Plan, as_of: datetime) -> None:
    """Write what a plan of ``imports.plan_population`` decided. Rows of people who did not change are not touched."""
    renewal: Renewal = plan.work
    dwellings: Mapping[DwellingKey, UUID] = {}
    if unknown := renewal.dwellings:
        rows = [NewDwelling(building, unit, room) for building, unit, room in unknown]
        dwellings = add_dwellings(by=by, community=community, rows=rows, batch=batch)
    writing = Writing(community, batch, as_of, dwellings)
    with bulk.indexed_afterwards(len(renewal.people), Person, Residence, Hukou, Household, Membership):
        write(writing, renewal)
    ask(writing, renewal)
    note_links(writing, renewal)
    note_named(community, renewal.erased, batch=batch, at=as_of)
    assert renewal.monday is not None
    told = RegisterRound.objects.filter(community=community, batch=batch)
    if told.exists():
        # Rows of the same file that waited for an answer.
        told.update(seen=F("seen") + renewal.seen)
        _name_too(told, renewal)
    else:
        RegisterRound.objects.create(
            community_id=community,
            monday=renewal.monday,
            batch=batch,
            source=renewal.source,
            full=renewal.full,
            coverage=renewal.coverage,
            seen=renewal.seen,
            named=None if renewal.named is None else renewal.named.packed(),
            counts=plan.counts,
            known_from=as_of,
        )
    record("register.round", ids=[batch], counts={"seen": renewal.seen, **plan.counts})


def _name_too(told: models.QuerySet[RegisterRound], renewal: Renewal) -> None:
    """Rows that waited name somebody after all, where a round keeps whom it named."""
    for one in told.filter(named__isnull=False):
        one.named = Ids.unpacked(bytes(one.named or b"")).joined(renewal.named or NOBODY).packed()
        one.save(update_fields=["named"])


@command("register.undo", may=Permission.IMPORT_UNDO)
def undo_population(*, by: Actor, community: UUID, batch: UUID) -> Undone:
    """Put back what stood before the file. The newest file goes back exactly; of an older one every row on which nothing later
    stands, and the others are listed with the reason. The rounds after it stay, and what they verified of others."""
    mine = RegisterRound.objects.filter(community=community, batch=batch).first()
    later = later_than(community, taken_in_since(community, batch))
    subjects = set(Person.objects.filter(community=community, batch=batch).values_list("subject_id", flat=True))
    asked = ReviewItem.objects.filter(community=community, batch=batch, subject__isnull=False)
    subjects.update(asked.values_list("subject_id", flat=True))
    subjects |= withdraw(community, batch)
    built = built_on(community, batch, later)
    homes: set[UUID] = set()
    if mine is not None and later.rounds:
        homes = homes_written(batch)
        forget_round(community, mine, later, built)
    # What the sweep asks about people of this file is no work on them: it asks again where they stay.
    swept = ReviewItem.objects.filter(community=community, state=State.OPEN.value, details__swept=True)
    swept.filter(Q(person__batch=batch) | Q(other__batch=batch)).delete()
    rows = Rows(owners=_OWNERS, loose=_LOOSE, follow={Lapse._meta.label}, unlisted=_UNLISTED, built=built)
    undone = restore(batch, MODELS, rows)
    if mine is not None and homes:
        unverify(community, mine, later, homes - {one.object_id for one in undone.kept if one.object_id})
    for model in (Person, ReviewItem):
        subjects -= set(model._default_manager.filter(subject__in=subjects).values_list("subject_id", flat=True))
    drop_subjects(community, subjects)
    drop_dwellings(by=by, community=community, batch=batch)
    forget_let_in(community, batch, {one.row for one in undone.kept})
    kept = [*undone.kept, *answered(community, batch, {one.row for one in undone.kept})]
    forget_named(community, batch)
    record("register.round", ids=[batch], counts={"restored": undone.restored, "kept": len(kept)})
    return Undone(undone.restored, sorted(kept, key=lambda one: one.row))
