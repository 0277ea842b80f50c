"""Ids."""

from __future__ import annotations

from linli.kernel.ids import new_id


def test_ids_made_one_after_another_sort_so() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {i.version for i in made} == {7}
