"""For whom an account speaks: the flat that knows people ties accounts to them, and is asked when a page opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from linli.kernel.actor import Actor
from linli.trust.rules import Role

Speaks = Callable[[UUID, UUID], UUID | None]
"""(account, community) → the data subject that the account is tied to there."""

_SPEAKERS: list[Speaks] = []


def offer_speaker(speaks: Speaks) -> None:
    """Make a flat's ties known; called by ``site.wiring``."""
    if speaks not in _SPEAKERS:
        _SPEAKERS.append(speaks)


def as_themselves(viewer: Actor, community: UUID) -> Actor:
    """The viewer, with the data subject that they are; only in the role of a resident, since staff don't act for themselves."""
    if viewer.account is None or viewer.role != Role.RESIDENT or not viewer.sees_community(community):
        return viewer
    subject = next((found for speaks in _SPEAKERS if (found := speaks(viewer.account, community))), None)
    return replace(viewer, subject=subject)
