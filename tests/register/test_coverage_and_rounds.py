"""What a file may conclude from absence; a grid's weekly list, score, second visits and yearly survey."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.errors import BadInput
from linli.register.rules.coverage import Area, Coverage, Extent, Reason, coverage_of, in_scope, second_person
from linli.register.rules.residence import Status
from linli.register.rules.rounds import (
    COMPLETE,
    Z95,
    Delta,
    Line,
    Seen,
    blind_sample,
    delta_list,
    error_rate,
    error_rates,
    freshness,
    score,
)
from linli.register.rules.survey import Home, plan, progress

FIRST, SECOND = date(2026, 2, 23), date(2026, 3, 2)


@dataclass(frozen=True)
class Resident:
    building: str = "b1"
    grid: str = "g1"
    estate: str = "柳荫苑"
    status: Status = Status.PERMANENT


RESIDENTS = st.builds(
    Resident,
    st.sampled_from(["", "b1", "b2"]),
    st.sampled_from(["", "g1", "g2"]),
    st.sampled_from(["", "柳荫苑"]),
    st.sampled_from(list(Status)),
)


@given(RESIDENTS, st.sampled_from([Extent.PARTIAL, Extent.DELTA]))
def test_nobody_is_missing_from_a_file_that_is_not_full(one: Resident, extent: Extent) -> None:
    assert not in_scope(Coverage(extent), one)
    assert not in_scope(coverage_of({}), one)


@given(RESIDENTS)
def test_who_may_be_missing_lies_within_the_declared_scope(one: Resident) -> None:
    coverage = coverage_of({"coverage": "full", "area": {"grid": ["g1"]}, "people": ["floating", "lodging"]})
    assert in_scope(coverage, one) == (one.grid == "g1" and one.status in (Status.FLOATING, Status.LODGING))


@pytest.mark.parametrize(
    ("options", "resident", "expected"),
    [
        ({"coverage": "full"}, Resident(), True),
        ({"coverage": "full"}, Resident(status=Status.ABSENT), False),
        ({"coverage": "full", "people": ["absent"]}, Resident(status=Status.ABSENT), True),
        ({"coverage": "full"}, Resident(grid=""), True),
        ({"coverage": "full", "area": {"grid": ["g1"]}}, Resident(grid=""), False),
        ({"coverage": "full", "area": {"building": ["b1"]}}, Resident(), True),
        ({"coverage": "full", "area": {"building": ["b2"]}}, Resident(), False),
        ({"coverage": "full", "area": {"estate": ["柳荫苑"]}}, Resident(), True),
        ({"coverage": "full", "people": ["permanent"]}, Resident(status=Status.UNSTATED), False),
        ({"coverage": "delta"}, Resident(), False),
        ({}, Resident(), False),
    ],
)
def test_who_should_have_been_shown(options: dict[str, Any], resident: Resident, expected: bool) -> None:
    coverage = coverage_of(options)
    assert in_scope(coverage, resident) is expected
    assert coverage_of(coverage.as_json()) == coverage


@pytest.mark.parametrize(
    "options",
    [
        {"coverage": "all"},
        {"coverage": "full", "area": {"street": ["x"]}},
        {"coverage": "full", "area": {"grid": []}},
        {"coverage": "full", "area": {"grid": "g1"}},
        {"coverage": "full", "area": {"grid": ["g1"], "building": ["b1"]}},
        {"coverage": "full", "people": ["rich"]},
        {"coverage": "full", "people": "floating"},
        {"coverage": "partial", "area": {"grid": ["g1"]}},
        {"coverage": None},
    ],
)
def test_a_coverage_that_cannot_be_understood_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        coverage_of(options)


@pytest.mark.parametrize(
    ("people", "leavers", "changes", "expected"),
    [
        (1000, 30, 100, ()),
        (1000, 31, 100, (Reason.LEAVERS,)),
        (1000, 30, 101, (Reason.CHANGES,)),
        (1000, 500, 500, (Reason.LEAVERS, Reason.CHANGES)),
        (0, 0, 0, ()),
        (10, 1, 1, (Reason.LEAVERS,)),
    ],
)
def test_when_a_second_person_decides(people: int, leavers: int, changes: int, expected: tuple[Reason, ...]) -> None:
    assert second_person(in_scope=people, leavers=leavers, changes=changes) == expected


SEEN = st.builds(
    Seen,
    st.sampled_from(["g1", "g2", ""]),
    st.integers(0, 2),
    st.none() | st.dates(date(2026, 2, 1), date(2026, 3, 1)),
    st.dates(date(2025, 10, 1), SECOND),
)
MONDAY = st.dictionaries(st.sampled_from("abcdefgh"), SEEN)


@given(MONDAY, MONDAY, st.sets(st.sampled_from("abcdefgh")))
def test_the_list_accounts_for_every_difference(before: dict[str, Seen], after: dict[str, Seen], died: set[str]) -> None:
    """People of each grid before, plus who came and was born, less who left and died, are its people after."""
    lines = delta_list(before, after, first=FIRST, second=SECOND, died=died)
    for grid in ("g1", "g2", ""):
        then = Counter(seen.grid for seen in before.values())[grid]
        now = Counter(seen.grid for seen in after.values())[grid]
        kinds = Counter(line.delta for line in lines if line.grid == grid)
        assert then + kinds[Delta.CAME] + kinds[Delta.BORN] - kinds[Delta.LEFT] - kinds[Delta.DIED] == now
    changed = {p for p in before.keys() & after.keys() if before[p].values != after[p].values and before[p].grid == after[p].grid}
    assert {line.person for line in lines if line.delta is Delta.CHANGED} == changed
    assert {line.person for line in lines if line.delta is Delta.DIED} == (before.keys() - after.keys()) & died
    stale = {p for p, seen in after.items() if (SECOND - seen.verified).days >= 56}
    assert {line.person for line in lines if line.delta is Delta.UNVERIFIED} == stale
    assert lines == sorted(lines)


def test_born_is_born_between_the_two_mondays() -> None:
    after = {"a": Seen("g1", 0, FIRST, SECOND), "b": Seen("g1", 0, date(2026, 2, 22), SECOND)}
    assert delta_list({}, after, first=FIRST, second=SECOND) == [Line("g1", Delta.BORN, "a"), Line("g1", Delta.CAME, "b")]


def test_a_score_and_its_parts() -> None:
    assert [freshness(weeks) for weeks in (0, 4, 28, 52, 90)] == [1.0, 1.0, 0.5, 0.0, 0.0]
    perfect = score([(0, COMPLETE)] * 3)
    assert (perfect.people, perfect.score, perfect.freshness, perfect.completeness) == (3, 100, 100, 100)
    half = score([(28, COMPLETE), (28, ())])
    assert (half.score, half.freshness, half.completeness) == (50, 50, 50)
    assert half.missing["phone"] == 1
    assert score([]).score is None


@given(st.lists(st.tuples(st.integers(0, 100), st.sets(st.sampled_from(COMPLETE))), min_size=1))
def test_a_score_lies_between_its_parts(people: list[tuple[int, set[str]]]) -> None:
    found = score(people)
    assert found.score is not None
    assert found.freshness is not None
    assert found.completeness is not None
    assert min(found.freshness, found.completeness) - 1 <= found.score <= max(found.freshness, found.completeness) + 1
    better = score([(max(0, weeks - 5), {*known, "phone"}) for weeks, known in people])
    assert better.score is not None
    assert better.score >= found.score


@given(st.dictionaries(st.sampled_from(["g1", "g2", "g3"]), st.sets(st.integers(0, 999).map(str), max_size=400)), st.randoms())
def test_a_blind_sample_is_small_fair_and_repeatable(homes: dict[str, set[str]], random: Any) -> None:
    drawn = blind_sample(homes, seed="2026-W10")
    shuffled = {grid: random.sample(sorted(ids), len(ids)) for grid, ids in homes.items()}
    assert drawn == blind_sample(shuffled, seed="2026-W10")
    assert drawn.keys() == {grid for grid, ids in homes.items() if ids}
    for grid, ids in drawn.items():
        assert len(ids) == len(set(ids)) == max(1, int(len(homes[grid]) * 0.02 + 0.5))
        assert set(ids) <= homes[grid]


def test_every_home_has_its_turn_to_be_seen_again() -> None:
    homes = {"g1": [str(n) for n in range(200)]}
    times = Counter(home for week in range(2000) for home in blind_sample(homes, seed=f"week {week}")["g1"])
    assert len(times) == 200
    # 2000 weeks of 4 of 200: 40 expected each, standard deviation 6.3.
    assert all(abs(number - 40) < 5 * 6.3 for number in times.values())


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rates_that_do_not_contradict_the_sample(pair: tuple[int, int]) -> None:
    """Wilson's interval is where |share − p| ≤ z·√(p(1 − p)/n): its ends solve that with equality."""
    wrong, checked = pair
    found = error_rate(wrong, checked)
    assert found is not None
    assert 0 <= found.low <= found.rate <= found.high <= 1
    for end in (found.low, found.high):
        assert abs(found.rate - end) == pytest.approx(Z95 * sqrt(end * (1 - end) / checked), abs=1e-9)


