"""Accounts, roles and the scope tree."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.db.models import Q

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.ids import new_id
from linli.kernel.words import sentence
from linli.trust.audit import record
from linli.trust.door import NOT_FOUND, command
from linli.trust.models import Account, ApiToken, Grant, KeptAnswer, Zone
from linli.trust.rules import Permission, Role, ZoneKind

USERNAME_TAKEN = sentence("trust.username_taken", "There is already an account called %(username)s.")
WEAK_PASSWORD = sentence("trust.weak_password", "This password is too easy to guess.")
CHOOSE_LONGER = sentence("trust.choose_longer", "Choose at least ten characters that are not one common word.")
KEY_USED = sentence("trust.key_used", "This Idempotency-Key was used for a call with another body.")
CODE_TAKEN = sentence("trust.code_taken", "There is already a zone with the code %(code)s.")


@command("trust.add_account", may=Permission.ACCOUNT_MANAGE, system=True)
def add_account(*, by: Actor, username: str, password: str, name: str = "", email: str = "") -> UUID:
    """Make an account without any right. Returns its id; BadInput for a taken name or a weak password."""
    if Account.objects.filter(username__iexact=username).exists():
        raise BadInput(USERNAME_TAKEN, username=username)
    try:
        validate_password(password, Account(username=username, name=name))
    except ValidationError:
        raise BadInput(WEAK_PASSWORD, remedy=CHOOSE_LONGER) from None
    account = Account.objects.create_user(username=username, password=password, name=name, email=email)
    record("trust.account", ids=[account.id])
    return account.id


@command("trust.grant_role", may=Permission.ACCOUNT_MANAGE, system=True)
def grant_role(
    *, by: Actor, account: UUID, role: Role, zone: UUID, from_date: date, to_date: date | None = None, deputy_for: UUID | None = None
) -> UUID:
    """Give ``account`` the role in a zone and everything below it; a deputy needs an end date. Returns the grant's id."""
    target = Zone.objects.filter(id=zone).first()
    if target is None or not Account.objects.filter(id=account).exists():
        raise NotFound(NOT_FOUND)
    grant = Grant.objects.create(
        account_id=account, role=role.value, zone=target, from_date=from_date, to_date=to_date, deputy_for_id=deputy_for
    )
    record("trust.grant", ids=[grant.id, account, zone], fields=["role"])
    return grant.id


@command("trust.end_role", may=Permission.ACCOUNT_MANAGE, system=True)
def end_role(*, by: Actor, grant: UUID, on: date) -> None:
    """End a grant on a date (half-open: not held on that day any more)."""
    if not Grant.objects.filter(id=grant).update(to_date=on):
        raise NotFound(NOT_FOUND)
    record("trust.grant", ids=[grant], fields=["to_date"])


@command("trust.add_zone", may=Permission.TERRITORY_EDIT, system=True)
def add_zone(*, by: Actor, kind: ZoneKind, code: str, name: Mapping[str, str], parent: UUID | None = None) -> UUID:
    """Add a node to the scope tree below ``parent``. Returns its id; Conflict where the code is taken."""
    above = Zone.objects.filter(id=parent).first() if parent else None
    taken = Zone.objects.filter(code=code)
    taken = taken.filter(kind=ZoneKind.GRID, parent=above) if kind is ZoneKind.GRID else taken.exclude(kind=ZoneKind.GRID)
    if taken.exists():
        raise Conflict(CODE_TAKEN, code=code)
    zone_id = new_id()
    zone = Zone.objects.create(
        id=zone_id, kind=kind.value, code=code, name=dict(name), parent=above, path=f"{above.path if above else '/'}{zone_id.hex}/"
    )
    record("trust.zone", ids=[zone.id])
    return zone.id


@command("trust.rename_zone", may=Permission.TERRITORY_EDIT)
def rename_zone(*, by: Actor, community: UUID, zone: UUID, name: Mapping[str, str]) -> None:
    """Give the community or one of its grids another name, ``{"en": …, "zh-Hans": …}``."""
    if not Zone.objects.filter(id=zone).filter(Q(id=community) | Q(parent=community)).update(name=dict(name)):
        raise NotFound(NOT_FOUND)
    record("trust.zone", ids=[zone], fields=["name"])


@command("trust.add_token", may=Permission.ACCOUNT_MANAGE, system=True)
def add_token(*, by: Actor, account: UUID, role: Role, label: str, expires_at: datetime) -> str:
    """A new token for programs that act as ``account`` in ``role``. The secret is returned once and kept as a digest only."""
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        account_id=account, role=role.value, label=label, digest=hashlib.sha256(secret.encode()).hexdigest(), expires_at=expires_at
    )
    record("trust.token", ids=[token.id, account])
    return secret



@command("trust.answer_once", may=Permission.PORTAL_READ)
def answer_once(*, by: Actor, community: UUID, key: str, digest: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run ``act`` (which calls a command of its own) once for this key and keep its answer in the same transaction.

    Sent again with the same body (``digest``), the kept answer comes back and nothing is done; Conflict for another body.
    """
    kept = KeptAnswer.objects.filter(account_id=by.account, key=key).first()
    if kept:
        if kept.digest != digest:
            raise Conflict(KEY_USED)
        record("trust.kept_answer", ids=[kept.id], counts={"again": 1})
        return dict(kept.answer)
    answer = act()
    kept = KeptAnswer.objects.create(account_id=by.account, key=key, digest=digest, answer=answer, at=timezone.now())
    record("trust.kept_answer", ids=[kept.id])
    return answer
