"""Who may do what: permissions, roles and the table that joins them. Pure; ``permissions.csv`` is for people to read, too."""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Permission(StrEnum):
    """One thing that may be allowed. The same keys stand in ``permissions.csv``; a test holds both together."""

    ACCOUNT_MANAGE = "account.manage"
    AUDIT_KEEP = "audit.keep"
    AUDIT_READ = "audit.read"
    CASE_IMPORT = "case.import"
    CASE_READ = "case.read"
    CASE_WORK = "case.work"
    COMPARTMENT_HEALTH = "compartment.health"
    COMPARTMENT_LIST = "compartment.list"
    COMPARTMENT_MINORS = "compartment.minors"
    COMPARTMENT_PARTY = "compartment.party"
    CONSENT_RECORD = "consent.record"
    FLOW_IMPORT = "flow.import"
    FLOW_READ = "flow.read"
    FOCUS_DECIDE = "focus.decide"
    FOCUS_READ = "focus.read"
    IMPORT_READ = "import.read"
    IMPORT_UNDO = "import.undo"
    KEYS_MANAGE = "keys.manage"
    MONDAY_READ = "monday.read"
    MONDAY_RUN = "monday.run"
    MONDAY_SIGN = "monday.sign"
    PERSON_REVEAL = "person.reveal"
    PERSON_SEARCH = "person.search"
    PORTAL_READ = "portal.read"
    REGISTER_HAND_OVER = "register.hand_over"
    REGISTER_READ = "register.read"
    REGISTER_RENEW = "register.renew"
    REGISTER_SIGN = "register.sign"
    REGISTER_WRITE = "register.write"
    RESIDENT_TIE = "resident.tie"
    RETENTION_MANAGE = "retention.manage"
    RIGHTS_ANSWER = "rights.answer"
    RIGHTS_RECEIVE = "rights.receive"
    SHARED_READ = "shared.read"
    SUBJECT_ERASE = "subject.erase"
    TASK_ASSIGN = "task.assign"
    TASK_CHECK = "task.check"
    TASK_DO = "task.do"
    TASK_READ = "task.read"
    TERRITORY_ASSIGN = "territory.assign"
    TERRITORY_DRAW = "territory.draw"
    TERRITORY_EDIT = "territory.edit"
    TERRITORY_PUBLISH = "territory.publish"
    TERRITORY_READ = "territory.read"


class Role(StrEnum):
    """The roles of the field (GLOSSARY.md). An account may hold several; each act records the one used."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    BUILDING_HEAD = "building_head"
    VOLUNTEER = "volunteer"
    DESK_CLERK = "desk_clerk"
    COMMUNITY_MANAGER = "community_manager"
    DEPARTMENT_OFFICER = "department_officer"
    SUPERVISOR = "supervisor"
    SUBDISTRICT_ANALYST = "subdistrict_analyst"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"


STAFF = frozenset(Role) - {Role.RESIDENT, Role.BUILDING_HEAD, Role.VOLUNTEER}
"""Roles that must sign in with a second factor."""


class ZoneKind(StrEnum):
    """What a node of the scope tree stands for; the tree itself is opaque to trust."""

    INSTALLATION = "installation"
    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"
    SECTOR = "sector"
    """A grid of another layer than the people's: somebody may answer for it, nobody's record hangs on it."""


BELOW_COMMUNITY = (ZoneKind.GRID, ZoneKind.SECTOR)
"""Parts of a community: their codes count within it, and a role held in one reaches no other."""


@cache
def table() -> dict[Permission, frozenset[Role]]:
    """The committed table: which roles hold each permission."""
    text = files("linli.trust").joinpath("permissions.csv").read_text("utf-8")
    return {
        Permission(row["permission"]): frozenset(role for role in Role if row[role.value] == "yes")
        for row in csv.DictReader(text.splitlines())
    }


@cache
def permissions_of(role: Role) -> frozenset[str]:
    """Everything that ``role`` may do."""
    return frozenset(permission.value for permission, roles in table().items() if role in roles)
