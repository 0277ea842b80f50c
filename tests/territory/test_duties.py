"""Who looks after which grid: given, seen, ended, and published on the grid's card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import django.test
import pytest
import time_machine

from linli.kernel.actor import PUBLIC, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.territory import commands, queries
from linli.territory.models import Building, BuildingHead
from linli.territory.reports import ImportReport
from linli.trust import SYSTEM, Role, actor_for, audit_events
from linli.trust.models import Account
from tests.territory.people import settle

TODAY = date(2026, 11, 18)
DESK, PORTAL = "/desk/999901001001/grids/", "/portal/999901001001/grids/"
Client = Callable[..., django.test.Client]


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel("2026-11-18T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def lived(place: UUID, settled: ImportReport, data: Path) -> UUID:
    settle(place, dict.fromkeys(Building.objects.values_list("id", flat=True), 10), cases={"01": 6})
    return place


def _grid(place: UUID, label: str) -> UUID:
    return queries.grid(viewer=SYSTEM, community=place, label=label).id


def _house(number: int) -> UUID:
    return Building.objects.get(name=f"柳荫苑{number}号楼").id


def _plan(place: UUID, viewer: Actor = SYSTEM) -> queries.DutyPlan:
    return queries.duty_plan(viewer=viewer, community=place, today=TODAY)


def test_a_worker_gets_a_grid_and_a_deputy_stands_in(lived: UUID, actor_for: Callable[..., Actor]) -> None:
    manager, worker, clerk = (actor_for(role, lived) for role in ("community_manager", "grid_worker", "desk_clerk"))
    assert worker.account
    assert clerk.account
    assert manager.account
    held: dict[str, Any] = {"community": lived, "by": manager}
    commands.assign_worker(**held, grid=_grid(lived, "01"), account=clerk.account, from_date=TODAY)
    with pytest.raises(Conflict):
        commands.assign_worker(**held, grid=_grid(lived, "01"), account=clerk.account, from_date=date(2027, 1, 1))
    with pytest.raises(BadInput):
        commands.assign_worker(
            **held, grid=_grid(lived, "02"), account=manager.account, from_date=TODAY, to_date=date(2026, 12, 1),
            deputy_for=clerk.account,
        )  # fmt: skip
    with pytest.raises(BadInput):
        commands.assign_worker(
            **held, grid=_grid(lived, "01"), account=manager.account, from_date=TODAY, deputy_for=clerk.account
        )
    commands.assign_worker(
        **held, grid=_grid(lived, "01"), account=manager.account, from_date=TODAY, to_date=date(2026, 12, 1),
        deputy_for=clerk.account,
    )  # fmt: skip
    plan = _plan(lived)
    rows = {row.name: row for row in plan.workers}
    assert (rows[clerk.name].grids, rows[clerk.name].persons, rows[clerk.name].open_cases) == (["01"], 60, 6)
    assert rows[clerk.name].hours == pytest.approx((24 * 8 + 6 * 50) / 60, abs=0.06)
    assert [(duty.grid, duty.deputy_for, duty.until) for duty in rows[manager.name].duties] == [
        ("01", clerk.name, date(2026, 12, 1))
    ]
    assert rows[manager.name].grids == []
    assert plan.without == [], "somebody holds the role in the whole community"
    found = actor_for_account(clerk.account, Role.GRID_WORKER)
    assert found is not None
    assert found.grids == frozenset({_grid(lived, "01")})
    assert {"territory.duty", "trust.grant"} <= {row.kind for row in audit_events(viewer=SYSTEM, community=lived)}


def actor_for_account(account: UUID, role: Role) -> Actor | None:
    return actor_for(account=Account.objects.get(id=account), role=role, today=TODAY)


def test_a_grid_without_a_worker_is_named(lived: UUID, actor_for: Callable[..., Actor]) -> None:
    actor_for("grid_worker", _grid(lived, "02"))
    assert _plan(lived).without == ["01", "03", "04", "05", "06"]


def test_duties_end_on_a_day(lived: UUID, actor_for: Callable[..., Actor]) -> None:
    manager = actor_for("community_manager", lived)
    worker = actor_for("grid_worker", _grid(lived, "02"))
    grant = _plan(lived).workers[0].duties[0].grant
    commands.end_duty(by=manager, community=lived, grant=grant, on=date(2026, 11, 30))
    assert _plan(lived).workers[0].duties[0].until == date(2026, 11, 30)
    assert queries.duty_plan(viewer=SYSTEM, community=lived, today=date(2026, 12, 1)).workers == []
    clerk = actor_for("desk_clerk", lived)
    with pytest.raises(NotAllowed):
        commands.end_duty(by=clerk, community=lived, grant=grant, on=TODAY)
    with pytest.raises(NotFound):
        commands.end_duty(by=manager, community=lived, grant=worker.account or grant, on=TODAY)


def test_a_building_head_speaks_for_buildings(lived: UUID, actor_for: Callable[..., Actor]) -> None:
    manager, neighbour = actor_for("community_manager", lived), actor_for("volunteer", lived)
    assert neighbour.account
    held: dict[str, Any] = {"by": manager, "community": lived, "account": neighbour.account, "from_date": TODAY}
    grants = commands.assign_building_head(**held, buildings=[_house(1), _house(2), _house(7)])
    assert len(grants) == 2, "they lie in two grids"
    head = _plan(lived).heads[0]
    assert [(duty.grid, duty.buildings) for duty in head.duties] == [
        ("01", ["柳荫苑1号楼", "柳荫苑2号楼"]),
        ("02", ["柳荫苑7号楼"]),
    ]
    with pytest.raises(Conflict):
        commands.assign_building_head(**held, buildings=[_house(2)])
    with pytest.raises(NotFound):
        commands.assign_building_head(**held, buildings=[neighbour.account])
    with pytest.raises(BadInput):
        commands.assign_building_head(**held, buildings=[])
    commands.end_duty(by=manager, community=lived, grant=grants[0], on=TODAY)
    assert BuildingHead.objects.count() == 1, "what never began is taken back whole"


def test_only_who_works_here_gets_a_grid(lived: UUID, actor_for: Callable[..., Actor]) -> None:
    manager, resident = actor_for("community_manager", lived), actor_for("resident", lived)
    other = commands.add_community(by=SYSTEM, code="999901001002", name={"en": "Bridge Lane"})
    stranger = actor_for("grid_worker", other)
    for account in (resident.account, stranger.account):
        assert account
        with pytest.raises(BadInput):
            commands.assign_worker(by=manager, community=lived, grid=_grid(lived, "01"), account=account, from_date=TODAY)
    with pytest.raises(NotFound):
        commands.assign_worker(by=manager, community=lived, grid=other, account=resident.account, from_date=TODAY)  # type: ignore[arg-type]
    staff, everybody = queries.assignable(viewer=manager, community=lived)
    assert (manager.account in staff, resident.account in staff, resident.account in everybody) == (True, False, True)
    assert queries.assignable(viewer=resident, community=lived) == ({}, {})


@pytest.mark.parametrize("phone", ["12", "call me", "+86 call", "0" * 40, "000-"])
def test_a_telephone_is_digits(lived: UUID, actor_for: Callable[..., Actor], phone: str) -> None:
    manager = actor_for("community_manager", lived)
    with pytest.raises(BadInput):
        commands.set_supervision_phone(by=manager, community=lived, phone=phone)


def test_everybody_reads_the_card(lived: UUID, actor_for: Callable[..., Actor], client: django.test.Client) -> None:
    manager = actor_for("community_manager", lived)
    worker = actor_for("grid_worker", _grid(lived, "02"))
    assert worker.account
    commands.set_duty_phone(by=manager, community=lived, account=worker.account, phone="000  5550 1212")
    commands.set_supervision_phone(by=manager, community=lived, phone="000 5550 9000")
    listed = client.get(PORTAL).content.decode()
    assert worker.name in listed
    assert "000 5550 1212" in listed
    page = client.get(f"{PORTAL}02/").content.decode()
    for text in (worker.name, "000 5550 1212", "000 5550 9000", "tel:00055501212", "柳荫苑"):
        assert text in page
    assert client.get(f"{PORTAL}99/").status_code == 404
    assert "Nobody yet" in client.get(f"{PORTAL}03/").content.decode()
    commands.set_duty_phone(by=manager, community=lived, account=worker.account, phone="")
    assert "000 5550 1212" not in client.get(f"{PORTAL}02/").content.decode()
    with pytest.raises(NotFound):
        commands.set_duty_phone(by=manager, community=lived, account=manager.account, phone="000 5550 1")  # type: ignore[arg-type]
    assert len(queries.grid_cards(viewer=PUBLIC, community=lived, today=TODAY)) == 6


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("柳荫苑8号楼1单元101", f'href="{PORTAL}02/"'),
        ("桐荫路18弄", "Several buildings may be meant"),
        ("nowhere at all", "No building here is called so"),
        ("<b>x</b>", "No building here is called so"),
    ],
)
def test_a_resident_finds_their_grid(lived: UUID, client: django.test.Client, typed: str, told: str) -> None:
    answer = client.post(PORTAL, {"address": typed})
    page = answer.content.decode()
    assert told in page
    assert "<b>x</b>" not in page
    assert answer["Cache-Control"] == "no-store"


def test_a_community_without_grids_has_no_cards(place: UUID, client: django.test.Client) -> None:
    assert "has not been divided" in client.get(PORTAL).content.decode()
    assert queries.find_grid(viewer=PUBLIC, community=place, text="somewhere") == []


def test_the_desk_gives_and_ends_duties(lived: UUID, actor_for: Callable[..., Actor], signed_in: Client) -> None:
    manager, clerk = actor_for("community_manager", lived), actor_for("desk_clerk", lived)
    desk = signed_in(manager)
    page = desk.get(f"{DESK}workers/").content.decode()
    assert f'href="{DESK}workers/assign/?grid=03"' in page
    given = {"account": str(clerk.account), "duty": "worker", "grid": "03", "from_date": "2026-11-18"}
    assert desk.post(f"{DESK}workers/assign/", given | {"grid": ""}).status_code == 422
    assert desk.post(f"{DESK}workers/assign/", given | {"duty": "deputy"}).status_code == 422
    assert desk.post(f"{DESK}workers/assign/", given | {"duty": "head", "buildings": "没有的楼"}).status_code == 422
    assert desk.post(f"{DESK}workers/assign/", given).status_code == 302
    assert desk.post(f"{DESK}workers/assign/", given).status_code == 422, "they have it already"
    head = given | {"duty": "head", "grid": "", "buildings": "柳荫苑1号楼，柳荫苑7号楼"}
    assert desk.post(f"{DESK}workers/assign/", head).status_code == 302
    page = desk.get(f"{DESK}workers/").content.decode()
    assert clerk.name in page
    assert "柳荫苑1号楼, 柳荫苑7号楼" in page
    mine = f"{DESK}workers/{clerk.account}/"
    assert desk.get(mine).status_code == 200
    assert desk.post(mine, {"act": "phone", "phone": "tomorrow"}).status_code == 422
    assert desk.post(mine, {"act": "phone", "phone": "000 5550 3003"}).status_code == 302
    grant = next(duty.grant for row in _plan(lived).workers for duty in row.duties)
    assert desk.post(mine, {"grant": str(grant), "on": ""}).status_code == 422
    assert desk.post(mine, {"grant": str(grant), "on": "2026-12-01"}).status_code == 302
    assert desk.post(f"{DESK}workers/", {"phone": "000 5550 9000"}).status_code == 302
    assert desk.post(f"{DESK}workers/", {"phone": "nobody"}).status_code == 422
    assert "000 5550 9000" in desk.get(PORTAL).content.decode()
    other = signed_in(clerk)
    assert other.get(f"{DESK}workers/").status_code == 200
    assert "assign" not in other.get(f"{DESK}workers/").content.decode()
    assert other.get(f"{DESK}workers/assign/").status_code == 403
    other.cookies["linli_language"] = "zh-hans"
    assert "谁负责各网格" in other.get(f"{DESK}workers/").content.decode()


def test_a_worker_sees_their_own_grid_only(lived: UUID, actor_for: Callable[..., Actor], signed_in: Client) -> None:
    mine, other = actor_for("grid_worker", _grid(lived, "02")), actor_for("grid_worker", _grid(lived, "03"))
    plan = _plan(lived, mine)
    assert [(row.name, row.persons) for row in plan.workers] == [(mine.name, 60)]
    assert other.name not in signed_in(mine).get(f"{DESK}workers/").content.decode()
