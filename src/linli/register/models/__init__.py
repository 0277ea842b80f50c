"""People, households and the dated relations between them.

Two times are kept: ``from_date``/``to_date`` (half-open) say when something was true, ``known_from``/``ended_known`` when it was
recorded, so that any Monday can be shown as it was known then. ``batch`` is the last writer, by which intake undoes a file.
"""

from __future__ import annotations

from linli.register.models.accounts import LetterCode, Tie
from linli.register.models.people import Attestation, FormerNumber, Household, Person
from linli.register.models.relations import (
    CareNeed,
    Dated,
    Ending,
    Hukou,
    Membership,
    Permit,
    PermitApplication,
    Residence,
    Tenancy,
)
from linli.register.models.review import AddressAlias, Declaration, Link, ReviewItem
from linli.register.models.rounds import GridSignature, Lapse, RegisterRound, Visit

__all__ = [
    "AddressAlias",
    "Attestation",
    "CareNeed",
    "Dated",
    "Declaration",
    "Ending",
    "FormerNumber",
    "GridSignature",
    "Household",
    "Hukou",
    "Lapse",
    "LetterCode",
    "Link",
    "Membership",
    "Permit",
    "PermitApplication",
    "Person",
    "RegisterRound",
    "Residence",
    "ReviewItem",
    "Tenancy",
    "Tie",
    "Visit",
]
