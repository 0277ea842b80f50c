"""Who an account is today, and what lies within a viewer's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.trust.door import NOT_FOUND
from linli.trust.models import Account, AuditEvent, Grant, Subject, Zone
from linli.trust.rules import BELOW_COMMUNITY, Permission, Role, ZoneKind, permissions_of

# The order in which somebody with several roles meets them: daily work first.
_DAILY_FIRST = (
    Role.COMMUNITY_MANAGER,
    Role.DESK_CLERK,
    Role.GRID_WORKER,
    Role.DEPARTMENT_OFFICER,
    Role.SUPERVISOR,
    Role.SUBDISTRICT_ANALYST,
    Role.PRIVACY_OFFICER,
    Role.AUDITOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.BUILDING_HEAD,
    Role.VOLUNTEER,
    Role.RESIDENT,
)


def _grants_today(account: UUID, today: date) -> list[Grant]:
    return list(
        Grant.objects.filter(account=account, from_date__lte=today)
        .filter(Q(to_date__isnull=True) | Q(to_date__gt=today))
        .select_related("zone")
    )


def reaches(*, viewer: Actor, zone: Zone) -> bool:
    """Whether the zone is one where the viewer holds the role in use, or lies below one. The system reaches every zone."""
    if viewer.communities is None:
        return True
    if viewer.account is None:
        return False
    grants = _grants_today(viewer.account, timezone.localdate())
    return any(grant.role == viewer.role and zone.path.startswith(grant.zone.path) for grant in grants)


def community_around(*, viewer: Actor, zone: Zone) -> UUID | None:
    """The community that a community's or a grid's zone belongs to; None for what lies above, or out of the viewer's reach."""
    if not reaches(viewer=viewer, zone=zone):
        return None
    return zone.id if zone.kind == ZoneKind.COMMUNITY else zone.parent_id if zone.kind in BELOW_COMMUNITY else None


def roles_of(*, account: UUID, today: date | None = None) -> list[Role]:
    """The roles an account holds today, daily work first."""
    held = {Role(grant.role) for grant in _grants_today(account, today or timezone.localdate())}
    return [role for role in _DAILY_FIRST if role in held]


def actor_for(*, account: Account, role: Role | None = None, today: date | None = None) -> Actor | None:
    """The account in ``role`` (default: its first) with today's scope, or None where it holds no such role."""
    grants = _grants_today(account.id, today or timezone.localdate())
    held = {Role(grant.role) for grant in grants}
    if role is None:
        role = next((r for r in _DAILY_FIRST if r in held), None)
    if role is None or role not in held:
        return None
    communities: set[UUID] = set()
    grids: set[UUID] = set()
    whole = False
    for grant in grants:
        if grant.role != role:
            continue
        if grant.zone.kind in BELOW_COMMUNITY:
            grids.add(grant.zone_id)
            assert grant.zone.parent_id is not None
            communities.add(grant.zone.parent_id)
        elif grant.zone.kind == ZoneKind.COMMUNITY:
            communities.add(grant.zone_id)
            whole = True
        else:
            below = Zone.objects.filter(path__startswith=grant.zone.path, kind=ZoneKind.COMMUNITY)
            communities.update(below.values_list("id", flat=True))
            whole = True
    return Actor(
        account=account.id,
        role=role.value,
        permissions=permissions_of(role),
        communities=frozenset(communities),
        grids=None if whole else frozenset(grids),
        name=account.name or account.username,
    )


def community_by_code(*, viewer: Actor, code: str) -> Zone:
    """The community of that code within the viewer's scope. NotFound otherwise, whether or not it exists."""
    zone = Zone.objects.filter(kind=ZoneKind.COMMUNITY, code=code).first()
    if zone is None or not viewer.sees_community(zone.id):
        raise NotFound(NOT_FOUND)
    return zone


DEMONSTRATION = "9999"
"""Official codes never begin so: a community of that code is synthetic."""


