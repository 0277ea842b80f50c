"""A small town with nobody in it, and who works there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from linli.kernel.actor import Actor

if TYPE_CHECKING:
    from tests.register.ground import Town


@pytest.fixture
def town(community: UUID, data: object) -> Town:
    from tests.register.ground import build

    return build(community)


@pytest.fixture
def clerk(town: Town, actor_for: Callable[..., Actor]) -> Actor:
    return actor_for("desk_clerk", town.community)


@pytest.fixture
def worker(town: Town, actor_for: Callable[..., Actor]) -> Actor:
    return actor_for("grid_worker", town.grids[0])
