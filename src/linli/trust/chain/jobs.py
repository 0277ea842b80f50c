"""The daily sealing."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import SYSTEM
from linli.kernel.errors import Conflict
from linli.trust.chain.commands import Sealed, seal

DAILY = "20 2 * * *"


def seal_daily(community: UUID) -> None:
    """Seal a community's trail, and the installation's own with it. Somebody else sealing at the same moment does it as well."""
    for whose in (community, None):
        try:
            seal(by=SYSTEM, community=whose)
        except Conflict:
            continue


__all__ = ["DAILY", "Sealed", "seal_daily"]
