"""Data subjects with keys, made as in life: inside a command."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from linli.trust import NewSubject


@pytest.fixture
def people(data: object, community: UUID) -> list[NewSubject]:
    """Five subjects of a community in a data folder of their own."""
    from tests.trust.subjects import make

    return make(community, 5)


@pytest.fixture
def subject(data: object, community: UUID) -> UUID:
    """Somebody with a key."""
    from tests.trust.subjects import make

    return make(community, 1)[0].id
