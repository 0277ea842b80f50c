"""Rounds within a viewer's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli import facts
from linli.kernel.actor import Actor
from linli.monday.models import Round
from linli.trust import account_names


@dataclass(frozen=True)
class RoundView:
    """One round as the page shows it."""

    week: str
    as_of: datetime
    stages: dict[str, Any]
    files: list[dict[str, Any]]
    report: dict[str, Any]
    finished_at: datetime | None
    signed_by: str
    signed_at: datetime | None
    earlier: str | None
    later: str | None


def weeks(*, viewer: Actor, community: UUID) -> list[str]:
    """The weeks that have a round, oldest first."""
    if not viewer.sees_community(community):
        return []
    return list(Round.objects.filter(community=community).values_list("week", flat=True))


def round_of(*, viewer: Actor, community: UUID, week: str | None = None) -> RoundView | None:
    """The round of ``week`` (default: the newest), or None. Grid-scoped viewers see their own grids' cells only."""
    known = weeks(viewer=viewer, community=community)
    week = week or (known[-1] if known else None)
    if week is None or week not in known:
        return None
    found = Round.objects.get(community=community, week=week)
    place = known.index(week)
    names = account_names(viewer=viewer, accounts=[found.signed_by]) if found.signed_by else {}
    return RoundView(
        week=week,
        as_of=found.as_of,
        stages=found.stages,
        files=found.files,
        report=_within(found.report, viewer, community),
        finished_at=found.finished_at,
        signed_by=names.get(found.signed_by, "") if found.signed_by else "",
        signed_at=found.signed_at,
        earlier=known[place - 1] if place else None,
        later=known[place + 1] if place + 1 < len(known) else None,
    )


def _signed_off(viewer: Actor, community: UUID, week: str) -> tuple[str, datetime] | None:
    """Who signed a week off, and when; for the register's page of the same week (``site.wiring``)."""
    if not viewer.sees_community(community):
        return None
    found = Round.objects.filter(community=community, week=week, signed_at__isnull=False).first()
    if found is None or found.signed_at is None:
        return None
    names = account_names(viewer=viewer, accounts=[found.signed_by]) if found.signed_by else {}
    return names.get(found.signed_by, "") if found.signed_by else "", found.signed_at


SIGNED_OFF = _signed_off


def batches_told(*, viewer: Actor, community: UUID, but: str) -> set[str]:
    """Imports that the rounds of other weeks than ``but`` have told of: what still lies in the inbox belongs to them."""
    if not viewer.sees_community(community):
        return set()
    rounds = Round.objects.filter(community=community).exclude(week=but).values_list("files", flat=True)
    return {file["batch"] for files in rounds for file in files if file["batch"]}


def _within(report: dict[str, Any], viewer: Actor, community: UUID) -> dict[str, Any]:
    if viewer.grids is None or not report:
        return report
    from linli.trust import grids_of

    mine = {grid.code for grid in grids_of(viewer=viewer, community=community)}
    matrix = report.get("matrix", {})
    return {
        **report,
        "unjudged": [told for told in report.get("unjudged", []) if told.get("grid") is None or told["grid"] in mine],
        "matrix": {
            "grids": [g for g in matrix.get("grids", []) if g in mine],
            "rows": [
                {**row, "cells": [c for g, c in zip(matrix.get("grids", []), row["cells"], strict=True) if g in mine]}
                for row in matrix.get("rows", [])
            ],
        },
    }


@dataclass(frozen=True)
class SharedFigures:
    """What a level above may read of a week: counts that passed disclosure control, None where withheld."""

    week: str
    snapshot: str
    rule: str
    population: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    earlier: str | None
    later: str | None


def shared_figures(*, viewer: Actor, community: UUID, week: str | None = None) -> SharedFigures | None:
    """The shared facts of ``week`` (default: the newest): residents by coarse age, reports by matter, per grid.

    Nothing else is read.
    """
    known = list(facts.snapshots(viewer=viewer, community=community))
    weeks_known = [s.week for s in known]
    week = week or (weeks_known[-1] if weeks_known else None)
    if week not in weeks_known or week is None:
        return None
    place = weeks_known.index(week)
    found = known[place]
    population = facts.read("population", community=community, week=week, digest=found.digest).to_pylist()
    reports = [
        row
        for row in facts.read("reports_week", community=community, week=week, digest=found.digest).to_pylist()
        if row["week"] == week
    ]
    rules = {row["rule"] for row in (*population, *reports)}
    return SharedFigures(
        week=week,
        snapshot=found.digest,
        rule=", ".join(sorted(rules)),
        population=population,
        reports=reports,
        earlier=weeks_known[place - 1] if place else None,
        later=weeks_known[place + 1] if place + 1 < len(weeks_known) else None,
    )
