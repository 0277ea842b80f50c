"""``@command``: the one door through which every write goes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import nullcontext
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction

from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotAllowed, NotFound
from linli.kernel.words import sentence
from linli.trust import walls
from linli.trust.audit import Trail, keep_outliving, trail
from linli.trust.clocks import clock_of
from linli.trust.rules import Permission

P = ParamSpec("P")
R = TypeVar("R")

NOT_ALLOWED = sentence("trust.not_allowed", "This role may not do that.")
NOT_FOUND = sentence("trust.not_found", "There is nothing here under that name.")

COMMANDS: dict[str, Permission] = {}


def command(name: str, *, may: Permission, system: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a command: keyword-only, ``by: Actor`` and, unless ``system``, ``community: UUID``.

    Checks permission and community scope (a community out of scope is not found, so that nothing tells it exists), opens the
    transaction, and fails if the body recorded no audit event. What is slow (reading, matching) belongs before the call. Local
    time within is that of the community.
    """

    def decorate(body: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(body).parameters
        if any(p.kind is not p.KEYWORD_ONLY for p in parameters.values()) or "by" not in parameters:
            raise TypeError(f"{name}: a command takes keywords only, `by` among them")
        if not system and "community" not in parameters:
            raise TypeError(f"{name}: a command takes `community`, or says system=True")
        if name in COMMANDS:
            raise TypeError(f"{name}: there is already a command of that name")
        COMMANDS[name] = may

        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs.get("by")
            if not isinstance(by, Actor):
                raise TypeError(f"{name}: `by` must be an Actor")
            community = kwargs.get("community")
            if "community" in parameters and not isinstance(community, UUID):
                raise TypeError(f"{name}: `community` must be the id of a community's zone")
            if isinstance(community, UUID) and not by.sees_community(community):
                raise NotFound(NOT_FOUND)
            if not by.may(may):
                raise NotAllowed(NOT_ALLOWED)
            scope = walls.within([community]) if isinstance(community, UUID) else walls.as_far_as(by)
            clock = clock_of(community) if isinstance(community, UUID) else nullcontext()
            collected: Trail | None = None
            with scope, clock:
                try:
                    with transaction.atomic(), trail(name, by, community if isinstance(community, UUID) else None) as collected:
                        return body(*args, **kwargs)
                except LinliError:
                    if collected is not None:
                        keep_outliving(collected)
                    raise

        run.__linli_command__ = name  # type: ignore[attr-defined]
        return run

    return decorate
