"""Data subjects: made inside the command that registers the people, cut loose inside the one that erases them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from uuid import UUID

from linli.trust.audit import record
from linli.trust.models import Subject


def new_subjects(community: UUID, count: int) -> list[Subject]:
    """``count`` new data subjects with random 64-bit pseudonyms, recorded in the running command's trail."""
    subjects = Subject.objects.bulk_create(
        [Subject(community_id=community, pseudonym=secrets.token_hex(8)) for _ in range(count)], batch_size=2000
    )
    record("trust.subject", counts={"new": count})
    return subjects


def drop_subjects(community: UUID, subjects: Collection[UUID]) -> int:
    """Take back data subjects made by mistake (an undone file). Nothing may refer to them any more. Returns how many went."""
    ids = list(subjects)
    gone = 0
    for start in range(0, len(ids), 500):
        gone += Subject.objects.filter(community=community, id__in=ids[start : start + 500]).delete()[0]
    record("trust.subject", counts={"removed": gone})
    return gone
