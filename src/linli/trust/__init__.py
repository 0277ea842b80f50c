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
    from linli.trust.clocks import clock_of, offer_zones
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
    from linli.trust.compartments import Compartment, notes_about, open_note, seal_note
    from linli.trust.consent.commands import answer_consent, withdraw_consent
    from linli.trust.consent.hooks import Ended, on_withdrawn
    from linli.trust.consent.people import KnowsPeople, offer_people
    from linli.trust.consent.queries import consent_history, consenting, consents_of, has_consent
    from linli.trust.disclosure import Additive, additive, protect, shown, together
    from linli.trust.door import COMMANDS, NOT_FOUND, command
    from linli.trust.erased_marks import erased_before, forget_named, not_erased, note_named, on_marking
    from linli.trust.erasure import erase_subject, erased_subjects, replay_erasures
    from linli.trust.lookers import Looker, who_looked
    from linli.trust.models import Zone
    from linli.trust.queries import (
        account_names,
        actor_for,
        acts_since,
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
    from linli.trust.residents import account_called, add_resident_account, make_resident
    from linli.trust.retention.commands import lift_hold, place_hold
    from linli.trust.retention.queries import held_by_law
    from linli.trust.retention.registry import Cut, Retained, offer_retained
    from linli.trust.rights.commands import receive_request
    from linli.trust.rights.queries import is_restricted, restricted_subjects
    from linli.trust.rights.registry import Asked, Portable, Section, offer_portable
    from linli.trust.rights.rules import Right
    from linli.trust.rules import STAFF, Permission, Role, ZoneKind, permissions_of
    from linli.trust.sealing.blinding import Blinder, blinder
    from linli.trust.sealing.columns import on_erased, sealed
    from linli.trust.sealing.files import open_file, rewrap_file, seal_file
    from linli.trust.sealing.keys import SubjectKey, Tampered, subject_keys
    from linli.trust.sealing.newcomers import Told
    from linli.trust.sealing.rewrapping import on_rotated
    from linli.trust.slips import leave_slip, take_slips
    from linli.trust.speakers import as_themselves, offer_speaker
    from linli.trust.subjects import NewSubject, SealedSubjects, drop_subjects, new_sealed_subjects, new_subjects
    from linli.trust.web.asking import asked_before, keep_asked
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
    "trust.lookers": ("Looker", "who_looked"),
    "trust.models": ("Zone",),
    "trust.disclosure": ("Additive", "additive", "protect", "shown", "together"),
    "trust.queries": (
        "acts_since",
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
    "trust.consent.commands": ("answer_consent", "withdraw_consent"),
    "trust.consent.hooks": ("Ended", "on_withdrawn"),
    "trust.consent.people": ("KnowsPeople", "offer_people"),
    "trust.consent.queries": ("consent_history", "consenting", "consents_of", "has_consent"),
    "trust.residents": ("account_called", "add_resident_account", "make_resident"),
    "trust.retention.commands": ("lift_hold", "place_hold"),
    "trust.retention.queries": ("held_by_law",),
    "trust.retention.registry": ("Cut", "Retained", "offer_retained"),
    "trust.rights.commands": ("receive_request",),
    "trust.rights.queries": ("is_restricted", "restricted_subjects"),
    "trust.rights.rules": ("Right",),
    "trust.rights.registry": ("Asked", "Portable", "Section", "offer_portable"),
    "trust.rules": ("STAFF", "Permission", "Role", "ZoneKind", "permissions_of"),
    "trust.compartments": ("Compartment", "notes_about", "open_note", "seal_note"),
    "trust.erased_marks": ("erased_before", "forget_named", "not_erased", "note_named", "on_marking"),
    "trust.erasure": ("erase_subject", "erased_subjects", "replay_erasures"),
    "trust.sealing.blinding": ("Blinder", "blinder"),
    "trust.sealing.files": ("open_file", "rewrap_file", "seal_file"),
    "trust.sealing.columns": ("on_erased", "sealed"),
    "trust.sealing.rewrapping": ("on_rotated",),
    "trust.sealing.keys": ("SubjectKey", "Tampered", "subject_keys"),
    "trust.sealing.newcomers": ("Told",),
    "trust.clocks": ("clock_of", "offer_zones"),
    "trust.slips": ("leave_slip", "take_slips"),
    "trust.speakers": ("as_themselves", "offer_speaker"),
    "trust.subjects": ("NewSubject", "SealedSubjects", "drop_subjects", "new_sealed_subjects", "new_subjects"),
    "trust.web.asking": ("asked_before", "keep_asked"),
    "trust.web.pages": ("PAGES", "page"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [*_HOME_OF]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"linli.trust offers no {name}")
    return getattr(import_module(f"linli.{_HOME_OF[name]}"), name)
