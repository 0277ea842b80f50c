"""The round: run twice it changes nothing, cut short anywhere it ends in the same state, and it tells what it could not do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from linli import facts
from linli.focus.models import Board, Finding
from linli.focus.queries import gather
from linli.focus.rules.rank import judge
from linli.intake import State, batches, take_in, undo, undone_before
from linli.intake.models import Batch
from linli.kernel.actor import SYSTEM
from linli.kernel.errors import Conflict, NotAllowed, NotFound
from linli.kernel.weeks import Week
from linli.monday import commands, jobs, queries
from linli.monday.jobs import RoundResult, run_round
from linli.monday.models import Round
from linli.monday.rules import Stage
from tests.support.dump import differences, dump
from tests.support.town import Town
from tests.support.zones import add_actor, add_community

pytestmark = pytest.mark.xdist_group("town-monday")


@pytest.fixture
def last(town: Town) -> Week:
    return town.weeks[-1]


@pytest.fixture
def inbox(town: Town, last: Week, tmp_path: Path) -> Path:
    """A copy of what arrived for the last Monday, so that files may come and go."""
    return Path(shutil.copytree(town.inbox(last), tmp_path / "inbox"))


def _run(town: Town, week: Week, inbox: Path | None = None, **kwargs: Any) -> RoundResult:
    return run_round(by=SYSTEM, community=town.community, week=week, inbox=inbox or town.inbox(week), **kwargs)


def _digests(town: Town) -> dict[str, str]:
    return {s.week: s.digest for s in facts.snapshots(viewer=SYSTEM, community=town.community)}


def _reports(town: Town, week: Week) -> int:
    """How many reports the facts of a week hold."""
    snapshot = facts.snapshot_of(viewer=SYSTEM, community=town.community, week=str(week))
    assert snapshot is not None
    return int(snapshot.tables["report"]["rows"])


def _forget_round(town: Town, week: Week) -> None:
    """As if the round had never been begun, though the files have been taken in."""
    Round.objects.filter(community=town.community, week=str(week)).delete()


def test_run_twice_it_changes_nothing(town: Town, last: Week) -> None:
    before, digests, ids = dump(), _digests(town), set(Finding.objects.values_list("id", flat=True))
    for week in (town.weeks[0], last):
        done = _run(town, week)
        assert done.again
        assert not [file for file in done.files if not file.again]
    assert differences(before, dump()) == []
    assert _digests(town) == digests
    assert set(Finding.objects.values_list("id", flat=True)) == ids


def test_what_it_says_the_second_time_is_what_stands(town: Town, last: Week) -> None:
    done = _run(town, last)
    board = Board.objects.get(community=town.community, week=str(last))
    assert done.snapshot == board.snapshot == _digests(town)[str(last)]
    assert done.findings == board.findings.filter(taken_up=True).count()


def test_made_anew_from_the_same_records_it_is_the_same(town: Town, last: Week) -> None:
    """The stages after the files, done once more: same snapshot, same findings, even the same ids."""
    before, digests = dump(), _digests(town)
    ids = dict(Finding.objects.filter(board__week=str(last)).values_list("identity", "id"))
    _forget_round(town, last)
    done = _run(town, last)
    assert not done.again
    assert differences(before, dump()) == []
    assert _digests(town) == digests
    assert dict(Finding.objects.filter(board__week=str(last)).values_list("identity", "id")) == ids


ALWAYS = (Stage.RENEW, Stage.FACTS, Stage.REPORT)


@pytest.mark.parametrize(
    "stage", [pytest.param(s, marks=() if s in ALWAYS else pytest.mark.long) for s in Stage if s is not Stage.SIGN_OFF]
)
def test_cut_short_at_any_stage_it_ends_in_the_same_state(stage: Stage, town: Town, last: Week) -> None:
    """What a kill leaves behind is what has been committed: an exception between two commands leaves the same."""

    class Cut(Exception):
        pass

    def step(reached: Stage) -> None:
        if reached is stage:
            raise Cut

    before, digests = dump(), _digests(town)
    _forget_round(town, last)
    with pytest.raises(Cut):
        _run(town, last, step=step)
    assert not queries.round_of(viewer=SYSTEM, community=town.community, week=str(last)).finished_at  # type: ignore[union-attr]
    _run(town, last)
    assert differences(before, dump()) == []
    assert _digests(town) == digests


WRITES = ["open_round", "finish_stage"]


@pytest.mark.parametrize("place", [0, 3, 5, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2, 4, 6))])
def test_cut_short_after_any_write_it_ends_in_the_same_state(
    place: int, town: Town, last: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(Exception):
        pass

    calls = []

    def cut(plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(**kwargs: Any) -> Any:
            gave = plain(**kwargs)
            calls.append(1)
            if len(calls) == place + 1:
                raise Cut
            return gave

        return call

    before, digests = dump(), _digests(town)
    _forget_round(town, last)
    with monkeypatch.context() as patch:
        for name in WRITES:
            patch.setattr(commands, name, cut(getattr(commands, name)))
        with pytest.raises(Cut):
            _run(town, last)
    _run(town, last)
    assert differences(before, dump()) == []
    assert _digests(town) == digests


def test_a_week_replayed_after_later_ones_says_the_same(town: Town) -> None:
    """As it was known then: facts and findings of an early Monday, worked out again when all the others have been loaded."""
    for week in (town.weeks[1], town.weeks[4]):
        now = week.starts_at("Asia/Shanghai")
        board = Board.objects.get(community=town.community, week=str(week))
        written = facts.write(town.community, week, now)
        assert written.digest == board.snapshot, week
        evidence = gather(
            viewer=SYSTEM, community=town.community, week=week, zone="Asia/Shanghai", digest=written.digest, now=now
        )
        judgement = judge(evidence)
        stored = list(board.findings.filter(taken_up=True).values_list("identity", "rank", "score"))
        assert [(str(r.draft.identity), r.rank, r.score) for r in judgement.findings] == stored


def test_every_row_of_every_file_is_accounted_for(town: Town) -> None:
    for week in town.weeks:
        view = queries.round_of(viewer=SYSTEM, community=town.community, week=str(week))
        assert view is not None
        assert {file["kind"] for file in view.files} == {"register.population", "cases.reports", "flows.readings"}
        for file in view.files:
            assert file["rows"] == sum(file["verdicts"].values()) > 0, file["file"]
            assert file["error"] is None
        assert set(view.stages) == {stage.value for stage in Stage if stage is not Stage.SIGN_OFF}
        assert view.stages["reconcile"]["told"] is True


def test_a_late_file_is_taken_into_the_week(town: Town, town_files: Path, tmp_path: Path) -> None:
    """The readings come after the round: the next run takes them in, and the week ends as if they had been there at once."""
    week = town.weeks[-1]
    whole, digests = dump(), _digests(town)
    early = Path(shutil.copytree(town.inbox(week), tmp_path / "early"))
    (late,) = early.glob("客流_*")
    for batch in batches(viewer=SYSTEM, community=town.community, limit=3):
        if batch.file_name == late.name:
            undo(by=SYSTEM, community=town.community, batch=batch.id, reason="came late in this test")
            # As if it had never come: what was undone would wait for a person.
            Batch.objects.filter(id=batch.id).update(sha256="")
    text = late.read_bytes()
    late.unlink()
    _forget_round(town, week)
    without = _run(town, week, early)
    assert (len(without.files), without.again) == (2, False)
    assert _digests(town)[str(week)] != digests[str(week)]
    late.write_bytes(text)
    done = _run(town, week, early)
    assert not done.again
    assert [file.again for file in sorted(done.files, key=lambda f: f.kind)] == [True, False, True]
    assert _digests(town) == digests
    left_out = ("intake.batch", "intake.rowresult", "intake.gate", "intake.change", "monday.round")
    assert differences({k: v for k, v in whole.items() if k not in left_out}, dump(left_out)) == []


def test_a_file_that_is_gone_counts_on(town: Town, last: Week, inbox: Path) -> None:
    before = dump()
    for path in list(inbox.iterdir()):
        path.unlink()
    done = _run(town, last, inbox)
    assert done.again
    assert done.files == []
    assert differences(before, dump()) == []


def test_an_unknown_file_is_told_and_left_where_it_is(town: Town, last: Week, inbox: Path) -> None:
    (inbox / "notes.txt").write_text("who knows", encoding="utf-8")
    (inbox / ".hidden").write_text("not looked at", encoding="utf-8")
    (inbox / "folder").mkdir()
    before = _digests(town)
    done = _run(town, last, inbox)
    assert not done.again
    assert done.rejected
    (unknown,) = [file for file in done.files if file.error]
    assert (unknown.file, unknown.batch) == ("notes.txt", None)
    assert unknown.error["key"] in ("monday.unknown_file", "intake.unknown.name")  # type: ignore[index]
    assert (inbox / "notes.txt").exists()
    assert _digests(town) == before
    again = _run(town, last, inbox)
    assert again.again
    assert again.rejected, "it is told again until somebody deals with it"


def test_a_file_that_cannot_be_used_does_not_stop_the_others(town: Town, last: Week, inbox: Path) -> None:
    (inbox / f"人口_{last}-again.csv").write_bytes("姓名,公民身份号码\n".encode("gb18030"))
    (inbox / "empty.csv").write_bytes(b"")
    done = _run(town, last, inbox)
    assert {file.file: bool(file.error) for file in done.files if file.error} == {
        f"人口_{last}-again.csv": True,
        "empty.csv": True,
    }
    assert len([file for file in done.files if not file.error]) == 3
    view = queries.round_of(viewer=SYSTEM, community=town.community, week=str(last))
    assert view is not None
    assert view.finished_at


def test_an_unreadable_file_is_told(town: Town, last: Week, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> Any:
        raise PermissionError("no")

    (inbox / "notes.txt").write_text("x", encoding="utf-8")
    monkeypatch.setattr(jobs, "recognise", refuse)
    done = _run(town, last, inbox)
    assert {file.error["key"] for file in done.files if file.error} == {"monday.unreadable"}


def test_an_undone_import_makes_the_week_anew(town: Town, last: Week, inbox: Path) -> None:
    before = _digests(town)[str(last)]
    (cases,) = [b for b in batches(viewer=SYSTEM, community=town.community, limit=3) if b.kind == "cases.reports"]
    undo(by=SYSTEM, community=town.community, batch=cases.id, reason="the wrong file")
    for path in inbox.glob("热线_*"):
        path.unlink()
    done = _run(town, last, inbox)
    assert not done.again
    assert _digests(town)[str(last)] != before
    view = queries.round_of(viewer=SYSTEM, community=town.community, week=str(last))
    assert view is not None
    assert str(cases.id) not in {file["batch"] for file in view.files}
    assert _run(town, last, inbox).again


def test_an_undone_import_comes_back_by_hand_only(town: Town, last: Week, inbox: Path, other_community: UUID) -> None:
    """What somebody took out stays out, under whatever name the file lies there, until somebody takes it in again."""
    before, reports = _digests(town)[str(last)], _reports(town, last)
    (cases,) = [b for b in batches(viewer=SYSTEM, community=town.community, limit=3) if b.kind == "cases.reports"]
    (path,) = inbox.glob("热线_*")
    asked: dict[str, Any] = {"path": path, "kind": cases.kind}
    assert not undone_before(viewer=SYSTEM, community=town.community, **asked)
    undo(by=SYSTEM, community=town.community, batch=cases.id, reason="the wrong file")
    assert undone_before(viewer=SYSTEM, community=town.community, **asked)
    assert not undone_before(viewer=SYSTEM, community=other_community, **asked)
    stranger = add_actor("community_manager", other_community, today=date(2026, 1, 5))
    assert not undone_before(viewer=stranger, community=town.community, **asked)
    other_name = path.with_name(path.name.replace(".", "-again.", 1))
    shutil.copy(path, other_name)
    done = _run(town, last, inbox)
    assert not done.again
    assert done.rejected
    told = {file.file: (file.batch, file.error and file.error["key"]) for file in done.files if file.kind == "cases.reports"}
    assert told == dict.fromkeys((path.name, other_name.name), (None, "monday.undone_before"))
    assert _digests(town)[str(last)] != before
    view = queries.round_of(viewer=SYSTEM, community=town.community, week=str(last))
    assert view is not None
    assert {file["file"] for file in view.files if file["error"]} == {path.name, other_name.name}
    other_name.unlink()
    again = _run(town, last, inbox)
    assert again.again
    assert again.rejected, "it is told again until somebody deals with it"
    by_hand = take_in(by=SYSTEM, community=town.community, path=path, as_of=last.starts_at("Asia/Shanghai"))
    assert by_hand.state is State.APPLIED
    assert not undone_before(viewer=SYSTEM, community=town.community, **asked)
    third = _run(town, last, inbox)
    assert not third.again, "what came in by hand counts"
    assert not [file for file in third.files if file.error]
    assert _reports(town, last) == reports
    assert {b.state for b in batches(viewer=SYSTEM, community=town.community, kind="cases.reports", limit=2)} == {
        State.UNDONE, State.APPLIED
    }  # fmt: skip


def test_signed_off_once_and_other_files_take_it_back(town: Town, last: Week, inbox: Path) -> None:
    manager = add_actor("community_manager", town.community, today=date(2026, 1, 5))
    clerk = add_actor("desk_clerk", town.community, today=date(2026, 1, 5))
    with pytest.raises(NotAllowed):
        commands.sign_off(by=clerk, community=town.community, week=str(last))
    with pytest.raises(NotFound):
        commands.sign_off(by=manager, community=town.community, week="2031-W01")
    commands.sign_off(by=manager, community=town.community, week=str(last))
    with pytest.raises(Conflict):
        commands.sign_off(by=manager, community=town.community, week=str(last))
    assert _run(town, last, inbox).again
    signed = Round.objects.get(community=town.community, week=str(last))
    assert (signed.signed_by, signed.signed_role) == (manager.account, "community_manager")
    (inbox / "notes.txt").write_text("new", encoding="utf-8")
    _run(town, last, inbox)
    signed.refresh_from_db()
    assert signed.signed_at is None
    commands.sign_off(by=manager, community=town.community, week=str(last))


def test_a_round_that_is_under_way_cannot_be_signed(town: Town, last: Week) -> None:
    manager = add_actor("community_manager", town.community, today=date(2026, 1, 5))
    Round.objects.filter(week=str(last)).update(finished_at=None)
    with pytest.raises(Conflict):
        commands.sign_off(by=manager, community=town.community, week=str(last))


def test_a_week_without_its_neighbours_facts_still_tells(town: Town, last: Week, tmp_path: Path) -> None:
    """The folder of the week before is gone: nothing to compare with is no reason to stop."""
    place = Path(settings.DATA) / "facts" / str(town.community) / str(last.back())
    shutil.move(place, tmp_path / "away")
    try:
        _forget_round(town, last)
        assert not _run(town, last).again
    finally:
        shutil.move(tmp_path / "away", place)


def test_an_inbox_that_nobody_clears_tells_every_file_in_its_own_week(town: Town, last: Week, tmp_path: Path) -> None:
    """The file of a week stays where it was put; the next round leaves it to that week, and so does an earlier one."""
    before, digests = dump(), _digests(town)
    heap = tmp_path / "heap"
    for week in (last.back(), last):
        shutil.copytree(town.inbox(week), heap, dirs_exist_ok=True)
    _forget_round(town, last)
    for week in (last, last.back(), last):
        done = _run(town, week, heap)
        assert {file.file for file in done.files} == {path.name for path in town.inbox(week).iterdir()}
    assert differences(before, dump()) == []
    assert _digests(town) == digests


def test_grid_workers_see_their_own_grids_of_the_report(town: Town, last: Week) -> None:
    from linli.trust import grids_of

    zone = grids_of(viewer=SYSTEM, community=town.community)[0]
    worker = add_actor("grid_worker", zone.id, today=date(2026, 1, 5))
    view = queries.round_of(viewer=worker, community=town.community, week=str(last))
    assert view is not None
    assert view.report["matrix"]["grids"] == [zone.code]
    assert {len(row["cells"]) for row in view.report["matrix"]["rows"]} == {1}
    told = Round.objects.get(community=town.community, week=str(last))
    told.report["unjudged"] = [{"subject": {}, "reason": {}, "grid": grid} for grid in (None, zone.code, "elsewhere")]
    told.save()
    view = queries.round_of(viewer=worker, community=town.community, week=str(last))
    assert view is not None
    assert [unjudged["grid"] for unjudged in view.report["unjudged"]] == [None, zone.code]


def test_nothing_of_another_community_is_seen(town: Town, last: Week) -> None:
    stranger = add_actor("community_manager", add_community("999901001002", "Bridge Lane", "桥巷"), today=date(2026, 1, 5))
    assert queries.weeks(viewer=stranger, community=town.community) == []
    assert queries.round_of(viewer=stranger, community=town.community) is None
    assert facts.snapshots(viewer=stranger, community=town.community) == []
    with pytest.raises(NotFound):
        commands.sign_off(by=stranger, community=town.community, week=str(last))
    with pytest.raises(NotFound):
        run_round(by=stranger, community=town.community, week=last)
