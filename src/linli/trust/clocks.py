"""Which day it is where a community lies: pages, operations and commands run in the community's own time zone.

So that ``timezone.localdate()`` and ``localtime()`` answer for the community wherever they are asked within one. The flat that
knows the zones tells them (``site.wiring``); without it the installation's own zone holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

ZoneOf = Callable[[UUID], str | None]
"""Community → IANA time zone; None where it isn't known (yet)."""

_TELLERS: list[ZoneOf] = []
_KNOWN: dict[UUID, ZoneInfo] = {}
"""A community keeps the zone that it was made with."""


def offer_zones(zone_of: ZoneOf) -> None:
    """Make the time zones of communities known; called by ``site.wiring``."""
    if zone_of not in _TELLERS:
        _TELLERS.append(zone_of)


@contextmanager
def clock_of(community: UUID) -> Iterator[None]:
    """Until the block ends, local time is that of the community."""
    zone = _KNOWN.get(community) or _asked(community)
    if zone is None:
        yield
        return
    with timezone.override(zone):
        yield


def _asked(community: UUID) -> ZoneInfo | None:
    name = next((found for zone_of in _TELLERS if (found := zone_of(community))), None)
    if name is None:
        return None
    return _KNOWN.setdefault(community, ZoneInfo(name))
