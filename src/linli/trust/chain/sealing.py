"""What waits, put into blocks: read and computed without a transaction, so that writing them holds no lock for long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from linli.trust.chain import links, reading
from linli.trust.models import AuditBlock, AuditPending

BLOCK_EVENTS = 2000


@dataclass(frozen=True)
class Tip:
    """Where a chain ends: the number of its last block (0: none), its link, and when it was sealed."""

    number: int
    link: bytes
    sealed_at: datetime | None


@dataclass(frozen=True)
class Draft:
    """A block that is not written yet. ``ids``: its events, 32 hexadecimal digits each."""

    number: int
    ids: list[str]
    members: bytes
    late: int
    last_at: datetime
    link_before: bytes
    link: bytes


def tip(chain: str) -> Tip:
    """The end of a chain as it stands."""
    last = AuditBlock.objects.filter(chain=chain).order_by("-number").values_list("number", "link", "sealed_at").first()
    return Tip(last[0], bytes(last[1]), last[2]) if last else Tip(0, links.start(chain), None)


def drafts(chain: str, after: Tip) -> Iterator[Draft]:
    """Blocks of what waits, in order; no block spans two days. An event that is gone before its seal stays waiting: it is
    missed."""
    number, link = after.number, after.link
    for some in _by_day(chain):
        found = reading.by_id(some)
        rows = [found[event] for event in some if event in found]
        if not rows:
            continue
        ids = [links.hexed(row[0]) for row in rows]
        made = list(links.chained(link, rows))
        times = [time_of(row) for row in rows]
        number += 1
        yield Draft(
            number=number,
            ids=ids,
            members=b"".join(links.member(event, mark) for event, mark in zip(ids, made, strict=True)),
            late=sum(is_late(event, at, after.sealed_at) for event, at in zip(ids, times, strict=True)),
            last_at=max(max(times), links.made_at(ids[-1])),
            link_before=link,
            link=made[-1],
        )
        link = made[-1]


def is_late(event: str, at: datetime, sealed_at: datetime | None) -> bool:
    """Whether an event claims a time long before the seal that it waited for."""
    return sealed_at is not None and min(at, links.made_at(event)) < sealed_at - links.LATE_AFTER


def _by_day(chain: str) -> Iterator[list[str]]:
    some: list[str] = []
    for event in reading.ids(AuditPending, chain):
        if some and (len(some) == BLOCK_EVENTS or links.made_at(event).date() != links.made_at(some[0]).date()):
            yield some
            some = []
        some.append(event)
    if some:
        yield some


def time_of(row: reading.Row) -> datetime:
    """When an event says it happened. SQLite gives instants without a zone: they are UTC."""
    value = datetime.fromisoformat(row[1]) if isinstance(row[1], str) else row[1]
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
