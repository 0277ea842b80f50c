"""Writing down how far a round has come, and signing it off."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotFound
from linli.kernel.weeks import Week
from linli.monday.models import Round
from linli.monday.rules import ALREADY_SIGNED, NOT_READY, Stage
from linli.trust import NOT_FOUND, Permission, command, record


@command("monday.open_round", may=Permission.MONDAY_RUN)
def open_round(*, by: Actor, community: UUID, week: Week, as_of: datetime) -> UUID:
    """Begin the round of a week, or go on with it. Returns its id."""
    found, made = Round.objects.get_or_create(
        community_id=community, week=str(week), defaults={"as_of": as_of, "started_at": timezone.now()}
    )
    record("monday.round", ids=[found.id], counts={"new": int(made)})
    return found.id


@command("monday.finish_stage", may=Permission.MONDAY_RUN)
def finish_stage(
    *,
    by: Actor,
    community: UUID,
    week: Week,
    stage: Stage,
    gave: dict[str, Any],
    files: list[dict[str, Any]] | None = None,
    report: dict[str, Any] | None = None,
) -> None:
    """Note that a stage is done and what it gave; with the report the round is finished.

    Other ``files`` than those a sign-off was given for take it back: the trail keeps it, and somebody looks again.
    """
    found = Round.objects.select_for_update(of=("self",)).get(community=community, week=str(week))
    found.stages = {**found.stages, stage.value: {"at": timezone.now().isoformat(), **gave}}
    if files is not None:
        if found.signed_at and _batches(found.files) != _batches(files):
            found.signed_by, found.signed_role, found.signed_at = None, "", None
        # What follows from the files is due again until the report stands.
        found.files, found.finished_at = files, None
    if report is not None:
        found.report, found.finished_at = report, timezone.now()
    found.save()
    record("monday.round", ids=[found.id], fields=[stage.value])


def _batches(files: list[dict[str, Any]]) -> set[tuple[str, str | None]]:
    return {(file["file"], file["batch"]) for file in files}


@command("monday.sign_off", may=Permission.MONDAY_SIGN)
def sign_off(*, by: Actor, community: UUID, week: str) -> None:
    """Put one's name under the week: the files are the right ones, and what could not be judged is known.

    It changes no figure.
    """
    found = Round.objects.select_for_update(of=("self",)).filter(community=community, week=week).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    if found.signed_at:
        raise Conflict(ALREADY_SIGNED)
    if not found.finished_at:
        raise Conflict(NOT_READY)
    Round.objects.filter(id=found.id, signed_at__isnull=True).update(
        signed_by=by.account, signed_role=by.role, signed_at=timezone.now()
    )
    record("monday.round", ids=[found.id], fields=["signed_by"])
