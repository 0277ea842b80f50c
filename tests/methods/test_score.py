"""The order of a board."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.methods import score

parts = st.dictionaries(st.sampled_from(score.PARTS), st.floats(0, 10))


@given(parts)
def test_the_total_is_the_sum_of_its_parts(given_parts: dict[str, float]) -> None:
    it = score.score(given_parts)
    assert set(it.parts) == set(score.PARTS)
    assert min(it.parts.values()) >= 0
    assert it.total == pytest.approx(sum(it.parts.values()), abs=1e-5)


@given(parts, st.sampled_from(score.PARTS), st.floats(0.01, 5))
def test_more_of_a_part_is_never_less(given_parts: dict[str, float], name: str, more: float) -> None:
    raised = {**given_parts, name: given_parts.get(name, 0.0) + more}
    assert score.score(raised).total >= score.score(given_parts).total


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_order_does_not_depend_on_the_order_of_arrival(levels: list[int], chance: random.Random) -> None:
    made = [(score.score({"severity": level}), ("above", f"{index:02d}")) for index, level in enumerate(levels)]
    straight = [made[i][1] for i in score.order([m[0] for m in made], [m[1] for m in made])]
    mixed = chance.sample(made, len(made))
    assert [mixed[i][1] for i in score.order([m[0] for m in mixed], [m[1] for m in mixed])] == straight


def test_ties_go_to_the_greater_surprise() -> None:
    weights = score.Weights("test", {"severity": 1.0, "surprise": 1.0})
    calm, odd = score.score({"severity": 2}, weights), score.score({"surprise": 2}, weights)
    assert score.order([calm, odd], [("a",), ("b",)]) == [1, 0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (score.severity(-1), 0), (score.severity(9), 4), (score.need(0.2, 0.1), 1), (score.need(0.1, 0.2), 0),
        (score.need(0.1, 0), 0),
        (score.volume(24, 12), math.log2(13)), (score.volume(4, 12), math.log2(9)), (score.volume(math.nan, 1), 0),
        (score.surprise(0.001), 3), (score.surprise(0.0), 6), (score.surprise(math.nan), 0), (score.surprise(1.0), 0),
        (score.trend(2.0, 1), 1), (score.trend(0.5), 0), (score.trend(math.nan), 0), (score.trend(9.0), 3),
        (score.unresolved(0, 0), 0), (score.unresolved(1, 2), 2), (score.unresolved(500, 500), 6),
    ],
)  # fmt: skip
def test_parts(value: float, expected: float) -> None:
    assert value == pytest.approx(expected)


def test_nonsense_is_refused() -> None:
    for call in (
        lambda: score.score({"fame": 1.0}),
        lambda: score.score({"need": -1.0}),
        lambda: score.score({"need": math.nan}),
        lambda: score.Weights("x", {"fame": 1.0}),
        lambda: score.Weights("x", {"need": -1.0}),
        lambda: score.order([score.score({})] * 2, [("a",), ("a",)]),
    ):
        with pytest.raises(ValueError, match=r"part|weight|key|finite"):
            call()
