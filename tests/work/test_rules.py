"""Tasks: every act in every state has an answer; who does a task does not check it; cron in the community's own zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.errors import Conflict, NotAllowed
from linli.kernel.ids import new_id
from linli.work.rules import AFTER, TaskAct, TaskState, can_act, check_act, derive, next_time

ME, YOU = new_id(), new_id()


def test_the_table_is_total() -> None:
    assert set(AFTER) == {(state, act) for state in TaskState for act in TaskAct}


def test_what_is_finished_stays_finished() -> None:
    for state in (TaskState.CLOSED, TaskState.DROPPED):
        assert {AFTER[state, act] for act in TaskAct} == {None, state}
        assert [act for act in TaskAct if AFTER[state, act] is state] == [TaskAct.NOTE]


def test_every_state_can_be_reached_and_closing_needs_doing_and_checking() -> None:
    assert derive([TaskAct.ASSIGN]) is TaskState.OPEN
    assert derive([TaskAct.ASSIGN, TaskAct.DO]) is TaskState.DONE
    assert derive([TaskAct.DO, TaskAct.CHECK]) is TaskState.CLOSED
    assert derive([TaskAct.DROP]) is TaskState.DROPPED
    assert derive([TaskAct.DO, TaskAct.SEND_BACK, TaskAct.DO, TaskAct.CHECK]) is TaskState.CLOSED
    into_closed = {(state, act) for (state, act), after in AFTER.items() if after is TaskState.CLOSED and state is not after}
    assert into_closed == {(TaskState.DONE, TaskAct.CHECK)}


@given(st.lists(st.sampled_from(TaskAct), max_size=12))
def test_derive_follows_the_table_step_by_step(acts: Sequence[TaskAct]) -> None:
    state: TaskState | None = TaskState.OPEN
    for act in acts:
        state = AFTER[state, act] if state else None
    if state is None:
        with pytest.raises(Conflict):
            derive(acts)
    else:
        assert derive(acts) is state


@given(st.sampled_from(TaskState), st.sampled_from(TaskAct), st.sampled_from([ME, YOU, None]), st.sampled_from([ME, YOU, None]))
def test_who_did_it_never_checks_it_and_only_its_owner_does_it(
    state: TaskState, act: TaskAct, owner: object, done_by: object
) -> None:
    allowed = can_act(state, act, actor=ME, owner=owner, done_by=done_by)  # type: ignore[arg-type]
    if act in (TaskAct.CHECK, TaskAct.SEND_BACK) and done_by == ME:
        assert not allowed
    if act is TaskAct.DO and owner != ME:
        assert not allowed
    if AFTER[state, act] is None:
        assert not allowed
        with pytest.raises(Conflict):
            check_act(state, act, actor=ME, owner=owner, done_by=done_by)  # type: ignore[arg-type]


def test_the_reason_of_a_refusal_is_told_apart() -> None:
    with pytest.raises(NotAllowed):
        check_act(TaskState.OPEN, TaskAct.DO, actor=ME, owner=YOU, done_by=None)
    with pytest.raises(NotAllowed):
        check_act(TaskState.DONE, TaskAct.CHECK, actor=ME, owner=ME, done_by=ME)
    with pytest.raises(Conflict):
        check_act(TaskState.OPEN, TaskAct.CHECK, actor=ME, owner=YOU, done_by=None)


def test_monday_at_six_in_shanghai_is_sunday_evening_in_utc() -> None:
    after = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
    assert next_time("0 6 * * 1", "Asia/Shanghai", after).astimezone(UTC) == datetime(2026, 11, 22, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (datetime(2026, 3, 23, 12, tzinfo=UTC), datetime(2026, 3, 30, 4, 0, tzinfo=UTC)),  # summer time began on 29 March
        (datetime(2026, 10, 20, 12, tzinfo=UTC), datetime(2026, 10, 26, 5, 0, tzinfo=UTC)),  # and ended on 25 October
    ],
)
def test_six_in_the_morning_stays_six_when_the_clocks_change(after: datetime, expected: datetime) -> None:
    assert next_time("0 6 * * 1", "Europe/Prague", after).astimezone(UTC) == expected


def test_an_hour_that_does_not_exist_is_not_lost_and_one_that_comes_twice_runs_once() -> None:
    """02:30 of 29 March 2026 is skipped in Prague; 02:30 of 25 October comes twice."""
    zone = ZoneInfo("Europe/Prague")
    for first, last in ((datetime(2026, 3, 28, 12, tzinfo=UTC), 30), (datetime(2026, 10, 24, 12, tzinfo=UTC), 26)):
        at, days = first, []
        while (at := next_time("30 2 * * *", "Europe/Prague", at)).astimezone(zone).day <= last:
            days.append(at.astimezone(zone).day)
        assert days == list(range(first.day + 1, last + 1))


@given(st.integers(0, 3 * 366 * 24 * 60))
def test_the_next_time_is_always_later_and_within_its_period(minutes: int) -> None:
    after = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for zone in ("Asia/Shanghai", "Europe/Prague", "America/New_York"):
        found = next_time("0 6 * * 1", zone, after)
        assert after < found <= after + timedelta(days=7, hours=1)
        assert (found.astimezone(ZoneInfo(zone)).isoweekday(), found.astimezone(ZoneInfo(zone)).hour) == (1, 6)


@pytest.mark.parametrize("cron", ["", "never", "61 6 * * 1", "0 6 * *", "0 6 * * 9"])
def test_what_is_no_cron_line_is_refused(cron: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - croniter has several of its own, all of this kind
        next_time(cron, "Asia/Shanghai", datetime(2026, 11, 18, tzinfo=UTC))
