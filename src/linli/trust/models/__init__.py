"""Accounts, the scope tree, roles in it, data subjects and the audit trail; split by noun."""

from __future__ import annotations

from linli.trust.models.accounts import Account, AccountManager, ApiToken, Grant, KeptAnswer
from linli.trust.models.audit import AuditBlock, AuditEvent, AuditHead, AuditPending, AuditTouch
from linli.trust.models.consent import ConsentEvent
from linli.trust.models.erasures import ErasedMark, Erasure, SealedNote, Slip
from linli.trust.models.retention import Announcement, LegalHold
from linli.trust.models.rights import RightsEvent, RightsRequest
from linli.trust.models.subjects import Subject, WrappedKey
from linli.trust.models.zones import Zone

__all__ = [
    "Account",
    "AccountManager",
    "Announcement",
    "ApiToken",
    "AuditBlock",
    "AuditEvent",
    "AuditHead",
    "AuditPending",
    "AuditTouch",
    "ConsentEvent",
    "ErasedMark",
    "Erasure",
    "Grant",
    "KeptAnswer",
    "LegalHold",
    "RightsEvent",
    "RightsRequest",
    "SealedNote",
    "Slip",
    "Subject",
    "WrappedKey",
    "Zone",
]
