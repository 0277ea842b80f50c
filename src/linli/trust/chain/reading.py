"""Events as the database gives them, without an object each: what a million of them need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from linli.trust.chain.links import COLUMNS, INSTALLATION, hexed
from linli.trust.models import AuditEvent, AuditPending

AT_ONCE = 2000

Row = tuple[Any, ...]


def of_chain(chain: str) -> Q:
    """Filter of the rows of a chain, on ``community_id``."""
    return Q(community_id__isnull=True) if chain == INSTALLATION else Q(community_id=UUID(chain))


def by_id(events: list[str]) -> dict[str, Row]:
    """Raw events by id (32 hexadecimal digits), whichever community they say they belong to; what is gone is absent."""
    found: dict[str, Row] = {}
    columns = ", ".join(connection.ops.quote_name(name) for name in COLUMNS)
    table = connection.ops.quote_name(AuditEvent._meta.db_table)
    with connection.cursor() as cursor:
        for begin in range(0, len(events), AT_ONCE):
            some = events[begin : begin + AT_ONCE]
            where, params = f"id IN ({', '.join(['%s'] * len(some))})", list[Any](some)
            if connection.vendor == "postgresql":
                where, params = "id = ANY(%s)", [[UUID(event) for event in some]]
            cursor.execute(f"SELECT {columns} FROM {table} WHERE {where}", params)
            found.update((hexed(row[0]), row) for row in cursor.fetchall())
    return found


def ids(model: type[AuditEvent] | type[AuditPending], chain: str) -> Iterator[str]:
    """Ids (32 hexadecimal digits) of a chain's events, or of those that wait, in order."""
    name = "id" if model is AuditEvent else "event_id"
    rows = model._default_manager.filter(of_chain(chain)).order_by(name).values_list(name, flat=True)
    return (event.hex for event in rows.iterator(chunk_size=AT_ONCE))
