"""Making data subjects for tests, and opening what was sealed for them."""

from __future__ import annotations

from uuid import UUID

from linli.kernel.actor import SYSTEM
from linli.trust import NewSubject, new_subjects, subject_keys
from linli.trust.audit import trail

PLACE = "register.person.name"


def make(community: UUID, count: int) -> list[NewSubject]:
    """``count`` new subjects, as a command makes them."""
    with trail("test", SYSTEM, community):
        return new_subjects(community, count)


def opened(community: UUID, sealed_values: dict[UUID, bytes]) -> dict[UUID, str]:
    """What still opens."""
    keys = subject_keys(community)
    return {subject: keys[subject].open(PLACE, value) for subject, value in sealed_values.items() if subject in keys}
