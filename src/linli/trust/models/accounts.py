"""Who can sign in, which roles they hold, and what a program may act with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.trust.rules import Role


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts without rights; rights come from grants only."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Account:
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """Someone who can sign in. What they may do follows from their grants.

    ``password_once``: somebody else knows the password, since it was made at the desk; it opens nothing but the page that
    changes it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    password_once = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.username


class Grant(models.Model):
    """An account holds a role in a zone from one date to another; a deputy stands in for somebody between dates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=32, choices=[(r.value, r.value) for r in Role])
    zone = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="grants")
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    deputy_for = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="deputised")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")), name="grant_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(deputy_for__isnull=True) | Q(to_date__isnull=False), name="grant_of_a_deputy_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.zone_id}"


class ApiToken(models.Model):
    """A scoped token for a program: acts as its account in one role. Only the SHA-256 of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    role = models.CharField(max_length=32, choices=[(r.value, r.value) for r in Role])
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class KeptAnswer(models.Model):
    """What an API call with an ``Idempotency-Key`` was answered, so that the same call sent twice counts once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "key"], name="kept_answer_once_per_key")]

    def __str__(self) -> str:
        return self.key
