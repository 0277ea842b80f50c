from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import django.test
import pytest
import time_machine

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory import queries
from linli.territory.reports import ImportReport
from linli.territory.rules.sections import SECTIONS, Section, offer_section
from linli.trust import SYSTEM

Client = Callable[..., django.test.Client]
BASE = "/desk/999901001001/grids/"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel("2026-11-18T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def sections() -> Iterator[list[Section]]:
    kept = list(SECTIONS)
    SECTIONS.clear()
    yield SECTIONS
    SECTIONS[:] = kept


def test_the_list_names_every_grid_and_links_it(
    place: UUID, settled: ImportReport, actor_for: Callable[..., Actor], signed_in: Client
) -> None:
    page = signed_in(actor_for("community_manager", place)).get(BASE).content.decode()
    for label in ("01", "02", "03", "04", "05", "06"):
        assert f"{BASE}{label}/?week=2026-W47" in page
        assert f'data-grid="{label}"' in page
    assert "style=" not in page


def test_a_grid_worker_finds_only_their_own(
    place: UUID, settled: ImportReport, actor_for: Callable[..., Actor], signed_in: Client
) -> None:
    mine = queries.grid(viewer=SYSTEM, community=place, label="02").id
    client = signed_in(actor_for("grid_worker", mine))
    page = client.get(BASE).content.decode()
    assert f"{BASE}02/" in page
    assert f"{BASE}03/" not in page
    assert client.get(f"{BASE}02/").status_code == 200
    assert client.get(f"{BASE}03/").status_code == 404


def test_roles_without_the_permission_are_refused(
    place: UUID, settled: ImportReport, actor_for: Callable[..., Actor], signed_in: Client
) -> None:
    assert signed_in(actor_for("resident", place)).get(BASE).status_code == 403
    assert signed_in(actor_for("resident", place)).get(f"{BASE}01/").status_code == 403


def test_a_grid_shows_who_looks_after_it_and_its_neighbours(
    place: UUID, settled: ImportReport, actor_for: Callable[..., Actor], signed_in: Client, sections: list[Section]
) -> None:
    mine = queries.grid(viewer=SYSTEM, community=place, label="02").id
    worker = actor_for("grid_worker", mine)
    answer = signed_in(actor_for("community_manager", place)).get(f"{BASE}02/?week=2026-W40")
    page = answer.content.decode()
    assert worker.name in page
    for label in ("01", "03", "05"):
        assert f'href="{BASE}{label}/?week=2026-W40"' in page
    assert "柳荫苑7号楼" in page
    assert [other["label"] for other in answer.context["neighbours"]] == ["01", "03", "05"], "04 and 06 only touch its corners"


@pytest.mark.parametrize("week", ["2026-W99", "soon", "2027-W05", "2026-W48"])
def test_a_week_that_cannot_be_shown_leads_to_this_one(
    place: UUID, settled: ImportReport, actor_for: Callable[..., Actor], signed_in: Client, week: str
) -> None:
    client = signed_in(actor_for("community_manager", place))
    for path in (BASE, f"{BASE}01/"):
        answer = client.get(path, {"week": week})
        assert (answer.status_code, answer["Location"]) == (302, path)


def test_a_community_without_grids_says_what_brings_them(place: UUID, actor_for: Callable[..., Actor], signed_in: Client) -> None:
    client = signed_in(actor_for("community_manager", place))
    assert "No grid is known" in client.get(BASE).content.decode()
    assert client.get(f"{BASE}01/").status_code == 404


def test_other_flats_add_their_parts_for_those_who_may_see_them(
    place: UUID, settled: ImportReport, actor_for: Callable[..., Actor], signed_in: Client, sections: list[Section]
) -> None:
    asked: list[tuple[Any, ...]] = []

    def build(viewer: Actor, community: UUID, grid: Any, week: Week) -> dict[str, Any]:
        asked.append((viewer.role, community, grid.label, week))
        return {"columns": []}

    table = "faces/components/empty_list.html"
    offer_section(Section("seen", table, build, may="territory.read", column="right"))
    offer_section(Section("hidden", table, build, may="register.read", column="left"))
    offer_section(Section("silent", table, lambda *_: None, may="territory.read", column="figures"))
    offer_section(Section("seen", table, build, may="territory.read", column="right"))
    answer = signed_in(actor_for("building_head", place)).get(f"{BASE}01/")
    assert answer.status_code == 200
    assert asked == [("building_head", place, "01", Week(date(2026, 11, 16)))]
    assert [part["name"] for part in answer.context["right"]] == ["seen"]
    assert (answer.context["left"], answer.context["figures"]) == ([], [])
    with pytest.raises(ValueError, match="column"):
        offer_section(Section("lost", table, build, may="territory.read", column="middle"))


def test_both_pages_speak_chinese(place: UUID, settled: ImportReport, actor_for: Callable[..., Actor], signed_in: Client) -> None:
    client = signed_in(actor_for("community_manager", place))
    client.cookies["linli_language"] = "zh-hans"
    for path in (BASE, f"{BASE}01/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert 'lang="zh-Hans"' in answer.content.decode()
