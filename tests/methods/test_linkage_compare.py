"""The compiled comparison against slow and obvious references."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.methods.linkage import compare, load_model, read_records
from linli.methods.linkage.blocking import LIMITS, blocks
from linli.methods.linkage.generator import LIFELIKE, LIFELIKE_CHINESE, make
from linli.methods.linkage.scoring import groups, link_records, pair_levels, probability_of
from linli.methods.linkage.training import candidates
from linli.methods.linkage.weights import weigh, with_own_chance


def edits(a: str, b: str) -> int:
    """Optimal string alignment, as the textbook has it."""
    table = [[max(i, j) if not min(i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.text("abc", max_size=9), st.text("abc", max_size=9), st.integers(0, 3))
@settings(deadline=None)
def test_edits_are_counted_as_the_textbook_does(a: str, b: str, most: int) -> None:
    points = [np.array([ord(one) for one in text], np.uint32) for text in (a, b)]
    assert compare.distance(points[0], len(a), points[1], len(b), most) == min(edits(a, b), most + 1)


LEVELS = [
    # given, surname: of two rows → levels of given name and surname
    (("jonathan", "smith"), ("jonathan", "smith"), ("exact", "exact")),
    (("jonathan", "smith"), ("jonahtan", "smyth"), ("close", "close")),
    (("jonathan", "smith"), ("smith", "jonathan"), ("swapped", "exact")),
    (("jonathan", "smith"), ("smith", "jonatan"), ("swapped", "close")),
    (("anne marie", "smith"), ("annemarie", "smith"), ("sound", "exact")),
    (("jon", "smith"), ("jonathan", "smithers"), ("part", "part")),
    (("j", "smith"), ("jonathan", ""), ("part", "missing")),
    (("jonathan", "smith"), ("peter", "brown"), ("else", "else")),
    (("建國", "張"), ("建国", "张"), ("exact", "exact")),
    (("伟", "王"), ("薇", "王"), ("sound", "exact")),
    (("建国", "王"), ("建军", "王"), ("half", "exact")),
    (("建国", "王"), ("建过", "王"), ("sound", "exact")),
    (("小明", "王"), ("小敏", "王"), ("close", "exact")),
    (("国建", "王"), ("建国", "王"), ("half", "exact")),
    (("建国", "王"), ("国", "王"), ("part", "exact")),
    (("王", "建国"), ("建国", "王"), ("swapped", "exact")),
    (("伟", "王"), ("芳", "李"), ("else", "else")),
]


@pytest.mark.parametrize(("one", "two", "levels"), LEVELS)
def test_levels_of_names(one: tuple[str, str], two: tuple[str, str], levels: tuple[str, str]) -> None:
    records = read_records({"given_name": [one[0], two[0]], "surname": [one[1], two[1]]})
    for pair in ([0, 1], [1, 0]):
        given_name, surname = pair_levels(records, np.array([pair]))[0, :2]
        assert (compare.NAME_LEVELS[given_name], compare.NAME_LEVELS[surname]) == levels


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        ("1985-03-02", "1985/3/2", "exact"),
        ("1985-03-02", "02/03/1985", "exact"),
        ("1985-03-02", "19850302", "exact"),
        ("1985-03-02", "1985年3月2日", "exact"),
        ("1985-03-02 00:00:00", "1985-03-02", "exact"),
        ("1985-03-02", "1985-02-03", "exchanged"),
        ("1985-03-02", "1958-03-02", "one digit"),
        ("1985-03-02", "1985-03-07", "one digit"),
        ("1985-03-02", "1985-03-17", "two parts"),
        ("1985-03-02", "1985-11-17", "one part"),
        ("1985-03-02", "1987-11-17", "year near"),
        ("1985-03-02", "1945-11-17", "else"),
        ("1985-03-02", "", "missing"),
    ],
)
def test_levels_of_birth_dates(one: str, two: str, level: str) -> None:
    records = read_records({"birth_date": [one, two]})
    assert compare.BIRTH_LEVELS[pair_levels(records, np.array([[0, 1]]))[0, 2]] == level


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        (("555 123 4567", "D1", ""), ("5551234567", "D1", ""), "both"),
        (("5551234567", "D1", ""), ("5559999999", "d1", ""), "home"),
        (("5551234567", "D1", ""), ("5551234567", "D2", ""), "phone"),
        (("", "", "12 Long Street, Miami 4223"), ("", "", "12 long street miami 4223"), "home"),
        (("", "", "12 Long Street, Miami 4223"), ("", "", "12 longstreet miami 4232"), "near"),
        (("", "D1", ""), ("", "D2", ""), "other"),
        (("0", "", ""), ("0", "", ""), "unknown"),
    ],
)
def test_levels_of_contact(one: tuple[str, str, str], two: tuple[str, str, str], level: str) -> None:
    columns = {field: [one[at], two[at]] for at, field in enumerate(("phone", "dwelling", "address"))}
    assert compare.CONTACT_LEVELS[pair_levels(read_records(columns), np.array([[0, 1]]))[0, 5]] == level


@pytest.mark.parametrize(("script", "rates"), [("latin", LIFELIKE), ("han", LIFELIKE_CHINESE)])
def test_the_walk_finds_what_looking_at_every_candidate_finds(script: str, rates: Any) -> None:
    records = read_records(make(people=900, copies=100, seed=2, rates=rates, script=script).columns)
    model = load_model("chinese" if script == "han" else "household")
    every = candidates(records)
    odds = compare.weights_of(records.rows, records.stock, weigh(records, model), every)
    links = link_records(records, model, 0.3)
    keep = probability_of(odds) >= 0.3
    assert links.compared == len(every)
    assert np.stack([links.left, links.right], axis=1).tolist() == every[keep].tolist()
    np.testing.assert_allclose(links.probability, probability_of(odds)[keep])


def test_candidates_are_the_pairs_that_share_a_key() -> None:
    records = read_records(make(people=90, copies=30, seed=2).columns)
    keys = blocks(records).keys
    slow = [(i, j) for i, j in combinations(range(records.count), 2) if any(row[i] == row[j] != 0 for row in keys)]
    assert candidates(records).tolist() == [list(pair) for pair in slow]
    assert len(keys) == len(LIMITS)


@given(st.lists(st.integers(0, 5), max_size=30))
def test_groups_are_the_rows_of_each_key(values: list[int]) -> None:
    order, starts = groups(np.array(values, np.uint64))
    found = [order[a:b].tolist() for a, b in pairwise(starts.tolist())]
    slow = [[at for at, one in enumerate(values) if one == key] for key in sorted(set(values) - {0})]
    assert found == [rows for rows in slow if len(rows) > 1]


def slow_odds(records: Any, model: Any, i: int, j: int) -> float:
    """The sum of log-likelihood ratios written out, for two rows of one file without telephone and home."""
    given_name, surname, birth, sex, number, contact = pair_levels(records, np.array([[i, j]]))[0].tolist()
    assert contact == 0
    assert number == 3

    def share(codes: Any, usual: float) -> float:
        known = codes[codes != 0]
        return ((known == codes[i]).sum() + 300 * usual) / (len(known) + 300)

    total = math.log(2 * model.matched[0] / (records.count - 1))
    for level, codes, m, u in (
        (given_name, records.rows.given, model.m_given, model.u_given[0]),
        (surname, records.rows.surname, [sum(row[at] for row in model.m_household) for at in range(6)], model.u_surname),
    ):
        if level == compare.EXACT:
            total += math.log(m[level] / share(codes, u[level]))
        elif level not in (compare.MISSING, compare.SOUND, compare.SWAPPED):
            total += math.log(m[level] / u[level])
    if birth == compare.BIRTH_EXACT:
        total += math.log(model.m_birth[birth] / share(records.rows.birth, model.u_birth[0][birth]))
    elif birth != compare.BIRTH_MISSING:
        total += math.log(model.m_birth[birth] / model.u_birth[0][birth])
    return total + (math.log(model.m_sex[sex] / model.u_sex[0][sex]) if sex < 2 else 0.0)


def test_the_weight_of_a_pair_is_the_sum_written_out() -> None:
    made = make(people=400, copies=200, seed=11, rates=LIFELIKE)
    columns = {name: made.columns[name] for name in ("given_name", "surname", "birth_date", "sex")}
    records, model = read_records(columns), load_model("household")
    pairs = np.concatenate([made.pairs(), np.stack([np.arange(0, 300), np.arange(300, 600)], axis=1)])
    levels = pair_levels(records, pairs)
    plain = ~np.isin(levels[:, :2], (compare.SOUND, compare.SWAPPED)).any(axis=1)
    odds = compare.weights_of(records.rows, records.stock, weigh(records, model), pairs[plain])
    model = with_own_chance(records, model, 2 * model.matched[0] / (records.count - 1))
    np.testing.assert_allclose(odds, [slow_odds(records, model, i, j) for i, j in pairs[plain].tolist()], atol=1e-5)
