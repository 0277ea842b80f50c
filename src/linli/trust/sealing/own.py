"""Trust's own sealed columns: what people wrote when they asked for their rights, and what waits for a job."""

from __future__ import annotations

from linli.trust.rights.texts import CONTACT, NOTE, WISH
from linli.trust.sealing.columns import sealed
from linli.trust.slips import SLIP


def declare_sealed() -> None:
    """Called once, where the flats are joined."""
    sealed("trust.RightsRequest", "sealed_wish", WISH)
    sealed("trust.RightsRequest", "sealed_contact", CONTACT)
    sealed("trust.RightsEvent", "sealed_note", NOTE, subject="request__subject")
    sealed("trust.Slip", "sealed", SLIP)
