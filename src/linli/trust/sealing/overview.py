"""What there is under a community's keys, in numbers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.trust.compartments import Compartment
from linli.trust.keyring import names, store
from linli.trust.models import Erasure, SealedNote, Subject, WrappedKey
from linli.trust.sealing.keys import ring_of
from linli.trust.sealing.rewrapping import unfinished


def overview(community: UUID) -> dict[str, Any]:
    """Versions, suites and counts of one community, with nothing secret among them. ``unfinished``: a rotation or a change of
    suite stopped half-way; run it again."""
    held = ring_of(community)
    keys = WrappedKey.objects.filter(community=community)
    there = set(names())
    return {
        "version": held.current,
        "versions": sorted(held.versions),
        "made": held.versions[held.current].made.isoformat(timespec="seconds"),
        "suite": held.suite,
        "index_suite": held.index_suite,
        "store": store().name,
        "keys": keys.count(),
        "subjects": Subject.objects.filter(community=community).count(),
        "erased": Erasure.objects.filter(community=community).count(),
        "notes": SealedNote.objects.filter(community=community).count(),
        "compartments": [c.value for c in Compartment if f"{community}.{c.value}" in there],
        "unfinished": held.moving_to is not None or unfinished(community),
    }
