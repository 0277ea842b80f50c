"""What is kept of one person besides where they live: help they need, their residence permit; for those who look after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import CareNeed, Permit, PermitApplication
from linli.register.opening import open_people
from linli.register.queries.people import may_see
from linli.register.rules import permits
from linli.register.rules.needs import Basis, Kept, Need, next_check
from linli.register.rules.sealing import HELPER, opened
from linli.trust import NOT_FOUND, consents_of
from linli.trust.consent.queries import ConsentRow


@dataclass(frozen=True)
class NeedRow:
    """One need: who helps, when it was last asked about, by when it should be again."""

    id: UUID
    need: Need
    basis: str
    helper: str
    checked_on: date | None
    next_check: date


@dataclass(frozen=True)
class PermitRow:
    """The open permit and how it stands today."""

    id: UUID
    issued_on: date
    standing: permits.PermitStanding


@dataclass(frozen=True)
class Papers:
    """What the page shows."""

    needs: list[NeedRow]
    permit: PermitRow | None
    applied: tuple[date, date] | None
    """An open application for a permit: the day it was taken in, and the last for issuing it."""
    consents: list[ConsentRow]


def papers(*, viewer: Actor, community: UUID, person: UUID, today: date) -> Papers:
    """Needs and permit of somebody. NotFound out of scope; whoever shows it has logged the opening."""
    if not may_see(viewer=viewer, community=community, person=person):
        raise NotFound(NOT_FOUND)
    known = open_people(community, [person])[person]
    key = known.key
    needs = []
    for row in CareNeed.objects.filter(person=person, to_date__isnull=True).order_by("from_date", "need"):
        kept = Kept(Need(row.need), row.source, Basis(row.basis), row.from_date, checked_on=row.checked_on)
        helper = opened(key, HELPER, row.sealed_helper)
        needs.append(NeedRow(row.id, Need(row.need), row.basis, helper, row.checked_on, next_check(kept)))
    held = Permit.objects.filter(person=person, ended_on__isnull=True).first()
    permit = None
    if held is not None:
        plain = permits.Permit(held.issued_on, tuple(date.fromisoformat(day) for day in held.endorsed), held.ended_on)
        permit = PermitRow(held.id, held.issued_on, permits.standing(plain, today))
    asked = PermitApplication.objects.filter(person=person, closed_on__isnull=True).first()
    applied = (asked.applied_on, permits.issue_by(asked.applied_on)) if asked else None
    return Papers(needs, permit, applied, consents_of(viewer=viewer, community=community, subject=known.subject))
