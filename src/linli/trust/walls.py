"""The second wall, on PostgreSQL: row-level security, so that a query that forgets its scope sees nothing instead of everything.

Every connection carries a scope: nothing (unless something else was said), some communities, or everything. The policies of
``site/schema.py`` read it from the settings ``linli.scope`` (ids of communities) and ``linli.everything``. The scope is said
where
work begins, by the request, the job, the command and the command line, and what stood before is said again in ``finally``. On
SQLite
nothing of this happens.

The setting lives as long as the session, not the transaction, because reads open none. It is therefore always nested like the
transactions: inside of one that fails, the database itself goes back to what stood before. A pool that hands one session to
several
clients between transactions (PgBouncer's transaction mode) must not stand in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.signals import request_finished
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from linli.kernel.actor import Actor

SET_SCOPE = "SELECT set_config('linli.scope', %s, false), set_config('linli.everything', %s, false)"


@dataclass(frozen=True)
class _Scope:
    communities: frozenset[UUID] = frozenset()
    everything: bool = False

    @property
    def settings(self) -> list[str]:
        return ["{" + ",".join(sorted(map(str, self.communities))) + "}", "yes" if self.everything else ""]


_NOTHING = _Scope()
_scope: ContextVar[_Scope] = ContextVar("linli_wall", default=_NOTHING)


@contextmanager
def within(communities: Iterable[UUID]) -> Iterator[None]:
    """See and write rows of these communities only, until the block ends."""
    with _standing(_Scope(frozenset(communities))):
        yield


@contextmanager
def everything(by: Actor) -> Iterator[None]:
    """See and write every row until the block ends: for migrations, the scheduler and the command line.

    TypeError for anybody but the system itself.
    """
    if by.communities is not None or by.account is not None:
        raise TypeError("only the system sees every community")
    with _standing(_Scope(everything=True)):
        yield


@contextmanager
def as_far_as(by: Actor) -> Iterator[None]:
    """See and write what lies within the actor's scope until the block ends."""
    with everything(by) if by.communities is None else within(by.communities):
        yield


@contextmanager
def _standing(scope: _Scope) -> Iterator[None]:
    before = _scope.get()
    if scope == before:
        yield
        return
    token = _scope.set(scope)
    try:
        _say(connection, scope)
        yield
    finally:
        _scope.reset(token)
        # A transaction that has failed takes no more statements; its end brings back what stood before it, which is this.
        if not connection.needs_rollback and not _is_broken(connection):
            _say(connection, before)


def _is_broken(of: Any) -> bool:
    """Whether PostgreSQL refuses every statement until the transaction ends."""
    if of.vendor != "postgresql" or of.connection is None or of.connection.closed:
        return False
    return bool(of.connection.info.transaction_status.name == "INERROR")


def _say(to: Any, scope: _Scope) -> None:
    """Tell an open connection its scope; one that is opened later is told then."""
    if to.vendor != "postgresql" or to.connection is None or to.connection.closed:
        return
    with to.cursor() as cursor:
        cursor.execute(SET_SCOPE, scope.settings)


def _opened(*, connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    _say(connection, _scope.get())


def _clear(**_rest: Any) -> None:
    """Between two requests a connection sees nothing, whatever the last one left behind; one that cannot be told so is closed."""
    if _scope.get() != _NOTHING or connection.in_atomic_block:
        return
    try:
        _say(connection, _NOTHING)
    except DatabaseError:
        connection.close()


def keep() -> None:
    """Called once when the applications are ready."""
    connection_created.connect(_opened, dispatch_uid="linli.walls.opened")
    request_finished.connect(_clear, dispatch_uid="linli.walls.finished")
