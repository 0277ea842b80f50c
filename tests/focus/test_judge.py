"""Judging: each kind of finding appears when it is planted and not otherwise, the same evidence gives the same board."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.focus.rules.evidence import CounterSeries, Evidence, Unresolved
from linli.focus.rules.kinds import Draft, FindingKind, Identity
from linli.focus.rules.rank import LEVELS, WEAKER, judge, passes, ranking
from linli.focus.rules.reports import map_step
from linli.kernel.words import SENTENCES, Words
from tests.focus.evidence import GRIDS, MATTERS, WEEK, calm, counter, kinds, planted

LAST = 19


def test_nothing_planted_nothing_found() -> None:
    """Twenty calm places: at most one finding in ten boards is chance."""
    boards = [kinds(judge(replace(calm(seed=seed), counters=(counter("bridge", seed=seed),)))) for seed in range(20)]
    assert sum(len(board) for board in boards) <= 4


def test_a_doubled_rate_is_above() -> None:
    board = judge(planted(calm(mean=8), {(LAST, 2, 2): 30}))
    assert ("above", "03", "waste.beside_bins", None) in kinds(board)
    first = board.findings[0]
    assert first.draft.observed == 30
    assert first.draft.low is not None
    assert first.draft.high is not None
    assert first.draft.low < first.draft.expected < first.draft.high < 30  # type: ignore[operator]


def test_a_matter_where_there_was_none_is_new_and_speaks_alone() -> None:
    quiet = planted(calm(), {(week, 4, 3): 0 for week in range(20)})
    board = kinds(judge(planted(quiet, {(LAST, 4, 3): 8})))
    assert ("new", "05", "water.leak", None) in board
    assert ("above", "05", "water.leak", None) not in board
    assert ("new", "05", "water.leak", None) not in kinds(judge(quiet))


def test_weeks_that_were_not_delivered_are_not_called_quiet() -> None:
    quiet = planted(calm(), {(week, 4, 3): 0 for week in range(20)})
    some = quiet.usable.copy()
    some[3:6] = False
    found = judge(replace(planted(quiet, {(LAST, 4, 3): 8}), usable=some)).findings
    (new,) = [r.draft for r in found if r.draft.identity == Identity(FindingKind.NEW, "05", "water.leak")]
    assert new.facts["quiet_weeks"] == 20 - new.facts["span"] - 3


def test_a_grid_that_falls_silent() -> None:
    board = kinds(judge(planted(calm(mean=10), {(week, 6, matter): 1 for week in (LAST - 1, LAST) for matter in range(4)})))
    assert ("silent", "07", None, None) in board
    assert not {found for found in board if found[0] == "silent" and found[1] != "07"}


def test_people_whom_nobody_has_verified() -> None:
    evidence = calm()
    board = kinds(judge(replace(evidence, unverified={**evidence.unverified, "08": {0: 300, 9: 100}})))
    assert board == {("unverified", "08", None, None)}


def test_cases_past_their_limit() -> None:
    evidence = calm()
    late = {**evidence.unresolved, ("09", "road.lamp"): Unresolved(12, 11, 400.0, 3)}
    board = judge(replace(evidence, unresolved=late))
    assert ("overdue", "09", "road.lamp", None) in kinds(board)


def test_a_rise_over_weeks() -> None:
    steps = {(12 + n, 1, 0): 4 + 2 * n for n in range(8)}
    board = kinds(judge(planted(calm(mean=4), steps)))
    assert {found[0] for found in board if found[1:3] == ("02", "noise.night")} <= {"trend", "above"}
    assert [found for found in board if found[1:3] == ("02", "noise.night")]


@pytest.mark.parametrize(("factor", "planted_there"), [(0.5, True), (1.8, True), (1.0, False)])
def test_a_counter_whose_level_moved(factor: float, planted_there: bool) -> None:
    series = (counter("bridge", "03", factor=factor), counter("gate", "04", seed=5))
    board = kinds(judge(replace(calm(), counters=series)))
    assert (("counter", "03", None, "bridge") in board) is planted_there
    assert ("counter", "04", None, "gate") not in board


def test_a_counter_that_sends_nothing_is_told_not_judged() -> None:
    nothing = counter("gate", "04", factor=float("nan"))
    gone = counter("old", "05")
    keep = gone.at < np.datetime64("2026-10-01")
    gone = CounterSeries("old", "05", gone.at[keep], gone.value[keep], gone.day_class[keep])
    empty = CounterSeries("new", "06", np.array([], dtype="datetime64[us]"), np.array([]), np.array([], dtype=np.int64))
    judgement = judge(replace(calm(), counters=(nothing, gone, empty)))
    assert not [found for found in kinds(judgement) if found[0] == "counter"]
    assert {u.grid for u in judgement.unjudged} >= {"04", "05", "06"}


def test_the_same_evidence_gives_the_same_board() -> None:
    evidence = replace(
        planted(calm(mean=8), {(LAST, 2, 2): 30, (LAST, 3, 1): 28}), counters=(counter("bridge", factor=0.5), counter("gate"))
    )
    assert repr(judge(evidence)) == repr(judge(evidence))


def test_ranks_count_from_one_and_weaker_ones_come_after() -> None:
    board = judge(planted(calm(mean=8), {(LAST, 2, 2): 30, (LAST, 3, 1): 28, (LAST, 5, 0): 17, (LAST, 7, 0): 16}))
    ranks = [r.rank for r in (*board.findings, *board.weaker)]
    assert ranks == sorted(set(ranks))
    assert [r.rank for r in board.findings] == list(range(1, len(board.findings) + 1))
    assert [r.score for r in board.findings] == sorted((r.score for r in board.findings), reverse=True)
    assert all(passes(r.draft, r.q) for r in board.findings)
    assert not any(passes(r.draft, r.q) for r in board.weaker)
    assert all(r.q <= WEAKER for r in board.weaker)


def _draft(grid: str, kind: FindingKind, volume: float, p: float) -> Draft:
    words = Words("focus.title.quiet")
    return Draft(Identity(kind, grid, "m"), 5, 1.0, 0.0, 3.0, p, {"volume": volume, "surprise": 0.5}, words, words, "test-1")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(GRIDS), st.sampled_from(FindingKind), st.sampled_from([0.2, 0.9]), st.sampled_from([0.001, 0.01]),
            st.sampled_from([0.0, 0.02, 0.2, 0.9]),
        ),
        max_size=14, unique_by=lambda it: (it[0], it[1]),
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_ties_fall_the_same_way_in_any_order(rows: list[tuple[str, FindingKind, float, float, float]], random: object) -> None:
    found = [(_draft(grid, kind, volume, p), q) for grid, kind, volume, p, q in rows]
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = ranking(found), ranking(shuffled)
    assert [(str(r.draft.identity), r.rank) for r in one] == [(str(r.draft.identity), r.rank) for r in other]
    board = [passes(r.draft, r.q) for r in one]
    assert board == sorted(board, reverse=True)


def test_every_kind_has_its_level() -> None:
    assert set(LEVELS) == set(FindingKind)
    assert all(0 < level <= 0.1 for level in LEVELS.values())


def _empty(grids: tuple[str, ...] = GRIDS, matters: tuple[str, ...] = MATTERS, weeks: int = 1) -> Evidence:
    evidence = calm(weeks=weeks, grids=grids, matters=matters)
    nothing = np.zeros_like(evidence.counts)
    return replace(evidence, counts=nothing, unresolved={}, usable=np.zeros(weeks, dtype=bool))


def _unrecorded() -> Evidence:
    """Reports of all weeks but the last."""
    evidence = planted(calm(), {(LAST, grid, matter): 0 for grid in range(12) for matter in range(4)})
    return replace(evidence, usable=np.array([*[True] * LAST, False]))


@pytest.mark.parametrize(
    ("evidence", "key"),
    [
        (_empty(grids=()), "focus.unjudged.no_grids"),
        (_empty(matters=()), "focus.unjudged.no_reports"),
        (calm(weeks=2), "focus.unjudged.too_little_history"),
        (calm(weeks=1), "focus.unjudged.too_little_history"),
        (_unrecorded(), "focus.unjudged.not_recorded"),
        (replace(calm(), population=np.zeros(12)), "focus.unjudged.no_register"),
        (replace(calm(), population=np.array([0.0, *[400.0] * 11])), "focus.unjudged.no_population"),
        (replace(calm(), without_place=3), "focus.unjudged.placeless"),
    ],
)
def test_what_cannot_be_judged_is_told(evidence: Evidence, key: str) -> None:
    judgement = judge(evidence)
    assert key in {u.reason.key for u in judgement.unjudged}
    assert len(judgement.grids) == len(evidence.grids)


def test_counters_are_judged_where_there_are_no_grids() -> None:
    evidence = replace(_empty(grids=()), counters=(counter("bridge", None, factor=0.5),))
    assert ("counter", None, None, "bridge") in kinds(judge(evidence))


@given(st.integers(0, 3), st.integers(0, 3), st.integers(1, 9), st.booleans(), st.booleans())
@settings(max_examples=25)
def test_whatever_is_missing_it_never_fails(grids: int, matters: int, weeks: int, people: bool, usable: bool) -> None:
    evidence = calm(weeks=weeks, grids=GRIDS[:grids], matters=MATTERS[:matters])
    if not people:
        evidence = replace(evidence, population=np.zeros(grids), care=np.zeros(grids), old=np.zeros(grids))
    if not usable:
        evidence = replace(evidence, usable=np.zeros(weeks, dtype=bool))
    judgement = judge(evidence)
    assert len(judgement.grids) == grids


def test_every_word_of_a_judgement_is_declared_and_can_be_stored() -> None:
    evidence = replace(
        planted(
            calm(mean=8), {(LAST, 2, 2): 30, **{(LAST, 6, m): 0 for m in range(4)}, **{(LAST - 1, 6, m): 0 for m in range(4)}}
        ),
        counters=(counter("bridge", factor=0.5),),
        matter_names={m: {"en": m, "zh-Hans": "事项"} for m in MATTERS},
    )
    judgement = judge(evidence)
    assert judgement.findings
    for ranked in judgement.findings:
        for words in (ranked.draft.title, ranked.draft.reason):
            source = SENTENCES[words.key]
            for text in (source.one, source.many or source.one):
                assert text % {**words.params}
        stored = json.dumps(
            [ranked.draft.title.as_json(), ranked.draft.reason.as_json(), dict(ranked.draft.facts)], allow_nan=False
        )
        assert stored
        json.dumps([dict(point) for point in ranked.draft.series], allow_nan=False)
        assert ranked.draft.series == () or ranked.draft.series[-1]["day"] < WEEK.monday.isoformat()


@pytest.mark.parametrize(
    ("seen", "step"), [(0, 1), (4, 1), (5, 2), (6, 3), (8, 4), (10, 4), (12, 4), (14, 5), (15, 6), (16, 7), (99, 7)]
)
def test_the_map_has_seven_classes(seen: float, step: int) -> None:
    assert map_step(seen, 10.0, 5.0, 15.0) == step


@given(st.floats(0, 50), st.floats(0, 50), st.floats(0, 50), st.floats(0, 50))
def test_the_class_of_the_map_rises_with_what_is_seen(a: float, b: float, one: float, other: float) -> None:
    low, high = sorted((a, b))
    expected = (low + high) / 2
    fewer, more = sorted((one, other))
    assert 1 <= map_step(fewer, expected, low, high) <= map_step(more, expected, low, high) <= 7


def _only(series: CounterSeries) -> Draft:
    return next(
        r.draft for r in judge(replace(calm(), counters=(series,))).findings if r.draft.identity.kind is FindingKind.COUNTER
    )


def test_quarters_of_an_hour_say_the_same_as_hours() -> None:
    hourly = counter("bridge", factor=0.5)
    quarters = replace(
        hourly,
        at=(hourly.at[:, None] + np.arange(4) * np.timedelta64(15, "m")).ravel(),
        value=np.repeat(hourly.value / 4, 4),
        day_class=np.repeat(hourly.day_class, 4),
        interval_minutes=15,
    )
    assert _only(quarters).observed == pytest.approx(_only(hourly).observed)
    assert _only(quarters).reason == _only(hourly).reason


def test_a_level_is_told_as_a_mean_never_as_a_sum() -> None:
    level = replace(counter("air", factor=0.5), counted=False)
    draft = _only(level)
    assert draft.observed == pytest.approx(_only(replace(level, counted=True)).observed / 24, rel=0.05)
    assert draft.reason.key == "focus.reason.level"
    assert max(p["observed"] for p in draft.series) < 100
