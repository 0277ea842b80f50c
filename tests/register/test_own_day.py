"""Which day it is follows the community's own time zone: in commands, on pages, in the API, in jobs and in a round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.register import commands
from linli.register.models import Visit
from linli.territory.models import Community, Dwelling
from linli.trust import SYSTEM, clock_of, clocks
from linli.work import jobs
from linli.work.commands import add_task
from tests.register.ground import Town
from tests.register.hands import register

pytestmark = pytest.mark.django_db
FIRST, LAST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""Twenty-five hours lie between them: it is never the same day."""


def day_in(zone: str) -> object:
    return datetime.now(ZoneInfo(zone)).date()


@pytest.fixture(params=[FIRST, LAST])
def zone(request: pytest.FixtureRequest, town: Town) -> str:
    Community.objects.filter(zone_id=town.community).update(time_zone=request.param)
    clocks._KNOWN.pop(town.community, None)  # a community keeps the zone that it was made with
    return str(request.param)


def test_it_is_the_communitys_own_day(town: Town, zone: str) -> None:
    with clock_of(town.community):
        assert timezone.localdate() == day_in(zone)
        assert timezone.get_current_timezone_name() == zone
    assert timezone.get_current_timezone_name() not in (FIRST, LAST)


def test_a_visit_counts_on_that_day(town: Town, clerk: Actor, zone: str) -> None:
    register(clerk, town)
    dwelling = Dwelling.objects.filter(building=town.buildings[0]).order_by("-id").first()
    assert dwelling is not None
    commands.confirm_unchanged(by=clerk, community=town.community, dwelling=dwelling.id)
    assert Visit.objects.get().on == day_in(zone)


def test_a_task_is_late_on_that_day(
    town: Town, zone: str, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    worker = actor_for("grid_worker", town.grids[0])
    assert worker.account is not None
    yesterday = datetime.now(ZoneInfo(LAST)).date()
    add_task(
        by=SYSTEM, community=town.community, title={"en": "Look at the lamp", "zh-Hans": "看看路灯"}, owner=worker.account,
        due=yesterday, grid=town.grids[0],
    )  # fmt: skip
    client = signed_in(worker)
    (told,) = client.get("/api/v1/communities/999901001001/tasks").json()
    assert told["late"] is (zone == FIRST)
    page = client.get("/field/999901001001/").content.decode()
    assert ('class="late"' in page) is (zone == FIRST)


def test_a_job_runs_on_that_day(town: Town, zone: str) -> None:
    told = []
    jobs.offer("test.own_day", lambda _community: told.append(timezone.localdate()))
    try:
        jobs.run_job.func("test.own_day", str(town.community))
    finally:
        jobs._JOBS.pop("test.own_day")
    assert told == [day_in(zone)]
    assert timezone.localdate() - told[0] < timedelta(days=2)