def is_demonstration(*, viewer: Actor) -> bool:
    """Whether everything within the viewer's scope is a demonstration."""
    codes = [zone.code for zone in communities_of(viewer=viewer)]
    return bool(codes) and all(code.startswith(DEMONSTRATION) for code in codes)


def public_community(*, viewer: Actor, code: str) -> Zone:
    """A community's public face; anybody may look, so ``viewer`` limits nothing here."""
    zone = Zone.objects.filter(kind=ZoneKind.COMMUNITY, code=code).first()
    if zone is None:
        raise NotFound(NOT_FOUND)
    return zone


def communities_of(*, viewer: Actor) -> list[Zone]:
    """The communities within scope, by code."""
    zones = Zone.objects.filter(kind=ZoneKind.COMMUNITY)
    if viewer.communities is not None:
        zones = zones.filter(id__in=viewer.communities)
    return list(zones)


def public_communities(*, viewer: Actor) -> list[Zone]:
    """Every community of the installation, for the portal's front page."""
    return list(Zone.objects.filter(kind=ZoneKind.COMMUNITY))


def grids_of(*, viewer: Actor, community: UUID, kind: ZoneKind = ZoneKind.GRID) -> list[Zone]:
    """The grid zones of a community within scope, by label; with ``kind`` SECTOR those of its other layers."""
    if not viewer.sees_community(community):
        return []
    zones = Zone.objects.filter(kind=kind, parent=community)
    if viewer.grids is not None:
        zones = zones.filter(id__in=viewer.grids)
    return list(zones)


def holders(
    *, viewer: Actor, community: UUID, roles: Iterable[Role], today: date | None = None, later: bool = False
) -> list[dict[str, Any]]:
    """Who holds one of ``roles`` in the community or its grids today: grant, account, name, role, grid (or None), deputy_for,
    since, until (half-open). With ``later`` also who will from a later day on.
    """
    if not viewer.sees_community(community):
        return []
    today = today or timezone.localdate()
    grants = (
        Grant.objects.filter(role__in=[r.value for r in roles], account__is_active=True)
        .filter(Q(to_date__isnull=True) | Q(to_date__gt=today))
        .filter(Q(zone=community) | Q(zone__parent=community))
        .select_related("account", "zone", "deputy_for")
        .order_by("zone__code", "account__name", "from_date")
    )
    if not later:
        grants = grants.filter(from_date__lte=today)
    return [
        {
            "grant": grant.id,
            "account": grant.account_id,
            "name": grant.account.name or grant.account.username,
            "role": grant.role,
            "grid": grant.zone_id if grant.zone.kind in BELOW_COMMUNITY else None,
            "grid_label": grant.zone.code if grant.zone.kind in BELOW_COMMUNITY else None,
            "deputy_for": (grant.deputy_for.name or grant.deputy_for.username) if grant.deputy_for else None,
            "since": grant.from_date,
            "until": grant.to_date,
        }
        for grant in grants
    ]


@dataclass(frozen=True)
class GrantRow:
    """A role held: by whom, where (``grid``: a label inside ``zone``), and on which days; ``to_date`` is the first without it."""

    id: UUID
    username: str
    name: str
    role: str
    zone: str
    grid: str | None
    from_date: date
    to_date: date | None
    deputy_for: str | None


