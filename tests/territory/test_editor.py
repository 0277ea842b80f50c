"""The pages of divisions: the list, the editor's steps with and without script, the check by somebody else, publishing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import django.test
import pytest
import time_machine

from linli.kernel.actor import Actor
from linli.territory import commands, jobs, queries
from linli.territory.models import Building, Draft, GridVersion
from linli.territory.reports import ImportReport
from linli.territory.rules.proposals import Proposal, Stage
from linli.trust import SYSTEM
from tests.territory.people import settle

Client = Callable[..., django.test.Client]
ActorFor = Callable[..., Actor]
BASE = "/desk/999901001001/grids/divisions/"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel("2026-11-18T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def lived(place: UUID, settled: ImportReport, data: Path) -> UUID:
    """The small territory: ten residents in each of its 36 houses, six houses in each of six grids."""
    settle(place, dict.fromkeys(Building.objects.values_list("id", flat=True), 10))
    return place


@pytest.fixture
def draft(lived: UUID) -> UUID:
    """A draft of the grids there are, its cells cut."""
    version = commands.begin_draft(by=SYSTEM, community=lived, name="January", target=60, tolerance=0.2)
    jobs.drafts(lived)
    return version


@pytest.fixture
def clerk(lived: UUID, actor_for: ActorFor, signed_in: Client) -> django.test.Client:
    return signed_in(actor_for("desk_clerk", lived))


@pytest.fixture
def manager(lived: UUID, actor_for: ActorFor, signed_in: Client) -> django.test.Client:
    return signed_in(actor_for("community_manager", lived))


def _parts(community: UUID, version: UUID) -> dict[str, queries.PartRow]:
    return {row.label: row for row in queries.draft(viewer=SYSTEM, community=community, version=version).parts}


def _cells(community: UUID, version: UUID, part: int) -> list[int]:
    cells = queries.draft_cells(viewer=SYSTEM, community=community, version=version)
    return [cell.number for cell in cells if cell.part == part and cell.persons]


def _beside(community: UUID, version: UUID, part: int, other: int) -> int:
    """A house of one grid that touches another."""
    plan = queries.draft_sheet(viewer=SYSTEM, community=community, version=version)
    near = {cell for cell in range(len(plan.parts)) if any(plan.parts[at] == other for at in plan.sheet.beside[cell])}
    return next(cell for cell in _cells(community, version, part) if cell in near)


def _step(client: django.test.Client, version: UUID, step: int, **fields: Any) -> dict[str, Any]:
    answer = client.post(f"{BASE}{version}/step/", {"step": step, **fields}, headers={"accept": "application/json"})
    assert answer.status_code == 200
    return dict(answer.json())


def test_the_list_offers_a_draft_to_those_who_draw(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    page = clerk.get(BASE).content.decode()
    assert "January" in page
    assert "being drawn" in page
    assert "in force" in page
    assert 'id="begin"' in page


def test_others_read_what_is_published_and_see_a_draft_without_figures(
    draft: UUID, lived: UUID, actor_for: ActorFor, signed_in: Client
) -> None:
    client = signed_in(actor_for("supervisor", lived))
    page = client.get(BASE).content.decode()
    assert "January" not in page
    assert 'id="begin"' not in page
    seen = client.get(f"{BASE}{draft}/").content.decode()
    assert 'data-grid="01"' in seen
    assert "data-step" not in seen
    assert "Residents" not in seen
    assert client.post(f"{BASE}{draft}/step/", {"act": "undo", "step": 0}).status_code == 403
    assert client.post(BASE + "new/", {"weight": "persons"}).status_code == 403


def test_who_works_in_one_grid_reads_divisions_but_draws_none(
    draft: UUID, lived: UUID, actor_for: ActorFor, signed_in: Client
) -> None:
    grid = queries.grid(viewer=SYSTEM, community=lived, label="02").id
    client = signed_in(actor_for("grid_worker", grid))
    assert client.get(BASE).status_code == 200
    assert client.get(f"{BASE}{draft}/").status_code == 404
    current = GridVersion.objects.get(state="published").id
    assert client.get(f"{BASE}{current}/").status_code == 200


def test_a_draft_is_begun_cut_and_opened(lived: UUID, clerk: django.test.Client) -> None:
    answer = clerk.post(BASE + "new/", {"name": "Spring", "weight": "persons", "target": "60", "tolerance": "20"})
    page = clerk.get(answer["Location"]).content.decode()
    assert "is being cut into the pieces" in page
    jobs.drafts(lived)
    page = clerk.get(answer["Location"]).content.decode()
    assert "Draft: Spring" in page
    assert page.count("data-cell=") == len(
        queries.draft_cells(viewer=SYSTEM, community=lived, version=Draft.objects.get().version_id)
    )
    assert "style=" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": "happiness", "target": "60", "tolerance": "5"},
        {"weight": "persons", "target": "many", "tolerance": "5"},
        {"weight": "persons", "target": "60", "tolerance": "-3"},
        {"weight": "persons", "target": "inf", "tolerance": "nan"},
    ],
)
def test_what_is_no_goal_begins_no_draft(lived: UUID, clerk: django.test.Client, wrong: dict[str, str]) -> None:
    answer = clerk.post(BASE + "new/", wrong, follow=True)
    assert "notice error" in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_step_is_answered_with_what_it_changed(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    parts = _parts(lived, draft)
    cell = _cells(lived, draft, parts["01"].part)[0]
    answer = _step(clerk, draft, 0, act="move", grid=parts["01"].part, cells=[cell], to=parts["02"].part)
    assert answer["said"] == ""
    assert answer["step"] == 1
    assert answer["undo"]
    assert not answer["redo"]
    drawn = {part["part"]: part for part in answer["map"]["parts"]}
    assert {part for part in drawn if "d" in drawn[part]} == {parts["01"].part, parts["02"].part}
    assert len(drawn) == 6
    assert answer["cells"] == {str(cell): parts["02"].part}
    assert answer["map"]["fresh"].startswith("M")
    assert "10 to 02" in answer["rows"]
    assert f'value="{cell}"' not in answer["chosen"]
    undone = _step(clerk, draft, 1, act="undo", grid=parts["01"].part)
    assert undone["cells"] == {str(cell): parts["01"].part}
    assert undone["redo"]
    assert undone["map"]["fresh"] == ""
    assert _step(clerk, draft, 0, act="redo", grid=parts["01"].part)["step"] == 1


def test_of_two_people_the_later_one_is_told(
    draft: UUID, lived: UUID, clerk: django.test.Client, manager: django.test.Client
) -> None:
    parts = _parts(lived, draft)
    one, other = _cells(lived, draft, parts["01"].part)[:2]
    _step(clerk, draft, 0, act="move", grid=parts["01"].part, cells=[one], to=parts["02"].part)
    late = _step(manager, draft, 0, act="move", grid=parts["01"].part, cells=[other], to=parts["04"].part)
    assert "Somebody else changed this draft" in late["said"]
    assert late["step"] == 1
    assert all("d" in part for part in late["map"]["parts"])
    assert late["cells"][str(one)] == parts["02"].part
    assert late["cells"][str(other)] == parts["01"].part


def test_split_merge_halve_lock_and_line(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    first = _parts(lived, draft)["01"].part
    chosen = _cells(lived, draft, first)[:2]
    answer = _step(clerk, draft, 0, act="split", grid=first, cells=chosen)
    assert len(answer["map"]["parts"]) == 7
    new = _parts(lived, draft)["07"].part
    answer = _step(clerk, draft, 1, act="merge", grid=first, **{"with": new})
    assert len(answer["map"]["parts"]) == 6
    answer = _step(clerk, draft, 2, act="halve", grid=first, way="north")
    assert sorted(row.persons for row in _parts(lived, draft).values())[:2] == [30, 30]
    _step(clerk, draft, 3, act="undo", grid=first)
    answer = _step(clerk, draft, 2, act="lock", grid=first)
    assert "It is locked" in answer["chosen"]
    answer = _step(clerk, draft, 3, act="halve", grid=first, way="west")
    assert "locked grid is not changed" in answer["said"]
    _step(clerk, draft, 3, act="lock", grid=first)
    part = next(part for part in _drawn(clerk, draft) if part["part"] == first)
    x, y = float(part["x"]), float(part["y"])
    answer = _step(clerk, draft, 4, act="line", grid=first, line=f"{x},{y - 40} {x},{y + 40}")
    assert answer["said"] == ""
    assert len(answer["map"]["parts"]) == 7


def _drawn(client: django.test.Client, version: UUID) -> list[dict[str, Any]]:
    """All grids with their outlines: what whoever comes too late is given."""
    return list(_step(client, version, 999, act="undo")["map"]["parts"])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"act": "explode"},
        {"act": "move", "cells": ["999999"], "to": "2"},
        {"act": "move", "cells": ["1,2,,x"], "to": "x"},
        {"act": "move", "cells": ["1", "999999"], "to": "2", "whole_block": "1"},
        {"act": "split", "grid": "99"},
        {"act": "halve", "grid": "99"},
        {"act": "merge", "grid": "1", "with": "1"},
        {"act": "line", "grid": "1", "line": "1,2"},
        {"act": "line", "grid": "1", "line": "nan,nan inf,1"},
        {"act": "line", "grid": "1", "line": "1,2,3 4,5"},
        {"act": "line", "grid": "1", "line": "-900,-900 -910,-910"},
        {"act": "lock", "grid": "77777"},
        {"act": "undo"},
        {"act": "redo"},
    ],
)
def test_what_is_no_step_is_told_and_changes_nothing(
    draft: UUID, lived: UUID, clerk: django.test.Client, fields: dict[str, Any]
) -> None:
    answer = _step(clerk, draft, 0, **fields)
    assert answer["said"]
    assert answer["step"] == 0


def test_without_script_the_page_comes_again(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    parts = _parts(lived, draft)
    first, second = parts["01"].part, parts["02"].part
    block = _cells(lived, draft, first)
    answer = clerk.post(
        f"{BASE}{draft}/step/", {"step": 0, "act": "move", "grid": first, "cells": block[:1], "to": second, "whole_block": "1"}
    )
    assert answer["Location"].endswith(f"?grid={first}") or answer["Location"].endswith(f"?grid={second}")
    assert max(row.persons for row in _parts(lived, draft).values()) > 60
    page = clerk.get(answer["Location"]).content.decode()
    assert 'aria-current="true"' in page
    again = clerk.post(f"{BASE}{draft}/step/", {"step": 0, "act": "undo"}, follow=True).content.decode()
    assert "Somebody else changed this draft" in again


def test_one_grid_with_its_buildings(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    part = _parts(lived, draft)["03"].part
    page = clerk.get(f"{BASE}{draft}/grids/{part}/").content.decode()
    assert len(re.findall(r'name="cells" value=', page)) >= 6
    assert "Grid 03 is as wanted" in page
    assert clerk.get(f"{BASE}{draft}/grids/4242/").status_code == 404


def test_a_proposal_is_asked_for_watched_and_cancelled(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    ask = {"act": "ask", "weight": "persons", "target": "90", "tolerance": "10", "keep": "no"}
    page = clerk.post(f"{BASE}{draft}/proposal/", ask, follow=True).content.decode()
    assert 'hx-trigger="every 1s"' in page
    watched = clerk.get(f"{BASE}{draft}/proposal/")
    assert "HX-Refresh" not in watched
    page = clerk.post(f"{BASE}{draft}/proposal/", {"act": "cancel"}, follow=True).content.decode()
    assert "was cancelled" in page
    assert clerk.get(f"{BASE}{draft}/proposal/")["HX-Refresh"] == "true"
    clerk.post(f"{BASE}{draft}/proposal/", ask)
    jobs.drafts(lived)
    assert Proposal.of(Draft.objects.get().proposal).stage is Stage.DONE
    assert len(_parts(lived, draft)) == 4


def test_somebody_else_checks_and_the_manager_publishes(
    draft: UUID, lived: UUID, clerk: django.test.Client, manager: django.test.Client
) -> None:
    parts = _parts(lived, draft)
    first, second = parts["01"].part, parts["02"].part
    _step(clerk, draft, 0, act="move", grid=first, cells=[_beside(lived, draft, first, second)], to=second)
    fate = f"{BASE}{draft}/fate/"
    page = clerk.post(fate, {"act": "ask", "from": "2027-01-04"}, follow=True).content.decode()
    assert "Somebody else than you" in page
    assert "waits for the check" in manager.get(BASE).content.decode()
    alone = clerk.post(fate, {"act": "check"}, follow=True).content.decode()
    assert "Whoever drew a draft" in alone
    page = manager.get(f"{BASE}{draft}/").content.decode()
    assert 'id="check"' in page
    page = manager.post(fate, {"act": "check"}, follow=True).content.decode()
    assert 'id="publish"' in page
    assert 'id="act-move"' not in page
    refused = clerk.post(fate, {"act": "publish", "from": "2027-01-04"}, follow=True).content.decode()
    assert "notice error" in refused
    page = manager.post(fate, {"act": "publish", "from": "2027-01-04", "duties_seen": "1"}, follow=True).content.decode()
    assert "these grids hold from" in page
    assert "still to come" in page
    moved = queries.grids(viewer=SYSTEM, community=lived, on=date(2027, 1, 11))
    assert sorted(row.buildings for row in moved) == [5, 6, 6, 6, 6, 7]
    page = manager.get(f"{BASE}{draft}/").content.decode()
    assert "10 residents from grid 01 to grid 02" in page
    page = manager.post(fate, {"act": "withdraw"}, follow=True).content.decode()
    assert "the grids before go on" in page
    assert 'value="publish"' in page


def test_what_is_drawn_after_asking_takes_it_back(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    parts = _parts(lived, draft)
    clerk.post(f"{BASE}{draft}/fate/", {"act": "ask", "from": "2027-01-04"})
    assert queries.draft(viewer=SYSTEM, community=lived, version=draft).asked is not None
    _step(clerk, draft, 0, act="lock", grid=parts["05"].part)
    assert queries.draft(viewer=SYSTEM, community=lived, version=draft).asked is None


@pytest.mark.parametrize("day", ["", "soon", "2020-01-06"])
def test_a_day_that_cannot_be_is_refused(draft: UUID, lived: UUID, clerk: django.test.Client, day: str) -> None:
    page = clerk.post(f"{BASE}{draft}/fate/", {"act": "ask", "from": day}, follow=True).content.decode()
    if day != "2020-01-06":
        assert "Say from which day on" in page
        assert not Draft.objects.get().asked


def test_a_fault_is_allowed_with_a_reason_and_the_draft_thrown_away(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    parts = _parts(lived, draft)
    cells = _cells(lived, draft, parts["01"].part)
    _step(clerk, draft, 0, act="move", grid=parts["01"].part, cells=cells[:3], to=parts["02"].part)
    fate = f"{BASE}{draft}/fate/"
    page = clerk.post(fate, {"act": "ask", "from": "2027-01-04"}, follow=True).content.decode()
    assert "The grids still have" in page
    for fault in queries.draft_faults(viewer=SYSTEM, community=lived, version=draft):
        if fault.blocking:
            clerk.post(fate, {"act": "allow", "fault": fault.key, "reason": "The park is in it"})
    page = clerk.post(fate, {"act": "ask", "from": "2027-01-04"}, follow=True).content.decode()
    assert "The park is in it" in page
    assert "Somebody else than you" in page
    clerk.post(fate, {"act": "discard"})
    assert not Draft.objects.exists()
    assert clerk.get(f"{BASE}{draft}/").status_code == 404


def test_the_page_speaks_chinese(draft: UUID, lived: UUID, clerk: django.test.Client) -> None:
    clerk.cookies["linli_language"] = "zh-hans"
    page = clerk.get(f"{BASE}{draft}/").content.decode()
    assert "草案：January" in page
    assert "网格大小合适" in page
