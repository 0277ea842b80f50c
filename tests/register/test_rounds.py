"""The Monday round of the register: lists, scores, signatures, visits that renew, survey and second visits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotAllowed, NotFound
from linli.kernel.weeks import Week
from linli.register.commands import confirm_unchanged, move_out
from linli.register.commands.rounds import Told, draw_blind, plan_survey, record_blind, sign_grid
from linli.register.models import GridSignature, Visit
from linli.register.queries.asof import moment, residents
from linli.register.queries.figures import counts_by_grid
from linli.register.queries.rounds import MANAGER, WORKER, current_week, grid_rounds, unsigned
from linli.register.queries.survey import survey
from linli.register.rules.by_hand import Place
from linli.register.rules.rounds import Delta
from linli.territory.models import Dwelling
from linli.trust import SYSTEM
from tests.register.ground import MAPPING, Town, line, named, take

pytestmark = pytest.mark.django_db
PEOPLE = [
    line("张小兰"),
    line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", phone=""),
    line("王小明", birth=date(2012, 6, 1), sequence=31, building=5),
]
BABY = line("张新生", birth=date(2026, 11, 11), sequence=15, relation="孙", change="出生", change_date="2026-11-11", since="")


def names_of(town: Town, label: str, week: str, since: str | None = None) -> dict[str, list[str]]:
    parsed = Week.parse(since) if since else None
    (row,) = [
        r for r in grid_rounds(viewer=SYSTEM, community=town.community, week=Week.parse(week), since=parsed) if r.label == label
    ]
    from linli.register.opening import open_people

    found = open_people(town.community, [change.person for change in row.changes])
    return {
        delta.value: sorted(found[change.person].name for change in row.changes if change.delta is delta)
        for delta in Delta
        if row.counts[delta]
    }


def test_what_changed_between_two_mondays(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    gone = line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", phone="", change="死亡", change_date="2026-11-10")
    moved = line("王小明", birth=date(2012, 6, 1), sequence=31, building=3)
    take(tmp_path, town.community, "2026-W47", [PEOPLE[0], gone, moved, BABY])
    assert names_of(town, "01", "2026-W47") == {"came": ["王小明"], "born": ["张新生"], "died": ["李大山"]}
    assert names_of(town, "02", "2026-W47") == {"left": ["王小明"]}
    # Nothing happened in the week after; any two Mondays can be compared.
    assert names_of(town, "01", "2026-W48", "2026-W46").keys() == {"came", "born", "died"}
    assert names_of(town, "01", "2026-W46", "2026-W45") == {"came": ["张小兰", "李大山"]}


def test_a_score_tells_its_parts(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    rows = {row.label: row for row in grid_rounds(viewer=SYSTEM, community=town.community, week=Week.parse("2026-W46"))}
    assert (rows["01"].residents, rows["01"].verified, rows["01"].score.freshness) == (2, 2, 100)
    assert rows["01"].score.missing["phone"] == 1
    assert rows["02"].score.missing["phone"] == 0
    assert rows["01"].score.score is not None
    assert rows["02"].score.score is not None
    assert rows["01"].score.score < rows["02"].score.score


def test_the_worker_signs_then_the_manager_once_each(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    week, grid = Week.parse("2026-W46"), town.grids[0]
    worker, other = actor_for("grid_worker", grid), actor_for("grid_worker", town.grids[1])
    manager, clerk = actor_for("community_manager", town.community), actor_for("desk_clerk", town.community)
    asked: dict[str, Any] = {"community": town.community, "grid": grid, "week": week}
    with pytest.raises(NotAllowed):
        sign_grid(by=clerk, **asked)
    with pytest.raises(NotFound):
        sign_grid(by=other, **asked)
    with pytest.raises(Conflict):
        sign_grid(by=manager, **asked)
    sign_grid(by=worker, **asked, note="All doors seen.")
    with pytest.raises(Conflict):
        sign_grid(by=worker, **asked)
    assert unsigned(viewer=manager, community=town.community, week=week) == ["01", "02"]
    sign_grid(by=manager, **asked)
    assert unsigned(viewer=manager, community=town.community, week=week) == ["02"]
    (row,) = grid_rounds(viewer=worker, community=town.community, week=week)
    assert row.settled
    assert [one.role for one in row.signatures] == [WORKER, MANAGER]
    assert GridSignature.objects.get(role=WORKER).counts["came"] == 2
    with pytest.raises(Conflict):
        sign_grid(
            by=manager, community=town.community, grid=grid, week=current_week(viewer=manager, community=town.community).next()
        )


def test_a_later_change_shows_beside_the_signature(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    week = current_week(viewer=SYSTEM, community=town.community)
    take(tmp_path, town.community, str(week.back()), PEOPLE)
    new = line("新来人", birth=date(1980, 1, 1), sequence=18, since="", relation="孙")
    take(tmp_path, town.community, str(week), [*PEOPLE, new])
    worker = actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1))
    sign_grid(by=worker, community=town.community, grid=town.grids[0], week=week)
    (row,) = grid_rounds(viewer=worker, community=town.community, week=week)
    assert not row.signatures[0].changed
    person = named(town.community, "新来人").id
    move_out(by=worker, community=town.community, people=[person], on=week.monday, place=Place.DOOR)
    (row,) = grid_rounds(viewer=worker, community=town.community, week=week)
    assert row.signatures[0].changed
    assert not row.settled


def test_a_manager_signs_alone_where_nobody_has_the_grid(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    manager = actor_for("community_manager", town.community)
    sign_grid(by=manager, community=town.community, grid=town.grids[0], week=Week.parse("2026-W46"))
    assert GridSignature.objects.get().role == MANAGER


def test_a_monday_without_a_file_is_renewed_by_visits(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    week = current_week(viewer=SYSTEM, community=town.community)
    take(tmp_path, town.community, str(week.back(3)), PEOPLE)
    worker = actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1))
    coming = week.next()
    before = {row.label: row for row in counts_by_grid(viewer=SYSTEM, community=town.community, week=coming)}
    assert (before["01"].unverified, before["02"].unverified) == (2, 1)
    home = Dwelling.objects.get(building=town.buildings[0])
    assert confirm_unchanged(by=worker, community=town.community, dwelling=home.id) == 2
    after = {row.label: row for row in counts_by_grid(viewer=SYSTEM, community=town.community, week=coming)}
    assert (after["01"].unverified, after["02"].unverified) == (0, 1)
    rows = {row.label: row for row in grid_rounds(viewer=SYSTEM, community=town.community, week=coming)}
    assert (rows["01"].verified, rows["02"].verified) == (2, 0)


def test_a_full_file_of_one_grid_verifies_that_grid(town: Town, tmp_path: Path) -> None:
    from linli.intake import declare_mapping

    take(tmp_path, town.community, "2026-W45", PEOPLE)
    narrow = MAPPING | {"options": {"coverage": "full", "area": {"grid": ["01"]}, "zone": "Asia/Shanghai", "source": "police"}}
    declare_mapping(by=SYSTEM, community=town.community, definition=narrow)
    take(tmp_path, town.community, "2026-W46", PEOPLE[:1])
    week = Week.parse("2026-W46")
    found = {row.label: row.unverified for row in counts_by_grid(viewer=SYSTEM, community=town.community, week=week)}
    # One of grid 01 was not shown, the other was; grid 02 was no matter of this file.
    assert found == {"01": 1, "02": 1}
    at = moment(viewer=SYSTEM, community=town.community, week=week)
    seen = {row.person: row.verified for row in residents(viewer=SYSTEM, community=town.community, at=at)}
    assert seen[named(town.community, "张小兰").id] == week.monday
    assert seen[named(town.community, "李大山").id] == week.back().monday
    assert seen[named(town.community, "王小明").id] == week.back().monday


def test_a_survey_is_planned_and_followed(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    manager = actor_for("community_manager", town.community)
    monday = current_week(viewer=manager, community=town.community).monday
    assert plan_survey(by=manager, community=town.community, start=monday, weeks=1) == 2
    assert plan_survey(by=manager, community=town.community, start=monday, weeks=1) == 2
    assert Visit.objects.filter(kind="survey").count() == 2
    worker = actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1))
    confirm_unchanged(by=worker, community=town.community, dwelling=Dwelling.objects.get(building=town.buildings[0]).id)
    found = survey(viewer=manager, community=town.community, day=monday + timedelta(days=6))
    assert [(one.label, one.progress.planned, one.progress.done, one.progress.late) for one in found.grids] == [
        ("01", 1, 1, 0),
        ("02", 1, 0, 1),
    ]
    with pytest.raises(NotAllowed):
        plan_survey(by=worker, community=town.community, start=monday)


def test_a_second_visit_is_blind_and_made_by_somebody_else(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    manager = actor_for("community_manager", town.community)
    worker = actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1))
    second = actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1))
    confirm_unchanged(by=worker, community=town.community, dwelling=Dwelling.objects.get(building=town.buildings[0]).id)
    week = current_week(viewer=manager, community=town.community)
    assert draw_blind(by=manager, community=town.community, week=week) == 1
    assert draw_blind(by=manager, community=town.community, week=week) == 0
    visit = Visit.objects.get(kind="blind")
    told = [Told("张小兰", 1954, "1234"), Told("李大山", 1952, "")]
    with pytest.raises(Conflict):
        record_blind(by=worker, community=town.community, visit=visit.id, told=told)
    found = record_blind(by=second, community=town.community, visit=visit.id, told=told)
    assert found == {"people": True, "name": True, "birth": False, "phone": True}
    visit.refresh_from_db()
    assert visit.findings == found
    rates = survey(viewer=manager, community=town.community, day=timezone.localdate()).rates
    assert (rates["birth"].rate, rates["name"].rate, rates["birth"].checked) == (1.0, 0.0, 1)
    with pytest.raises(Conflict):
        record_blind(by=second, community=town.community, visit=visit.id, told=told)


def test_the_pages_of_the_round(
    town: Town, tmp_path: Path, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    week = current_week(viewer=SYSTEM, community=town.community)
    take(tmp_path, town.community, str(week), PEOPLE)
    manager = signed_in(actor_for("community_manager", town.community, today=date(2026, 1, 1)))
    base = "/desk/999901001001"
    page = manager.get(f"{base}/round/")
    assert page.status_code == 200
    assert "01" in page.content.decode()
    grid = f"{base}/round/{town.grids[0]}/"
    assert "张*兰" in manager.get(grid).content.decode()
    assert "张小兰" not in manager.get(grid).content.decode()
    assert manager.post(grid, {"note": ""}).status_code == 302
    assert GridSignature.objects.count() == 1
    assert manager.post(grid, {"note": ""}).status_code == 422
    assert manager.get(f"{base}/round/?week={week}&since={week.back(4)}").status_code == 200
    assert manager.get(f"{base}/round/?week=nonsense").status_code == 404
    assert manager.post(f"{base}/survey/plan/", {"act": "plan"}).status_code == 302
    assert manager.get(f"{base}/survey/").status_code == 200
    worker = signed_in(actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1)))
    assert worker.get("/field/999901001001/round/").status_code == 200
    assert worker.get(f"/field/999901001001/round/{town.grids[1]}/").status_code == 404
