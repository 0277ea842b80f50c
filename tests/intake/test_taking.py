"""A file goes in whole or not at all, counts once, and comes out again exactly."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from linli.intake import (
    KINDS,
    State,
    Verdict,
    apply_preview,
    batch_detail,
    batches,
    every_result,
    inbox_of,
    preview,
    rehearse_undo,
    store,
    take_in,
    tidy_files,
    undo,
)
from linli.intake.models import Batch, Change, Gate, RowResult
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.trust import Tampered
from tests.intake import records
from tests.intake.records import House, Visit, state

FIRST = "编号,名称,建成,价格\nA1,柳荫苑,1985-03-07,12.50\nA2,桂花里,1985年3月7日,\nA3,石桥弄,,3\n"
SECOND = "编号,名称,建成,价格\nA1,柳荫苑,1985-03-07,12.50\nA2,桂花里东区,1985年3月7日,7\nA4,新居,,\nA5,坏,1985-02-30,\n"


def test_a_file_is_written_and_every_row_has_its_result(place: UUID, csv_file: Callable[..., Path]) -> None:
    report = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert (report.state, report.rows, report.again) == (State.APPLIED, 3, False)
    assert report.verdicts == {"new": 3, "changed": 0, "same": 0, "left": 0, "review": 0, "refused": 0}
    second = take_in(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    assert second.verdicts == {"new": 1, "changed": 1, "same": 1, "left": 0, "review": 0, "refused": 1}
    assert [(o.row, o.column, o.shown) for o in second.refused] == [(5, "建成", "1985-02-30")]
    told = list(every_result(viewer=SYSTEM, community=place, batch=second.batch))
    assert [(r.row, r.verdict) for r in told] == [(2, "same"), (3, "changed"), (4, "new"), (5, "refused")]
    assert told[1].fields == ("name", "price")


def test_the_same_file_again_writes_nothing(place: UUID, csv_file: Callable[..., Path]) -> None:
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    before = state(), RowResult.objects.count(), Batch.objects.count()
    again = take_in(by=SYSTEM, community=place, path=csv_file(FIRST, name="房屋_other_name.csv"))
    assert again.again
    assert again.batch == first.batch
    assert before == (state(), RowResult.objects.count(), Batch.objects.count())


def test_undo_gives_back_exactly_what_stood_before(place: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    House.objects.filter(code="A2").update(seal=b"\x00\xff old")
    before = state()
    second = take_in(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    assert state() != before
    weighed = rehearse_undo(by=SYSTEM, community=place, batch=second.batch)
    assert Batch.objects.get(id=second.batch).state == State.APPLIED
    done = undo(by=SYSTEM, community=place, batch=second.batch, reason="wrong file")
    assert (done.restored, list(done.kept)) == (weighed.restored, list(weighed.kept)) == (3, [])
    assert state() == before
    found = batch_detail(viewer=SYSTEM, community=place, batch=second.batch)
    assert (found.state, found.undo_reason) == (State.UNDONE, "wrong file")
    assert not Change.objects.exists()


def test_an_undo_passes_the_gate_before_it_looks(
    place: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    turn, seen = Gate.objects.get(community=place).turn, list[int]()

    def watched(**given: Any) -> Any:
        seen.append(Gate.objects.get(community=place).turn)
        return records.HOUSES.undo(**given)

    monkeypatch.setitem(KINDS, records.HOUSES.name, replace(records.HOUSES, undo=watched))
    undo(by=SYSTEM, community=place, batch=first.batch, reason="wrong file")
    assert seen == [turn + 1], "else a file could be written on top of it meanwhile"


def test_undo_lists_what_later_work_stands_on(place: UUID, csv_file: Callable[..., Path]) -> None:
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    take_in(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    Visit.objects.create(house=House.objects.get(code="A3"))
    done = undo(by=SYSTEM, community=place, batch=first.batch, reason="wrong file")
    assert [(o.row, o.words.key) for o in done.kept if o.words] == [
        (3, "intake.undo.later_file"),
        (4, "intake.undo.used_since"),
    ]
    assert set(House.objects.values_list("code", flat=True)) == {"A2", "A3", "A4"}


def test_a_chain_of_batches_is_undone_from_its_end_to_nothing(place: UUID, csv_file: Callable[..., Path]) -> None:
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    second = take_in(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    for batch in (second, first):
        assert not undo(by=SYSTEM, community=place, batch=batch.batch, reason="all of it").kept
    assert state() == []


def test_what_was_kept_can_be_undone_once_nothing_stands_on_it(place: UUID, csv_file: Callable[..., Path]) -> None:
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    second = take_in(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    assert undo(by=SYSTEM, community=place, batch=first.batch, reason="wrong").kept
    undo(by=SYSTEM, community=place, batch=second.batch, reason="wrong")
    assert not undo(by=SYSTEM, community=place, batch=first.batch, reason="the rest").kept
    assert state() == []


def test_an_undone_file_can_be_taken_in_again(place: UUID, csv_file: Callable[..., Path]) -> None:
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    undo(by=SYSTEM, community=place, batch=first.batch, reason="wrong")
    again = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert not again.again
    assert House.objects.count() == 3


def test_an_undo_needs_a_reason_and_a_written_batch(place: UUID, csv_file: Callable[..., Path]) -> None:
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    with pytest.raises(BadInput, match="Say why"):
        undo(by=SYSTEM, community=place, batch=first.batch, reason="  ")
    seen = preview(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    with pytest.raises(Conflict):
        undo(by=SYSTEM, community=place, batch=seen.batch, reason="wrong")


def test_a_preview_writes_no_record_and_is_applied_as_seen(place: UUID, csv_file: Callable[..., Path]) -> None:
    seen = preview(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert seen.state is State.PREVIEWED
    assert state() == []
    done = apply_preview(by=SYSTEM, community=place, batch=seen.batch)
    assert done.batch == seen.batch
    assert done.verdicts == seen.verdicts
    assert House.objects.count() == 3
    with pytest.raises(Conflict):
        apply_preview(by=SYSTEM, community=place, batch=seen.batch)


def test_a_preview_that_is_no_longer_true_is_shown_anew(place: UUID, csv_file: Callable[..., Path]) -> None:
    seen = preview(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    with pytest.raises(Conflict, match="Since the preview"):
        apply_preview(by=SYSTEM, community=place, batch=seen.batch)
    renewed = batch_detail(viewer=SYSTEM, community=place, batch=seen.batch)
    assert renewed.verdicts["changed"] == 1
    assert apply_preview(by=SYSTEM, community=place, batch=seen.batch).verdicts["changed"] == 1


def test_the_same_file_previewed_twice_is_one_preview(place: UUID, csv_file: Callable[..., Path]) -> None:
    preview(by=SYSTEM, community=place, path=csv_file(FIRST))
    preview(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert Batch.objects.count() == 1
    take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert list(Batch.objects.values_list("state", flat=True)) == ["applied"]


def test_a_kind_that_loses_a_row_writes_nothing(
    place: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from linli.intake import KINDS
    from linli.intake.engine import InternalFault
    from linli.intake.kinds import Plan

    def forgetful(**given: object) -> Plan:
        plan = records.plan_houses(**given)  # type: ignore[arg-type]
        return Plan(plan.outcomes[1:], plan.work, plan.counts)

    monkeypatch.setitem(KINDS, records.HOUSES.name, replace(records.HOUSES, plan=forgetful))
    with pytest.raises(InternalFault, match="do not add up"):
        take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert (state(), Batch.objects.count()) == ([], 0)


def test_a_fault_while_writing_leaves_nothing(
    place: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.intake import commands

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_results", die)
    with pytest.raises(KeyboardInterrupt):
        take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert (state(), Batch.objects.count()) == ([], 0)
    monkeypatch.undo()
    assert take_in(by=SYSTEM, community=place, path=csv_file(FIRST)).verdicts["new"] == 3


def test_a_plan_overtaken_by_another_batch_is_made_again(
    place: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from linli.intake import KINDS
    from linli.intake.kinds import Plan

    other = csv_file(FIRST)
    planned: list[int] = []

    def slow(**given: object) -> Plan:
        plan = records.plan_houses(**given)  # type: ignore[arg-type]
        planned.append(1)
        if len(planned) == 1:
            take_in(by=SYSTEM, community=place, path=other)
        return plan

    monkeypatch.setitem(KINDS, records.HOUSES.name, replace(records.HOUSES, plan=slow))
    report = take_in(by=SYSTEM, community=place, path=csv_file(SECOND, name="房屋_2.csv"))
    assert report.verdicts["changed"] == 1
    assert sorted(House.objects.values_list("code", flat=True)) == ["A1", "A2", "A3", "A4"]


def test_an_unusable_file_is_noted_once_with_its_reason(place: UUID, csv_file: Callable[..., Path]) -> None:
    broken = csv_file('编号,名称\nA1,"柳荫苑\nA2,桂花里\n')
    for _ in range(2):
        with pytest.raises(BadInput, match="row 2"):
            take_in(by=SYSTEM, community=place, path=broken)
    noted = batches(viewer=SYSTEM, community=place)
    assert [(b.state, b.rows) for b in noted] == [(State.REFUSED, 0)]
    assert noted[0].error
    assert noted[0].error["row"] == 2


def test_files_are_kept_sealed_and_for_their_owner_alone(place: UUID, csv_file: Callable[..., Path], data: Path) -> None:
    path = csv_file(FIRST)
    report = take_in(by=SYSTEM, community=place, path=path)
    place_of = Batch.objects.get(id=report.batch).kept
    kept = data / place_of
    assert "甲".encode("gb18030") not in kept.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o400
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]
    with store.opened(place_of, community=place, file_name=path.name) as found:
        assert found.read_bytes() == path.read_bytes()
        assert found.stat().st_mode & 0o077 == 0
    assert not found.exists()


def test_a_kept_file_that_was_touched_is_not_opened(place: UUID, csv_file: Callable[..., Path], data: Path) -> None:
    seen = preview(by=SYSTEM, community=place, path=csv_file(FIRST))
    kept = data / Batch.objects.get(id=seen.batch).kept
    kept.chmod(0o600)
    sealed = kept.read_bytes()
    kept.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(Tampered):
        apply_preview(by=SYSTEM, community=place, batch=seen.batch)
    assert state() == []
    kept.unlink()
    with pytest.raises(Conflict, match="changed or removed"):
        apply_preview(by=SYSTEM, community=place, batch=seen.batch)


def test_a_file_in_the_inbox_may_stay_for_a_while(place: UUID, data: Path) -> None:
    inbox = inbox_of(place) / "2026-W47"
    inbox.mkdir(parents=True)
    path, unusable = inbox / "房屋_1.csv", inbox / "房屋_2.csv"
    path.write_text(FIRST, "gb18030")
    unusable.write_text("nothing", "gb18030")
    report = take_in(by=SYSTEM, community=place, path=path)
    kept = data / Batch.objects.get(id=report.batch).kept
    now = timezone.now()
    assert tidy_files(by=SYSTEM, community=place, now=now + timedelta(days=29)) == {"copies": 0, "plain": 0}
    assert path.exists()
    assert tidy_files(by=SYSTEM, community=place, now=now + timedelta(days=31)) == {"copies": 0, "plain": 1}
    assert (path.exists(), unusable.exists(), kept.exists()) == (False, True, True)
    assert tidy_files(by=SYSTEM, community=place, now=now + timedelta(days=181)) == {"copies": 1, "plain": 0}
    assert not kept.exists()


def test_what_a_killed_process_left_open_goes(place: UUID, data: Path) -> None:
    lock = data / "cache" / "monday.lock"
    handle, name = tempfile.mkstemp(dir=data / "cache")
    os.close(handle)
    lock.touch()
    assert tidy_files(by=SYSTEM, community=place)["plain"] == 0
    assert tidy_files(by=SYSTEM, community=place, now=timezone.now() + timedelta(days=2))["plain"] == 1
    assert (Path(name).exists(), lock.exists()) == (False, True)


def test_nobody_takes_in_what_their_role_may_not_or_elsewhere(
    place: UUID, other_community: UUID, csv_file: Callable[..., Path], actor_for: Callable[..., Actor]
) -> None:
    worker, stranger = actor_for("grid_worker", place), actor_for("community_manager", other_community)
    path = csv_file(FIRST)
    with pytest.raises(NotAllowed):
        take_in(by=worker, community=place, path=path)
    with pytest.raises(NotFound):
        take_in(by=stranger, community=place, path=path)
    report = take_in(by=actor_for("desk_clerk", place), community=place, path=path)
    with pytest.raises(NotFound):
        batch_detail(viewer=stranger, community=other_community, batch=report.batch)
    with pytest.raises(NotFound):
        undo(by=stranger, community=other_community, batch=report.batch, reason="mine")
    assert batches(viewer=stranger, community=place) == []
    assert House.objects.count() == 3


def test_ranges_tell_what_has_no_more_to_tell(place: UUID, csv_file: Callable[..., Path]) -> None:
    take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    report = take_in(by=SYSTEM, community=place, path=csv_file(FIRST + "A9,新,,\n", name="房屋_3.csv"))
    assert batch_detail(viewer=SYSTEM, community=place, batch=report.batch).ranges == {"same": [[2, 4]]}
    assert RowResult.objects.filter(batch=report.batch).count() == 1
    assert Verdict.SAME not in set(RowResult.objects.values_list("verdict", flat=True))
