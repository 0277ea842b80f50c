"""Who looks after which grid and speaks for which building, from when to when; the telephones that are published with it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.words import sentence
from linli.territory.models import Building, BuildingGrid, BuildingHead, Community, DutyPhone, Grid
from linli.territory.versions import version_on
from linli.trust import NOT_FOUND, STAFF, SYSTEM, Actor, Permission, Role, command, end_role, grant_role, holders, record

NOT_HERE = sentence("territory.duty.not_here", "This person has no account with a role in this community.")
NOT_HERE_REMEDY = sentence("territory.duty.not_here_remedy", "The system administrator makes one; then a grid can be given.")
HAS_IT = sentence("territory.duty.has_it", "This person has that duty in these days already.")
NO_END = sentence("territory.duty.no_end", "A deputy stands in until a date: say until when.")
ENDS_TOO_EARLY = sentence("territory.duty.ends_too_early", "A duty ends after the day it begins.")
NOT_THEIRS = sentence("territory.duty.not_theirs", "Nobody stands in for somebody who doesn't look after this grid.")
NO_BUILDING = sentence("territory.duty.no_building", "A building head speaks for at least one building, and each lies in a grid.")
BAD_PHONE = sentence("territory.duty.bad_phone", "%(phone)s is not a telephone number.")
BAD_PHONE_REMEDY = sentence("territory.duty.bad_phone_remedy", "Digits, spaces and hyphens, such as 000 5550 1234.")
KEEPERS = (Role.GRID_WORKER, Role.BUILDING_HEAD)

_PHONE = re.compile(r"\+?[0-9][0-9 \-]{4,24}[0-9]")


@command("territory.assign_worker", may=Permission.TERRITORY_ASSIGN)
def assign_worker(
    *,
    by: Actor,
    community: UUID,
    grid: UUID,
    account: UUID,
    from_date: date,
    to_date: date | None = None,
    deputy_for: UUID | None = None,
) -> UUID:
    """Give somebody of the staff a grid to look after (half-open dates), or let them stand in there for its worker until a day.

    Returns the grant's id. BadInput for somebody without a role here, a deputy without an end or for somebody else than the
    grid's worker; Conflict where they have that duty already.
    """
    if not Grid.objects.filter(community_id=community, zone_id=grid).exists():
        raise NotFound(NOT_FOUND)
    held = _held(community, list(STAFF))
    if account not in {row["account"] for row in held}:
        raise BadInput(NOT_HERE, remedy=NOT_HERE_REMEDY)
    _dates(from_date, to_date)
    if deputy_for and to_date is None:
        raise BadInput(NO_END)
    here = [row for row in held if row["grid"] == grid and row["role"] == Role.GRID_WORKER]
    if deputy_for and (deputy_for == account or deputy_for not in {row["account"] for row in here if not row["deputy_for"]}):
        raise BadInput(NOT_THEIRS)
    for row in here:
        if row["account"] == account and _overlap(row["since"], row["until"], from_date, to_date):
            raise Conflict(HAS_IT)
    # Who may staff grids may give this one role, in a grid of their own community, to somebody who works there; no other.
    grant = grant_role(
        by=SYSTEM,
        account=account,
        role=Role.GRID_WORKER,
        zone=grid,
        from_date=from_date,
        to_date=to_date,
        deputy_for=deputy_for,
    )
    record("territory.duty", ids=[grant, account, grid], fields=["from", "to"])
    return grant


@command("territory.assign_building_head", may=Permission.TERRITORY_ASSIGN)
def assign_building_head(
    *,
    by: Actor,
    community: UUID,
    buildings: Collection[UUID],
    account: UUID,
    from_date: date,
    to_date: date | None = None,
) -> list[UUID]:
    """Have somebody speak for buildings (楼栋长); their role holds in the grids in which these lie. Returns the grants' ids."""
    known = set(Building.objects.filter(community_id=community, id__in=set(buildings)).values_list("id", flat=True))
    if known != set(buildings):
        raise NotFound(NOT_FOUND)
    if account not in {row["account"] for row in _held(community, list(Role))}:
        raise BadInput(NOT_HERE, remedy=NOT_HERE_REMEDY)
    _dates(from_date, to_date)
    version = version_on(community, max(from_date, timezone.localdate()))
    lies = dict(BuildingGrid.objects.filter(version_id=version, building_id__in=known).values_list("building_id", "grid_id"))
    if not known or set(lies) != known:
        raise BadInput(NO_BUILDING)
    for row in BuildingHead.objects.filter(building_id__in=known, grant__account_id=account).select_related("grant"):
        if _overlap(row.grant.from_date, row.grant.to_date, from_date, to_date):
            raise Conflict(HAS_IT)
    grants = {}
    for grid in sorted(set(lies.values())):
        grants[grid] = grant_role(
            by=SYSTEM, account=account, role=Role.BUILDING_HEAD, zone=grid, from_date=from_date, to_date=to_date
        )
    BuildingHead.objects.bulk_create(
        BuildingHead(community_id=community, building_id=building, grant_id=grants[grid]) for building, grid in lies.items()
    )
    record("territory.duty", ids=[*grants.values(), account], fields=["from", "to"], counts={"buildings": len(known)})
    return list(grants.values())


