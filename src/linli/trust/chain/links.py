"""How one event's link follows from the one before. Pure: what another program needs to check a chain by itself.

link = SHA-256(suite byte, link before, canonical event). The canonical event is a JSON array without spaces, keys sorted, UTF-8:
id, instant in UTC with microseconds, community, actor, role, command, kind, ids, fields, counts, digest, reason; ids as 32
hexadecimal
digits, what is missing as an empty text. A chain begins with SHA-256(suite byte, ``linli audit chain``, zero byte, name of the
chain).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

SUITES = {1: "SHA-256, Ed25519"}
"""Named suites; a block and a head store the number of theirs, so that another can join."""
SUITE = 1

INSTALLATION = "installation"
"""The chain of events that belong to no community."""
KEEP_DAYS = 180
"""No event is removed sooner (网络安全法 art. 21: logs are kept for six months at least)."""
LATE_AFTER = timedelta(days=1)
"""An event that turns up so long after the seal it should have stood in is counted as late: a clock went wrong, or a hand was
at work."""
MARK_BYTES = 8
MEMBER_BYTES = 16 + MARK_BYTES

COLUMNS = ("id", "at", "community_id", "actor_id", "role", "command", "kind", "ids", "fields", "counts", "digest", "reason")
"""The columns of an event in the order in which :func:`canonical` takes them, as the database gives them."""

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def chain_of(community: UUID | None) -> str:
    """The name of the chain that a community's events stand in."""
    return str(community) if community else INSTALLATION


def start(chain: str, suite: int = SUITE) -> bytes:
    """The link before the first event of a chain: no two chains begin alike."""
    return sha256(bytes([suite]) + b"linli audit chain\0" + chain.encode()).digest()


def canonical(row: Sequence[Any]) -> bytes:
    """One event as bytes, alike from SQLite and from PostgreSQL. ``row``: raw values in the order of :data:`COLUMNS`."""
    event, at, community, actor, role, command, kind, ids, fields, counts, digest, reason = row
    return _encode(
        [
            hexed(event),
            _instant(at),
            hexed(community),
            hexed(actor),
            role,
            command,
            kind,
            _parsed(ids),
            _often(fields),
            _often(counts),
            digest,
            reason,
        ]
    ).encode()


def chained(before: bytes, rows: Iterable[Sequence[Any]], suite: int = SUITE) -> Iterator[bytes]:
    """The link of each event in turn."""
    link, head = before, bytes([suite])
    for row in rows:
        link = sha256(head + link + canonical(row)).digest()
        yield link


def member(event: str, link: bytes) -> bytes:
    """What a block keeps of an event: its id and the beginning of its link."""
    return bytes.fromhex(event) + link[:MARK_BYTES]


def members(blob: bytes) -> list[tuple[str, bytes]]:
    """A block's events in order: id as 32 hexadecimal digits, and mark."""
    return [(blob[at : at + 16].hex(), blob[at + 16 : at + MEMBER_BYTES]) for at in range(0, len(blob), MEMBER_BYTES)]


def made_at(event: str) -> datetime:
    """When a UUIDv7 was made, to the millisecond."""
    return datetime.fromtimestamp(int(event[:12], 16) / 1000, UTC)


def head_text(*, chain: str, day: str, at: str, block: int, events: int, link: str, suite: int, key: str) -> bytes:
    """What is signed at the end of a day."""
    return _encode(
        {
            "what": "linli audit head",
            "chain": chain,
            "day": day,
            "at": at,
            "block": block,
            "events": events,
            "link": link,
            "suite": suite,
            "key": key,
        }
    ).encode()


def stub_text(*, chain: str, block: int, events: int, link: str, last_at: str, dropped_at: str, key: str) -> bytes:
    """What is signed when the events of a block are removed for their age."""
    return _encode(
        {
            "what": "linli audit stub",
            "chain": chain,
            "block": block,
            "events": events,
            "link": link,
            "last_at": last_at,
            "dropped_at": dropped_at,
            "key": key,
        }
    ).encode()


def instant(at: datetime) -> str:
    """An instant as it is signed: UTC, microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hexed(value: UUID | str | None) -> str:
    """An id as 32 hexadecimal digits, whichever way the database gave it; nothing as an empty text."""
    return "" if value is None else value.hex if isinstance(value, UUID) else value


def _instant(value: datetime | str) -> str:
    if isinstance(value, str):
        return value if len(value) == 26 else f"{value[:19]}.{value[20:]:0<6}"
    # Without a zone, as SQLite gives it, an instant is UTC.
    plain = value if value.tzinfo in (None, UTC) else value.astimezone(UTC)
    return plain.isoformat(" ", "microseconds")[:26]


def _parsed(value: str | list[Any] | dict[str, Any]) -> Any:
    return (json.loads(value) if len(value) > 2 else ([] if value == "[]" else {})) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _parsed_text(value: str) -> Any:
    return json.loads(value)


def _often(value: str | list[Any] | dict[str, Any]) -> Any:
    """As :func:`_parsed`, for what says the same thing again and again."""
    return _parsed_text(value) if isinstance(value, str) else value
