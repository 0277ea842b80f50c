"""The table of states, clocks, points and codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.cases import rules
from linli.cases.rules import NEXT, Event, EventKind, PlaceQuality, State, derive, steps

START = datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_the_table_is_total() -> None:
    assert set(NEXT) == {(state, kind) for state in (None, *State) for kind in EventKind}


def test_only_a_report_begins_a_case_and_nothing_begins_it_twice() -> None:
    assert [kind for kind in EventKind if NEXT[None, kind]] == [EventKind.REPORTED]
    assert not any(NEXT[state, EventKind.REPORTED] for state in State)


def test_every_state_can_be_reached_and_left() -> None:
    reached = {after for after in NEXT.values() if after}
    assert reached == set(State)
    for state in State:
        assert any(after not in (None, state) for (before, _), after in NEXT.items() if before is state)


def test_closing_by_hand_needs_that_somebody_said_done() -> None:
    assert [state for state in State if NEXT[state, EventKind.CLOSED]] == [State.DONE]


@pytest.mark.parametrize("before", [None, *State])
@pytest.mark.parametrize("told", State)
def test_what_a_file_tells_is_reached_by_allowed_events(before: State | None, told: State) -> None:
    now = before
    for kind in steps(before, told):
        now = NEXT[now, kind]
        assert now is not None
    # Only a file that is behind what we know moves nothing; one that opens a closed case again has it in hand.
    behind = before in (State.IN_HAND, State.DONE) and told is State.REPORTED
    reopened = before is State.CLOSED and told is State.REPORTED
    assert now is (before if behind else State.IN_HAND if reopened else told)


def _slow(kinds: list[EventKind]) -> tuple[State, datetime | None]:
    """The obvious reference: walk, and remember the last closing unless something opened the case after it."""
    state, closed = State.REPORTED, None
    for number, kind in enumerate(kinds):
        if kind in (EventKind.CLOSED, EventKind.SETTLED):
            state, closed = State.CLOSED, START + timedelta(hours=number)
        elif kind is EventKind.REOPENED:
            state, closed = State.IN_HAND, None
        elif kind in (EventKind.TAKEN, EventKind.SENT_BACK):
            state = State.IN_HAND
        elif kind is EventKind.DONE:
            state = State.DONE
    return state, closed


@st.composite
def histories(draw: st.DrawFn) -> list[EventKind]:
    """Any sequence of events that the table allows."""
    kinds, state = [EventKind.REPORTED], State.REPORTED
    for _ in range(draw(st.integers(0, 12))):
        possible = sorted(kind for kind in EventKind if NEXT[state, kind])
        kinds.append(draw(st.sampled_from(possible)))
        after = NEXT[state, kinds[-1]]
        assert after is not None
        state = after
    return kinds


@given(histories())
def test_derived_state_agrees_with_walking_through(kinds: list[EventKind]) -> None:
    found = derive(Event(kind, START + timedelta(hours=i)) for i, kind in enumerate(kinds))
    assert (found.state, found.closed_at) == _slow(kinds)
    assert (found.closed_at is not None) == (found.state is State.CLOSED)


@pytest.mark.parametrize("kinds", [[], [EventKind.TAKEN], [EventKind.REPORTED, EventKind.CLOSED], [EventKind.REPORTED] * 2])
def test_impossible_histories_are_refused(kinds: list[EventKind]) -> None:
    with pytest.raises(ValueError, match=r"cannot follow|begins with"):
        derive(Event(kind, START) for kind in kinds)


@pytest.mark.parametrize(
    ("lon", "lat", "quality"),
    [
        (121.3, 31.2, PlaceQuality.OK),
        (None, None, PlaceQuality.NONE),
        (0.0, 0.0, PlaceQuality.UNUSABLE),
        (121.3, None, PlaceQuality.UNUSABLE),
        (0.0, 31.2, PlaceQuality.UNUSABLE),
        (float("nan"), 31.2, PlaceQuality.UNUSABLE),
        (float("inf"), 31.2, PlaceQuality.UNUSABLE),
        (31.2, 121.3, PlaceQuality.UNUSABLE),
        (180.0, 90.0, PlaceQuality.OK),
    ],
)
def test_which_points_are_usable(lon: float | None, lat: float | None, quality: PlaceQuality) -> None:
    assert rules.usable_point(lon, lat) is quality


def test_metres_of_a_projected_system_have_no_such_range() -> None:
    assert rules.usable_point(353_000.0, 3_450_000.0, degrees=False) is PlaceQuality.OK
    assert rules.usable_point(0.0, 0.0, degrees=False) is PlaceQuality.UNUSABLE


@given(st.text(min_size=1, max_size=80))
def test_any_name_gives_a_code_and_always_the_same(name: str) -> None:
    assert rules.is_code(rules.slug(name))
    assert rules.slug(name) == rules.slug(name)


def test_different_chinese_names_give_different_codes() -> None:
    assert rules.slug("桶外垃圾") != rules.slug("路灯不亮")


def test_clock() -> None:
    due = rules.due_at(START, 24)
    half = rules.clock(reported_at=START, due=due, now=START + timedelta(hours=12))
    over = rules.clock(reported_at=START, due=due, now=START + timedelta(hours=30))
    assert half is not None
    assert (half.share, half.hours_left, half.over) == (0.5, 12.0, False)
    assert over is not None
    assert (over.share, over.hours_left, over.over) == (1.0, -6.0, True)
    assert rules.clock(reported_at=START, due=rules.due_at(START, None), now=START) is None


def test_shipped_categories_are_whole() -> None:
    shipped = rules.shipped_categories()
    assert len(shipped) == 22
    assert all(c.name["en"] and c.name["zh-Hans"] and rules.is_code(code) for code, c in shipped.items())


@pytest.mark.parametrize(
    "entry",
    [
        {"code": "Waste", "name": {"en": "a", "zh-Hans": "b"}},
        {"code": "waste", "name": {"en": "a"}},
        {"code": "waste", "name": {"en": "a", "zh-Hans": "b"}, "limit_hours": 0},
        {"code": "waste", "name": {"en": "a", "zh-Hans": "b"}, "limit_hours": "24"},
        {"code": "waste", "name": {"en": "a", "zh-Hans": "b"}, "severity": 1.5},
        {},
    ],
)
def test_unusable_categories_are_refused(entry: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        rules.parse_category(entry)


@pytest.mark.parametrize(("word", "state"), [("处理中", State.IN_HAND), (" Closed ", State.CLOSED), ("nonsense", None)])
def test_words_for_states(word: str, state: State | None) -> None:
    assert rules.state_of(word) is state


def test_words_for_channels() -> None:
    assert [rules.channel_of(w) for w in ("电话", "Web", "grid_worker", "pigeon", None)] == [
        "phone",
        "web",
        "worker",
        "other",
        "other",
    ]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("桐荫路18弄柳荫苑3号楼2单元501室", "桐荫路18弄柳荫苑3号楼"),
        ("柳荫苑3号楼3-501", "柳荫苑3号楼"),
        ("东荫路18弄染坊里27号101室", "东荫路18弄染坊里27号"),
        ("梅园1号楼附近", "梅园1号楼附近"),
        ("1234 Market St, Apt 5", "1234 Market St"),
        ("Not associated with a specific address", "Not associated with a specific address"),
        ("", ""),
    ],
)
def test_lists_show_a_building_never_a_flat(address: str, shown: str) -> None:
    assert rules.without_flat(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打138 0000 1234", "请打******34"),
        ("身份证99999919850307123X", "身份证******3X"),
        ("ring 000-5550-0110 after 18:00", "ring ******10 after 18:00"),
        ("3号楼2单元501室，每天22点以后", "3号楼2单元501室，每天22点以后"),
    ],
)
def test_long_numbers_in_a_text_are_masked(text: str, shown: str) -> None:
    assert rules.without_numbers(text) == shown
