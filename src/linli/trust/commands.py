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
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.kernel.words import sentence
from linli.trust import queries
from linli.trust.audit import record
from linli.trust.door import NOT_ALLOWED, NOT_FOUND, command
from linli.trust.models import Account, ApiToken, Grant, KeptAnswer, Zone
from linli.trust.rules import BELOW_COMMUNITY, Permission, Role, ZoneKind

USERNAME_TAKEN = sentence("trust.username_taken", "There is already an account called %(username)s.")
WEAK_PASSWORD = sentence("trust.weak_password", "This password is too easy to guess.")
CHOOSE_LONGER = sentence("trust.choose_longer", "Choose at least ten characters that are not one common word.")
KEY_USED = sentence("trust.key_used", "This Idempotency-Key was used for a call with another body.")
BAD_USERNAME = sentence("trust.bad_username", "A user name has 1 to 150 signs and no spaces.")
ENDS_TOO_EARLY = sentence("trust.ends_too_early", "A role ends after the day it begins.")
DEPUTY_NEEDS_END = sentence("trust.deputy_needs_end", "A deputy stands in until a date: say until when.")
CODE_TAKEN = sentence("trust.code_taken", "There is already a zone with the code %(code)s.")

ROOT_CODE = "installation"


def _reached(by: Actor, zone: UUID) -> Zone:
    """The zone, if the actor holds the role in use there or above; otherwise NotFound, whether or not it exists."""
    found = Zone.objects.filter(id=zone).first()
    if found is None or not queries.reaches(viewer=by, zone=found):
        raise NotFound(NOT_FOUND)
    return found


def _root() -> Zone:
    """The zone that everything of this installation lies in, made at first need."""
    found = Zone.objects.filter(kind=ZoneKind.INSTALLATION, parent=None).first()
    if found is None:
        zone = new_id()
        name = {"en": "The whole installation", "zh-Hans": "整个系统"}
        found = Zone.objects.create(id=zone, kind=ZoneKind.INSTALLATION.value, code=ROOT_CODE, name=name, path=f"/{zone.hex}/")
    return found


@command("trust.root_zone", may=Permission.ACCOUNT_MANAGE, system=True)
def root_zone(*, by: Actor) -> UUID:
    """The zone of the whole installation, where its first administrator stands before there is any community."""
    root = _root()
    if not queries.reaches(viewer=by, zone=root):
        raise NotFound(NOT_FOUND)
    record("trust.zone", ids=[root.id])
    return root.id


@command("trust.add_account", may=Permission.ACCOUNT_MANAGE, system=True)
def add_account(*, by: Actor, username: str, password: str, name: str = "", email: str = "") -> UUID:
    """Make an account without any right. Returns its id; BadInput for a bad or taken name or a weak password."""
    if not 1 <= len(username) <= 150 or username != "".join(username.split()):
        raise BadInput(BAD_USERNAME)
    if Account.objects.filter(username__iexact=username).exists():
        raise BadInput(USERNAME_TAKEN, username=username)
    try:
        validate_password(password, Account(username=username, name=name))
    except ValidationError:
        raise BadInput(WEAK_PASSWORD, remedy=CHOOSE_LONGER) from None
    account = Account.objects.create_user(username=username, password=password, name=name, email=email)
    record("trust.account", ids=[account.id])
    return account.id


@command("trust.set_password", may=Permission.ACCOUNT_MANAGE, system=True)
def set_password(*, by: Actor, account: UUID, password: str) -> None:
    """Give an account another password. NotFound for one that holds a role beyond one's reach; BadInput for a weak password."""
    found = Account.objects.filter(id=account).first()
    held = Grant.objects.filter(account=account).select_related("zone")
    if found is None or not all(queries.reaches(viewer=by, zone=grant.zone) for grant in held):
        raise NotFound(NOT_FOUND)
    try:
        validate_password(password, found)
    except ValidationError:
        raise BadInput(WEAK_PASSWORD, remedy=CHOOSE_LONGER) from None
    found.set_password(password)
    found.save(update_fields=["password"])
    record("trust.account", ids=[account], fields=["password"])


@command("trust.grant_role", may=Permission.ACCOUNT_MANAGE, system=True)
def grant_role(
    *,
    by: Actor,
    account: UUID,
    role: Role,
    zone: UUID,
    from_date: date,
    to_date: date | None = None,
    deputy_for: UUID | None = None,
) -> UUID:
    """Give ``account`` the role in a zone and everything below it; a deputy needs an end date. Returns the grant's id.

    Nobody gives what lies beyond their own reach: NotFound for a zone that is not theirs.
    """
    target = _reached(by, zone)
    if not Account.objects.filter(id=account).exists() or (deputy_for and not Account.objects.filter(id=deputy_for).exists()):
        raise NotFound(NOT_FOUND)
    if to_date is not None and to_date <= from_date:
        raise BadInput(ENDS_TOO_EARLY)
    if deputy_for and to_date is None:
        raise BadInput(DEPUTY_NEEDS_END)
    grant = Grant.objects.create(
        account_id=account, role=role.value, zone=target, from_date=from_date, to_date=to_date, deputy_for_id=deputy_for
    )
    record(
        "trust.grant", ids=[grant.id, account, zone], fields=["role"], community=queries.community_around(viewer=by, zone=target)
    )
    return grant.id


