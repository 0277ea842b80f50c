"""Accounts of residents: made face to face or with the code from a letter, inside the command that ties them to a person."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from linli.kernel.errors import BadInput
from linli.kernel.ids import ALPHABET
from linli.trust.audit import record
from linli.trust.models import Account, Grant
from linli.trust.rules import Role

ONCE_SIGNS = 12


def account_called(text: str) -> UUID | None:
    """The account of that user name, else the only one of that e-mail address; None for none or several."""
    bare = text.strip()
    named = Account.objects.filter(username__iexact=bare, is_active=True).values_list("id", flat=True).first()
    if named is not None or "@" not in bare:
        return named
    mailed = list(Account.objects.filter(email__iexact=bare, is_active=True).values_list("id", flat=True)[:2])
    return mailed[0] if len(mailed) == 1 else None


def add_resident_account(*, username: str, password: str = "", email: str = "") -> tuple[UUID, str]:
    """A new account without any right, recorded in the running command's trail. Returns its id and the one-time password.

    ``password`` empty: one is made that has to be changed at the first sign-in, else the second value is empty. BadInput for a
    bad or taken user name or a weak password.
    """
    from linli.trust.commands import BAD_USERNAME, CHOOSE_LONGER, USERNAME_TAKEN, WEAK_PASSWORD

    if not 1 <= len(username) <= 150 or username != "".join(username.split()):
        raise BadInput(BAD_USERNAME)
    if Account.objects.filter(username__iexact=username).exists():
        raise BadInput(USERNAME_TAKEN, username=username)
    once = "" if password else "-".join(_signs(4) for _ in range(ONCE_SIGNS // 4))
    try:
        validate_password(password or once, Account(username=username))
    except ValidationError:
        raise BadInput(WEAK_PASSWORD, remedy=CHOOSE_LONGER) from None
    made = Account.objects.create_user(username=username, password=password or once, email=email, password_once=bool(once))
    record("trust.account", ids=[made.id])
    return made.id, once


def make_resident(*, account: UUID, community: UUID) -> None:
    """The account holds the role of a resident of the community from today on, if it doesn't yet."""
    today = timezone.localdate()
    running = Grant.objects.filter(account=account, role=Role.RESIDENT.value, zone=community, from_date__lte=today)
    if running.filter(Q(to_date__isnull=True) | Q(to_date__gt=today)).exists():
        return
    grant = Grant.objects.create(account_id=account, role=Role.RESIDENT.value, zone_id=community, from_date=today)
    record("trust.grant", ids=[grant.id, account, community], fields=["role"])


def _signs(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
