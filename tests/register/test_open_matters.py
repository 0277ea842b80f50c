"""What waits for somebody, told once for the round's page, the agenda and the command line; the sign-off is the round's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.ids import new_id
from linli.monday.commands import finish_stage, open_round, sign_off
from linli.monday.rules import Stage
from linli.register import commands
from linli.register.commands.declarations import declare
from linli.register.commands.rounds import plan_survey
from linli.register.models import Declaration, Person, Visit
from linli.register.queries.open_matters import OpenMatters, open_matters
from linli.register.queries.rounds import current_week
from linli.register.rules.by_hand import Place
from linli.register.rules.declarations import Channel, Declared, Kind, Refusal, Told
from tests.register.ground import Town, build, line, take
from tests.register.hands import TODAY, register

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
CODE = "999901001001"
PEOPLE = [line("张小兰"), line("王小明", birth=TODAY.replace(year=2012), sequence=31, building=5)]


def waiting(viewer: Actor, town: Town) -> OpenMatters:
    week = current_week(viewer=viewer, community=town.community)
    return open_matters(viewer=viewer, community=town.community, week=week, day=TODAY)


def told(found: OpenMatters) -> dict[str, tuple[int, object]]:
    return {row.key: (row.count, row.oldest) for row in found.rows}


def moved_in(town: Town, by: Actor, which: int = 0) -> None:
    person = Declared(name="赵新", relation="head", birth_date="1990-01-02", sex="1", key=str(new_id()))
    said = Told(people=(person,), on=TODAY.isoformat(), contact="000 5550 1008", room="701")
    declare(
        by=by, community=town.community, key=new_id(), token=new_id().hex, kind=Kind.MOVE_IN, channel=Channel.PAPER, told=said,
        building=town.buildings[which],
    )  # fmt: skip


def test_nothing_waits_in_an_empty_register(town: Town, clerk: Actor) -> None:
    found = waiting(clerk, town)
    assert (found.rows, found.count, found.unsigned) == ([], 0, ["01", "02"])


def test_each_kind_with_its_number_and_its_oldest(
    town: Town, clerk: Actor, worker: Actor, actor_for: ActorFor, other_community: object, tmp_path: Path
) -> None:
    week = current_week(viewer=clerk, community=town.community)
    take(tmp_path, town.community, str(week.back()), PEOPLE)
    take(tmp_path, town.community, str(week), PEOPLE[:1])
    moved_in(town, clerk)
    moved_in(town, clerk, which=1)
    yesterday = timezone.now() - timedelta(days=1)
    Declaration.objects.filter(building=town.buildings[0]).update(received_at=yesterday)
    manager = actor_for("community_manager", town.community)
    plan_survey(by=manager, community=town.community, start=week.monday, weeks=1)
    Visit.objects.update(due=week.back(2).monday)
    build(other_community, "桥头里")  # type: ignore[arg-type]
    other = actor_for("desk_clerk", other_community)
    house = register(clerk, town)
    sent = commands.hand_over(
        by=clerk, community=town.community, person=house.people[2], to="999901001002", on=TODAY, agreed=[], agreed_on=TODAY,
        place=Place.DESK,
    )  # fmt: skip
    assert "came_back" not in told(waiting(clerk, town))
    commands.return_handover(by=other, community=other_community, declaration=sent, reason=Refusal.NOT_HERE)  # type: ignore[arg-type]
    past = TODAY - timedelta(days=3)
    Person.objects.filter(id=house.people[0]).update(document_expires=past)
    found = told(waiting(clerk, town))
    assert found["papers"] == (1, past)
    assert found["left"] == (1, week.monday)
    assert found["declared"] == (2, timezone.localdate(yesterday))
    assert found["survey"] == (2, None)
    assert found["came_back"] == (1, TODAY)
    # A worker is told of the own grid alone.
    mine = told(waiting(worker, town))
    assert "left" not in mine
    assert (mine["declared"][0], mine["survey"][0]) == (1, 1)
    assert "came_back" not in mine
    assert waiting(worker, town).unsigned == ["01"]


def test_monday_names_what_waits(
    town: Town, clerk: Actor, actor_for: ActorFor, signed_in: Callable[[Actor], Client], tmp_path: Path
) -> None:
    week = current_week(viewer=clerk, community=town.community)
    take(tmp_path, town.community, str(week.back()), PEOPLE)
    take(tmp_path, town.community, str(week), PEOPLE[:1])
    moved_in(town, clerk)
    open_round(by=SYSTEM, community=town.community, week=week, as_of=timezone.now())
    finish_stage(by=SYSTEM, community=town.community, week=week, stage=Stage.REPORT, gave={}, report={"unjudged": []})
    manager = actor_for("community_manager", town.community)
    client = signed_in(manager)
    page = client.get(reverse("monday:this", kwargs={"code": CODE})).content.decode()
    assert "Has this person left?" in page
    assert "Declarations to be taken over" in page
    assert "Not signed yet: grids 01, 02." in page
    assert f"{reverse('register:questions', kwargs={'code': CODE})}?matter=left" in page
    agenda = client.get(reverse("monday:agenda", kwargs={"code": CODE})).content.decode()
    assert "Has this person left? <b>1</b>" in agenda
    assert "Not signed yet: grids 01, 02." in agenda


def test_the_sign_off_is_the_rounds_own(
    town: Town, clerk: Actor, actor_for: ActorFor, signed_in: Callable[[Actor], Client], tmp_path: Path
) -> None:
    """The register's page says that the week is signed off when it is, and by whom; nothing else counts as that."""
    week = current_week(viewer=clerk, community=town.community)
    take(tmp_path, town.community, str(week), PEOPLE)
    manager = actor_for("community_manager", town.community)
    client = signed_in(manager)
    where = reverse("register:round", kwargs={"code": CODE})
    assert "verified: 2 of 2" in client.get(where).content.decode()
    for grid in town.grids:
        assert client.post(reverse("register:grid_round", kwargs={"code": CODE, "grid": grid}), {"note": ""}).status_code == 302
    everything = client.get(where).content.decode()
    assert "verified: 2 of 2" in everything, "grids signed and nothing open is not signed off"
    open_round(by=SYSTEM, community=town.community, week=week, as_of=timezone.now())
    finish_stage(by=SYSTEM, community=town.community, week=week, stage=Stage.REPORT, gave={}, report={"unjudged": []})
    sign_off(by=manager, community=town.community, week=str(week))
    signed = client.get(where).content.decode()
    assert "verified: 2 of 2" not in signed
    assert f"{manager.name}, " in signed
    assert "verified: " in client.get(f"{where}?week={week.back()}").content.decode()
