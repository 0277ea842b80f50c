"""Findings over the API: the board of a week, and the decision about one."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Header, Router, Schema

from linli.faces.words import both
from linli.focus import commands, queries
from linli.focus.queries import FindingRow
from linli.focus.rules.kinds import DecisionAct, FindingKind
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, PROBLEMS, Permission, Problem, operation
from linli.trust.commands import answer_once

TASK_INCOMPLETE = sentence("focus.task_incomplete", "A task needs an owner and a date.")
router = Router(tags=["focus"])


class FindingOut(Schema):
    """One finding. ``reason`` and ``title`` in both languages; never about a person."""

    id: UUID
    rank: int
    kind: FindingKind
    grid: str | None
    matter: str | None
    counter: str | None
    score: float
    parts: dict[str, float]
    observed: float
    expected: float | None
    low: float | None
    high: float | None
    q: float
    title: dict[str, str]
    reason: dict[str, str]
    method: str
    snapshot: str
    decided: DecisionAct | None


class BoardOut(Schema):
    """The board of a week."""

    week: str
    findings: list[FindingOut]


class DecisionIn(Schema):
    """What is decided: a task needs ``owner`` and ``due``, known needs ``until`` and ``reason``, dismiss needs ``reason``."""

    act: DecisionAct
    owner: UUID | None = None
    due: date | None = None
    until: date | None = None
    first_step: str = Field("", max_length=500)
    reason: str = Field("", max_length=500)


class DecisionOut(Schema):
    """What was done; ``task`` where one was made."""

    act: DecisionAct
    task: UUID | None = None


def _out(row: FindingRow) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in FindingOut.model_fields if name not in ("title", "reason", "decided")},
        "title": both(row.title),
        "reason": both(row.reason),
        "decided": row.decision.act if row.decision else None,
    }


@router.get("/{code}/findings", response={200: BoardOut, **PROBLEMS}, operation_id="focus_findings")
@operation("api.focus.findings", may=Permission.FOCUS_READ)
def findings(request: HttpRequest, code: str, week: str | None = None) -> dict[str, Any]:
    """The findings of a week (default: the newest), by rank."""
    viewer, community = request.viewer, request.community  # type: ignore[attr-defined]
    found = queries.board(viewer=viewer, community=community.id, week=week, today=timezone.localdate())
    if found is None:
        raise NotFound(NOT_FOUND)
    return {"week": found.week, "findings": [_out(row) for row in found.findings]}


@router.post(
    "/{code}/findings/{finding}/decisions",
    response={200: DecisionOut, **PROBLEMS, 400: Problem, 409: Problem, 422: Problem},
    operation_id="focus_decide",
)
@operation("api.focus.decide", may=Permission.FOCUS_DECIDE)
def decide(
    request: HttpRequest,
    code: str,
    finding: UUID,
    data: DecisionIn,
    idempotency_key: str = Header(..., min_length=8, max_length=128, alias="Idempotency-Key"),
) -> dict[str, Any]:
    """Decide about a finding. Sent twice with the same Idempotency-Key it counts once."""
    viewer, community = request.viewer, request.community.id  # type: ignore[attr-defined]
    digest = hashlib.sha256(f"{finding}:{data.model_dump_json()}".encode()).hexdigest()

    def act() -> dict[str, Any]:
        if data.act is DecisionAct.TASK:
            if data.owner is None or data.due is None:
                raise BadInput(TASK_INCOMPLETE)
            task = commands.make_task(
                by=viewer, community=community, finding=finding, owner=data.owner, due=data.due, first_step=data.first_step
            )
            return {"act": data.act.value, "task": str(task)}
        if data.act is DecisionAct.KNOWN:
            commands.know(by=viewer, community=community, finding=finding, until=data.until, reason=data.reason)
        else:
            commands.dismiss(by=viewer, community=community, finding=finding, reason=data.reason)
        return {"act": data.act.value, "task": None}

    return answer_once(by=viewer, community=community, key=idempotency_key, digest=digest, act=act)
