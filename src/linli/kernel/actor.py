"""Who acts or reads: always an account in one of its roles, within its scope. Never an anonymous "current user"."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """One account in the one role it is using now.

    ``permissions``: names of what the role may do (``trust.Permission`` values).
    ``communities``: ids of the community zones within scope; None means every one (the system itself only).
    ``grids``: ids of the grid zones within scope; None means all grids of those communities.
    """

    account: UUID | None
    role: str
    permissions: frozenset[str]
    communities: frozenset[UUID] | None = frozenset()
    grids: frozenset[UUID] | None = None
    name: str = ""
    subject: UUID | None = None

    def may(self, permission: str) -> bool:
        return "*" in self.permissions or permission in self.permissions

    def sees_community(self, community: UUID) -> bool:
        return self.communities is None or community in self.communities

    def sees_grid(self, grid: UUID | None) -> bool:
        """Whether the grid is in scope. A thing with no grid is seen by those whose scope is the whole community."""
        return self.grids is None or (grid is not None and grid in self.grids)


SYSTEM = Actor(account=None, role="system", permissions=frozenset({"*"}), communities=None, name="Linli")
"""Scheduled and command-line work of the installation itself."""

PUBLIC = Actor(account=None, role="public", permissions=frozenset({"portal.read"}), name="")
"""Someone who has not signed in. Sees what is public; writes only where a command allows it."""
