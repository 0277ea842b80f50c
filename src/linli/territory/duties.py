"""Roles that hang on grids. Those of grids which end are named before that is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.trust import SYSTEM, Role, holders


@dataclass(frozen=True)
class Duty:
    """Somebody's role in one grid. ``until``: the first day without it, None for no end."""

    grant: UUID
    account: UUID
    name: str
    role: str
    grid: UUID
    label: str
    since: date
    until: date | None
    deputy_for: str


def duties_in(community: UUID, grids: Mapping[UUID, str], *, today: date | None = None) -> list[Duty]:
    """Who holds a role in one of ``grids`` (label by id), today or later."""
    rows = holders(viewer=SYSTEM, community=community, roles=list(Role), today=today, later=True)
    return [
        Duty(
            row["grant"],
            row["account"],
            row["name"],
            row["role"],
            row["grid"],
            grids[row["grid"]],
            row["since"],
            row["until"],
            row["deputy_for"] or "",
        )
        for row in rows
        if row["grid"] in grids
    ]
