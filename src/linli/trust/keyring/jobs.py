"""The daily look at key archives."""

from __future__ import annotations

from uuid import UUID

from linli.trust.keyring.archive import prune_archives

DAILY = "50 3 * * *"


def prune_kept(_community: UUID) -> None:
    """Delete key archives past their time. They lie together for all communities: a second run finds nothing left to do."""
    prune_archives()
