"""The ground the other tests stand on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from linli.kernel.actor import Actor


def test_tests_have_a_data_folder_of_their_own() -> None:
    from django.conf import settings

    assert Path(os.environ["LINLI_DATA"]).resolve() == settings.DATA
    assert "linli-test-" in str(settings.DATA)


def test_an_actor_sees_its_own_community_only(community: UUID, other_community: UUID, actor_for: Callable[..., Actor]) -> None:
    manager = actor_for("community_manager", community)
    assert manager.sees_community(community)
    assert not manager.sees_community(other_community)


@pytest.mark.postgres
@pytest.mark.django_db
def test_linli_is_no_superuser_of_its_database() -> None:
    """A superuser passes through row-level security, and a test of it would prove nothing."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
