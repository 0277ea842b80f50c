"""What the database knows of its own rows."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from linli.trust.models import Zone
from linli.work import refresh_statistics


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_planner_learns_how_rows_are_spread(community: UUID) -> None:
    refresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = %s", [Zone._meta.db_table])
        assert cursor.fetchone()[0] > 0


@pytest.mark.django_db
def test_done_twice_it_harms_nothing(community: UUID) -> None:
    refresh_statistics()
    refresh_statistics()
    assert Zone.objects.filter(id=community).exists()
