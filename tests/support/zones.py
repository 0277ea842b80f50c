"""Zones, accounts and actors for tests, made through the same commands as in life."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.ids import new_id
from linli.trust import SYSTEM, Role, ZoneKind, actor_for, add_account, add_zone, grant_role
from linli.trust.models import Account, Zone

PASSWORD = "willow-shade-lantern"
SUBDISTRICT = "999901001"
LETTERS = str.maketrans("0123456789", "gjkmpquvxz")


def add_community(code: str, name: str, chinese: str) -> UUID:
    """A community below the demonstration's sub-district; made once, then found again."""
    found = Zone.objects.filter(code=code, kind=ZoneKind.COMMUNITY).first()
    if found:
        return found.id
    above = Zone.objects.filter(code=SUBDISTRICT).first()
    parent = (
        above.id
        if above
        else add_zone(by=SYSTEM, kind=ZoneKind.SUBDISTRICT, code=SUBDISTRICT, name={"en": "Riverside", "zh-Hans": "河畔街道"})
    )
    return add_zone(by=SYSTEM, kind=ZoneKind.COMMUNITY, code=code, name={"en": name, "zh-Hans": chinese}, parent=parent)


def add_grid(community: UUID, label: str) -> UUID:
    """A grid's lasting identity below a community."""
    name = {"en": f"Grid {label}", "zh-Hans": f"{label}网格"}
    return add_zone(by=SYSTEM, kind=ZoneKind.GRID, code=label, name=name, parent=community)


def add_actor(role: str, zone: UUID, *, today: date) -> Actor:
    """A new account that holds ``role`` in ``zone`` since ``today``, as an Actor of that day."""
    # Letters alone: a name stands on every page, where tests look for numbers that must not be there.
    username = f"{role}-{new_id().hex[-8:].translate(LETTERS)}"
    account = add_account(by=SYSTEM, username=username, password=PASSWORD, name=username)
    grant_role(by=SYSTEM, account=account, role=Role(role), zone=zone, from_date=today)
    actor = actor_for(account=Account.objects.get(id=account), role=Role(role), today=today)
    assert actor is not None
    return actor
