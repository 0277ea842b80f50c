"""Data subjects: made inside the command that registers the people, cut loose inside the one that erases them."""

from __future__ import annotations

import secrets
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
