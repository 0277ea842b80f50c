"""Who lives in a let dwelling beside those to whom it is let: a question to ask at the door, no fault of anybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Living:
    """Somebody and their household of today, None where they belong to none."""

    person: UUID
    household: UUID | None


def beside_the_lease(living: Iterable[Living], *, tenants: Collection[Living], landlords: Collection[UUID]) -> int | None:
    """How many live there who are neither of a tenant's household nor the landlord; None where no tenant is known."""
    if not tenants:
        return None
    people = {one.person for one in tenants} | set(landlords)
    houses = {one.household for one in tenants if one.household is not None}
    return sum(one.person not in people and one.household not in houses for one in living)
