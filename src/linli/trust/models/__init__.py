"""Accounts, the scope tree, roles in it, data subjects and the audit trail; split by noun."""

from __future__ import annotations

from linli.trust.models.accounts import Account, AccountManager, ApiToken, Grant, KeptAnswer
from linli.trust.models.audit import AuditEvent
from linli.trust.models.subjects import Subject, WrappedKey
from linli.trust.models.zones import Zone

__all__ = ["Account", "AccountManager", "ApiToken", "AuditEvent", "Grant", "KeptAnswer", "Subject", "WrappedKey", "Zone"]
