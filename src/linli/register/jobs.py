"""What the register does by itself: once a week it looks for people who stand on it twice, and it looks up who asked for a letter
after they were answered."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import SYSTEM, Actor
from linli.register.commands.sweeping import Swept, ask_twice
from linli.register.commands.ties import send_asked_letters
from linli.register.queries.twice import weigh_everybody

WEEKLY = "20 3 * * 3"
"""Wednesdays at night: after Monday's files and Tuesday's deletions."""


def sweep(*, by: Actor, community: UUID) -> Swept:
    """Weigh everybody who lives here against everybody else and ask about those who may be one. The weighing writes nothing."""
    return ask_twice(by=by, community=community, weighed=weigh_everybody(viewer=by, community=community))


def sweep_weekly(community: UUID) -> None:
    """The scheduled job."""
    sweep(by=SYSTEM, community=community)


def letters(community: UUID) -> None:
    """Enqueued by whoever asks for a letter: no answer waits for what it finds."""
    send_asked_letters(by=SYSTEM, community=community)
