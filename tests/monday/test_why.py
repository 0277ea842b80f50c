"""Reasons of refusal, summed up for a whole file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linli.faces.words import both
from linli.kernel.words import Words
from linli.monday.rules.why import SHORT, SHOWN, summed

KEYS = [*(f"some.flat.{name}" for name in sorted(SHORT)), "some.flat.something_else", "another.matter"]


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(1, 9_999)), max_size=12))
def test_every_row_is_told_once(reasons: list[tuple[str, int]]) -> None:
    told = summed((Words(key, {"row": "7"}), n) for key, n in reasons)
    assert sum(part["params"]["n"] for part in told) == sum(n for _key, n in reasons)
    assert len(told) <= SHOWN + 1
    assert len({part["key"] for part in told}) == len(told)


def test_like_reasons_count_together_and_the_rest_comes_last() -> None:
    reasons = [
        ("register.refused.unreadable", 54),
        ("register.refused.before_birth", 1),
        ("register.refused.doubled", 15),
        ("intake.cell.no_such_day", 2),
        ("register.refused.checksum", 9),
        ("register.refused.several", 30),
    ]
    told = [both(part) for part in summed((Words(key), n) for key, n in reasons)]
    assert [text["en"] for text in told] == [
        "54 addresses that cannot be read",
        "15 doubled rows",
        "9 wrong check digits",
        "33 for other reasons",
    ]


def test_nothing_refused_says_nothing() -> None:
    assert summed([]) == []
