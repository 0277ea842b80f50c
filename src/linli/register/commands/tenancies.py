"""Dwellings that are let: to whom, by whom, since when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.words import Words, sentence
from linli.register.commands.hand import Hand
from linli.register.models import Tenancy
from linli.register.rules.by_hand import HandFault, Refused, day_fault, refuse
from linli.register.rules.sealing import LANDLORD, sealed
from linli.trust import NOT_FOUND, Permission, command

WHOSE_KEY = sentence("register.tenancy.whose_key", "A landlord's name is kept with the tenant's record. Say who the tenant is.")


@command("register.let_dwelling", may=Permission.REGISTER_WRITE)
def let_dwelling(
    *, by: Actor, community: UUID, key: UUID, dwelling: UUID, on: date, tenant: UUID | None = None,
    landlord: UUID | None = None, landlord_name: str = "", use: str = "", hazard: str = "",
) -> UUID:  # fmt: skip
    """The dwelling is let since that day. ``landlord``: where registered here, else ``landlord_name``, sealed under the tenant's
    key; ``use``, ``hazard``: GB/T 31000 (出租用途, 隐患类型). ``key``: made with the form. Refused, NotFound.
    """
    hand = Hand(by, community)
    _, dwelling = hand.dwelling(dwelling)
    if Tenancy.objects.filter(id=key, community=community, dwelling=dwelling).exists():
        hand.done("register.tenancy.begun", [], ids=[key], counts={"again": 1})
        return key
    people = hand.people([person for person in (tenant, landlord) if person is not None])
    refuse(day_fault(on, hand.today, None))
    if landlord_name.strip() and tenant is None:
        raise Refused([HandFault(None, "landlord_name", Words(WHOSE_KEY))])
    owner = people[tenant].key if tenant else None
    if tenant is not None:
        hand.end(Tenancy, on, Q(person=tenant, dwelling=dwelling))
    Tenancy.objects.create(
        id=key, dwelling_id=dwelling, person_id=tenant, landlord_id=landlord, from_date=on, use=use[:2], hazard=hazard[:2],
        sealed_landlord=sealed(owner, LANDLORD, landlord_name.strip()[:100]) if owner else b"", **hand.shared,
    )  # fmt: skip
    hand.done("register.tenancy.begun", list(people), ids=[key, dwelling])
    return key


@command("register.end_tenancy", may=Permission.REGISTER_WRITE)
def end_tenancy(*, by: Actor, community: UUID, tenancy: UUID, on: date) -> None:
    """It is let no longer from that day on. Told twice changes nothing."""
    hand = Hand(by, community)
    held = Tenancy.objects.filter(community=community, id=tenancy).first()
    if held is None:
        raise NotFound(NOT_FOUND)
    hand.dwelling(held.dwelling_id)
    refuse(day_fault(on, hand.today, held.from_date))
    hand.end(Tenancy, on, Q(id=tenancy))
    hand.done("register.tenancy.ended", [held.person_id] if held.person_id else [], ids=[tenancy])
