"""Cases as facts: as known at an instant, nobody's name, small numbers protected; and the signals over them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from linli.cases.facts import REPORT, REPORTS_WEEK, build_report, derive_reports_week
from linli.cases.signals import COUNTS, UNRESOLVED
from linli.facts import run, write
from linli.kernel.weeks import Week
from tests.cases.test_reports import MONDAY, NEXT_MONDAY, row
from tests.support.ground import IN_02

W46, W47 = Week.parse("2026-W46"), Week.parse("2026-W47")


@pytest.fixture
def two_weeks(take: Callable[..., Any]) -> None:
    """Five reports known on the Monday of W46; two of them move on in the file of W47, which brings a new one."""
    take(
        row("A1"),
        row("A2", reported_at="2026-11-08 23:59"),
        row("A3", reported_at="2026-10-26 00:00", category="waste.renovation", lon=IN_02[0]),
        row("A4", reported_at="2026-03-02 10:00"),
        row("A5", reported_at="2026-03-02 10:00", status="closed", closed_at="2026-03-03 10:00"),
        as_of=MONDAY,
    )
    take(
        row("A1", status="closed", closed_at="2026-11-05 12:00"),
        row("A3", reported_at="2026-10-26 00:00", category="waste.renovation", lon=IN_02[0], status="closed",
            closed_at="2026-11-12 12:00"),
        row("A6", reported_at="2026-11-09 00:00"),
        as_of=NEXT_MONDAY,
    )  # fmt: skip


def facts(community: UUID, week: Week, as_of: datetime) -> dict[datetime, dict[str, Any]]:
    return {r["happened_at"]: r for r in REPORT.checked(build_report(community, week, as_of)).to_pylist()}


def test_history_is_replayed_as_it_was_known(community: UUID, two_weeks: None) -> None:
    then = facts(community, W46, MONDAY)
    assert len(then) == 4
    first = then[datetime(2026, 11, 3, 1, 30, tzinfo=UTC)]
    assert (first["state"], first["open"], first["closed_at"], first["overdue"]) == ("in_hand", True, None, True)
    now = facts(community, W47, NEXT_MONDAY)
    assert len(now) == 5
    first = now[datetime(2026, 11, 3, 1, 30, tzinfo=UTC)]
    assert (first["state"], first["open"], first["overdue_before"]) == ("closed", False, False)
    # The same Monday, looked at with what is known a week later: closed on the Thursday before it, only nobody had said so.
    later = facts(community, W46, NEXT_MONDAY)[datetime(2026, 11, 3, 1, 30, tzinfo=UTC)]
    assert (later["state"], later["closed_at"]) == ("closed", datetime(2026, 11, 5, 4, tzinfo=UTC))


def test_a_case_closed_after_the_monday_was_open_on_it(community: UUID, two_weeks: None) -> None:
    rubble = facts(community, W46, NEXT_MONDAY)[datetime(2026, 10, 25, 16, tzinfo=UTC)]
    assert (rubble["open"], rubble["closed_at"]) == (True, None)


def test_weeks_are_those_of_the_communitys_zone(community: UUID, two_weeks: None) -> None:
    found = facts(community, W47, NEXT_MONDAY)
    assert found[datetime(2026, 11, 8, 15, 59, tzinfo=UTC)]["week"] == "2026-W46"
    assert found[datetime(2026, 11, 8, 16, 0, tzinfo=UTC)]["week"] == "2026-W47"
    assert found[datetime(2026, 11, 8, 15, 59, tzinfo=UTC)]["weeks_back"] == 1


def test_old_cases_stay_only_while_open(community: UUID, two_weeks: None) -> None:
    found = facts(community, W47, NEXT_MONDAY)
    old = [r for at, r in found.items() if at < NEXT_MONDAY - timedelta(weeks=31)]
    assert [(r["open"], r["weeks_back"]) for r in old] == [(True, 36)]


def test_nothing_of_the_reporter_is_among_them(community: UUID, two_weeks: None) -> None:
    text = str(build_report(community, W47, NEXT_MONDAY).to_pylist())
    for secret in ("王女士", "0001", "路灯", "门口", "A1"):
        assert secret not in text


def test_shared_counts_are_protected(community: UUID, take: Callable[..., Any]) -> None:
    rows = [row(f"B{i}") for i in range(12)]
    take(*rows, row("C1", category="waste.renovation"), as_of=MONDAY)
    local = REPORT.checked(build_report(community, W46, MONDAY))
    found = REPORTS_WEEK.checked(derive_reports_week(local, W46)).to_pylist()
    assert {(r["matter"], r["n"]) for r in found} == {("light.lamp_out", 10), ("waste.renovation", None)}
    assert {r["week"] for r in found} == {"2026-W46"}


def test_signals(community: UUID, two_weeks: None) -> None:
    written = write(community, W46, MONDAY, {"report": REPORT})
    counts = run(COUNTS, community=community, week=W46, digest=written.digest).to_pylist()
    assert {(r["weeks_back"], r["grid"], r["matter"], r["n"]) for r in counts} == {
        (0, "01", "light.lamp_out", 2),
        (1, "02", "waste.renovation", 1),
    }
    open_ = run(UNRESOLVED, community=community, week=W46, digest=written.digest).to_pylist()
    by = {(r["grid"], r["matter"]): r for r in open_}
    lamps = by["01", "light.lamp_out"]
    assert (lamps["open"], lamps["overdue"], lamps["overdue_before"]) == (3, 2, 1)
    assert lamps["longest_hours"] == pytest.approx((MONDAY - datetime(2026, 3, 5, 2, tzinfo=UTC)) / timedelta(hours=1))
    rubble = by["02", "waste.renovation"]
    assert (rubble["open"], rubble["overdue"], rubble["overdue_before"]) == (1, 1, 1)
