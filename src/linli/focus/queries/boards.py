"""Boards and findings within a viewer's scope. A grid worker sees their grids' findings, with the ranks of the whole board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.focus.models import Board, Decision, Finding
from linli.focus.rules.kinds import DecisionAct, FindingKind
from linli.focus.rules.words import SUBJECT_COUNTER
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.weeks import Week
from linli.trust import NOT_FOUND, SYSTEM, account_names, grids_of
from linli.work import TaskRow, tasks_by_id


@dataclass(frozen=True)
class DecisionRow:
    """What was decided, by whom, until when."""

    act: str
    reason: str
    until: date | None
    week: str
    at: datetime
    by: str
    task_id: UUID | None


@dataclass(frozen=True)
class FindingRow:
    """A finding as pages and the command line show it."""

    id: UUID
    week: str
    identity: str
    rank: int
    taken_up: bool
    kind: str
    grid: str | None
    grid_name: dict[str, str]
    matter: str | None
    counter: str | None
    score: float
    parts: dict[str, float]
    observed: float
    expected: float | None
    low: float | None
    high: float | None
    p: float
    q: float
    title: dict[str, Any]
    reason: dict[str, Any]
    series: list[dict[str, Any]]
    facts: dict[str, Any]
    weeks_running: int
    method: str
    snapshot: str
    decision: DecisionRow | None = None
    task: TaskRow | None = None

    @property
    def known(self) -> bool:
        """Dealt with until a date that has not passed by the board's Monday."""
        decision = self.decision
        if decision is None or decision.act != DecisionAct.KNOWN or decision.until is None:
            return False
        return decision.until >= Week.parse(self.week).monday

    @property
    def dismissed(self) -> bool:
        """Dismissed in this very week; next week it may speak again."""
        return self.decision is not None and self.decision.act == DecisionAct.DISMISS and self.decision.week == self.week

    @property
    def open(self) -> bool:
        """Nobody has decided yet. A task counts even for those who may not see it."""
        given = self.decision is not None and self.decision.act == DecisionAct.TASK and self.decision.week == self.week
        return not (self.known or self.dismissed or self.task or given)


@dataclass(frozen=True)
class BoardView:
    """One week's board."""

    week: str
    snapshot: str
    method: str
    made_at: datetime
    findings: list[FindingRow]
    weaker: list[FindingRow]
    known: list[FindingRow]
    dismissed: list[FindingRow]
    unjudged: list[dict[str, Any]]
    grids: list[dict[str, Any]]
    earlier: str | None
    later: str | None


def boards(*, viewer: Actor, community: UUID) -> list[str]:
    """The weeks that have a board, oldest first."""
    if not viewer.sees_community(community):
        return []
    return list(Board.objects.filter(community=community).values_list("week", flat=True))


def decisions_of(*, viewer: Actor, community: UUID, identities: Iterable[str], week: str) -> dict[str, DecisionRow]:
    """The newest decision up to ``week`` for each identity."""
    if not viewer.sees_community(community):
        return {}
    found = list(Decision.objects.filter(community=community, identity__in=set(identities), week__lte=week))
    names = account_names(viewer=viewer, accounts=[d.actor for d in found if d.actor])
    return {
        d.identity: DecisionRow(
            d.act, d.reason, d.until, d.week, d.at, names.get(d.actor, "Linli") if d.actor else "Linli", d.task_id
        )
        for d in found
    }


def _rows(found: Iterable[Finding], viewer: Actor, community: UUID, week: str, snapshot: str, today: date) -> list[FindingRow]:
    found = list(found)
    zones = {zone.code: zone.name for zone in grids_of(viewer=viewer, community=community)}
    if viewer.grids is not None:
        found = [f for f in found if f.grid in zones]
    decided = decisions_of(viewer=viewer, community=community, identities=[f.identity for f in found], week=week)
    ids = [d.task_id for d in decided.values() if d.task_id]
    tasks = tasks_by_id(viewer=viewer, community=community, tasks=ids, today=today)
    return [
        FindingRow(
            id=f.id,
            week=week,
            identity=f.identity,
            rank=f.rank,
            taken_up=f.taken_up,
            kind=f.kind,
            grid=f.grid,
            grid_name=zones.get(f.grid or "", {}),
            matter=f.matter,
            counter=f.counter,
            score=f.score,
            parts=f.parts,
            observed=f.observed,
            expected=f.expected,
            low=f.low,
            high=f.high,
            p=f.p,
            q=f.q,
            title=f.title,
            reason=f.reason,
            series=f.series,
            facts=f.facts,
            weeks_running=f.weeks_running,
            method=f.method,
            snapshot=snapshot,
            decision=decided.get(f.identity),
            task=_task_of(decided.get(f.identity), week, tasks),
        )
        for f in found
    ]


