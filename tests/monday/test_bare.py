"""Communities that lack something: the round runs on what there is, and says what it could not judge."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from linli.kernel.actor import SYSTEM
from linli.kernel.weeks import Week
from linli.monday import jobs, queries
from linli.monday.jobs import run_round
from tests.support.town import Town, found
from tests.support.zones import add_community


@pytest.fixture
def bare(town_files: Path, db: None) -> Town:
    return found(town_files)


def test_an_empty_inbox_and_none_at_all_are_told_the_same_way(bare: Town, tmp_path: Path) -> None:
    week = bare.weeks[0]
    for inbox in (tmp_path, tmp_path / "nowhere", None):
        done = run_round(by=SYSTEM, community=bare.community, week=week, inbox=inbox)
        assert done.files == []
        assert done.findings == 0
    keys = {told["reason"]["key"] for told in done.unjudged}
    assert {"focus.unjudged.no_reports", "focus.unjudged.no_register"} <= keys


@pytest.mark.parametrize("kind", ["人口", "热线", "客流"])
def test_without_one_of_its_sources_it_says_what_it_could_not_judge(kind: str, bare: Town, tmp_path: Path) -> None:
    """No register, no reports, no counters: the rest is judged all the same."""
    for week in bare.weeks[:6]:
        folder = Path(shutil.copytree(bare.inbox(week), tmp_path / str(week)))
        for path in folder.glob(f"{kind}_*"):
            path.unlink()
        done = run_round(by=SYSTEM, community=bare.community, week=week, inbox=folder)
    view = queries.round_of(viewer=SYSTEM, community=bare.community)
    assert view is not None
    assert view.finished_at
    keys = {told["reason"]["key"] for told in done.unjudged}
    wanted = {"人口": "focus.unjudged.no_register", "热线": "focus.unjudged.no_reports", "客流": "focus.unjudged.no_readings"}
    if kind != "客流":
        assert wanted[kind] in keys
    states = {cell["state"] for row in view.report["matrix"]["rows"] for cell in row["cells"]}
    assert states & {"unknown", "none"}


def test_a_community_without_grids_has_its_round(db: None, tmp_path: Path, town_files: Path) -> None:
    community = add_community("999901001008", "Bare Field", "空地")
    done = run_round(by=SYSTEM, community=community, week=Week.parse("2026-W41"), inbox=tmp_path)
    assert done.findings == 0
    assert "focus.unjudged.no_grids" in {told["reason"]["key"] for told in done.unjudged}
    assert run_round(by=SYSTEM, community=community, week=Week.parse("2026-W41"), inbox=tmp_path).again


def test_the_scheduled_job_runs_the_week_that_is(bare: Town) -> None:
    jobs.monday(bare.community)
    jobs.monday(bare.community)
    (week,) = queries.weeks(viewer=SYSTEM, community=bare.community)
    assert Week.parse(week) == Week.of(Week.parse(week).monday)
