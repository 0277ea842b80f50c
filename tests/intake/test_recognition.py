"""Rows are recognised only when nothing about them changed: what the file says, how it is read, or the record it spoke of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.intake import (
    KINDS,
    Field,
    Outcome,
    Plan,
    Recognised,
    Row,
    Verdict,
    batch_detail,
    declare_mapping,
    forget_prints,
    parse,
    preview,
    take_in,
    undo,
)
from linli.intake.models import RowPrint, RowResult
from linli.intake.prints import keep_prints, prints_of, purpose_of, recognise_rows
from linli.intake.readers.table import Columns
from linli.kernel.actor import SYSTEM
from linli.kernel.errors import BadInput
from linli.kernel.ids import new_id
from linli.kernel.words import sentence
from tests.intake import records
from tests.intake.records import House, state

HEAD = "编号,名称,建成,价格,核实\n"
FIRST = HEAD + "A1,柳荫苑,1985-03-07,12.50,周一\nA2,桂花里,1985年3月7日,,周一\nA3,石桥弄,,3,周一\n"
SEEN: list[tuple[list[int], dict[int, UUID]]] = []


def plan_recalling(*, rows: Sequence[Row], recognised: Recognised, community: UUID, **given: Any) -> Plan:
    """The houses, with what was recognised told to the test; every outcome names its house."""
    SEEN.append(
        ([r.number for r in rows], {int(n): UUID(o.decode()) for n, o in zip(recognised.rows, recognised.objects, strict=True)})
    )
    plan = records.plan_houses(community=community, rows=rows, **given)
    known = dict(House.objects.filter(community=community).values_list("code", "id"))
    codes = {row.number: row.values["code"] for row in rows}
    outcomes = [replace(o, object_id=o.object_id or known[codes[o.row]]) for o in plan.outcomes]
    return Plan(outcomes, plan.work, {**plan.counts, "recognised": len(recognised)})


@pytest.fixture(autouse=True)
def _recalling(_houses: None, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = Field("checked", sentence("tests.houses.checked", "Checked"), parse=parse.text(20))
    kind = replace(
        records.HOUSES,
        plan=plan_recalling,
        recalls=True,
        volatile=frozenset({"checked"}),
        fields=(*records.HOUSES.fields, checked),
    )
    monkeypatch.setitem(KINDS, kind.name, kind)
    SEEN.clear()


@pytest.fixture
def here(community: UUID, data: Path) -> UUID:
    declare_mapping(by=SYSTEM, community=community, definition=mapping())
    return community


def mapping(**changed: Any) -> dict[str, Any]:
    columns = {**records.MAPPING["columns"], "checked": "核实"}
    return {**records.MAPPING, "columns": columns, "optional": ["built", "price", "checked"], **changed}


def test_the_second_file_is_recognised_but_for_what_changed(here: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST))
    second = HEAD + "A3,石桥弄,,3,周二\nA1,柳荫苑,1985-03-07,13,周二\nA2,桂花里,1985年3月7日,,周二\nA4,新居,,,周二\nA5,,,,\n"
    report = take_in(by=SYSTEM, community=here, path=csv_file(second, name="房屋_2.csv"))
    ids = dict(House.objects.values_list("code", "id"))
    assert [([2, 3, 4], {}), ([3, 5], {2: ids["A3"], 4: ids["A2"]})] == SEEN
    assert report.verdicts == {"new": 1, "changed": 1, "same": 2, "left": 0, "review": 0, "refused": 1}
    assert (report.rows, report.counts["recognised"]) == (5, 2)
    assert batch_detail(viewer=SYSTEM, community=here, batch=report.batch).ranges == {"same": [[2, 2], [4, 4]]}
    assert set(RowResult.objects.filter(batch=report.batch).values_list("row", flat=True)) == {3, 5, 6}
    third = take_in(by=SYSTEM, community=here, path=csv_file(second + "\n", name="房屋_3.csv"))
    assert third.verdicts == {"new": 0, "changed": 0, "same": 4, "left": 0, "review": 0, "refused": 1}
    assert SEEN[-1][0] == []
    assert RowPrint.objects.count() == 4


def test_a_preview_recognises_and_promises_the_same(here: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST))
    before = RowPrint.objects.count()
    seen = preview(by=SYSTEM, community=here, path=csv_file(FIRST + "A4,新居,,,\n", name="房屋_2.csv"))
    assert (seen.verdicts["same"], seen.verdicts["new"], RowPrint.objects.count()) == (3, 1, before)


def test_of_rows_that_are_the_same_word_for_word_one_is_recognised(here: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST))
    doubled = HEAD + "A1,柳荫苑,1985-03-07,12.50,\n" * 3
    take_in(by=SYSTEM, community=here, path=csv_file(doubled, name="房屋_2.csv"))
    assert SEEN[-1][0] == [3, 4]
    assert list(SEEN[-1][1]) == [2]


@pytest.mark.parametrize(
    "changed",
    [{"options": {"source": "others"}}, {"values": {"name": {"柳荫苑": "柳荫小区"}}}, {"delimiter": ",", "note": "read anew"}],
)
def test_another_version_of_the_mapping_recognises_nothing(
    here: UUID, csv_file: Callable[..., Path], changed: dict[str, Any]
) -> None:
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST))
    declare_mapping(by=SYSTEM, community=here, definition=mapping(**changed))
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST + "\n", name="房屋_2.csv"))
    assert SEEN[-1] == ([2, 3, 4], {})


def test_a_missing_column_recognises_nothing(here: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=here, path=csv_file("编号,名称,建成\nA1,柳荫苑,\n"))
    take_in(by=SYSTEM, community=here, path=csv_file("编号,名称,价格\nA1,柳荫苑,\n", name="房屋_2.csv"))
    assert SEEN[-1] == ([2], {})


def test_what_was_corrected_by_hand_is_compared_again(here: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST))
    house = House.objects.get(code="A2")
    House.objects.filter(id=house.id).update(name="桂花新里")
    assert forget_prints(here, [house.id]) == 1
    assert forget_prints(here, []) == 0
    report = take_in(by=SYSTEM, community=here, path=csv_file(FIRST + "\n", name="房屋_2.csv"))
    assert (report.verdicts["changed"], SEEN[-1][0]) == (1, [3])


def test_what_another_source_changed_is_compared_again(here: UUID, csv_file: Callable[..., Path]) -> None:
    other = mapping(name="others", recognise={"file": "别处_*.csv", "headings": ["编号"]})
    declare_mapping(by=SYSTEM, community=here, definition=other)
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST))
    changed = HEAD + "A1,柳荫新苑,1985-03-07,12.50,\nA2,桂花里,1985-03-07,,\n"
    assert take_in(by=SYSTEM, community=here, path=csv_file(changed, name="别处_1.csv")).verdicts["changed"] == 1
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST + "\n", name="房屋_2.csv"))
    assert SEEN[-1][0] == [2]


def test_an_undone_batch_is_recognised_by_nobody(here: UUID, csv_file: Callable[..., Path]) -> None:
    first = take_in(by=SYSTEM, community=here, path=csv_file(FIRST))
    # Written otherwise and meaning the same: the print is the second file's, the house still the first one's.
    same = HEAD + "A1,柳荫苑,1985/3/7,12.5,\nA3,石桥巷,,3,\n"
    second = take_in(by=SYSTEM, community=here, path=csv_file(same, name="房屋_2.csv"))
    assert second.verdicts["same"] == 1
    undo(by=SYSTEM, community=here, batch=second.batch, reason="wrong")
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST + "\n", name="房屋_3.csv"))
    assert SEEN[-1][0] == [2, 4]
    again = take_in(by=SYSTEM, community=here, path=csv_file(same + "\n", name="房屋_4.csv"))
    for batch in (again, first):
        undo(by=SYSTEM, community=here, batch=batch.batch, reason="wrong")
    assert (state(), RowPrint.objects.count()) == ([], 0)


def test_rows_with_a_fault_are_refused_every_week(here: UUID, csv_file: Callable[..., Path]) -> None:
    faulty = FIRST + "A8,坏,1985-02-30,,\nA9,短\n"
    for n in (1, 2):
        report = take_in(by=SYSTEM, community=here, path=csv_file(faulty + "\n" * n, name=f"房屋_{n}.csv"))
        assert [(o.row, o.words.key if o.words else "") for o in report.refused] == [
            (5, "intake.cell.no_such_day"),
            (6, "intake.row.fewer_cells"),
        ]
    assert report.verdicts["same"] == 3


def test_a_kind_may_overrule_what_was_recognised(
    here: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(by=SYSTEM, community=here, path=csv_file(FIRST))

    def doubting(*, recognised: Recognised, **given: Any) -> Plan:
        return Plan([Outcome(int(recognised.rows[0]), Verdict.REFUSED)])

    monkeypatch.setitem(KINDS, records.HOUSES.name, replace(KINDS[records.HOUSES.name], plan=doubting, apply=lambda **_: None))
    report = preview(by=SYSTEM, community=here, path=csv_file(FIRST + "\n", name="房屋_2.csv"))
    assert (report.rows, report.verdicts["same"], report.verdicts["refused"]) == (3, 2, 1)


def test_a_file_with_none_of_the_columns_is_refused(
    here: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = KINDS[records.HOUSES.name]
    loose = replace(kind, fields=tuple(replace(f, required=False) for f in kind.fields))
    monkeypatch.setitem(KINDS, kind.name, loose)
    declare_mapping(by=SYSTEM, community=here, definition=mapping(optional=list(mapping()["columns"])))
    with pytest.raises(BadInput, match="None of the columns"):
        take_in(by=SYSTEM, community=here, path=csv_file("甲,乙\n1,2\n"), mapping="houses")


CELLS = st.text(st.sampled_from("ab \x1f\x1e柳"), max_size=3)
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TABLES, after=TABLES, data_=st.data())
def test_recognised_are_exactly_the_rows_that_stood_there_before(
    here: UUID, before: list[tuple[str, ...]], after: list[tuple[str, ...]], data_: st.DataObject
) -> None:
    """Against the slow way: a dictionary of whole rows. A row with the separator in a cell is never recognised."""
    RowPrint.objects.all().delete()
    after = data_.draw(st.permutations([*after, *before]))
    objects = [new_id() for _ in before]
    prints = _prints(here, before)
    keep_prints(here, new_id(), prints, [Outcome(n, Verdict.NEW, object_id=o) for n, o in enumerate(objects, 2)])
    found = recognise_rows(here, _prints(here, after))
    known: dict[tuple[str, ...], UUID] = {}
    for row, o in zip(before, objects, strict=True):
        if not any("\x1f" in cell for cell in row):
            known.setdefault(row, o)
    expected: dict[int, UUID] = {}
    for n, row in enumerate(after, 2):
        if row in known:
            expected[n] = known.pop(row)
    assert {int(n): UUID(o.decode()) for n, o in zip(found.rows, found.objects, strict=True)} == expected


def _prints(community: UUID, rows: list[tuple[str, ...]]) -> Any:
    columns = [pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*rows, strict=True)]
    table = Columns(np.arange(2, len(rows) + 2), columns)
    return prints_of(community, "houses", purpose_of("houses", {}, ["a", "b", "c"]), table, [0, 1, 2], ())
