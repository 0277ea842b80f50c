"""How often one connection may ask for something that anybody may ask for. Nothing of the address is kept but a keyed hash."""

from __future__ import annotations

from dataclasses import replace
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
    address = get_adapter(request).get_client_ip(request)
    key = f"pace:{limit}:{blinder(community).index(f'pace/{limit}', str(address)).hex()}"
    if cache.add(key, 1, HOUR):
        return False
    try:
        return int(cache.incr(key)) > threshold(limit)
    except ValueError:  # it ran out between the two
        return False
