"""Applying a population file, and undoing one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import F

from linli.intake import Plan, Undone, bulk, restore
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict
from linli.kernel.weeks import Week
from linli.kernel.words import sentence
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
from linli.register.rules.renewal import Renewal
from linli.register.rules.standing import DwellingKey
from linli.register.writing.questions import ask, note_links
from linli.register.writing.rows import Writing, write
from linli.territory.commands import NewDwelling, add_dwellings, drop_dwellings
from linli.trust import Permission, command, drop_subjects, forget_named, note_named, record

LATER_FILE = sentence("register.undo.later_file", "A later population file, of %(week)s, stands on this one.")
LATER_FIRST = sentence("register.undo.later_first", "Undo the later file first, or correct the person's record by hand.")

# Those that refer to others come first.
_IN_ORDER: tuple[type[models.Model], ...] = (
    *(ReviewItem, Link, Attestation, Membership, CareNeed, Hukou, Residence, Lapse, Household, Person, RegisterRound),
)
MODELS = {model._meta.label: model for model in _IN_ORDER}


@command("register.renew", may=Permission.REGISTER_RENEW)
def apply_population(*, by: Actor, community: UUID, batch: UUID, plan: Plan, as_of: datetime) -> None:
    """Write what a plan of ``imports.plan_population`` decided. Rows of people who did not change are not touched."""
    renewal: Renewal = plan.work
    dwellings: Mapping[DwellingKey, UUID] = {}
    if renewal.dwellings:
        rows = [NewDwelling(building, unit, room) for building, unit, room in renewal.dwellings]
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
    else:
        RegisterRound.objects.create(
            community_id=community,
            monday=renewal.monday,
            batch=batch,
            source=renewal.source,
            full=renewal.full,
            coverage=renewal.coverage,
            seen=renewal.seen,
            counts=plan.counts,
            known_from=as_of,
        )
    record("register.round", ids=[batch], counts={"seen": renewal.seen, **plan.counts})


@command("register.undo", may=Permission.IMPORT_UNDO)
def undo_population(*, by: Actor, community: UUID, batch: UUID) -> Undone:
    """Put back exactly what stood before the file. Files are undone newest first: Conflict names the week of a later one."""
    mine = RegisterRound.objects.filter(community=community, batch=batch).first()
    if mine is not None:
        later = RegisterRound.objects.filter(community=community, id__gt=mine.id).order_by("-id").first()
        if later is not None:
            raise Conflict(LATER_FILE, remedy=LATER_FIRST, week=str(Week(later.monday)))
    subjects = set(Person.objects.filter(community=community, batch=batch).values_list("subject_id", flat=True))
    asked = ReviewItem.objects.filter(community=community, batch=batch, subject__isnull=False)
    subjects.update(asked.values_list("subject_id", flat=True))
    undone = restore(batch, MODELS)
    for model in (Person, ReviewItem):
        subjects -= set(model._default_manager.filter(subject__in=subjects).values_list("subject_id", flat=True))
    drop_subjects(community, subjects)
    drop_dwellings(by=by, community=community, batch=batch)
    forget_named(community, batch)
    record("register.round", ids=[batch], counts={"restored": undone.restored, "kept": len(undone.kept)})
    return undone