@command("trust.end_role", may=Permission.ACCOUNT_MANAGE, system=True)
def end_role(*, by: Actor, grant: UUID, on: date) -> None:
    """End a grant on a date (half-open: not held on that day any more). One that has not begun by then is taken back whole."""
    found = Grant.objects.filter(id=grant).select_related("zone").first()
    if found is None or not queries.reaches(viewer=by, zone=found.zone):
        raise NotFound(NOT_FOUND)
    if on <= found.from_date:
        found.delete()
    else:
        Grant.objects.filter(id=grant).update(to_date=on)
    record("trust.grant", ids=[grant], fields=["to_date"], community=queries.community_around(viewer=by, zone=found.zone))


@command("trust.add_zone", may=Permission.TERRITORY_EDIT, system=True)
def add_zone(*, by: Actor, kind: ZoneKind, code: str, name: Mapping[str, str], parent: UUID | None = None) -> UUID:
    """Add a node to the scope tree below ``parent`` (default: directly below the installation). Returns its id.

    Conflict where the code is taken, NotFound for a parent beyond one's reach.
    """
    above = _reached(by, parent or _root().id)
    taken = Zone.objects.filter(code=code)
    within = kind in BELOW_COMMUNITY
    taken = taken.filter(kind__in=BELOW_COMMUNITY, parent=above) if within else taken.exclude(kind__in=BELOW_COMMUNITY)
    if taken.exists():
        raise Conflict(CODE_TAKEN, code=code)
    zone_id = new_id()
    zone = Zone.objects.create(
        id=zone_id, kind=kind.value, code=code, name=dict(name), parent=above, path=f"{above.path}{zone_id.hex}/"
    )
    record("trust.zone", ids=[zone.id], community=queries.community_around(viewer=by, zone=zone))
    return zone.id


@command("trust.rename_zone", may=Permission.TERRITORY_EDIT)
def rename_zone(*, by: Actor, community: UUID, zone: UUID, name: Mapping[str, str]) -> None:
    """Give the community or one of its grids another name, ``{"en": …, "zh-Hans": …}``."""
    if not Zone.objects.filter(id=zone).filter(Q(id=community) | Q(parent=community)).update(name=dict(name)):
        raise NotFound(NOT_FOUND)
    record("trust.zone", ids=[zone], fields=["name"])


@command("trust.add_token", may=Permission.ACCOUNT_MANAGE, system=True)
def add_token(*, by: Actor, account: UUID, role: Role, label: str, expires_at: datetime) -> str:
    """A new token for programs that act as ``account`` in ``role``. The secret is returned once and kept as a digest only.

    NotFound unless the account holds the role, and only in zones within one's own reach: a token must not open more doors than
    its maker could.
    """
    held = list(Grant.objects.filter(account=account, role=role.value).select_related("zone"))
    if not held or not all(queries.reaches(viewer=by, zone=grant.zone) for grant in held):
        raise NotFound(NOT_FOUND)
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        account_id=account,
        role=role.value,
        label=label,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        expires_at=expires_at,
    )
    record("trust.token", ids=[token.id, account], community=queries.community_around(viewer=by, zone=held[0].zone))
    return secret


@command("trust.end_token", may=Permission.ACCOUNT_MANAGE, system=True)
def end_token(*, by: Actor, token: UUID) -> None:
    """End a token now. NotFound for one whose account stands beyond one's reach."""
    found = ApiToken.objects.filter(id=token).first()
    held = Grant.objects.filter(account=found.account_id, role=found.role).select_related("zone") if found else []
    if found is None or not all(queries.reaches(viewer=by, zone=grant.zone) for grant in held):
        raise NotFound(NOT_FOUND)
    now = timezone.now()
    ApiToken.objects.filter(id=token, expires_at__gt=now).update(expires_at=now)
    record("trust.token", ids=[token], fields=["expires_at"])


@command("trust.answer_once", may=Permission.PORTAL_READ)
def answer_once(*, by: Actor, community: UUID, key: str, digest: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run ``act`` (which calls a command of its own) once for this key and keep its answer in the same transaction.

    Sent again with the same body (``digest``), the kept answer comes back and nothing is done; Conflict for another body. Of two
    calls at the same moment the second waits for the first. NotAllowed for somebody who has not signed in.
    """
    if by.account is None:
        raise NotAllowed(NOT_ALLOWED)
    try:
        with transaction.atomic():
            kept = KeptAnswer.objects.create(account_id=by.account, key=key, digest=digest, at=timezone.now())
    except IntegrityError:
        kept = KeptAnswer.objects.get(account_id=by.account, key=key)
        if kept.digest != digest:
            raise Conflict(KEY_USED) from None
        record("trust.kept_answer", ids=[kept.id], counts={"again": 1})
        return dict(kept.answer)
    answer = act()
    KeptAnswer.objects.filter(id=kept.id).update(answer=answer)
    record("trust.kept_answer", ids=[kept.id])
    return answer
