"""The weekly run: what was announced a week ago goes, then what has had its time is announced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import SYSTEM, Actor
from linli.trust.retention import commands, queries
from linli.trust.retention.registry import retained_purposes

WEEKLY = "40 3 * * 2"
"""Tuesdays, when the Monday is over."""


@dataclass
class RetentionReport:
    """What a run did: things by purpose."""

    deleted: dict[str, int] = field(default_factory=dict)
    announced: dict[str, int] = field(default_factory=dict)


def run_retention(*, by: Actor, community: UUID, now: datetime) -> RetentionReport:
    """Run once; bears being run again, or being cut short anywhere and run again."""
    report = RetentionReport()
    for announcement, purpose, _announced in queries.open_announcements(viewer=by, community=community):
        through = False
        while not through:
            gone, through = commands.delete_announced(by=by, community=community, announcement=announcement, now=now)
            if gone:
                report.deleted[purpose] = report.deleted.get(purpose, 0) + gone
    for purpose in retained_purposes():
        count = commands.announce_deletion(by=by, community=community, purpose=purpose, now=now)
        if count:
            report.announced[purpose] = count
    return report


def weekly(community: UUID) -> None:
    """The scheduled job."""
    run_retention(by=SYSTEM, community=community, now=timezone.now())
