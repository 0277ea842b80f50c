from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel import citizen_number
from linli.site.demo import census
from linli.site.demo.households import families, household_sizes, settle
from linli.site.demo.people import FLOATING, OVERSEAS, Numbers, Phones, Registry

TODAY = date(2026, 5, 17)


@given(st.integers(200, 12_000), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_sizes_sum_to_the_residents(residents: int, seed: int) -> None:
    sizes = household_sizes(residents, np.random.default_rng(seed))
    assert sizes.sum() == residents
    assert len(sizes) == round(residents / (9000 / 3450))
    assert sizes.min() >= 1
    assert sizes.max() <= 6


def test_a_quarter_lives_alone_and_the_mean_is_two_point_six() -> None:
    sizes = household_sizes(9000, np.random.default_rng(1))
    assert len(sizes) == 3450
    assert np.mean(sizes) == pytest.approx(2.62, abs=0.02)
    assert np.mean(sizes == 1) == pytest.approx(0.25, abs=0.01)


def test_families_use_up_the_census_exactly() -> None:
    made = families(3000, np.random.default_rng(2))
    counts = np.zeros((101, 2), dtype=int)
    for family in made:
        for age, male in family:
            counts[age, 0 if male else 1] += 1
    assert (counts == census.pool(3000)).all()


@pytest.fixture(scope="module")
def settled() -> list:
    rng = np.random.default_rng(4)
    registry = Registry(rng, Numbers(), Phones(rng), "A")
    rooms = [list(range(700)), list(range(700, 1400))]
    households, empty = settle(3000, rooms, [575, 575], registry, TODAY, rng)
    assert all(home.dwelling not in empty for home in households)
    return households


def test_every_household_has_one_head_and_believable_children(settled: list) -> None:
    odd = 0
    for home in settled:
        relations = [person.relation for person in home.members]
        assert relations.count("02") == 1
        head = home.members[0]
        assert head.relation == "02"
        for person in home.members:
            if person.relation in ("22", "32"):
                odd += person.birth.year - head.birth.year < 15
            if person.relation in ("11", "12"):
                assert person.male != head.male
    assert odd == 0
    assert np.mean([home.members[0].age(TODAY) >= 18 for home in settled]) > 0.999


def test_ages_on_the_day_are_the_census_ages(settled: list) -> None:
    ages = Counter(person.age(TODAY) for home in settled for person in home.members)
    expected = census.pool(3000).sum(axis=1)
    assert [ages[age] for age in range(101)] == expected.tolist()


def test_the_floating_are_a_quarter_and_younger(settled: list) -> None:
    everybody = [person for home in settled for person in home.members]
    floating = [person for person in everybody if person.home.kind == FLOATING]
    assert len(floating) / len(everybody) == pytest.approx(0.24, abs=0.01)
    assert np.mean([p.age(TODAY) for p in floating]) < np.mean([p.age(TODAY) for p in everybody]) - 3


def test_numbers_are_valid_never_issued_unique_and_agree_with_the_person(settled: list) -> None:
    numbers = []
    for person in (person for home in settled for person in home.members):
        if not person.number or person.home.kind == OVERSEAS:
            continue
        numbers.append(person.number)
        assert citizen_number.is_valid(person.number)
        assert person.number.startswith(citizen_number.NEVER_ISSUED_REGION)
        assert citizen_number.birth_date(person.number) == person.birth
        assert citizen_number.sex(person.number) == ("1" if person.male else "2")
    assert len(numbers) == len(set(numbers)) > 2900
