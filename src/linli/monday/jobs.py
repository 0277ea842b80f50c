"""Running a round: each stage leaves the records whole, and a stage that was cut short is simply done again."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.conf import settings
from django.utils import timezone

from linli import facts
from linli.focus.commands import keep_board
from linli.focus.queries import gather
from linli.focus.rules.rank import judge
from linli.intake import State, batch_detail, inbox_of, reasons, recognise, take_in, tidy_files, undone_before
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.weeks import Week
from linli.monday import commands, queries
from linli.monday.rules import AWAITED, NOT_RECONCILED, UNDONE_BEFORE, UNKNOWN_FILE, UNREADABLE, FileTaken, Stage, told
from linli.monday.rules import report as reports
from linli.monday.rules.why import summed
from linli.territory.queries import community_zone
from linli.territory.queries import grids as grids_on
from linli.trust import clock_of
from linli.work import refresh_statistics

# Files that put what they speak of in place before others refer to it.
ORDER = ("register.population", "cases.reports", "flows.readings")


@dataclass
class RoundResult:
    """What a round did. ``again``: nothing new lay in the inbox and the round had been finished before."""

    week: str
    files: list[FileTaken] = field(default_factory=list)
    snapshot: str = ""
    findings: int = 0
    unjudged: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    again: bool = False

    @property
    def rejected(self) -> bool:
        """Whether anything was refused: rows, or whole files."""
        return any(file.refused or file.error for file in self.files)


def run_round(
    *, by: Actor, community: UUID, week: Week, inbox: Path | None = None, step: Callable[[Stage], None] | None = None
) -> RoundResult:
    """Run the round of ``week`` on what lies in ``inbox``. Safe to run again at any time: the same files change nothing.

    Of two runs for one community at the same time the second waits for the first, and then finds nothing left to do.
    """
    with _alone(community), clock_of(community):
        return _run(by, community, week, inbox or inbox_of(community), step or (lambda _stage: None))


def _run(by: Actor, community: UUID, week: Week, inbox: Path, step: Callable[[Stage], None]) -> RoundResult:
    zone = community_zone(viewer=by, community=community)
    now = week.starts_at(zone)
    result = RoundResult(week=str(week))
    commands.open_round(by=by, community=community, week=week, as_of=now)
    standing = queries.round_of(viewer=by, community=community, week=str(week))
    assert standing is not None

    step(Stage.TAKE_IN)
    with _timed(result, Stage.TAKE_IN):
        found = sorted(_recognised(by, community, inbox), key=lambda it: (it[0], it[1].name))
    step(Stage.RENEW)
    with _timed(result, Stage.RENEW):
        taken = [_taken(by, community, path, mapping, now) for _place, path, mapping in found]
        # An inbox is seldom cleared: a file that another week's round has told of is that week's, not this one's.
        others = queries.batches_told(viewer=by, community=community, but=str(week))
        result.files = [file for file in taken if file.batch not in others]
    # A file that the round has not told of yet is new to it, even if a run that was cut short has taken it in.
    told_of = {(file["file"], file["batch"]) for file in standing.files}
    counting = [file for file in standing.files if _counts(by, community, file["batch"])]
    undone = any(file["batch"] for file in standing.files if file not in counting)
    if standing.finished_at and not undone and all((file.file, file.batch) in told_of for file in result.files):
        result.again = True
        result.snapshot = str(standing.stages.get(Stage.FACTS.value, {}).get("snapshot", ""))
        result.findings = int(standing.stages.get(Stage.FINDINGS.value, {}).get("findings", 0))
        result.unjudged = standing.report.get("unjudged", [])
        return result
    files = _joined(counting, result.files)
    # Whether a file was new to this run says nothing about the week, and would differ after a run that was cut short.
    listed = [{**asdict(file), "again": False} for file in files]
    commands.finish_stage(by=by, community=community, week=week, stage=Stage.TAKE_IN, gave={"files": len(files)}, files=listed)
    step(Stage.RECONCILE)
    totals = dict(reports.summary(files))
    commands.finish_stage(by=by, community=community, week=week, stage=Stage.RENEW, gave=totals)
    commands.finish_stage(by=by, community=community, week=week, stage=Stage.RECONCILE, gave={"told": told(files)})

    step(Stage.FACTS)
    with _timed(result, Stage.FACTS):
        written = facts.write(community, week, now)
        facts.keep_snapshot(by=by, community=community, written=written)
        facts.sweep(community, str(week), written.digest)
        result.snapshot = written.digest
        commands.finish_stage(by=by, community=community, week=week, stage=Stage.FACTS, gave={"snapshot": written.digest})
    step(Stage.FINDINGS)
    with _timed(result, Stage.FINDINGS):
        evidence = gather(viewer=by, community=community, week=week, zone=zone, digest=written.digest, now=now)
        judgement = judge(evidence)
        keep_board(by=by, community=community, week=week, snapshot=written.digest, judgement=judgement)
        result.findings = len(judgement.findings)
        commands.finish_stage(by=by, community=community, week=week, stage=Stage.FINDINGS, gave={"findings": result.findings})
    step(Stage.REPORT)
    with _timed(result, Stage.REPORT):
        result.unjudged = [
            {"subject": u.subject.as_json(), "reason": u.reason.as_json(), "grid": u.grid} for u in judgement.unjudged
        ]
        report = _report(by, community, week, written.digest, files, result.unjudged)
        commands.finish_stage(by=by, community=community, week=week, stage=Stage.REPORT, gave={}, report=report)
    refresh_statistics()
    return result


def _recognised(by: Actor, community: UUID, inbox: Path) -> Iterator[tuple[int, Path, Any]]:
    """The files of an inbox with the mapping that declares them (None where none, or more than one, does)."""
    if not inbox.is_dir():
        return
    for path in sorted(inbox.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        try:
            mapping = recognise(viewer=by, community=community, path=path)
        except LinliError as fault:
            yield len(ORDER), path, fault
            continue
        except OSError:
            yield len(ORDER), path, LinliError(UNREADABLE, file=path.name)
            continue
        kind = mapping.kind if mapping else ""
        yield ORDER.index(kind) if kind in ORDER else len(ORDER), path, mapping


def _taken(by: Actor, community: UUID, path: Path, mapping: Any, now: Any) -> FileTaken:
    """Take one file in; a file that cannot be used is told with its reason, and the others go on."""
    if mapping is None:
        return FileTaken(path.name, "", None, error={"key": UNKNOWN_FILE, "params": {"file": path.name}})
    if isinstance(mapping, LinliError):
        return FileTaken(path.name, "", None, error=mapping.words.as_json())
    try:
        # Whoever undid an import meant it: the round does not bring back what a person took out.
        if undone_before(viewer=by, community=community, path=path, kind=mapping.kind):
            return FileTaken(path.name, mapping.kind, None, error={"key": UNDONE_BEFORE, "params": {"file": path.name}})
        report = take_in(by=by, community=community, path=path, mapping=mapping.name, as_of=now)
    except LinliError as fault:
        return FileTaken(path.name, mapping.kind, None, error=fault.words.as_json())
    except OSError:
        return FileTaken(path.name, mapping.kind, None, error={"key": UNREADABLE, "params": {"file": path.name}})
    if report.waits:
        return FileTaken(path.name, mapping.kind, None, error={"key": AWAITED, "params": {"file": path.name}})
    refused = summed(reasons(viewer=by, community=community, batch=report.batch)) if report.anything_refused else []
    received = batch_detail(viewer=by, community=community, batch=report.batch).received_at
    taken = FileTaken(
        file=path.name,
        kind=mapping.kind,
        batch=str(report.batch),
        rows=report.rows,
        verdicts=report.verdicts,
        counts=report.counts,
        again=report.again,
        received=received.isoformat(),
        why=refused,
    )
    if not taken.reconciles:
        params = {"file": path.name, "rows": taken.rows, "told": sum(taken.verdicts.values())}
        return FileTaken(path.name, mapping.kind, taken.batch, taken.rows, error={"key": NOT_RECONCILED, "params": params})
    return taken


def _counts(by: Actor, community: UUID, batch: str | None) -> bool:
    """Whether what a file brought in still stands: it was taken in, and has not been undone since."""
    if batch is None:
        return False
    try:
        return batch_detail(viewer=by, community=community, batch=UUID(batch)).state is State.APPLIED
    except NotFound:
        return False


def _joined(earlier: list[dict[str, Any]], files: list[FileTaken]) -> list[FileTaken]:
    """The week's files: what an earlier run of the same round took in counts on when the file is gone from the inbox."""
    here = {file.batch for file in files}
    before = [FileTaken(**{**told_before, "again": True}) for told_before in earlier if told_before["batch"] not in here]
    return [*before, *files]


