"""Who signed the week off: told by the flat that runs the round, which lies above this one (``site.wiring``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week

SignedOff = Callable[[Actor, UUID, str], tuple[str, datetime] | None]
"""(viewer, community, week) → name and instant of the sign-off, None where there is none."""

_TELLERS: list[SignedOff] = []


def offer_sign_off(signed_off: SignedOff) -> None:
    """Make the sign-off of weeks known."""
    if signed_off not in _TELLERS:
        _TELLERS.append(signed_off)


def signed_off(viewer: Actor, community: UUID, week: Week) -> tuple[str, datetime] | None:
    """Name and instant of the week's sign-off; None where nobody has signed."""
    return next((found for told in _TELLERS if (found := told(viewer, community, str(week)))), None)