def _task_of(row: DecisionRow | None, week: str, tasks: dict[UUID, TaskRow]) -> TaskRow | None:
    """The task that a finding became, this week or earlier: an earlier one counts while the matter is still in its hands."""
    task = tasks.get(row.task_id) if row and row.task_id else None
    if row is None or task is None:
        return None
    return task if row.week == week or task.state in ("open", "done") else None


def board(*, viewer: Actor, community: UUID, week: str | None = None, today: date) -> BoardView | None:
    """The board of ``week`` (default: the newest), or None where there is none."""
    weeks = boards(viewer=viewer, community=community)
    week = week or (weeks[-1] if weeks else None)
    if week not in weeks or week is None:
        return None
    found = Board.objects.get(community=community, week=week)
    rows = _rows(found.findings.all(), viewer, community, week, found.snapshot, today)
    mine = {zone.code for zone in grids_of(viewer=viewer, community=community)}
    place = weeks.index(week)
    return BoardView(
        week=week,
        snapshot=found.snapshot,
        method=found.method,
        made_at=found.made_at,
        findings=[r for r in rows if r.taken_up and not r.known and not r.dismissed],
        weaker=[r for r in rows if not r.taken_up and not r.known and not r.dismissed],
        known=[r for r in rows if r.known],
        dismissed=[r for r in rows if r.dismissed],
        unjudged=[u for u in found.unjudged if viewer.grids is None or u.get("grid") in mine],
        grids=[g for g in found.grids if g["grid"] in mine],
        earlier=weeks[place - 1] if place else None,
        later=weeks[place + 1] if place + 1 < len(weeks) else None,
    )


def finding(*, viewer: Actor, community: UUID, finding: UUID, today: date) -> FindingRow:
    """One finding; NotFound out of scope."""
    found = Finding.objects.filter(community=community, id=finding).select_related("board").first()
    if found is None or not viewer.sees_community(community):
        raise NotFound(NOT_FOUND)
    rows = _rows([found], viewer, community, found.board.week, found.board.snapshot, today)
    if not rows:
        raise NotFound(NOT_FOUND)
    return rows[0]


def seen_before(*, viewer: Actor, community: UUID, identity: str, week: str) -> list[DecisionRow]:
    """What was decided about the same place and matter in earlier weeks, newest first."""
    if not viewer.sees_community(community):
        return []
    found = list(Decision.objects.filter(community=community, identity=identity, week__lt=week).order_by("-at"))
    names = account_names(viewer=viewer, accounts=[d.actor for d in found if d.actor])
    return [
        DecisionRow(d.act, d.reason, d.until, d.week, d.at, names.get(d.actor, "Linli") if d.actor else "Linli", d.task_id)
        for d in found
    ]


@dataclass(frozen=True)
class Attended:
    """What residents are told: the matter, where, and what came of it. No figure, no name."""

    title: dict[str, Any]
    grid_name: dict[str, str]
    state: str
    until: date | None


def public_attended(*, viewer: Actor, community: UUID, limit: int = 7) -> list[Attended]:
    """The newest matters that somebody took on, for the portal: open to everybody, since it holds neither counts nor people."""
    taken = Decision.objects.filter(community=community, act__in=[DecisionAct.TASK, DecisionAct.KNOWN]).order_by("-at")
    newest: dict[str, Decision] = {}
    for decision in taken[: limit * 3]:
        newest.setdefault(decision.identity, decision)
    # Oldest week first, so that of one identity the newest finding stays.
    told = Finding.objects.filter(community=community, identity__in=newest).exclude(kind__in=_NOT_TOLD).order_by("board__week")
    findings = {found.identity: found for found in told}
    shown = [decision for decision in newest.values() if decision.identity in findings][:limit]
    handed = [decision.task_id for decision in shown if decision.task_id]
    tasks = tasks_by_id(viewer=SYSTEM, community=community, tasks=handed, today=timezone.localdate())
    names = {zone.code: zone.name for zone in grids_of(viewer=SYSTEM, community=community)}
    return [_attended(findings[d.identity], d, tasks.get(d.task_id) if d.task_id else None, names) for d in shown]


_NOT_TOLD = (FindingKind.SILENT.value, FindingKind.UNVERIFIED.value)


def _attended(found: Finding, decision: Decision, task: TaskRow | None, names: dict[str, Any]) -> Attended:
    title = found.title
    if found.kind == FindingKind.COUNTER:
        # A counter is named without its figure.
        title = {"key": SUBJECT_COUNTER, "params": {"counter": found.title["params"]["counter"]}}
    if decision.task_id is None:
        state, until = "known", decision.until
    else:
        state, until = (task.state, task.due) if task else ("open", None)
    return Attended(title, names.get(found.grid or "", {}), state, until)