def _report(
    by: Actor, community: UUID, week: Week, digest: str, files: list[FileTaken], unjudged: list[dict[str, Any]]
) -> dict[str, Any]:
    zone = community_zone(viewer=by, community=community)
    now = week.starts_at(zone)
    # Those of that Monday: a grid that has ended since, or begins later, has no row.
    grids = [grid.label for grid in grids_on(viewer=by, community=community, on=week.monday)]
    tables = {
        name: facts.read(name, community=community, week=str(week), digest=digest) for name in ("resident", "report", "reading")
    }
    before = {name: _last_week(by, community, week, name) for name in ("resident", "report")}
    return {
        "matrix": reports.matrix(week, grids, tables["resident"], tables["report"], tables["reading"], now),
        "changes": reports.changes(tables["resident"], before["resident"], tables["report"], before["report"], files, now),
        "unjudged": unjudged,
        "totals": dict(reports.summary(files)),
    }


def _last_week(by: Actor, community: UUID, week: Week, name: str) -> pa.Table | None:
    """A table of the week before; None where there was no round, or its facts have been removed."""
    earlier = facts.snapshot_of(viewer=by, community=community, week=str(week.back()))
    try:
        return facts.read(name, community=community, week=earlier.week, digest=earlier.digest) if earlier else None
    except FileNotFoundError:
        return None


@contextmanager
def _alone(community: UUID) -> Iterator[None]:
    """One run at a time for a community; the system lets go of the lock whatever happens to us."""
    path = Path(settings.DATA) / "cache" / f"monday-{community}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _timed(result: RoundResult, stage: Stage) -> Iterator[None]:
    start = time.perf_counter()
    yield
    result.seconds[stage.value] = round(time.perf_counter() - start, 3)


def monday(community: UUID) -> None:
    """The scheduled job: the round of the week that is, from the community's own inbox."""
    with clock_of(community):
        run_round(by=SYSTEM, community=community, week=Week.of(timezone.localdate()))
    tidy_files(by=SYSTEM, community=community)


__all__ = ["RoundResult", "monday", "run_round"]
