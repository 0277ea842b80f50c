"""Rounds over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from linli.faces.words import both
from linli.kernel.errors import NotFound
from linli.monday import queries
from linli.trust import NOT_FOUND, PROBLEMS, Permission, operation

router = Router(tags=["monday"])


class FileOut(Schema):
    """One file of the week: rows = the sum of the verdicts."""

    file: str
    kind: str
    rows: int
    verdicts: dict[str, int]
    error: dict[str, str] | None


class UnjudgedOut(Schema):
    """What could not be judged, and why, in both languages."""

    subject: dict[str, str]
    reason: dict[str, str]


class RoundOut(Schema):
    """One Monday round."""

    week: str
    as_of: datetime
    finished_at: datetime | None
    signed_at: datetime | None
    files: list[FileOut]
    unjudged: list[UnjudgedOut]


@router.get("/{code}/rounds", response={200: list[str], **PROBLEMS}, operation_id="monday_rounds")
@operation("api.monday.rounds", may=Permission.MONDAY_READ)
def rounds(request: HttpRequest, code: str) -> list[str]:
    """The weeks that have a round, oldest first."""
    return queries.weeks(viewer=request.viewer, community=request.community.id)  # type: ignore[attr-defined]


@router.get("/{code}/rounds/{week}", response={200: RoundOut, **PROBLEMS}, operation_id="monday_round")
@operation("api.monday.round", may=Permission.MONDAY_READ)
def round_of(request: HttpRequest, code: str, week: str) -> dict[str, Any]:
    """One round: its files, and what could not be judged."""
    found = queries.round_of(viewer=request.viewer, community=request.community.id, week=week)  # type: ignore[attr-defined]
    if found is None:
        raise NotFound(NOT_FOUND)
    return {
        "week": found.week,
        "as_of": found.as_of,
        "finished_at": found.finished_at,
        "signed_at": found.signed_at,
        "files": [{**file, "error": both(file["error"]) if file["error"] else None} for file in found.files],
        "unjudged": [{"subject": both(u["subject"]), "reason": both(u["reason"])} for u in found.report.get("unjudged", [])],
    }
