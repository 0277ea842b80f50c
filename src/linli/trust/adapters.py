"""How django-allauth signs people in here: no self sign-up, one's own first page after it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator, or by a clerk face to face; nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Whoever chose it themselves is the only one who knows it."""
        user.password_once = False
        super().set_password(user, password)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An OpenID provider may vouch for an account that exists, never make one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