def grants(
    *,
    viewer: Actor,
    account: UUID | None = None,
    role: Role | None = None,
    exactly: UUID | None = None,
    below: UUID | None = None,
    running_on: date | None = None,
) -> list[GrantRow]:
    """Roles held within the reach of a viewer who manages accounts, by user name; nothing for anybody else.

    ``exactly``: in this zone; ``below``: in this zone or below it. ``running_on``: without those that are over by that day; those
    that begin later are among them.
    """
    if not viewer.may(Permission.ACCOUNT_MANAGE):
        return []
    found = Grant.objects.select_related("account", "zone__parent", "deputy_for")
    if viewer.communities is not None:
        reach = Q(pk__in=[])
        for own in _grants_today(viewer.account, timezone.localdate()) if viewer.account else []:
            reach |= Q(zone__path__startswith=own.zone.path) if own.role == viewer.role else Q(pk__in=[])
        found = found.filter(reach)
    for name, value in (("account", account), ("role", role.value if role else None), ("zone", exactly)):
        found = found.filter(**{name: value}) if value is not None else found
    if below is not None:
        top = Zone.objects.filter(id=below).first()
        found = found.filter(zone__path__startswith=top.path) if top else found.none()
    if running_on is not None:
        found = found.filter(Q(to_date__isnull=True) | Q(to_date__gt=running_on))
    rows = []
    for grant in found.order_by("account__username", "role", "zone__path", "from_date", "id"):
        inside = grant.zone.parent if grant.zone.kind in BELOW_COMMUNITY else None
        rows.append(
            GrantRow(
                id=grant.id,
                username=grant.account.username,
                name=grant.account.name,
                role=grant.role,
                zone=inside.code if inside else grant.zone.code,
                grid=grant.zone.code if inside else None,
                from_date=grant.from_date,
                to_date=grant.to_date,
                deputy_for=grant.deputy_for.username if grant.deputy_for else None,
            )
        )
    return rows


def account_names(*, viewer: Actor, accounts: Iterable[UUID]) -> dict[UUID, str]:
    """Names of colleagues by account id; staff names are no secret within the staff."""
    if viewer.account is None and viewer.communities is not None:
        return {}
    return {a.id: a.name or a.username for a in Account.objects.filter(id__in=set(accounts))}


def pseudonyms(*, viewer: Actor, community: UUID) -> dict[UUID, str]:
    """Pseudonym by subject id, for writing facts; only for the system's own work."""
    if viewer.communities is not None:
        return {}
    return dict(Subject.objects.filter(community=community).values_list("id", "pseudonym"))


@dataclass(frozen=True)
class AuditRow:
    """One line of the audit page."""

    id: UUID
    at: datetime
    actor: str
    role: str
    command: str
    kind: str
    touched: int
    fields: list[str]
    counts: dict[str, int]
    reason: str


def audit_events(*, viewer: Actor, community: UUID, before: UUID | None = None, limit: int = 50) -> list[AuditRow]:
    """The newest audit events of a community, ``limit`` at a time, older than ``before``."""
    if not viewer.sees_community(community) or viewer.grids is not None:
        return []
    found = AuditEvent.objects.filter(community_id=community)
    if before:
        found = found.filter(id__lt=before)
    events = list(found.order_by("-id")[:limit])
    names = {a.id: a.name or a.username for a in Account.objects.filter(id__in={e.actor_id for e in events if e.actor_id})}
    return [
        AuditRow(
            e.id,
            e.at,
            names.get(e.actor_id, "Linli") if e.actor_id else "Linli",
            e.role,
            e.command,
            e.kind,
            len(e.ids),
            e.fields,
            e.counts,
            e.reason,
        )
        for e in events
    ]


def acts_since(*, viewer: Actor, community: UUID, kind: str, since: datetime) -> int:
    """How many acts of a kind the viewer's own account did in a community since an instant; the system's own are not counted."""
    if viewer.account is None or not viewer.sees_community(community):
        return 0
    return AuditEvent.objects.filter(actor_id=viewer.account, community_id=community, kind=kind, at__gte=since).count()


def zone_by_code(*, viewer: Actor, code: str) -> Zone | None:
    """A zone above the grids by its code; only for the system's own work."""
    if viewer.communities is not None:
        return None
    return Zone.objects.filter(code=code).exclude(kind__in=BELOW_COMMUNITY).first()


def account_by_username(*, viewer: Actor, username: str) -> Account | None:
    """An account by its name; only for the system's own work."""
    if viewer.communities is not None:
        return None
    return Account.objects.filter(username=username).first()


def zone_code(*, viewer: Actor, zone: UUID) -> str:
    """The code of a zone; only for the system's own work. NotFound where there is none."""
    found = Zone.objects.filter(id=zone).values_list("code", flat=True).first() if viewer.communities is None else None
    if found is None:
        raise NotFound(NOT_FOUND)
    return found
