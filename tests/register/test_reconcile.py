"""Every kind of row, against a register in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.errors import BadInput
from linli.kernel.ids import new_id
from linli.register.rules import checking, matching, reconcile
from linli.register.rules.addresses import Index
from linli.register.rules.checking import Refusal, read
from linli.register.rules.codes import Change
from linli.register.rules.ids import Ids
from linli.register.rules.reconcile import Decision, Reconciliation, Result
from linli.register.rules.residence import Status
from linli.register.rules.review import Matter
from linli.register.rules.standing import House, Known, OpenLapse, Standing
from tests.register.people import CODE, MONDAY, cells, index, number, rows


def run(
    *many: Mapping[str, Any], standing: Standing | None = None, known: Index | None = None, full: bool = True
) -> tuple[list[Decision], Reconciliation]:
    file = Reconciliation(standing or Standing({}, {}), known or index(), day=MONDAY, full=full, community_code=CODE)
    entries, refused = [], []
    for row in rows(*many):
        entry = read(row.number, row.values, MONDAY)
        if isinstance(entry, Refusal):
            refused.append(Decision(row.number, Result.REFUSED, refusal=entry))
        else:
            entries.append(entry)
    decisions = file.run(entries, needs_column=any(e.needs for e in entries)) + refused
    return sorted(decisions, key=lambda d: d.row), file


def settled(known: Index, name: str = "张小兰", *, birth: date = date(1954, 3, 7), sequence: int = 12, **more: Any) -> Known:
    """Somebody on the register as :func:`cells` describes them."""
    place = known.places[0]
    values: dict[str, Any] = {
        "id": new_id(), "name": name, "sex": "2", "birth_date": birth, "number": number(birth, sequence), "document_kind": "111",
        "residence": new_id(), "building": place.id, "dwelling": known.dwellings[(place.id, "2", "501")], "said": "permanent",
        "lives_from": date(1998, 5, 1), "hukou": new_id(), "hukou_region": "999901",
        "hukou_here": True, "hukou_from": date(1998, 5, 1), "membership": new_id(), "household": new_id(), "relation": "02",
        "member_from": date(1998, 5, 1),
    }  # fmt: skip
    values.update(more)
    return Known(**values)


def register(*people: Known, latest: date | None = None) -> Standing:
    houses = {p.household: House(p.household, "H0001", p.building, p.dwelling) for p in people if p.household and p.building}
    living = Ids.of(p.id for p in people if p.residence)
    return Standing({p.id: p for p in people}, houses, latest, latest, living=living)


def reason(decision: Decision) -> str:
    assert decision.refusal is not None
    return decision.refusal.words.key


def test_somebody_new() -> None:
    (decision,), file = run(cells())
    assert decision.result is Result.NEW
    assert len(file.renewal.residences) == len(file.renewal.hukou) == len(file.renewal.memberships) == 1
    assert file.renewal.residences[0].from_date == date(1998, 5, 1)


def test_nothing_new_changes_nothing() -> None:
    known = index()
    (decision,), file = run(cells(), standing=register(settled(known)), known=known)
    assert decision.result is Result.SAME
    assert not any((file.renewal.people, file.renewal.amend_people, file.renewal.residences, file.renewal.open_lapses))


@pytest.mark.parametrize(
    ("change", "key", "column"),
    [
        ({"number": number(date(1954, 3, 7), 12)[:-1] + "0"}, checking.CHECKSUM, "number"),
        ({"birth": date(1955, 3, 7)}, checking.BIRTH_DIFFERS, "birth"),
        ({"sex": "1"}, checking.SEX_DIFFERS, "sex"),
        ({"number": None, "birth": None}, checking.NO_BIRTH, "birth"),
        ({"number": None, "sex": None}, checking.NO_SEX, "sex"),
        ({"since": date(2027, 1, 1)}, checking.FUTURE, "since"),
        ({"since": date(1950, 1, 1)}, checking.BEFORE_BIRTH, "since"),
        ({"address": "柳荫苑附近"}, reconcile.UNREADABLE, "address"),
        ({"address": "柳荫苑99号楼1单元101"}, reconcile.NO_BUILDING, "address"),
        ({"address": "3号楼2单元501"}, reconcile.SEVERAL_BUILDINGS, "address"),
        ({"address": ""}, reconcile.NO_ADDRESS, "address"),
        ({"change": Change.MOVED_OUT}, reconcile.NOT_HERE, "name"),
    ],
)
def test_rows_that_cannot_be_believed(change: Mapping[str, Any], key: str, column: str) -> None:
    (decision,), file = run(cells() | dict(change))
    waits = column == "address" and bool(change["address"])
    assert decision.result is (Result.REVIEW if waits else Result.REFUSED)
    assert [question.matter for question in file.renewal.questions] == [Matter.ADDRESS] * waits
    assert reason(decision) == key
    assert decision.refusal is not None
    assert decision.refusal.remedy.key.startswith("register.remedy.")
    assert decision.refusal.column == column
    assert not file.renewal.people


def test_cells_at_fault_are_masked() -> None:
    (decision,), _ = run(cells(number=number(date(1954, 3, 7), 12)[:-1] + "0"))
    assert decision.refusal is not None
    assert "1954" not in decision.refusal.shown
    (decision,), _ = run(cells(address="桐荫路18弄99号楼"))
    assert decision.refusal is not None
    assert "18" not in decision.refusal.shown


def test_a_row_sent_twice_counts_once() -> None:
    decisions, file = run(cells(), cells())
    assert [d.result for d in decisions] == [Result.NEW, Result.REFUSED]
    assert reason(decisions[1]) == checking.DOUBLED
    assert len(file.renewal.people) == 1


def test_two_people_with_one_number_are_both_refused() -> None:
    decisions, file = run(cells(), cells("李桂英"))
    assert [reason(d) for d in decisions] == [checking.TWO_NAMES] * 2
    assert decisions[0].refusal is not None
    assert decisions[0].refusal.words.params["row"] == "3"
    assert not file.renewal.people


def test_people_without_a_number_are_taken_and_never_matched_by_that() -> None:
    decisions, file = run(
        cells("王一", number=None, household=None, birth=date(2026, 10, 1), since=date(2026, 10, 1)),
        cells("王二", number=None, household=None, birth=date(2026, 10, 1), since=date(2026, 10, 1)),
        cells("赵三", number=None, household=None, birth=date(1960, 1, 1)),
    )
    assert [d.result for d in decisions] == [Result.NEW] * 3
    assert file.counts["without_number"] == 3


def test_an_empty_household_number_never_glues_strangers() -> None:
    decisions, file = run(
        *(cells(f"客{n}", household=None, relation="02", birth=date(1990, 1, n), sequence=12 + 2 * n) for n in (1, 2, 3))
    )
    assert [d.result for d in decisions] == [Result.NEW] * 3
    assert len({m.household for m in file.renewal.memberships}) == 3


def test_a_family_without_household_number_stays_together() -> None:
    _decisions, file = run(
        cells("张一", household=None, relation="02"),
        cells("李二", household=None, relation="12", birth=date(1956, 1, 1), sequence=14),
        cells("张三", household=None, relation="32", birth=date(1980, 1, 1), sequence=16),
    )
    assert len({m.household for m in file.renewal.memberships}) == 1


def test_one_household_number_in_two_buildings_is_two_households() -> None:
    _decisions, file = run(cells(), cells("李桂英", birth=date(1956, 1, 1), sequence=14, address="白杨新村3号楼1单元101室"))
    assert len({m.household for m in file.renewal.memberships}) == 2


def test_a_typing_error_in_the_name_is_corrected_another_name_is_not() -> None:
    known = index()
    (decision,), file = run(cells("张小蓝"), standing=register(settled(known)), known=known)
    assert (decision.result, decision.fields) == (Result.CHANGED, ("name",))
    assert file.renewal.amend_people[0].values == {"name": "张小蓝"}
    (decision,), _ = run(cells("李桂英"), standing=register(settled(known)), known=known)
    assert reason(decision) == matching.OTHER_NAME


@pytest.mark.parametrize(
    ("first", "second", "near"), [("张三", "张四", True), ("张三", "张三丰", True), ("张三", "李四", False), ("张", "张", False)]
)
def test_one_sign_apart(first: str, second: str, near: bool) -> None:
    assert matching.one_sign_apart(first, second) is near


def test_a_newborn_gets_a_number() -> None:
    known = index()
    born = date(2026, 10, 1)
    child = settled(known, "张小宝", birth=born, number="", document_kind="", lives_from=born, member_from=born, hukou_from=born)
    (decision,), file = run(cells("张小宝", birth=born, since=born), standing=register(child), known=known)
    assert decision.result is Result.CHANGED
    assert "number" in decision.fields
    assert not file.renewal.people


def test_moving_away_dying_and_coming_back() -> None:
    known = index()
    person = settled(known)
    out = cells(change=Change.MOVED_OUT, change_date=date(2026, 11, 10))
    (decision,), file = run(out, standing=register(person), known=known)
    assert decision.result is Result.LEFT
    assert file.renewal.amend_residences[0].values["to_date"] == date(2026, 11, 10)
    assert file.counts["moved_out"] == 1
    gone = settled(
        known, residence=None, building=None, dwelling=None, hukou=None, membership=None, household=None, last_lived=MONDAY
    )
    (decision,), _ = run(out, standing=register(gone), known=known)
    assert decision.result is Result.SAME
    (decision,), file = run(cells(), standing=register(gone), known=known)
    assert decision.result is Result.CHANGED
    assert file.renewal.residences[0].person == gone.id
    assert file.renewal.residences[0].from_date == MONDAY
    dead = settled(known, residence=None, died_on=date(2026, 1, 1))
    (decision,), _ = run(cells(), standing=register(dead), known=known)
    assert reason(decision) == reconcile.RECORDED_DEAD


def test_moving_within_the_community() -> None:
    known = index()
    moved = cells(address="白杨新村3号楼1单元101室", change_date=date(2026, 11, 12))
    (decision,), file = run(moved, standing=register(settled(known)), known=known)
    assert (decision.result, decision.fields) == (Result.CHANGED, ("address",))
    assert file.renewal.amend_residences[0].values == {"to_date": date(2026, 11, 12), "ending": "moved_within"}
    assert file.renewal.residences[0].building == known.places[2].id


def test_who_is_not_in_a_full_file_lapses_and_stays() -> None:
    known = index()
    one, two = settled(known), settled(known, "李桂英", sequence=14)
    lapse = OpenLapse(new_id(), date(2026, 11, 9))
    two.number = number(date(1954, 3, 7), 14)
    stranger = cells("陈新", birth=date(1970, 1, 1), sequence=16)

    def lapsed(latest: date | None = None) -> Standing:
        standing = register(one, two, latest=latest)
        standing.lapses[two.id] = lapse
        return standing

    _decisions, file = run(stranger, standing=lapsed(latest=date(2026, 11, 9)), known=known)
    assert file.renewal.open_lapses == [(one.id, date(2026, 11, 9))]
    assert file.counts["unverified"] == 2
    assert not file.renewal.amend_residences
    _decisions, file = run(cells("李桂英", sequence=14), standing=lapsed(), known=known)
    assert [lapse for lapse, _row in file.renewal.close_lapses] == [lapse.id]
    _decisions, file = run(stranger, standing=lapsed(), known=known, full=False)
    assert not file.renewal.open_lapses


def test_needs_are_kept_with_consent_only() -> None:
    from linli.register.rules.needs import Need

    _decisions, file = run(cells(needs=frozenset({Need.STAIRS}), consent=date(2026, 1, 5)))
    assert [n.need for n in file.renewal.needs] == [Need.STAIRS]
    _decisions, file = run(cells(needs=frozenset({Need.STAIRS})))
    assert not file.renewal.needs
    assert file.counts["needs_without_consent"] == 1


def test_a_file_brings_no_need_of_a_child() -> None:
    from linli.register.rules.needs import Need

    agreed = date(2026, 1, 5)
    born = date(MONDAY.year - 14, MONDAY.month, MONDAY.day)
    for birthday, kept in ((born, 1), (born + timedelta(days=1), 0)):
        _decisions, file = run(cells(birth=birthday, number="", needs=frozenset({Need.STAIRS}), consent=agreed))
        assert (len(file.renewal.needs), file.counts["needs_of_children"]) == (kept, 1 - kept)


def test_an_empty_cell_erases_nothing() -> None:
    known = index()
    person = settled(known, phone="00055501234", ethnicity="01", register_no="R1")
    (decision,), _ = run(cells(phone=None, ethnic=None, key=None), standing=register(person), known=known)
    assert decision.result is Result.SAME


def test_another_communitys_file_is_refused_whole() -> None:
    foreign = [
        cells(f"客{n}", birth=date(1980, 1, n), sequence=10 + 2 * n, address=f"远方路{n}号楼1单元101室") for n in range(1, 13)
    ]
    with pytest.raises(BadInput) as caught:
        run(*foreign)
    assert caught.value.words.key == reconcile.OTHER_COMMUNITY
    assert caught.value.remedy is not None


def test_people_from_overseas_by_their_document() -> None:
    guest = cells("KIM MINJUN", number="E00123456", document="414", residence=Status.OVERSEAS, hukou_region=None)
    (decision,), file = run(guest)
    assert decision.result is Result.NEW
    assert (file.renewal.people[0].entry.number, file.renewal.people[0].entry.document_number) == ("", "E00123456")


SOME = st.sampled_from(["张一", "李二", "王三", "赵四"])
ROW = st.fixed_dictionaries(
    {
        "name": SOME,
        "sequence": st.integers(1, 6),
        "day": st.integers(1, 3),
        "numbered": st.booleans(),
        "household": st.sampled_from(["H1", "H2", None]),
        "relation": st.sampled_from(["02", "12", "99", None]),
        "address": st.sampled_from(
            ["柳荫苑3-2-501", "白杨新村3-1-101", "染坊弄7号101室", "柳荫苑13-2-777", "不清", "3号楼1单元101"]
        ),
        "change": st.sampled_from([*Change]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=9))
def test_every_row_has_one_result_and_the_counts_reconcile(drawn: list[dict[str, Any]]) -> None:
    many = []
    for row in drawn:
        values = cells(row["name"], birth=date(1970, 1, row["day"]), sequence=row["sequence"])
        values |= {key: row[key] for key in ("household", "relation", "address", "change")}
        values["sex"] = None if row["numbered"] else "1"
        values["number"] = values["number"] if row["numbered"] else None
        many.append(values)
    decisions, file = run(*many)
    assert [d.row for d in decisions] == list(range(2, len(many) + 2))
    results = Counter(d.result for d in decisions)
    assert sum(results.values()) == len(many)
    assert results[Result.NEW] == len(file.renewal.people)
    people = [p.id for p in file.renewal.people]
    assert len(set(people)) == len(people)
    assert len({r.person for r in file.renewal.residences}) == len(file.renewal.residences)
    houses = {h.id for h in file.renewal.households}
    assert all(m.household in houses for m in file.renewal.memberships)