def test_error_rates_by_field() -> None:
    rates = error_rates([{"phone": True, "address": True}, {"phone": False}, {}])
    assert list(rates) == ["address", "phone"]
    assert (rates["phone"].wrong, rates["phone"].checked, rates["address"].wrong) == (1, 2, 0)
    assert error_rate(0, 0) is None
    with pytest.raises(ValueError, match="more wrong"):
        error_rate(2, 1)


HOMES = st.lists(
    st.tuples(st.sampled_from(["g1", "g2"]), st.sampled_from(["b1", "b2"]), st.none() | st.dates(date(2024, 1, 1), FIRST)),
    max_size=150,
)


@given(HOMES, st.sampled_from([1, 10, 52]))
def test_every_home_once_a_year_and_the_longest_unseen_first(kinds: list[tuple[str, str, date | None]], weeks: int) -> None:
    homes = [Home(str(at), *kind) for at, kind in enumerate(kinds)]
    found = plan(homes, start=SECOND, weeks=weeks)
    assert found.keys() == {home.id for home in homes}
    assert all(SECOND <= monday < SECOND + timedelta(weeks=weeks) and monday.weekday() == 0 for monday in found.values())
    for grid in ("g1", "g2"):
        own = [home for home in homes if home.grid == grid]
        loads = Counter(found[home.id] for home in own)
        each = [loads[SECOND + timedelta(weeks=at)] for at in range(weeks)]
        assert max(each) - min(each) <= 1
        for first in own:
            for second in own:
                if second.seen is not None and (first.seen is None or (second.seen - first.seen).days >= 28):
                    assert found[first.id] <= found[second.id]


def test_progress_of_a_survey() -> None:
    planned = {"a": SECOND, "b": SECOND, "c": SECOND + timedelta(weeks=1)}
    found = progress(planned, {"a", "c", "z"}, SECOND + timedelta(days=6))
    assert (found.planned, found.due, found.done, found.late) == (3, 2, 2, 1)
    assert progress(planned, set(), SECOND).late == 0
    with pytest.raises(ValueError, match="Monday"):
        plan([], start=SECOND + timedelta(days=1))


def test_areas_have_names() -> None:
    assert Coverage(Extent.FULL, Area.GRID, frozenset({"g1"})).as_json() == {"coverage": "full", "area": {"grid": ["g1"]}}
