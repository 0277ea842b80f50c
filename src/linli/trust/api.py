"""The door of the API: who calls, in which role, and what a refusal looks like (problem+json, RFC 9457)."""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema
from ninja.security import HttpBearer, SessionAuth

from linli.kernel.actor import Actor
from linli.kernel.errors import NotAllowed, NotFound
from linli.trust import queries, walls
from linli.trust.clocks import clock_of
from linli.trust.door import NOT_ALLOWED, NOT_FOUND
from linli.trust.models import ApiToken
from linli.trust.rules import Permission, Role


class Problem(Schema):
    """What went wrong, for people (``detail``) and programs (``type``)."""

    type: str
    title: str
    status: int
    detail: str = ""


class TokenAuth(HttpBearer):
    """``Authorization: Bearer <token>``: acts as the token's account in the token's role."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = (
            ApiToken.objects.filter(digest=hashlib.sha256(token.encode()).hexdigest(), expires_at__gt=timezone.now())
            .select_related("account")
            .first()
        )
        if found is None or not found.account.is_active:
            return None
        actor = queries.actor_for(account=found.account, role=Role(found.role))
        if actor:
            request.viewer = actor  # type: ignore[attr-defined]
        return actor


class SignedIn(SessionAuth):
    """The session of somebody who signed in on the pages (with its CSRF token for writes)."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        viewer: Actor = request.viewer  # type: ignore[attr-defined]
        return viewer if viewer.account is not None else None


AUTH = [TokenAuth(), SignedIn()]
PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 422: Problem}


@dataclass(frozen=True)
class Operation:
    """One operation of the API and what it takes to call it."""

    name: str
    may: Permission


OPERATIONS: dict[str, Operation] = {}


def operation(name: str, *, may: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a view an operation: scope and permission are checked first; it finds ``request.viewer`` and ``request.community``."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        if name in OPERATIONS:
            raise TypeError(f"there is already an operation {name}")
        OPERATIONS[name] = Operation(name, may)

        @functools.wraps(view)
        def call(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            viewer: Actor = request.viewer  # type: ignore[attr-defined]
            if "code" in kwargs:
                # Out of scope is not found: nothing tells that it exists.
                request.community = queries.community_by_code(viewer=viewer, code=kwargs["code"])  # type: ignore[attr-defined]
            if not viewer.may(may):
                raise NotAllowed(NOT_ALLOWED)
            if "code" not in kwargs:
                with walls.as_far_as(viewer):
                    return view(request, *args, **kwargs)
            community = request.community.id  # type: ignore[attr-defined]
            with walls.within([community]), clock_of(community):
                return view(request, *args, **kwargs)

        # Ninja reads the annotations in the wrapper's module, where the names they use mean nothing: resolve them here.
        signature, hints = inspect.signature(view), get_type_hints(view, include_extras=True)
        parameters = [p.replace(annotation=hints.get(p.name, p.annotation)) for p in signature.parameters.values()]
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return call

    return decorate


__all__ = ["AUTH", "NOT_FOUND", "OPERATIONS", "PROBLEMS", "NotFound", "Operation", "Problem", "operation"]
