"""How often one connection may ask for something that anybody may ask for. Nothing of the address is kept but a keyed hash."""

from __future__ import annotations

from dataclasses import replace
from time import time
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from linli.kernel.actor import PUBLIC, Actor
from linli.register.rules.thresholds import threshold
from linli.trust import blinder

HOUR = 3600


def visitor(community: UUID) -> Actor:
    """Somebody at the open door of one community: may read what is public there, and write what commands take from anybody."""
    return replace(PUBLIC, communities=frozenset({community}))


def too_many(request: HttpRequest, community: UUID, limit: str) -> bool:
    """Count one more; whether this connection had its ``limit`` (``data/thresholds.csv``, times an hour) before."""
    full = is_full(request, community, limit)
    count(request, community, limit)
    return full


def is_full(request: HttpRequest, community: UUID, limit: str) -> bool:
    """Whether this connection had its ``limit`` within the hour; counts nothing."""
    return _held(_key(request, community, limit))[0] >= threshold(limit)


def count(request: HttpRequest, community: UUID, limit: str) -> None:
    """One more. The hour runs from the first. Two at the very same moment may count once: the places' limits are exact."""
    key = _key(request, community, limit)
    times, until = _held(key)
    cache.set(key, (times + 1, until), max(1, int(until - time())))


def _held(key: str) -> tuple[int, float]:
    """How often within the hour, and when that hour ends. Django's own counting forgets when."""
    times, until = cache.get(key, (0, 0.0))
    return (int(times), float(until)) if until > time() else (0, time() + HOUR)


def _key(request: HttpRequest, community: UUID, limit: str) -> str:
    address = get_adapter(request).get_client_ip(request)
    return f"pace:{limit}:{blinder(community).index(f'pace/{limit}', str(address)).hex()}"
