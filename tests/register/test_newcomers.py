"""New people are written by columns: row for row the same as one person at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import citizen_number
from linli.kernel.ids import new_hexes, new_id, new_ids
from linli.methods import names
from linli.register.models import Hukou, Person, Residence
from linli.register.opening import open_people
from linli.register.rules import sealing as places
from linli.register.writing import newcomers
from linli.trust import Blinder, SubjectKey, blinder, subject_keys
from linli.trust.sealing.keys import seal_rows
from linli.trust.suites import SUITES
from tests.register.ground import Town, build, line, take

NAMES = st.text("王李欧阳单仇曾解張歐飞𠮷〇·. •aBéßÜ　'-，", max_size=8)
PHONES = st.text("0123456789 -+５", max_size=14)
NUMBERS = st.tuples(st.sampled_from(["", "111", "414"]), st.text("0123456789X", max_size=18))
BIRTHS = st.dates(date(1900, 1, 1), date(2030, 12, 31))
PEOPLE = st.lists(st.tuples(NAMES, NUMBERS, PHONES, BIRTHS), max_size=12)


def key() -> SubjectKey:
    return SubjectKey(new_id(), bytes(range(32)), 1)


@given(PEOPLE)
def test_what_many_are_found_by_is_what_each_is_found_by(people: list[tuple[str, tuple[str, str], str, date]]) -> None:
    blind = Blinder(b"k" * 32, 1)
    columns = places.found_by(
        blind,
        names=[name for name, *_ in people],
        numbers=[number for _, number, *_ in people],
        phones=[phone for _, _, phone, _ in people],
        births=[birth for *_, birth in people],
    )
    for at, (name, (kind, number), phone, birth) in enumerate(people):
        plain = places.person_columns(
            key(), blind, {"name": name, "number": number, "document_kind": kind, "phone": phone, "birth_date": birth}
        )
        assert {column: values[at] for column, values in columns.items()} == {column: plain[column] for column in columns}


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=8), st.sampled_from([1, 2]))
def test_many_texts_are_sealed_as_each_is(texts: list[tuple[str, str]], suite: int) -> None:
    keys = [SubjectKey(new_id(), bytes([at]) * 32, suite) for at in range(len(texts))]
    subjects, secrets = [key.subject_id.bytes for key in keys], [bytes([at]) * 32 for at in range(len(texts))]
    columns = {"a.b.c": [one for one, _ in texts], "d.e.f": [other for _, other in texts]}
    sealed = seal_rows(SUITES[suite], subjects, secrets, columns)
    for place, at in (("a.b.c", 0), ("d.e.f", 1)):
        assert [places.opened(key, place, value) for key, value in zip(keys, sealed[place], strict=True)] == [
            pair[at] for pair in texts
        ]
        assert [bool(value) for value in sealed[place]] == [bool(pair[at]) for pair in texts]
    nonces = [value[1:13] for column in sealed.values() for value in column if value]
    assert len(nonces) == len(set(nonces))


@given(NAMES)
def test_the_forms_of_a_name_are_what_each_function_says(name: str) -> None:
    whole = names.normal_name(name)
    assert names.forms(name) == (whole, names.split_name(whole)[1], names.pinyin(name), names.initials(name))
    assert names.normal_name(whole) == whole


def test_ids_in_bulk_rise_with_those_made_singly() -> None:
    made = [new_id().hex, *(one.hex for one in new_ids(5000)), new_id().hex, *new_hexes(9000), new_id().hex]
    assert made == sorted(set(made))
    assert {UUID(one).version for one in made} == {7}


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_the_sum_of_the_standard(first: str) -> None:
    total = sum(weight * int(digit) for weight, digit in zip(citizen_number.WEIGHTS, first, strict=True))
    assert citizen_number.check_character(first) == citizen_number.CHECKS[total % 11]


@pytest.mark.django_db
@pytest.mark.parametrize("cores", [1, 2])
def test_three_hundred_in_parts_of_seven_are_on_the_register_as_the_file_says(
    cores: int, community: UUID, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "PART", 7)
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: range(cores))
    town = build(community)
    lines = _three_hundred()
    report = take(tmp_path, town.community, "2026-W46", lines)
    assert report.verdicts["new"] == len(lines)
    _compare(town, lines)


def _three_hundred() -> list[dict[str, str]]:
    chance = Random(5)
    lines = []
    for at in range(300):
        name = "".join(chance.sample("王李张欧阳单仇解飞燕海子涵雨晨", chance.choice((2, 3, 4))))
        birth = date(1940 + at % 70, at % 12 + 1, at % 28 + 1)
        more = {"key": str(at), "household": f"H{at // 3}", "hukou_address": f"某省某市{at}号" if at % 4 else ""}
        if at % 9 == 0:
            more |= {"number": "", "document": ""}
        if at % 11 == 0:
            more |= {"residence": "空挂户"}
        if at % 7 == 0:
            more |= {"phone": ""}
        if at % 13 == 0:
            more |= {"hukou_region": "", "hukou_address": "", "residence": ""}
        more["address"] = f"柳荫苑{3 if at % 2 else 5}号楼{at % 2 + 1}单元{at % 9 + 1}0{at % 2 + 1}室"
        since = max(birth, date(2019, 5, 1)).isoformat()
        lines.append(line(name, birth=birth, sequence=at) | {"since": since} | more)
    return lines


def _compare(town: Town, lines: list[dict[str, str]]) -> None:
    blind = blinder(town.community)
    stored = {row.register_no: row for row in Person.objects.filter(community=town.community)}
    plain = open_people(town.community, [row.id for row in stored.values()])
    homes = {row.person_id: row for row in Residence.objects.filter(community=town.community)}
    hukou = {row.person_id: row for row in Hukou.objects.filter(community=town.community)}
    keys = subject_keys(town.community)
    assert len(stored) == len(lines) == len(keys)
    for cells in lines:
        row = stored[cells["key"]]
        told = plain[row.id]
        assert (told.name, told.number, told.birth_date) == (cells["name"], cells["number"], date.fromisoformat(cells["birth"]))
        assert told.phone == cells["phone"].replace(" ", "")
        values = {"name": told.name, "number": told.number, "document_kind": row.document_kind, "phone": told.phone}
        expected = places.person_columns(key(), blind, values | {"birth_date": told.birth_date})
        found = {name: getattr(row, name) for name in expected if not name.startswith("sealed")}
        found["number_index"] = bytes(found["number_index"]) if found["number_index"] is not None else None
        assert found == {name: value for name, value in expected.items() if not name.startswith("sealed")}
        own = keys[row.subject_id]
        home, registered = homes.get(row.id), hukou.get(row.id)
        assert (home is None) == (cells["residence"] == "空挂户")
        if home is not None:
            assert places.opened(own, places.HOME_ADDRESS, home.sealed_address) == cells["address"]
        if registered is not None:
            assert places.opened(own, places.HUKOU_ADDRESS, registered.sealed_address) == cells["hukou_address"]
        if cells["hukou_region"]:
            assert registered is not None
            assert registered.region == cells["hukou_region"]
