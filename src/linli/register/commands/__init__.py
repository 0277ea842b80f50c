"""Every write of the register."""

from __future__ import annotations

from linli.register.commands.arriving import accept_handover, open_handover, return_handover
from linli.register.commands.correction import amend_person
from linli.register.commands.handover import bring_back, hand_over, leave_away
from linli.register.commands.households import change_head, merge_households, split_household
from linli.register.commands.moving import move_out, move_within, record_death
from linli.register.commands.needs import add_need, check_need, end_need
from linli.register.commands.people import note_export, note_search, open_person
from linli.register.commands.permits import apply_for_permit, end_permit, endorse_permit, issue_permit, withdraw_application
from linli.register.commands.registering import Registered, add_person, register_household
from linli.register.commands.renewal import apply_population, undo_population
from linli.register.commands.revealing import Revealed, reveal
from linli.register.commands.tenancies import end_tenancy, let_dwelling
from linli.register.commands.visits import confirm_person, confirm_unchanged, nobody_home, turned_away

__all__ = [
    "Registered",
    "Revealed",
    "accept_handover",
    "add_need",
    "add_person",
    "amend_person",
    "apply_for_permit",
    "apply_population",
    "bring_back",
    "change_head",
    "check_need",
    "confirm_person",
    "confirm_unchanged",
    "end_need",
    "end_permit",
    "end_tenancy",
    "endorse_permit",
    "hand_over",
    "issue_permit",
    "leave_away",
    "let_dwelling",
    "merge_households",
    "move_out",
    "move_within",
    "nobody_home",
    "note_export",
    "note_search",
    "open_handover",
    "open_person",
    "record_death",
    "register_household",
    "return_handover",
    "reveal",
    "split_household",
    "turned_away",
    "undo_population",
    "withdraw_application",
]
