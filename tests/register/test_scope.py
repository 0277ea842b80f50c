"""Who sees whom, and how much of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.weeks import Week
from linli.register.commands import open_person
from linli.register.queries.asof import Moment, residents
from linli.register.queries.figures import changes, counts_by_grid, portrait
from linli.register.queries.people import may_see
from linli.register.queries.record import person_record
from linli.register.queries.search import MOST, Narrow, search_people
from linli.register.queries.standing import standing
from linli.register.rules.coverage import Coverage
from linli.trust import audit_events
from linli.trust.models import AuditEvent
from tests.register.ground import ZONE, Town, build, line, named, take
from tests.support.asking import PEOPLE as SEARCH
from tests.support.asking import ask

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)
WEEK = Week.parse("2026-W47")
PEOPLE = [
    line("张小兰", hukou_address="桐荫路18弄柳荫苑3号楼2单元501室"),
    line("张大山", birth=date(1990, 1, 2), sequence=11, building=5, phone="000 5550 9876"),
]


@pytest.fixture
def town(community: UUID, data: Path, tmp_path: Path) -> Town:
    made = build(community)
    take(tmp_path, community, "2026-W47", PEOPLE)
    return made


def test_a_search_shows_masks_only(town: Town, actor_for: Callable[..., Actor]) -> None:
    clerk = actor_for("desk_clerk", town.community)
    found = search_people(viewer=clerk, community=town.community, q="小兰", today=TODAY)
    (row,) = found.rows
    assert (row.name, row.age_band, row.building, row.grid, row.matched) == ("张*兰", "70-74", "柳荫苑3号楼", "01", ("given",))
    assert search_people(viewer=clerk, community=town.community, q="9876", today=TODAY).rows[0].matched == ("phone",)
    by_address = search_people(viewer=clerk, community=town.community, q="柳荫苑５", today=TODAY)
    assert [r.matched for r in by_address.rows] == [("address",)]
    assert search_people(viewer=clerk, community=town.community, q="张", today=TODAY).too_short
    everybody = search_people(viewer=clerk, community=town.community, q="柳荫苑", today=TODAY)
    assert (everybody.total, everybody.grids) == (2, (("01", 1), ("02", 1)))
    assert len(search_people(viewer=clerk, community=town.community, q="柳荫苑", today=TODAY, narrow=Narrow(grid="02")).rows) == 1


def test_a_number_is_found_whole_or_not_at_all(town: Town, actor_for: Callable[..., Actor]) -> None:
    clerk = actor_for("desk_clerk", town.community)
    number = named(town.community, "张小兰").number
    (row,) = search_people(viewer=clerk, community=town.community, q=number, today=TODAY).rows
    assert row.matched == ("number",)
    for part in (number[:-1], number[:6], number[-6:-2], number[6:14], number[1:]):
        assert search_people(viewer=clerk, community=town.community, q=part, today=TODAY).total == 0


@pytest.mark.parametrize("asked", ["张小兰", "小兰", "zhangxiaolan", "Zhang Xiaolan", "zxl", "ZXL", "張小蘭"])
def test_a_name_is_found_as_people_type_it(town: Town, actor_for: Callable[..., Actor], asked: str) -> None:
    clerk = actor_for("desk_clerk", town.community)
    found = search_people(viewer=clerk, community=town.community, q=asked, today=TODAY)
    assert [row.name for row in found.rows] == ["张*兰"]


@pytest.mark.parametrize("asked", ["张小", "张", "兰", "xiao", "zhang", "zx", "李小兰"])
def test_a_part_of_a_name_finds_nobody(town: Town, actor_for: Callable[..., Actor], asked: str) -> None:
    clerk = actor_for("desk_clerk", town.community)
    assert search_people(viewer=clerk, community=town.community, q=asked, today=TODAY).total == 0


def test_too_many_are_not_listed(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    crowd = [line("王众人", birth=date(1950, 1, 1), sequence=2 * n, household="") for n in range(1, MOST + 5)]
    take(tmp_path, town.community, "2026-W48", [*PEOPLE, *crowd])
    found = search_people(viewer=actor_for("desk_clerk", town.community), community=town.community, q="众人", today=TODAY)
    assert found.rows == []
    assert found.total > MOST


def test_a_grid_worker_sees_their_own_grid_only(town: Town, actor_for: Callable[..., Actor]) -> None:
    worker = actor_for("grid_worker", town.grids[0])
    mine, other = named(town.community, "张小兰").id, named(town.community, "张大山").id
    found = search_people(viewer=worker, community=town.community, q="柳荫苑", today=TODAY)
    assert [row.id for row in found.rows] == [mine]
    assert found.total == 1
    assert may_see(viewer=worker, community=town.community, person=mine)
    assert not may_see(viewer=worker, community=town.community, person=other)
    with pytest.raises(NotFound):
        person_record(viewer=worker, community=town.community, person=other, today=TODAY)
    with pytest.raises(NotFound):
        open_person(by=worker, community=town.community, person=other)
    assert [row.label for row in counts_by_grid(viewer=worker, community=town.community, week=WEEK)] == ["01"]
    assert portrait(viewer=worker, community=town.community, week=WEEK, grid=town.grids[1]).residents == 0
    assert changes(viewer=worker, community=town.community, week=WEEK).found == 1
    at = Moment(WEEK.monday, WEEK.starts_at(ZONE))
    assert [r.person for r in residents(viewer=worker, community=town.community, at=at)] == [mine]
    with pytest.raises(NotFound):
        standing(viewer=worker, community=town.community, entries=[], coverage=Coverage(), day=TODAY)


def test_nothing_of_another_community(town: Town, other_community: UUID, actor_for: Callable[..., Actor]) -> None:
    stranger = actor_for("community_manager", other_community)
    person = named(town.community, "张小兰").id
    assert search_people(viewer=stranger, community=town.community, q="小兰", today=TODAY).total == 0
    assert search_people(viewer=stranger, community=other_community, q="小兰", today=TODAY).total == 0
    assert not may_see(viewer=stranger, community=town.community, person=person)
    assert not may_see(viewer=stranger, community=other_community, person=person)
    assert counts_by_grid(viewer=stranger, community=town.community, week=WEEK) == []
    assert changes(viewer=stranger, community=town.community, week=WEEK).found == 0
    at = Moment(WEEK.monday, WEEK.starts_at(ZONE))
    assert residents(viewer=stranger, community=town.community, at=at) == []
    with pytest.raises(NotFound):
        person_record(viewer=stranger, community=town.community, person=person, today=TODAY)


def test_pages(town: Town, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]) -> None:
    clerk = actor_for("desk_clerk", town.community)
    client = signed_in(clerk)
    empty = client.get("/desk/999901001001/people/")
    assert empty.status_code == 200
    assert "张" not in empty.content.decode().replace("柳荫苑", "")
    page = client.get(ask(client, "小兰")).content.decode()
    assert "张*兰" in page
    person = named(town.community, "张小兰")
    record = client.get(f"/desk/999901001001/people/{person.id}/").content.decode()
    for secret in ("张小兰", person.number, "00055501234", "501室", "1954-03-07"):
        assert secret not in page + record
    assert person.number[-2:] in record
    opened = AuditEvent.objects.filter(kind="register.person.opened")
    assert [(event.actor_id, event.ids) for event in opened] == [(clerk.account, [str(person.id)])]
    assert audit_events(viewer=clerk, community=town.community)[0].command == "register.open_person"


def test_a_search_leaves_its_trace_without_its_words(
    town: Town, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]
) -> None:
    clerk, worker = actor_for("desk_clerk", town.community), actor_for("grid_worker", town.grids[0])
    searches = AuditEvent.objects.filter(kind="register.search")
    client = signed_in(clerk)
    for nothing in ({}, {"q": ""}, {"q": "  "}, {"q": "张"}):
        client.post(SEARCH, nothing, follow=True)
    assert not searches.exists(), "nothing was searched"
    client.get(ask(client, "小兰"))
    (event,) = searches
    assert (event.actor_id, event.command, event.counts) == (clerk.account, "register.note_search", {"found": 1})
    assert event.community_id == town.community
    assert (event.ids, event.fields, event.digest, event.reason) == ([], [], "", "")
    # What lies outside the searcher's grids is not counted either; a search in vain is one too.
    there = signed_in(worker)
    there.get(ask(there, "柳荫苑"))
    there.get(ask(there, "大山"))
    assert list(searches.filter(actor_id=worker.account).order_by("at").values_list("counts", flat=True)) == [
        {"found": 1},
        {"found": 0},
    ]


def test_pages_out_of_scope(
    town: Town, other_community: UUID, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]
) -> None:
    other = named(town.community, "张大山").id
    worker = signed_in(actor_for("grid_worker", town.grids[0]))
    assert worker.get(f"/desk/999901001001/people/{other}/").status_code == 404
    assert "张*山" not in worker.get(ask(worker, "大山")).content.decode()
    stranger = signed_in(actor_for("community_manager", other_community))
    assert stranger.post(SEARCH, {"q": "小兰"}).status_code == 404
    assert stranger.get(f"/desk/999901001002/people/{other}/").status_code == 404
    assert signed_in(actor_for("supervisor", town.community)).get("/desk/999901001001/people/").status_code == 403


def test_the_grid_page(town: Town, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]) -> None:
    manager = signed_in(actor_for("community_manager", town.community))
    page = manager.get("/desk/999901001001/grids/01/", {"week": "2026-W47"})
    assert page.status_code == 200
    html = page.content.decode()
    assert "Who lives here" in html
    assert "Households by size" in html
    assert "张" not in html
    worker = signed_in(actor_for("grid_worker", town.grids[0]))
    assert "Who lives here" in worker.get("/desk/999901001001/grids/01/", {"week": "2026-W47"}).content.decode()
    assert worker.get("/desk/999901001001/grids/02/", {"week": "2026-W47"}).status_code == 404
    # A department's officer sees grids on the map, not who lives there.
    officer = signed_in(actor_for("department_officer", town.community))
    assert "Who lives here" not in officer.get("/desk/999901001001/grids/01/", {"week": "2026-W47"}).content.decode()
