"""Dwellings that are let: the list by grid, who lives there beside the lease, and a lease written down and ended on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.models import Residence, Tenancy
from linli.register.queries.lettings import letting, lettings
from linli.register.rules.letting import Living, beside_the_lease
from tests.register.ground import Town
from tests.register.hands import LAST_MONTH, TODAY, register, said

CODE = "999901001001"


def at(name: str, **rest: object) -> str:
    return reverse(f"register:{name}", kwargs={"code": CODE, **rest})


def test_who_lives_beside_the_lease() -> None:
    tenant, wife, guest, owner = (uuid4() for _ in range(4))
    house = uuid4()
    living = [Living(tenant, house), Living(wife, house), Living(guest, uuid4()), Living(owner, None)]
    assert beside_the_lease(living, tenants=[Living(tenant, house)], landlords={owner}) == 1
    assert beside_the_lease(living, tenants=[], landlords=set()) is None, "no tenant is known: nothing follows"
    alone = [Living(tenant, None), Living(guest, None)]
    assert beside_the_lease(alone, tenants=[Living(tenant, None)], landlords=set()) == 1, (
        "two without a household are no household"
    )


@pytest.fixture
def door(town: Town, clerk: Actor) -> tuple[UUID, list[UUID]]:
    """A dwelling in grid 01 and the three who live there."""
    people = register(clerk, town).people
    home = Residence.objects.get(person=people[0], to_date__isnull=True)
    assert home.dwelling_id is not None
    return home.dwelling_id, people


@pytest.mark.django_db
def test_the_list_says_who_lives_there_beside(
    town: Town, clerk: Actor, door: tuple[UUID, list[UUID]], actor_for: Callable[..., Actor], other_community: UUID
) -> None:
    dwelling, people = door
    who = {"viewer": clerk, "community": town.community, "today": TODAY}
    assert lettings(**who) == []
    key = new_id()
    commands.let_dwelling(
        by=clerk, community=town.community, key=key, dwelling=dwelling, on=LAST_MONTH, tenant=people[0], landlord_name="房东王",
        use="02",
    )  # fmt: skip
    (row,) = lettings(**who)
    assert (row.room, row.grid, row.living, row.beside) == ("2-501", "01", 3, 0)
    assert (row.leases[0].tenant, row.leases[0].landlord, row.leases[0].use) == ("张*山", "房*王", "02")
    register(clerk, town, said("赵四", birth=TODAY.replace(year=1970, day=1), sequence=77))
    (row,) = lettings(**who)
    assert (row.living, row.beside) == (4, 1)
    assert row.weeks == 0
    Residence.objects.update(known_from=row_time(70))
    Tenancy.objects.update(known_from=row_time(70))
    (row,) = lettings(**{**who, "viewer": actor_for("grid_worker", town.grids[0])})
    assert row.weeks == 10
    commands.confirm_unchanged(by=clerk, community=town.community, dwelling=dwelling)
    assert lettings(**who)[0].weeks == 0
    assert lettings(**who, grid="02") == []
    stranger = actor_for("grid_worker", town.grids[1])
    assert lettings(**{**who, "viewer": stranger}) == []
    assert lettings(**{**who, "viewer": actor_for("desk_clerk", other_community)}) == []
    with pytest.raises(NotFound):
        letting(**{**who, "viewer": stranger}, dwelling=dwelling)
    commands.end_tenancy(by=clerk, community=town.community, tenancy=key, on=TODAY)
    assert lettings(**who) == []
    found, living = letting(**who, dwelling=dwelling)
    assert [lease.until for lease in found.leases] == [TODAY]
    assert len(living) == 4


def row_time(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.mark.django_db
def test_a_lease_on_the_pages(
    town: Town,
    clerk: Actor,
    door: tuple[UUID, list[UUID]],
    signed_in: Callable[[Actor], Client],
    actor_for: Callable[..., Actor],
) -> None:
    dwelling, people = door
    client = signed_in(clerk)
    assert at("lettings") in client.get(at("people")).content.decode()
    assert client.post(at("lettings"), {"at-address": "没有这条路9号"}).status_code == 422
    led = client.post(at("lettings"), {"at-address": "柳荫苑3号楼2单元501室"})
    assert led.headers["Location"] == at("letting", dwelling=dwelling)
    page = client.get(at("letting", dwelling=dwelling)).content.decode()
    assert "张*山" in page
    assert "张大山" not in page
    sent = {
        "act": "let", "lease-key": str(new_id()), "lease-on": LAST_MONTH.isoformat(), "lease-tenant": str(people[0]),
        "lease-landlord_name": "房东王", "lease-use": "02", "lease-hazard": "02",
    }  # fmt: skip
    nobody = client.post(at("letting", dwelling=dwelling), {**sent, "lease-tenant": ""})
    assert nobody.status_code == 422, "a landlord's name needs its tenant"
    for _ in range(2):
        assert client.post(at("letting", dwelling=dwelling), sent).status_code == 302
    held = Tenancy.objects.get()
    shown = client.get(at("lettings")).content.decode()
    assert at("letting", dwelling=dwelling) in shown
    assert "房东王" not in shown
    client.cookies["linli_language"] = "zh-hans"
    assert "承租人" in client.get(at("lettings")).content.decode()
    assert "承租人" in client.get(at("letting", dwelling=dwelling)).content.decode()
    client.cookies["linli_language"] = "en"
    worker = signed_in(actor_for("grid_worker", town.grids[0]))
    assert worker.get(at("lettings"), {"only": "look", "grid": "x"}).status_code == 200
    assert at("letting", dwelling=dwelling) in worker.get(at("lettings")).content.decode()
    assert worker.get(at("letting", dwelling=dwelling)).status_code == 200
    other = signed_in(actor_for("grid_worker", town.grids[1]))
    assert other.get(at("letting", dwelling=dwelling)).status_code == 404
    assert other.post(at("letting", dwelling=dwelling), sent).status_code == 404
    assert str(dwelling) not in other.get(at("lettings")).content.decode()
    assert signed_in(actor_for("supervisor", town.community)).get(at("lettings")).status_code == 403
    ended = {"act": "end", "which": str(held.id), f"end-{held.id}-on": (LAST_MONTH - timedelta(days=9)).isoformat()}
    assert client.post(at("letting", dwelling=dwelling), ended).status_code == 422, "it can't end before it began"
    assert client.post(at("letting", dwelling=dwelling), {**ended, f"end-{held.id}-on": TODAY.isoformat()}).status_code == 302
    assert Tenancy.objects.get().to_date == TODAY
    assert client.post(at("letting", dwelling=dwelling), {"act": "end", "which": "nonsense"}).status_code == 404
