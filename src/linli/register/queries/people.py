"""Finding people."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import Actor


def may_see(*, viewer: Actor, community: UUID, person: UUID) -> bool:
    """Placeholder while the rest is written."""
    return viewer.sees_community(community)
