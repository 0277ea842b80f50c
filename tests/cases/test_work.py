"""What people write at the desk: reports, events, closing; and what each may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from linli.cases import queries
from linli.cases.commands import add_case, add_event, close_case, import_categories, place_cases
from linli.cases.models import Case, Category
from linli.cases.queries import Queue
from linli.cases.rules import EventKind, State
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.weeks import Week
from linli.trust.models import AuditEvent
from tests.cases.test_reports import MONDAY, row
from tests.support.ground import BUILDING, IN_02

NOW = datetime(2026, 11, 9, 8, tzinfo=UTC)
CATEGORIES = [{"code": "light.lamp_out", "name": {"en": "Lamp out", "zh-Hans": "路灯不亮"}, "limit_hours": 72}]


@pytest.fixture
def clerk(community: UUID, actor_for: Callable[..., Actor]) -> Actor:
    return actor_for("desk_clerk", community)


@pytest.fixture
def manager(community: UUID, actor_for: Callable[..., Actor]) -> Actor:
    return actor_for("community_manager", community)


def test_a_report_at_the_desk_finds_its_grid(community: UUID, grids: dict[str, UUID], clerk: Actor) -> None:
    import_categories(by=SYSTEM, community=community, categories=CATEGORIES, on=date(2026, 1, 5))
    by_point = add_case(by=clerk, community=community, title="Lamp out", lon=IN_02[0], lat=IN_02[1], category="light.lamp_out")
    by_address = add_case(by=clerk, community=community, title="Lamp out", address=f"{BUILDING} 2单元")
    told = add_case(by=clerk, community=community, title="Lamp out", grid=grids["02"])
    nowhere = add_case(by=clerk, community=community, title="Lamp out")
    found = Case.objects.in_bulk([by_point, by_address, told, nowhere])
    assert [found[i].grid_id for i in (by_point, by_address, told, nowhere)] == [grids["02"], grids["01"], grids["02"], None]
    assert found[by_point].due_at == found[by_point].reported_at + timedelta(hours=72)
    assert AuditEvent.objects.filter(command="cases.add_case").count() == 4


def test_a_report_needs_words_and_known_codes(community: UUID, grids: dict[str, UUID], clerk: Actor) -> None:
    for bad in ({"title": " "}, {"title": "x", "category": "nothing.such"}, {"title": "x", "channel": "pigeon"}):
        with pytest.raises(BadInput):
            add_case(by=clerk, community=community, **bad)
    assert not Case.objects.exists()


def test_who_fixes_may_not_close(community: UUID, grids: dict[str, UUID], clerk: Actor, manager: Actor) -> None:
    case = add_case(by=clerk, community=community, title="Lamp out")
    with pytest.raises(Conflict):
        close_case(by=manager, community=community, case=case, reason="seen")
    assert add_event(by=clerk, community=community, case=case, kind=EventKind.TAKEN, agency="Lighting office") is State.IN_HAND
    assert add_event(by=clerk, community=community, case=case, kind=EventKind.DONE) is State.DONE
    with pytest.raises(NotAllowed):
        close_case(by=clerk, community=community, case=case, reason="seen")
    with pytest.raises(BadInput):
        close_case(by=manager, community=community, case=case, reason=" ")
    close_case(by=manager, community=community, case=case, reason="The lamp burns.")
    found = Case.objects.get(id=case)
    assert (found.state, found.agency) == ("closed", "Lighting office")
    assert add_event(by=clerk, community=community, case=case, kind=EventKind.REOPENED) is State.IN_HAND
    assert Case.objects.get(id=case).closed_at is None


@pytest.mark.parametrize("kind", [EventKind.CLOSED, EventKind.SETTLED, EventKind.REPORTED, EventKind.REOPENED])
def test_events_that_cannot_be_written_by_hand_or_now(
    community: UUID, grids: dict[str, UUID], clerk: Actor, kind: EventKind
) -> None:
    case = add_case(by=clerk, community=community, title="Lamp out")
    with pytest.raises(Conflict):
        add_event(by=clerk, community=community, case=case, kind=kind)


def test_categories_have_versions(community: UUID, grids: dict[str, UUID], take: Callable[..., Any]) -> None:
    assert import_categories(by=SYSTEM, community=community, categories=CATEGORIES, on=date(2026, 1, 5))["new"] == 1
    assert import_categories(by=SYSTEM, community=community, categories=CATEGORIES, on=date(2026, 2, 2))["same"] == 1
    shorter = [{**CATEGORIES[0], "limit_hours": 24}]
    assert import_categories(by=SYSTEM, community=community, categories=shorter, on=date(2026, 11, 4))["changed"] == 1
    take(row("A1", reported_at="2026-11-03 09:30"), row("A2", reported_at="2026-11-05 09:30"), as_of=MONDAY)
    limits = {c.key: c.due_at - c.reported_at for c in Case.objects.all() if c.due_at}
    assert limits == {"A1": timedelta(hours=72), "A2": timedelta(hours=24)}
    with pytest.raises(BadInput):
        import_categories(by=SYSTEM, community=community, categories=[*shorter, {"code": "B A D"}])
    assert Category.objects.count() == 2


def test_queues_and_filters(community: UUID, take: Callable[..., Any], manager: Actor) -> None:
    take(
        row("A1"),
        row("A2", lon=IN_02[0], category="waste.renovation", title="Rubble", reported_at="2026-11-08 09:00"),
        row("A3", lon="", lat="", category="", status="done"),
        row("A4", status="closed", closed_at="2026-11-08 10:00"),
        row("A5", status="closed", closed_at="2026-10-08 10:00", reported_at="2026-10-01 10:00"),
        as_of=MONDAY,
    )
    found = queries.case_list(viewer=manager, community=community, now=NOW)
    assert found.counts == {"open": 3, "over": 1, "unsorted": 1, "in_hand": 2, "check": 1, "no_place": 1, "closed": 1}
    assert [r.title for r in found.rows] == ["路灯不亮", "Rubble", "路灯不亮"]
    assert found.rows[0].clock is not None
    assert found.rows[0].clock.over

    def listed(**more: Any) -> int:
        return queries.case_list(viewer=manager, community=community, now=NOW, **more).total

    assert listed(grid="02") == listed(matter="waste.renovation") == listed(words="rubb") == 1
    assert listed(matter="unsorted") == 1
    assert listed(words=found.rows[0].reference.lower()) == 1
    assert listed(queue=Queue.CLOSED) == 1
    assert listed(words="王女士") == 0


def test_scope(
    community: UUID, other_community: UUID, grids: dict[str, UUID], take: Callable[..., Any], actor_for: Callable[..., Actor]
) -> None:
    take(row("A1"), row("A2", lon=IN_02[0]), row("A3", lon="", lat=""), as_of=MONDAY)
    worker, stranger = actor_for("grid_worker", grids["01"]), actor_for("community_manager", other_community)
    week = Week.parse("2026-W46")
    assert [r.grid for r in queries.case_list(viewer=worker, community=community, now=NOW).rows] == ["01"]
    assert {r.grid for r in queries.reports_by_grid(viewer=worker, community=community, week=week)} == {"01"}
    assert len(queries.case_points(viewer=worker, community=community)) == 1
    nothing = queries.case_list(viewer=stranger, community=community, now=NOW)
    assert (nothing.rows, nothing.total, set(nothing.counts.values())) == ([], 0, {0})
    assert queries.categories(viewer=stranger, community=community) == []
    assert queries.case_points(viewer=stranger, community=community) == []
    for case in Case.objects.all():
        with pytest.raises(NotFound):
            queries.case_detail(viewer=stranger, community=community, case=case.id, now=NOW)
        with pytest.raises(NotFound):
            queries.case_detail(viewer=stranger, community=other_community, case=case.id, now=NOW)
        with pytest.raises(NotFound):
            add_event(by=stranger, community=other_community, case=case.id, kind=EventKind.NOTE, text="x")
        if case.grid_id != grids["01"]:
            with pytest.raises(NotFound):
                add_event(by=worker, community=community, case=case.id, kind=EventKind.NOTE, text="x")
    with pytest.raises(NotFound):
        add_case(by=worker, community=community, title="x", grid=grids["02"])
    with pytest.raises(BadInput):
        add_case(by=worker, community=community, title="written down without a grid, they could not see it again")


def test_evidence_is_masked(community: UUID, take: Callable[..., Any], manager: Actor) -> None:
    take(row("A1"), row("A2", reported_at="2026-10-20 10:00"), as_of=MONDAY)
    week = Week.parse("2026-W46")
    found = queries.cases_of(viewer=manager, community=community, grid="01", matter="light.lamp_out", week=week, now=NOW)
    assert [(e.reporter, e.row.grid) for e in found] == [("王*士", "01")]
    detail = queries.case_detail(viewer=manager, community=community, case=found[0].row.id, now=NOW)
    assert (detail.reporter, detail.phone) == ("王*士", "000****0001")
    assert [e.kind for e in detail.events] == [EventKind.REPORTED, EventKind.TAKEN]
    assert detail.same_place == 0


def test_figures_of_a_grid(community: UUID, take: Callable[..., Any], manager: Actor) -> None:
    take(row("A1"), row("A2", reported_at="2026-11-08 20:00"), row("A3", reported_at="2026-10-20 10:00"), as_of=MONDAY)
    week = Week.parse("2026-W46")
    (found,) = queries.reports_by_grid(viewer=manager, community=community, week=week)
    assert (found.grid, found.matter, found.seen, found.open, found.over) == ("01", "light.lamp_out", 2, 3, 2)


def test_cases_get_their_grid_once_there_are_grids(community: UUID, grids: dict[str, UUID], take: Callable[..., Any]) -> None:
    take(row("A1"), row("A2", lon="", lat="", address=BUILDING), row("A3", lon=121.9), as_of=MONDAY)
    Case.objects.update(grid=None, building=None, place_quality="none")
    assert place_cases(by=SYSTEM, community=community) == 2
    assert dict(Case.objects.values_list("key", "place_quality")) == {"A1": "ok", "A2": "ok", "A3": "outside"}
    assert place_cases(by=SYSTEM, community=community) == 0
