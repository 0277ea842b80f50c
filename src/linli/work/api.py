"""Tasks over the API."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from linli.faces.words import both
from linli.trust import PROBLEMS, Permission, operation
from linli.work import queries

router = Router(tags=["work"])


class TaskOut(Schema):
    """One task."""

    id: UUID
    title: dict[str, str]
    grid: str | None
    owner_name: str
    due: date
    late: bool
    state: str


@router.get("/{code}/tasks", response={200: list[TaskOut], **PROBLEMS}, operation_id="work_tasks")
@operation("api.work.tasks", may=Permission.TASK_READ)
def tasks(request: HttpRequest, code: str, which: Literal["mine", "check", "open", "closed"] = "mine") -> list[dict[str, Any]]:
    """The viewer's tasks, or those within their scope."""
    rows = queries.worklist(
        viewer=request.viewer,  # type: ignore[attr-defined]
        community=request.community.id,  # type: ignore[attr-defined]
        today=timezone.localdate(),
        which=which,
    )
    return [
        {**{name: getattr(row, name) for name in TaskOut.model_fields if name != "title"}, "title": both(row.title)}
        for row in rows
    ]
