"""Households written down by hand, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel import citizen_number
from linli.kernel.actor import Actor
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.models import Membership, Residence
from linli.register.rules.by_hand import Place, Said
from tests.register.ground import Town

TODAY = timezone.localdate()
LAST_MONTH = TODAY - timedelta(days=30)


def said(name: str, relation: str = "02", *, birth: date = date(1954, 3, 7), sequence: int = 11, **more: Any) -> Said:
    """Somebody with an identity number that belongs to nobody."""
    return Said(**{"name": name, "relation": relation, "number": citizen_number.make(birth, sequence), **more})


FAMILY = (
    said("张大山"),
    said("李小兰", "12", birth=date(1956, 5, 1), sequence=22),
    said("张小山", "21", birth=date(1985, 2, 3), sequence=33),
)


def register(by: Actor, town: Town, *people: Said, which: int = 0, room: str = "501", **more: Any) -> commands.Registered:
    """A household behind a door of one of the town's two buildings, since last month."""
    told: dict[str, Any] = {"unit": "2", "on": LAST_MONTH, "place": Place.DESK, "key": new_id()} | more
    return commands.register_household(
        by=by, community=town.community, building=town.buildings[which], room=room, people=people or FAMILY, **told
    )


def relations(household: UUID) -> dict[UUID, str]:
    """Who keeps house there now, and their relations."""
    return dict(Membership.objects.filter(household=household, to_date__isnull=True).values_list("person_id", "relation"))


def home(person: UUID) -> Residence | None:
    """Where somebody lives now."""
    return Residence.objects.filter(person=person, to_date__isnull=True).first()
