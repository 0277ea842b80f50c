"""Trust: accounts, roles and scope, the audit trail, and the door through which every write goes.

The public names below are all that other packages use. They load on first use, because models may only be imported once Django's
application registry stands.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.kernel.actor import PUBLIC, SYSTEM, Actor
    from linli.trust.api import PROBLEMS, Problem, operation
    from linli.trust.audit import record
    from linli.trust.commands import (
        add_account,
        add_token,
        add_zone,
        end_role,
        end_token,
        grant_role,
        rename_zone,
        root_zone,
        set_password,
    )
    from linli.trust.disclosure import protect, shown
    from linli.trust.door import COMMANDS, NOT_FOUND, command
    from linli.trust.models import Zone
    from linli.trust.queries import (
        account_names,
        actor_for,
        audit_events,
        communities_of,
        community_by_code,
        grids_of,
        holders,
        pseudonyms,
        public_communities,
        public_community,
        roles_of,
        zone_by_code,
        zone_code,
    )
    from linli.trust.rules import STAFF, Permission, Role, ZoneKind, permissions_of
    from linli.trust.sealing.blinding import Blinder, blinder
    from linli.trust.sealing.files import open_file, seal_file
    from linli.trust.sealing.keys import SubjectKey, Tampered, subject_keys
    from linli.trust.subjects import NewSubject, drop_subjects, new_subjects
    from linli.trust.web.pages import PAGES, page

_HOMES = {
    "kernel.actor": ("PUBLIC", "SYSTEM", "Actor"),
    "trust.api": ("PROBLEMS", "Problem", "operation"),
    "trust.audit": ("record",),
    "trust.door": ("COMMANDS", "NOT_FOUND", "command"),
    "trust.commands": (
        "add_account",
        "add_token",
        "add_zone",
        "end_role",
        "end_token",
        "grant_role",
        "rename_zone",
        "root_zone",
        "set_password",
    ),
    "trust.models": ("Zone",),
    "trust.disclosure": ("protect", "shown"),
    "trust.queries": (
        "account_names",
        "actor_for",
        "audit_events",
        "communities_of",
        "community_by_code",
        "grids_of",
        "holders",
        "pseudonyms",
        "public_communities",
        "public_community",
        "roles_of",
        "zone_by_code",
        "zone_code",
    ),
    "trust.rules": ("STAFF", "Permission", "Role", "ZoneKind", "permissions_of"),
    "trust.sealing.blinding": ("Blinder", "blinder"),
    "trust.sealing.files": ("open_file", "seal_file"),
    "trust.sealing.keys": ("SubjectKey", "Tampered", "subject_keys"),
    "trust.subjects": ("NewSubject", "drop_subjects", "new_subjects"),
    "trust.web.pages": ("PAGES", "page"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [*_HOME_OF]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"linli.trust offers no {name}")
    return getattr(import_module(f"linli.{_HOME_OF[name]}"), name)
