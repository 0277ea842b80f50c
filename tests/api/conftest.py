"""The API as programs see it: our OpenAPI document, a token, and the application itself, without a socket in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from linli.kernel.actor import SYSTEM, Actor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.api)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The application answers inside the test's own transaction, so the end of a request must not close the connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(community: UUID, actor_for: Callable[..., Actor]) -> str:
    """A token of a community manager of community 999901001001."""
    from linli.trust import Role, add_token

    manager = actor_for("community_manager", community)
    assert manager.account is not None
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    return add_token(by=SYSTEM, account=manager.account, role=Role.COMMUNITY_MANAGER, label="test", expires_at=in_an_hour)
