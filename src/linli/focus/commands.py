"""Keeping a board, and deciding about a finding."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone

from linli.focus.models import Board, Decision, Finding
from linli.focus.rules.kinds import DecisionAct, Judgement, Ranked
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.weeks import Week
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, Permission, command, grids_of, record
from linli.work import add_task

REASON_NEEDED = sentence("focus.reason_needed", "Say why. The reason is kept with the finding.")
DATE_NEEDED = sentence("focus.date_needed", "Say until when, with a date after today.")
METHOD = "focus-1"


def _finding(board: Board, ranked: Ranked, taken_up: bool, running: int) -> Finding:
    draft = ranked.draft
    return Finding(
        community_id=board.community_id,
        board=board,
        identity=str(draft.identity),
        rank=ranked.rank,
        taken_up=taken_up,
        kind=draft.identity.kind.value,
        grid=draft.identity.grid,
        matter=draft.identity.matter,
        counter=draft.identity.counter,
        score=ranked.score,
        parts=dict(draft.parts),
        observed=draft.observed,
        expected=draft.expected,
        low=draft.low,
        high=draft.high,
        p=draft.p,
        q=ranked.q,
        title=draft.title.as_json(),
        reason=draft.reason.as_json(),
        series=[dict(point) for point in draft.series],
        facts=dict(draft.facts),
        weeks_running=running,
        method=draft.method,
    )


@command("focus.keep_board", may=Permission.MONDAY_RUN)
def keep_board(*, by: Actor, community: UUID, week: Week, snapshot: str, judgement: Judgement) -> None:
    """Put a judgement on the board of its week, in place of an earlier one. Findings that stay keep their id and their tasks."""
    board, _made = Board.objects.update_or_create(
        community_id=community,
        week=str(week),
        defaults={
            "snapshot": snapshot,
            "method": METHOD,
            "made_at": timezone.now(),
            "grids": [vars(total) for total in judgement.grids],
            "unjudged": [
                {"subject": u.subject.as_json(), "reason": u.reason.as_json(), "grid": u.grid} for u in judgement.unjudged
            ],
        },
    )
    before = dict(
        Finding.objects.filter(community=community, board__week=str(week.back()), taken_up=True).values_list(
            "identity", "weeks_running"
        )
    )
    standing = dict(board.findings.values_list("identity", "id"))
    board.findings.all().delete()
    made = []
    for taken_up, group in ((True, judgement.findings), (False, judgement.weaker)):
        for ranked in group:
            identity = str(ranked.draft.identity)
            finding = _finding(board, ranked, taken_up, before.get(identity, 0) + 1)
            finding.id = standing.get(identity, finding.id)
            made.append(finding)
    Finding.objects.bulk_create(made, batch_size=200)
    record(
        "focus.board",
        ids=[board.id],
        digest=snapshot,
        counts={"findings": len(judgement.findings), "weaker": len(judgement.weaker)},
    )


def _decide(
    by: Actor, community: UUID, finding: UUID, act: DecisionAct, *, reason: str = "", until: date | None = None
) -> Decision:
    found = Finding.objects.filter(community=community, id=finding).select_related("board").first()
    mine = {zone.code for zone in grids_of(viewer=by, community=community)} if by.grids is not None else set()
    if found is None or (by.grids is not None and found.grid not in mine):
        raise NotFound(NOT_FOUND)
    decision = Decision.objects.create(
        community_id=community,
        identity=found.identity,
        week=found.board.week,
        act=act.value,
        reason=reason.strip()[:500],
        until=until,
        at=timezone.now(),
        actor=by.account,
        role=by.role,
    )
    record("focus.decision", ids=[decision.id, finding], fields=["act", "until"], reason=act.value)
    return decision


@command("focus.make_task", may=Permission.FOCUS_DECIDE)
def make_task(*, by: Actor, community: UUID, finding: UUID, owner: UUID, due: date, first_step: str = "") -> UUID:
    """Make a finding somebody's task by a date. Returns the task's id."""
    if due < timezone.localdate():
        raise BadInput(DATE_NEEDED)
    decision = _decide(by, community, finding, DecisionAct.TASK, until=due)
    found = Finding.objects.get(id=finding)
    zones = {zone.code: zone.id for zone in grids_of(viewer=by, community=community)}
    task = add_task(
        by=by,
        community=community,
        title=found.title,
        owner=owner,
        due=due,
        grid=zones.get(found.grid or ""),
        first_step=first_step,
        source_kind="focus.finding",
        source_id=found.id,
    )
    Decision.objects.filter(id=decision.id).update(task_id=task)
    return task


@command("focus.know", may=Permission.FOCUS_DECIDE)
def know(*, by: Actor, community: UUID, finding: UUID, until: date | None, reason: str) -> None:
    """Known, and being dealt with until a date: off the board till then."""
    if until is None or until < timezone.localdate():
        raise BadInput(DATE_NEEDED)
    if not reason.strip():
        raise BadInput(REASON_NEEDED)
    _decide(by, community, finding, DecisionAct.KNOWN, reason=reason, until=until)


@command("focus.dismiss", may=Permission.FOCUS_DECIDE)
def dismiss(*, by: Actor, community: UUID, finding: UUID, reason: str) -> None:
    """Not worth attention this week, for a reason that is kept."""
    if not reason.strip():
        raise BadInput(REASON_NEEDED)
    _decide(by, community, finding, DecisionAct.DISMISS, reason=reason)