@command("territory.end_duty", may=Permission.TERRITORY_ASSIGN)
def end_duty(*, by: Actor, community: UUID, grant: UUID, on: date) -> None:
    """End a duty on a day (not held on that day any more). NotFound for what is no duty in a grid of this community."""
    row = next((row for row in _held(community, list(KEEPERS)) if row["grant"] == grant and row["grid"]), None)
    if row is None:
        raise NotFound(NOT_FOUND)
    end_role(by=SYSTEM, grant=grant, on=on)
    record("territory.duty", ids=[grant, row["account"], row["grid"]], fields=["to"])


@command("territory.set_duty_phone", may=Permission.TERRITORY_ASSIGN)
def set_duty_phone(*, by: Actor, community: UUID, account: UUID, phone: str) -> None:
    """The telephone that is published with somebody's duty; an empty one takes it off. NotFound for somebody without a duty."""
    if account not in {row["account"] for row in _held(community, list(KEEPERS))}:
        raise NotFound(NOT_FOUND)
    number = _number(phone)
    if number:
        DutyPhone.objects.update_or_create(community_id=community, account_id=account, defaults={"phone": number})
    else:
        DutyPhone.objects.filter(community_id=community, account_id=account).delete()
    record("territory.duty_phone", ids=[account], fields=["phone"])


@command("territory.set_supervision_phone", may=Permission.TERRITORY_ASSIGN)
def set_supervision_phone(*, by: Actor, community: UUID, phone: str) -> None:
    """The telephone under which anybody can say something about a grid worker; published on every grid's card."""
    number = _number(phone)
    mine, _ = Community.objects.get_or_create(zone_id=community)
    mine.supervision_phone = number
    mine.save(update_fields=["supervision_phone"])
    record("territory.community", ids=[community], fields=["supervision_phone"])


def _held(community: UUID, roles: list[Role]) -> list[dict[str, Any]]:
    return holders(viewer=SYSTEM, community=community, roles=roles, later=True)


def _dates(from_date: date, to_date: date | None) -> None:
    if to_date is not None and to_date <= from_date:
        raise BadInput(ENDS_TOO_EARLY)


def _overlap(one_from: date, one_to: date | None, other_from: date, other_to: date | None) -> bool:
    return (one_to is None or other_from < one_to) and (other_to is None or one_from < other_to)


def _number(phone: str) -> str:
    plain = " ".join(phone.split())
    if plain and not _PHONE.fullmatch(plain):
        raise BadInput(BAD_PHONE, remedy=BAD_PHONE_REMEDY, phone=plain[:40])
    return plain
