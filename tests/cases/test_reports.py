"""A file of cases: every row judged, written once, placed, undone exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from linli.cases.models import Case, CaseEvent, Category
from linli.cases.rules import Event, EventKind, State, derive
from linli.intake import undo
from linli.kernel.actor import SYSTEM
from tests.support.ground import BUILDING, IN_01, IN_02, NOWHERE

MONDAY = datetime(2026, 11, 8, 16, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)


def row(key: str = "A1", **more: Any) -> dict[str, str]:
    base = {
        "key": key, "reported_at": "2026-11-03 09:30", "channel": "电话", "category": "light.lamp_out", "title": "路灯不亮",
        "text": "门口路灯不亮", "address": "", "lon": str(IN_01[0]), "lat": str(IN_01[1]), "reporter": "王女士",
        "phone": "000 5550 0001", "status": "处理中", "agency": "路灯管理所",
    }  # fmt: skip
    return {**base, **{k: str(v) for k, v in more.items()}}


def table() -> list[dict[str, Any]]:
    """Everything that is known, as an undo must give it back."""
    names = [f.attname for f in Case._meta.concrete_fields]
    events = list(CaseEvent.objects.order_by("case_id", "number").values())
    return [*Case.objects.order_by("id").values(*names), *events]


def test_new_cases_are_placed_by_point_and_by_address(take: Callable[..., Any], grids: dict[str, UUID]) -> None:
    report = take(
        row("A1"),
        row("A2", lon=IN_02[0], lat=IN_02[1]),
        row("A3", lon="", lat="", address=f"桐荫路18弄{BUILDING}门口"),
        row("A4", lon="0", lat="0"),
        row("A5", lon="x", lat="31.2"),
        row("A6", lon=NOWHERE[0], lat=NOWHERE[1]),
        as_of=MONDAY,
    )
    assert (report.rows, report.verdicts["new"]) == (6, 6)
    assert report.counts == {"no_point": 3, "outside": 1, "by_address": 1, "closed_before_reported": 0}
    found = {c.key: c for c in Case.objects.select_related("building")}
    assert [found[k].grid_id for k in ("A1", "A2", "A3", "A4", "A5", "A6")] == [
        grids["01"],
        grids["02"],
        grids["01"],
        None,
        None,
        None,
    ]
    assert [found[k].place_quality for k in ("A1", "A3", "A4", "A5", "A6")] == ["ok", "ok", "unusable", "unusable", "outside"]
    assert found["A3"].building is not None
    assert found["A4"].lon is None
    assert found["A1"].reported_at == datetime(2026, 11, 3, 1, 30, tzinfo=UTC)
    assert found["A1"].due_at == datetime(2026, 11, 6, 1, 30, tzinfo=UTC)
    assert (found["A1"].channel, found["A1"].agency, found["A1"].state) == ("phone", "路灯管理所", "in_hand")


def test_the_same_row_again_changes_nothing_and_a_new_state_is_appended(take: Callable[..., Any]) -> None:
    take(row("A1"), row("A2"), as_of=MONDAY)
    before = table()
    same = take(row("A1"), row("A2"), row("A2"), as_of=NEXT_MONDAY)
    assert same.verdicts == {"new": 0, "changed": 0, "same": 3, "left": 0, "review": 0, "refused": 0}
    assert table() == before
    changed = take(row("A1", status="已办结", closed_at="2026-11-10 10:00"), row("A2", agency="城管中队"), as_of=NEXT_MONDAY)
    assert changed.verdicts["changed"] == 2
    closed, moved = Case.objects.get(key="A1"), Case.objects.get(key="A2")
    assert (closed.state, closed.closed_at) == ("closed", datetime(2026, 11, 10, 2, tzinfo=UTC))
    assert [e.kind for e in closed.events.all()] == ["reported", "taken", "settled"]
    assert (moved.state, moved.agency) == ("in_hand", "城管中队")


def test_a_case_that_comes_back_is_opened_again(take: Callable[..., Any]) -> None:
    take(row(status="已办结", closed_at="2026-11-04 10:00"), as_of=MONDAY)
    take(row(status="处理中"), as_of=NEXT_MONDAY)
    case = Case.objects.get()
    assert (case.state, case.closed_at) == ("in_hand", None)
    assert [e.kind for e in case.events.all()] == ["reported", "settled", "reopened"]


def test_another_body_under_the_same_number_is_refused(take: Callable[..., Any]) -> None:
    take(row(), as_of=MONDAY)
    before = table()
    report = take(row(text="另一件事", lon=IN_02[0], status="已办结", closed_at="2026-11-10 10:00"), as_of=NEXT_MONDAY)
    assert report.verdicts["refused"] == 1
    (refused,) = report.refused
    assert set(refused.fields) == {"text", "lon"}
    assert refused.words is not None
    assert refused.words.key == "cases.other_body"
    assert table() == before


def test_unknown_categories_are_refused_or_made(take: Callable[..., Any]) -> None:
    refused = take(row(category="Sewer Issues"), as_of=MONDAY)
    assert refused.verdicts["refused"] == 1
    assert refused.refused[0].column == "category"
    made = take(row("A1", category="Sewer Issues"), row("A2", category="Sewer Issues"), as_of=MONDAY, unknown_category="create")
    assert made.verdicts["new"] == 2
    category = Category.objects.get()
    assert (category.code, category.name["en"], category.limit_hours) == ("sewer_issues", "Sewer Issues", None)
    assert Case.objects.filter(category=category, due_at=None).count() == 2


def test_a_category_is_found_by_its_name(take: Callable[..., Any]) -> None:
    take(row("A1"), row("A2", category="路灯不亮"), as_of=MONDAY)
    assert set(Case.objects.values_list("category__code", flat=True)) == {"light.lamp_out"}


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"reported_at": "2026-13-40 09:00"}, "reported_at"),
        ({"reported_at": "2099-01-01 09:00"}, "reported_at"),
        ({"reported_at": ""}, "reported_at"),
        ({"status": "perhaps"}, "status"),
        ({"key": ""}, "key"),
    ],
)
def test_a_bad_row_is_refused_alone(take: Callable[..., Any], more: dict[str, str], column: str) -> None:
    report = take(row("A0"), {**row("A1"), **more}, as_of=MONDAY)
    assert (report.verdicts["new"], report.verdicts["refused"]) == (1, 1)
    assert report.refused[0].column == column
    assert report.refused[0].remedy is not None


def test_undo_gives_back_exactly_what_stood_there(take: Callable[..., Any], community: UUID) -> None:
    take(row("A1"), row("A2", status="已办结", closed_at="2026-11-04 10:00"), as_of=MONDAY)
    before = table()
    second = take(
        row("A1", status="已办结", closed_at="2026-11-10 10:00"), row("A2", status="处理中"), row("A3"), as_of=NEXT_MONDAY
    )
    assert table() != before
    undone = undo(by=SYSTEM, community=community, batch=second.batch, reason="wrong file")
    assert undone.restored == 3
    assert not undone.kept
    assert table() == before


def test_undo_keeps_what_later_work_stands_on(take: Callable[..., Any], community: UUID) -> None:
    first = take(row("A1"), row("A2"), as_of=MONDAY)
    take(row("A1", status="已办结", closed_at="2026-11-10 10:00"), as_of=NEXT_MONDAY)
    undone = undo(by=SYSTEM, community=community, batch=first.batch, reason="wrong file")
    assert undone.restored == 1
    assert [o.row for o in undone.kept] == [2]
    case = Case.objects.get()
    assert [e.kind for e in case.events.all()] == ["reported", "taken", "settled"]


def test_columns_are_what_the_events_add_up_to(take: Callable[..., Any]) -> None:
    take(*(row(f"A{i}", status=s, closed_at=c) for i, (s, c) in enumerate(STATES)), as_of=MONDAY)
    take(*(row(f"A{i}", status=s, closed_at=c) for i, (s, c) in enumerate(STATES[1:] + STATES[:1])), as_of=NEXT_MONDAY)
    for case in Case.objects.prefetch_related("events"):
        derived = derive(Event(EventKind(e.kind), e.at, e.actor, e.agency) for e in case.events.all())
        assert (case.state, case.closed_at, case.agency, case.done_by) == (
            derived.state.value, derived.closed_at, derived.agency, derived.done_by,
        )  # fmt: skip


STATES = [
    ("reported", ""),
    ("处理中", ""),
    ("done", ""),
    ("closed", "2026-11-04 10:00"),
    ("处理中", ""),
    ("closed", "2026-11-05 10:00"),
]


def test_closed_before_reported_is_counted_and_kept(take: Callable[..., Any]) -> None:
    report = take(row(status="closed", closed_at="2026-11-01 10:00"), as_of=MONDAY)
    assert report.counts["closed_before_reported"] == 1
    assert State(Case.objects.get().state) is State.CLOSED


def test_displaced_coordinates_are_brought_back(take: Callable[..., Any]) -> None:
    take(row(), as_of=MONDAY, crs="GCJ-02")
    case = Case.objects.get()
    assert case.lon is not None
    assert 0.001 < abs(case.lon - IN_01[0]) < 0.01
