"""Signed heads outside the database: in a file beside the keys, and in the hands of whoever keeps a copy."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from linli.kernel.actor import Actor
from linli.trust.chain import keys, links
from linli.trust.models import AuditHead
from linli.trust.rules import Permission


@dataclass(frozen=True)
class Head:
    """The signed end of a chain on a day, all in text: what is printed, kept by others and given back to be compared."""

    chain: str
    day: str
    at: str
    block: int
    events: int
    link: str
    suite: int
    key: str
    signature: str

    @property
    def text(self) -> bytes:
        """What was signed."""
        told = asdict(self)
        del told["signature"]
        return links.head_text(**told)

    def is_genuine(self) -> bool:
        """Whether this installation signed it."""
        try:
            return keys.is_signed(self.text, bytes.fromhex(self.signature), self.key)
        except ValueError:
            return False


def of_row(row: AuditHead) -> Head:
    """A head as the database keeps it."""
    return Head(
        chain=row.chain,
        day=row.day.isoformat(),
        at=links.instant(row.at),
        block=row.block,
        events=row.events,
        link=bytes(row.link).hex(),
        suite=row.suite,
        key=row.key,
        signature=bytes(row.signature).hex(),
    )


def heads(*, viewer: Actor, chain: str | None = None) -> list[Head]:
    """The heads of every chain within the viewer's reach, or of one, oldest first; nothing for who may not read the trail."""
    if not viewer.may(Permission.AUDIT_READ) or viewer.grids is not None:
        return []
    rows = AuditHead.objects.order_by("chain", "block")
    if viewer.communities is not None:
        rows = rows.filter(community_id__in=viewer.communities)
    return [of_row(row) for row in (rows.filter(chain=chain) if chain else rows)]


def _file() -> Path:
    return Path(settings.DATA) / "keys" / "audit-heads.jsonl"


def note(head: Head) -> None:
    """Add a head to the file beside the keys, where whoever changes the database does not reach."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(asdict(head)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def noted(chain: str) -> list[Head]:
    """The heads of a chain in the file beside the keys."""
    path = _file()
    return [head for head in parsed(path.read_text("utf-8").splitlines()) if head.chain == chain] if path.exists() else []


def parsed(lines: Iterable[str]) -> Iterator[Head]:
    """Heads from lines of JSON. A line that is none, such as one cut short by a power failure, is passed over."""
    for line in lines:
        try:
            told = json.loads(line)
            yield Head(
                chain=str(told["chain"]),
                day=str(told["day"]),
                at=str(told["at"]),
                block=int(told["block"]),
                events=int(told["events"]),
                link=str(told["link"]),
                suite=int(told["suite"]),
                key=str(told["key"]),
                signature=str(told["signature"]),
            )
        except (ValueError, KeyError, TypeError):
            continue
