"""Who is looking, in which role; and that staff carry a second factor."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from linli.kernel.actor import PUBLIC
from linli.kernel.errors import NotFound
from linli.trust import queries, walls
from linli.trust.rules import STAFF, Role

SESSION_ROLE = "linli_role"


def viewer_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sets ``request.viewer`` to the account in the role it has chosen (default: its first), or to PUBLIC."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.viewer = PUBLIC  # type: ignore[attr-defined]
        request.community = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            chosen = request.session.get(SESSION_ROLE)
            role = Role(chosen) if chosen in list(Role) else None
            account = request.user
            viewer = queries.actor_for(account=account, role=role) or queries.actor_for(account=account)
            if viewer:
                request.viewer = viewer  # type: ignore[attr-defined]
        with walls.as_far_as(request.viewer):  # type: ignore[attr-defined]
            return get_response(request)

    return middleware


def second_factor_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Staff without a second factor see only the pages that set one up.

    The demonstration's staff are spared it where ``LINLI_DEMO`` says so, and nobody else is: not even beside a demonstration.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            request.user.is_authenticated
            and request.viewer.role in STAFF  # type: ignore[attr-defined]
            and not request.path.startswith(("/accounts/", "/static/", "/i18n/", "/health"))
            and not is_mfa_enabled(request.user)
            and (settings.LINLI_SECOND_FACTOR or not queries.is_demonstration(viewer=request.viewer))  # type: ignore[attr-defined]
        ):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return get_response(request)

    return middleware


def one_time_password_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever signed in with a password that somebody else knows sees the page that changes it, and nothing else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            request.user.is_authenticated
            and request.user.password_once
            and not request.path.startswith((reverse("account_logout"), "/static/", "/i18n/", "/health", "/faces/"))
            and request.path != reverse("account_change_password")
        ):
            return HttpResponseRedirect(reverse("account_change_password"))
        return get_response(request)

    return middleware


class NotFoundMiddleware:
    """A record out of scope is, to the viewer, no record: the kernel's NotFound becomes a plain 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, NotFound):
            raise Http404 from exception
