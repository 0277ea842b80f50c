"""A draft of grids from its first cell to its first day, and what of it is seen by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import time_machine

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.territory import commands, jobs, queries
from linli.territory.models import (
    Building,
    BuildingGrid,
    Draft,
    DraftCell,
    DraftStep,
    Grid,
    GridLineage,
    GridShape,
    GridVersion,
    LayerKind,
)
from linli.territory.reports import ImportReport
from linli.territory.rules.faults import FaultKind
from linli.territory.rules.lineage import Fate
from linli.territory.rules.proposals import Proposal, Stage
from linli.trust import SYSTEM, audit_events, grids_of
from linli.trust.rules import ZoneKind
from tests.territory.people import settle

TODAY, LATER = date(2026, 11, 18), date(2027, 1, 4)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel("2026-11-18T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def lived(place: UUID, settled: ImportReport, data: Path) -> UUID:
    """The small territory with ten residents in each of its 36 houses, six in each grid."""
    settle(place, dict.fromkeys(Building.objects.values_list("id", flat=True), 10), helped=1, cases={"01": 6})
    return place


@pytest.fixture
def draft(lived: UUID) -> UUID:
    """A draft of the grids there are, its cells cut."""
    version = commands.begin_draft(by=SYSTEM, community=lived, name="January", target=60, tolerance=0.2)
    jobs.drafts(lived)
    return version


def _row(place: UUID, version: UUID) -> queries.DraftRow:
    return queries.draft(viewer=SYSTEM, community=place, version=version, shapes=True)


def _part(place: UUID, version: UUID, label: str) -> queries.PartRow:
    return next(row for row in _row(place, version).parts if row.label == label)


def _houses(*numbers: int) -> list[UUID]:
    found = dict(Building.objects.values_list("name", "id"))
    return [found[f"柳荫苑{number}号楼"] for number in numbers]


def test_a_draft_begins_as_the_grids_lie(lived: UUID, draft: UUID) -> None:
    row = _row(lived, draft)
    assert (row.state, row.weight, row.target, row.week, row.proposal.stage) == ("draft", "persons", 60, "2026-W46", Stage.DONE)
    assert [(p.label, p.fate, p.persons, p.households, p.buildings, p.deviation, p.pieces) for p in row.parts] == [
        (f"0{n}", Fate.KEPT, 60, 24, 6, 0.0, 1) for n in range(1, 7)
    ]
    assert [p.hours for p in row.parts] == [
        pytest.approx((24 * 8 + 6 * 45 + cases * 50) / 60, abs=0.06) for cases in (6, 0, 0, 0, 0, 0)
    ]
    now = {grid.label: grid.shape for grid in queries.grids(viewer=SYSTEM, community=lived, shapes=True)}
    for part in row.parts:
        assert part.shape.symmetric_difference(now[part.label]).area < 1e-5 * now[part.label].area
    assert row.compared is not None
    assert (row.compared.change_grid, row.compared.people, row.compared.ended) == (0, 360, [])
    faults = queries.draft_faults(viewer=SYSTEM, community=lived, version=draft)
    assert [(fault.kind, fault.words.params["label"], fault.blocking) for fault in faults] == [(FaultKind.LOAD, "01", False)]
    assert row.as_json()["grids"][0]["fate"] == "kept"
    assert len(queries.draft_cells(viewer=SYSTEM, community=lived, version=draft)) == 36
    assert len(queries.grids(viewer=SYSTEM, community=lived)) == 6
    assert len(grids_of(viewer=SYSTEM, community=lived)) == 6, "a draft makes no zones"


def test_steps_are_undone_and_taken_again(lived: UUID, draft: UUID) -> None:
    first = _part(lived, draft, "01").part
    second = _part(lived, draft, "02").part
    stands = commands.move_cells(by=SYSTEM, community=lived, version=draft, to=second, buildings=_houses(2))
    assert (stands.step, stands.undo, stands.redo) == (1, True, False)
    assert {row.part: row.persons for row in stands.figures}[first] == 50
    assert (_part(lived, draft, "02").takes, _part(lived, draft, "01").gives) == ({"01": 10}, {"02": 10})
    commands.lock_part(by=SYSTEM, community=lived, version=draft, part=first, on=True)
    with pytest.raises(Conflict):
        commands.merge_parts(by=SYSTEM, community=lived, version=draft, parts=[first, second])
    stands = commands.undo_step(by=SYSTEM, community=lived, version=draft)
    stands = commands.undo_step(by=SYSTEM, community=lived, version=draft)
    assert (stands.step, stands.redo, stands.locked) == (0, True, [])
    assert {row.persons for row in stands.figures} == {60}
    with pytest.raises(Conflict):
        commands.undo_step(by=SYSTEM, community=lived, version=draft)
    commands.redo_step(by=SYSTEM, community=lived, version=draft)
    assert commands.redo_step(by=SYSTEM, community=lived, version=draft).locked == [first]
    with pytest.raises(Conflict):
        commands.redo_step(by=SYSTEM, community=lived, version=draft)
    commands.undo_step(by=SYSTEM, community=lived, version=draft)
    commands.split_part(by=SYSTEM, community=lived, version=draft, part=second, buildings=_houses(2))
    assert DraftStep.objects.filter(draft_id=draft).count() == 2, "a new step ends what was undone"
    with pytest.raises(Conflict):
        commands.redo_step(by=SYSTEM, community=lived, version=draft)
    with pytest.raises(BadInput):
        commands.move_cells(by=SYSTEM, community=lived, version=draft, to=second, buildings=[new_id()])


def test_a_block_goes_over_as_one(lived: UUID, draft: UUID) -> None:
    cells = queries.draft_cells(viewer=SYSTEM, community=lived, version=draft)
    to = _part(lived, draft, "02").part
    block = next(cell.block for cell in cells if cell.part != to)
    commands.move_cells(by=SYSTEM, community=lived, version=draft, to=to, block=block)
    assert {cell.part for cell in queries.draft_cells(viewer=SYSTEM, community=lived, version=draft) if cell.block == block} == {
        to
    }


def test_a_line_is_drawn_on_the_map(lived: UUID, draft: UUID) -> None:
    part = _part(lived, draft, "05")
    west, south, east, north = part.shape.bounds
    middle = (south + north) / 2
    commands.draw_line(by=SYSTEM, community=lived, version=draft, parts=[part.part], line=[(west, middle), (east, middle)])
    rows = {row.label: row for row in _row(lived, draft).parts}
    assert rows["07"].fate is Fate.NEW
    assert rows["05"].fate is Fate.SPLIT
    assert rows["05"].persons + rows["07"].persons == 60
    with pytest.raises(BadInput):
        commands.draw_line(by=SYSTEM, community=lived, version=draft, parts=[part.part], line=[(west, middle)])


def test_a_draft_is_checked_by_somebody_else_and_published_by_the_manager(lived: UUID, actor_for: Callable[..., Actor]) -> None:
    clerk, manager = actor_for("desk_clerk", lived), actor_for("community_manager", lived)
    version = commands.begin_draft(by=clerk, community=lived, target=60, tolerance=0.2)
    jobs.drafts(lived)
    parts = {row.label: row.part for row in _row(lived, version).parts}
    commands.merge_parts(by=clerk, community=lived, version=version, parts=[parts["01"], parts["02"]])
    with pytest.raises(Conflict):
        commands.publish_grids(by=manager, community=lived, version=version, valid_from=LATER)
    with pytest.raises(Conflict) as refused:
        commands.check_draft(by=manager, community=lived, version=version)
    assert refused.value.words.params["count"] == 1
    fault = next(one for one in queries.draft_faults(viewer=manager, community=lived, version=version) if one.blocking)
    assert (fault.kind, fault.words.params["label"], fault.words.params["percent"]) == (FaultKind.SIZE, "01", 100)
    assert fault.remedy is not None
    with pytest.raises(BadInput):
        commands.allow_fault(by=clerk, community=lived, version=version, fault="size|grid 02|", reason="school")
    commands.allow_fault(by=clerk, community=lived, version=version, fault=fault.key, reason="the school lies in it")
    with pytest.raises(Conflict):
        commands.check_draft(by=clerk, community=lived, version=version)
    commands.check_draft(by=manager, community=lived, version=version)
    with pytest.raises(Conflict):
        commands.undo_step(by=clerk, community=lived, version=version)
    with pytest.raises(NotAllowed):
        commands.publish_grids(by=clerk, community=lived, version=version, valid_from=LATER)
    commands.publish_grids(by=manager, community=lived, version=version, valid_from=LATER)
    event = next(row for row in audit_events(viewer=SYSTEM, community=lived) if row.command == "territory.publish_grids")
    assert event.reason == "the school lies in it"
    with pytest.raises(NotFound):
        commands.reopen_draft(by=clerk, community=lived, version=version)


def test_a_draft_goes_back_for_changes_and_can_be_thrown_away(lived: UUID, draft: UUID, actor_for: Callable[..., Actor]) -> None:
    clerk = actor_for("desk_clerk", lived)
    commands.set_goals(by=clerk, community=lived, version=draft, weight="households", target=24, tolerance=0.1)
    commands.check_draft(by=clerk, community=lived, version=draft)
    with pytest.raises(Conflict):
        commands.set_goals(by=clerk, community=lived, version=draft, weight="persons", target=60, tolerance=0.1)
    commands.reopen_draft(by=clerk, community=lived, version=draft)
    part = _part(lived, draft, "01").part
    commands.lock_part(by=clerk, community=lived, version=draft, part=part, on=True)
    with pytest.raises(Conflict):
        commands.check_draft(by=clerk, community=lived, version=draft)
    commands.check_draft(by=clerk, community=lived, version=draft, alone="the colleague is ill")
    commands.discard_draft(by=clerk, community=lived, version=draft)
    assert (DraftCell.objects.count(), GridVersion.objects.count()) == (0, 1)
    published = GridVersion.objects.get().id
    with pytest.raises(NotFound):
        commands.discard_draft(by=clerk, community=lived, version=published)


def _publish(place: UUID, version: UUID, valid_from: date = LATER) -> None:
    commands.check_draft(by=SYSTEM, community=place, version=version)
    commands.publish_grids(by=SYSTEM, community=place, version=version, valid_from=valid_from)


def _allow(place: UUID, version: UUID) -> None:
    for fault in queries.draft_faults(viewer=SYSTEM, community=place, version=version):
        if fault.blocking:
            commands.allow_fault(by=SYSTEM, community=place, version=version, fault=fault.key, reason="it was meant so")


def test_published_for_a_day_to_come(lived: UUID, draft: UUID) -> None:
    then = {grid.label: grid.id for grid in queries.grids(viewer=SYSTEM, community=lived)}
    second = _part(lived, draft, "02").part
    commands.set_goals(by=SYSTEM, community=lived, version=draft, weight="persons", target=60, tolerance=1)
    commands.move_cells(by=SYSTEM, community=lived, version=draft, to=second, buildings=_houses(2))
    commands.split_part(by=SYSTEM, community=lived, version=draft, part=_part(lived, draft, "06").part, buildings=_houses(36))
    third = _part(lived, draft, "03").part
    commands.merge_parts(by=SYSTEM, community=lived, version=draft, parts=[third, _part(lived, draft, "04").part])
    outlines = {row.label: row.shape for row in _row(lived, draft).parts}
    _allow(lived, draft)
    _publish(lived, draft)
    assert not Draft.objects.exists()
    today = queries.grids(viewer=SYSTEM, community=lived)
    assert [grid.label for grid in today] == ["01", "02", "03", "04", "05", "06"], "until that day nothing is different"
    later = {grid.label: grid for grid in queries.grids(viewer=SYSTEM, community=lived, on=LATER, shapes=True)}
    assert sorted(later) == ["01", "02", "03", "05", "06", "07"]
    assert {label: grid.id for label, grid in later.items() if label in then}.items() <= then.items()
    assert {label: later[label].buildings for label in later} == {"01": 5, "02": 7, "03": 12, "05": 6, "06": 5, "07": 1}
    for label, grid in later.items():
        assert grid.shape.symmetric_difference(outlines[label]).area < 1e-12
    with time_machine.travel("2027-01-05T09:00:00+08:00", tick=False):
        assert sorted(grid.label for grid in queries.grids(viewer=SYSTEM, community=lived)) == sorted(later)
    told = {
        (row.source, row.target): (row.persons, row.buildings, round(row.share, 3))
        for row in queries.lineage(viewer=SYSTEM, community=lived, version=draft)
    }
    assert told[("01", "02")] == (10, 1, 0.167)
    assert told[("04", "03")] == (60, 6, 1.0)
    assert told[("06", "07")] == (10, 1, 0.167)
    assert told[("05", "05")] == (60, 6, 1.0)


def test_a_publication_to_come_is_taken_back(lived: UUID, draft: UUID) -> None:
    commands.set_goals(by=SYSTEM, community=lived, version=draft, weight="persons", target=60, tolerance=1)
    commands.move_cells(by=SYSTEM, community=lived, version=draft, to=_part(lived, draft, "02").part, buildings=_houses(2))
    _publish(lived, draft)
    commands.withdraw_grids(by=SYSTEM, community=lived, version=draft)
    assert [row.state for row in queries.versions(viewer=SYSTEM, community=lived)] == ["checked", "published"]
    on = {grid.label: grid.buildings for grid in queries.grids(viewer=SYSTEM, community=lived, on=date(2028, 1, 3))}
    assert on == dict.fromkeys(on, 6)
    assert not GridLineage.objects.exists()
    commands.publish_grids(by=SYSTEM, community=lived, version=draft, valid_from=LATER)
    assert GridLineage.objects.count() == 7
    for wrong in (draft, GridVersion.objects.order_by("id").first().id):  # type: ignore[union-attr]
        with time_machine.travel("2027-02-01T09:00:00+08:00", tick=False), pytest.raises(Conflict):
            commands.withdraw_grids(by=SYSTEM, community=lived, version=wrong)


def test_who_looks_after_a_grid_that_ends_is_named_first(lived: UUID, draft: UUID, actor_for: Callable[..., Actor]) -> None:
    ending = queries.grid(viewer=SYSTEM, community=lived, label="02").id
    worker = actor_for("grid_worker", ending)
    parts = {row.label: row.part for row in _row(lived, draft).parts}
    commands.set_goals(by=SYSTEM, community=lived, version=draft, weight="persons", target=60, tolerance=1)
    commands.merge_parts(by=SYSTEM, community=lived, version=draft, parts=[parts["01"], parts["02"]])
    compared = _row(lived, draft).compared
    assert compared is not None
    assert (compared.ended, [duty.name for duty in compared.duties]) == (["02"], [worker.name])
    assert (compared.change_grid, compared.change_worker) == (60, 60)
    assert [duty.label for duty in queries.duties_that_end(viewer=SYSTEM, community=lived, version=draft)] == ["02"]
    with pytest.raises(Conflict) as refused:
        _publish(lived, draft)
    assert worker.name in refused.value.words.params["names"]
    assert Draft.objects.filter(version_id=draft).exists(), "refused as a whole"
    commands.publish_grids(by=SYSTEM, community=lived, version=draft, valid_from=LATER, duties_seen=True)
    assert GridShape.objects.filter(grid_id=ending).count() == 1, "what it was stays known"


def test_grids_are_proposed_and_locked_ones_stay(lived: UUID, draft: UUID) -> None:
    locked = _part(lived, draft, "01").part
    before = _part(lived, draft, "01").shape
    commands.lock_part(by=SYSTEM, community=lived, version=draft, part=locked, on=True)
    commands.ask_proposal(by=SYSTEM, community=lived, version=draft, weight="persons", target=100, tolerance=0.05)
    with pytest.raises(Conflict):
        commands.ask_proposal(by=SYSTEM, community=lived, version=draft, weight="persons", target=90, tolerance=0.05)
    with pytest.raises(Conflict):
        commands.check_draft(by=SYSTEM, community=lived, version=draft)
    jobs.drafts(lived)
    row = _row(lived, draft)
    assert (row.proposal.stage, row.proposal.share) == (Stage.DONE, 1.0)
    assert sorted(part.persons for part in row.parts) == [60, 100, 100, 100]
    assert {part.pieces for part in row.parts} == {1}
    assert _part(lived, draft, "01").shape.equals(before)
    commands.undo_step(by=SYSTEM, community=lived, version=draft)
    assert [part.persons for part in _row(lived, draft).parts] == [60] * 6


def test_a_first_division_comes_from_the_ground_alone(place: UUID, settled: ImportReport, data: Path) -> None:
    settle(place, dict.fromkeys(Building.objects.values_list("id", flat=True), 10))
    version = commands.begin_draft(by=SYSTEM, community=place, kind=LayerKind.UNIT, afresh=True, tolerance=0.5)
    jobs.drafts(place)
    row = _row(place, version)
    assert (row.proposal.stage, row.weight) == (Stage.DONE, "area")
    assert [part.label for part in row.parts] == [f"{n:02d}" for n in range(1, len(row.parts) + 1)]
    assert all(5_000 <= part.area_m2 <= 15_000 for part in row.parts)
    faults = queries.draft_faults(viewer=SYSTEM, community=place, version=version)
    assert [fault for fault in faults if fault.blocking or fault.kind is FaultKind.ORDER] == []
    _publish(place, version, TODAY)
    assert len(queries.grids(viewer=SYSTEM, community=place)) == 6, "the people's grids are another layer"
    assert {zone.code[0] for zone in grids_of(viewer=SYSTEM, community=place, kind=ZoneKind.SECTOR)} == {"U"}
    assert {row.kind for row in queries.divisions(viewer=SYSTEM, community=place)} == {"people", "unit"}


def test_a_school_is_a_grid_of_its_own_layer(lived: UUID) -> None:
    version = commands.begin_draft(by=SYSTEM, community=lived, kind=LayerKind.DEDICATED, afresh=True)
    Draft.objects.filter(version_id=version).update(proposal={})
    from linli.territory.grounds import lay

    commands.lay_cells(by=SYSTEM, community=lived, version=version, laid=lay(lived))
    everything = list(range(36))
    commands.move_cells(by=SYSTEM, community=lived, version=version, to=0, cells=everything)
    commands.split_part(by=SYSTEM, community=lived, version=version, part=0, buildings=_houses(7, 8))
    commands.set_goals(by=SYSTEM, community=lived, version=version, weight="area", target=7_500, tolerance=1)
    assert [fault for fault in queries.draft_faults(viewer=SYSTEM, community=lived, version=version) if fault.blocking] == []
    _publish(lived, version, TODAY)
    assert Grid.objects.filter(layer__kind="dedicated").count() == 1
    assert BuildingGrid.objects.filter(version_id=version).count() == 2
    school = queries.grids(viewer=SYSTEM, community=lived, kind=LayerKind.DEDICATED)
    assert [(grid.label, grid.buildings) for grid in school] == [("01", 2)]


def test_what_was_left_out_is_named(lived: UUID, draft: UUID) -> None:
    commands.move_cells(by=SYSTEM, community=lived, version=draft, to=0, buildings=_houses(1))
    kinds = {fault.kind for fault in queries.draft_faults(viewer=SYSTEM, community=lived, version=draft)}
    assert {FaultKind.LEFT_OUT, FaultKind.GAP} <= kinds
    with pytest.raises(Conflict):
        commands.check_draft(by=SYSTEM, community=lived, version=draft)


def test_a_proposal_is_cancelled(lived: UUID, draft: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.ask_proposal(by=SYSTEM, community=lived, version=draft, weight="persons", target=100, tolerance=0.05)

    def asked(*_: object, progress: Callable[[float, float], bool], **__: object) -> None:
        commands.cancel_proposal(by=SYSTEM, community=lived, version=draft)
        assert progress(0.5, 0.1) is False
        from linli.methods.division import Cancelled

        raise Cancelled

    monkeypatch.setattr(jobs, "propose", asked)
    jobs.drafts(lived)
    row = _row(lived, draft)
    assert (row.proposal.stage, row.step) == (Stage.CANCELLED, 0)
    with pytest.raises(Conflict):
        commands.cancel_proposal(by=SYSTEM, community=lived, version=draft)


def test_a_proposal_that_cannot_be_says_why(lived: UUID, draft: UUID) -> None:
    commands.ask_proposal(by=SYSTEM, community=lived, version=draft, weight="persons", target=1, tolerance=0.05)
    jobs.drafts(lived)
    row = _row(lived, draft)
    assert (row.proposal.stage, row.words[0].key) == (Stage.FAILED, "territory.proposal.not_divisible")
    for part in row.parts:
        commands.lock_part(by=SYSTEM, community=lived, version=draft, part=part.part, on=True)
    commands.ask_proposal(by=SYSTEM, community=lived, version=draft, weight="persons", target=60, tolerance=0.05)
    jobs.drafts(lived)
    assert _row(lived, draft).words[0].key == "territory.proposal.all_locked"


@pytest.mark.parametrize(
    "wrong", [{"weight": "cats"}, {"target": 0}, {"target": float("nan")}, {"tolerance": 0}, {"tolerance": 2}]
)
def test_goals_that_cannot_be(lived: UUID, draft: UUID, wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"weight": "persons", "target": 60, "tolerance": 0.05, **wrong}
    with pytest.raises(BadInput):
        commands.set_goals(by=SYSTEM, community=lived, version=draft, **given)  # type: ignore[arg-type]


def test_a_draft_without_buildings_says_what_is_missing(place: UUID, data: Path) -> None:
    version = commands.begin_draft(by=SYSTEM, community=place)
    jobs.drafts(place)
    row = queries.draft(viewer=SYSTEM, community=place, version=version)
    assert (row.ready, row.proposal.stage, row.words[0].key) == (False, Stage.FAILED, "territory.no_ground")


def test_drafts_are_for_those_who_may_draw(lived: UUID, draft: UUID, actor_for: Callable[..., Actor]) -> None:
    mine = queries.grid(viewer=SYSTEM, community=lived, label="02").id
    for stranger in (actor_for("grid_worker", mine), actor_for("supervisor", lived), actor_for("desk_clerk", mine)):
        with pytest.raises(NotFound):
            queries.draft(viewer=stranger, community=lived, version=draft)
        assert [row.state for row in queries.divisions(viewer=stranger, community=lived)] == ["published"]
        with pytest.raises((NotAllowed, NotFound)):
            commands.move_cells(by=stranger, community=lived, version=draft, to=0, cells=[1])
    assert Proposal.of({}).stage is Stage.NONE


def test_counts_come_from_the_facts_within_scope(lived: UUID, actor_for: Callable[..., Actor]) -> None:
    every = queries.building_loads(viewer=SYSTEM, community=lived)
    assert (every.week, len(every.buildings), every.open_cases) == ("2026-W46", 36, {"01": 6})
    mine = queries.grid(viewer=SYSTEM, community=lived, label="01").id
    worker = queries.building_loads(viewer=actor_for("grid_worker", mine), community=lived)
    assert (len(worker.buildings), worker.open_cases) == (6, {"01": 6})
    assert queries.building_loads(viewer=actor_for("system_administrator", lived), community=lived).buildings == {}
