"""The yearly survey on the street: the week's doors, what is found there, how far it is, and second visits that see no first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.weeks import Week
from linli.register import commands
from linli.register.commands.rounds import Told, close_blind, draw_blind, plan_survey, record_blind
from linli.register.models import Visit
from linli.register.queries.rounds import current_week
from linli.register.queries.survey import survey, this_week
from linli.register.rules.by_hand import Place
from linli.territory.models import Dwelling
from linli.trust.models import AuditEvent
from tests.register.ground import Town
from tests.register.hands import TODAY, register, said

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
CODE = "999901001001"


def at(name: str, **rest: object) -> str:
    return reverse(f"register:{name}", kwargs={"code": CODE, **rest})


@pytest.fixture
def homes(town: Town, clerk: Actor) -> list[UUID]:
    """Three homes of grid 01 and one of grid 02."""
    made = []
    for which, room, sequence in ((0, "101", 41), (0, "102", 42), (0, "103", 43), (1, "201", 44)):
        register(clerk, town, said(f"王{room}", sequence=sequence), which=which, room=room)
        made.append(Dwelling.objects.get(building=town.buildings[which], room=room).id)
    return made


@pytest.fixture
def planned(town: Town, homes: list[UUID], actor_for: ActorFor) -> Actor:
    """The year is planned into this one week; returns the manager."""
    manager = actor_for("community_manager", town.community)
    monday = current_week(viewer=manager, community=town.community).monday
    assert plan_survey(by=manager, community=town.community, start=monday, weeks=1) == 4
    return manager


def doors(viewer: Actor, town: Town, day: date = TODAY) -> list[str]:
    week = this_week(viewer=viewer, community=town.community, day=day)
    return [door.label for building in week.buildings for door in building.doors]


def test_what_is_found_at_a_door_decides_whether_it_comes_back(
    town: Town, planned: Actor, homes: list[UUID], worker: Actor
) -> None:
    who: dict[str, Any] = {"by": worker, "community": town.community}
    assert doors(worker, town) == ["2-101", "2-102", "2-103"], "of the own grid alone"
    commands.confirm_unchanged(**who, dwelling=homes[0])
    commands.turned_away(**who, dwelling=homes[1])
    commands.nobody_home(**who, dwelling=homes[2])
    assert doors(worker, town) == ["2-103"], "nobody home comes back"
    week = this_week(viewer=worker, community=town.community, day=TODAY)
    (door,) = week.buildings[0].doors
    assert (door.tries, door.tried, door.people, door.late, week.done) == (1, TODAY, 1, False, 2)
    (door,) = this_week(viewer=worker, community=town.community, day=TODAY + timedelta(days=7)).buildings[0].doors
    assert door.late
    found = survey(viewer=planned, community=town.community, day=TODAY + timedelta(days=7))
    steps = [row.progress for row in found.buildings]
    assert [(step.planned, step.done, step.refused, step.late) for step in steps] == [(3, 1, 1, 1), (1, 0, 0, 1)]
    assert [(row.label, row.progress.late) for row in found.grids] == [("01", 1), ("02", 1)]
    assert {event.kind for event in AuditEvent.objects.filter(kind__startswith="register.door")} >= {"register.door.refused"}
    # Who opens later after all is seen.
    commands.confirm_unchanged(**who, dwelling=homes[1])
    assert survey(viewer=planned, community=town.community, day=TODAY).grids[0].progress.refused == 0


def test_turning_away_verifies_nobody(town: Town, planned: Actor, homes: list[UUID], worker: Actor) -> None:
    commands.turned_away(by=worker, community=town.community, dwelling=homes[0])
    visit = Visit.objects.get(dwelling=homes[0])
    assert (visit.kind, visit.outcome, visit.on) == ("survey", "refused", TODAY)
    from linli.register.queries.visits import doors_seen

    assert homes[0] not in doors_seen(viewer=worker, community=town.community)


def test_out_of_scope_there_is_no_door(town: Town, planned: Actor, homes: list[UUID], actor_for: ActorFor) -> None:
    other = actor_for("grid_worker", town.grids[1])
    assert doors(other, town) == ["2-201"]
    with pytest.raises(NotFound):
        commands.turned_away(by=other, community=town.community, dwelling=homes[0])


def test_a_new_plan_counts_alone(town: Town, planned: Actor, homes: list[UUID], worker: Actor) -> None:
    """What was visited for last year's plan is no part of this year's."""
    commands.confirm_unchanged(by=worker, community=town.community, dwelling=homes[0])
    Visit.objects.update(known_from=timezone.now() - timedelta(days=360))
    Visit.objects.filter(on__isnull=False).update(on=TODAY - timedelta(days=350), due=TODAY - timedelta(days=357))
    monday = current_week(viewer=planned, community=town.community).monday
    plan_survey(by=planned, community=town.community, start=monday, weeks=1)
    found = survey(viewer=planned, community=town.community, day=TODAY)
    assert (found.start, found.grids[0].progress.planned, found.grids[0].progress.done) == (monday, 3, 0)
    assert doors(worker, town) == ["2-101", "2-102", "2-103"]


def test_a_home_that_stands_empty_is_done_with_a_tap(
    town: Town, planned: Actor, homes: list[UUID], worker: Actor, signed_in: Callable[[Actor], Client]
) -> None:
    from linli.register.models import Residence

    person = Residence.objects.get(dwelling=homes[0]).person_id
    commands.move_out(by=worker, community=town.community, people=[person], on=TODAY, place=Place.DOOR)
    client = signed_in(worker)
    where = at("field_door", building=town.buildings[0], dwelling=homes[0])
    assert "Nobody lives here" in client.get(where).content.decode()
    assert client.post(where, {"found": "same"}).status_code == 302
    assert doors(worker, town) == ["2-102", "2-103"]


def test_the_worker_walks_the_week_on_the_phone(
    town: Town, planned: Actor, homes: list[UUID], worker: Actor, signed_in: Callable[[Actor], Client]
) -> None:
    client = signed_in(worker)
    assert at("field_survey") in client.get(at("field_homes")).content.decode()
    listed = client.get(at("field_survey")).content.decode()
    where = at("field_door", building=town.buildings[0], dwelling=homes[0])
    assert f'href="{where}?from=survey"' in listed
    opened = client.get(f"{where}?from=survey").content.decode()
    assert "Planned for the survey." in opened
    assert f'href="{at("field_survey")}"' in opened
    # A correction leads back to the door, and the tap after it to the list.
    from linli.register.models import Residence

    person = Residence.objects.get(dwelling=homes[0]).person_id
    correct = at("field_correct", building=town.buildings[0], dwelling=homes[0], person=person)
    assert client.post(correct, {"phone": "000 5550 1007", "evidence": "told"}).headers["Location"] == where
    assert "Everything is right now" in client.get(where).content.decode()
    assert client.post(where, {"found": "same"}).headers["Location"] == at("field_survey")
    assert client.post(f"{where}?from=survey", {"found": "nobody"}).headers["Location"] == at("field_survey")
    second = at("field_door", building=town.buildings[0], dwelling=homes[1])
    assert client.post(second, {"found": "refused"}).headers["Location"] == at("field_building", building=town.buildings[0])
    assert f'href="{where}?from=survey"' not in client.get(at("field_survey")).content.decode()
    assert doors(worker, town) == ["2-103"]
    manager = signed_in(planned)
    assert "柳荫苑3号楼" in manager.get(f"{at('survey')}?grid=01").content.decode()


def drawn(town: Town, manager: Actor, worker: Actor, home: UUID) -> Visit:
    commands.confirm_unchanged(by=worker, community=town.community, dwelling=home)
    week: Week = current_week(viewer=manager, community=town.community)
    assert draw_blind(by=manager, community=town.community, week=week) == 1
    return Visit.objects.get(kind="blind")


def test_a_second_visit_is_not_for_who_made_the_first(
    town: Town, planned: Actor, homes: list[UUID], worker: Actor, actor_for: ActorFor, signed_in: Callable[[Actor], Client]
) -> None:
    visit = drawn(town, planned, worker, homes[0])
    second = actor_for("grid_worker", town.grids[0])
    assert this_week(viewer=worker, community=town.community, day=TODAY).blind == []
    assert [row.id for row in this_week(viewer=second, community=town.community, day=TODAY).blind] == [visit.id]
    where = at("blind_visit", visit=visit.id)
    first = signed_in(worker).get(where).content.decode()
    assert 'name="name_1"' not in first
    client = signed_in(second)
    shown = client.get(where).content.decode()
    assert 'name="name_1"' in shown
    assert "王" not in shown, "what is known is not shown, not even masked"
    assert client.post(where, {}).status_code == 422, "an empty form says nothing"
    visit.refresh_from_db()
    assert visit.on is None
    assert client.post(where, {"name_1": "王101", "year_1": "1953"}).status_code == 302
    visit.refresh_from_db()
    assert visit.findings == {"people": True, "name": True, "birth": False, "phone": True}
    rates = survey(viewer=planned, community=town.community, day=TODAY)
    assert (rates.compared, rates.rates["birth"].rate, rates.rates["birth"].checked) == (1, 1.0, 1)
    assert rates.rates["birth"].low < 1.0


def test_a_second_visit_may_find_nobody_or_nobody_willing(
    town: Town, planned: Actor, homes: list[UUID], worker: Actor, clerk: Actor
) -> None:
    visit = drawn(town, planned, worker, homes[0])
    who: dict[str, Any] = {"community": town.community, "visit": visit.id}
    with pytest.raises(BadInput):
        record_blind(by=clerk, **who, told=[Told("  ")])
    with pytest.raises(Conflict):
        close_blind(by=worker, **who)
    close_blind(by=clerk, **who)
    assert survey(viewer=planned, community=town.community, day=TODAY).compared == 0
    with pytest.raises(Conflict):
        record_blind(by=clerk, **who, told=[], empty=True)
    Visit.objects.filter(id=visit.id).update(on=None, outcome="")
    assert record_blind(by=clerk, **who, told=[], empty=True) == {"people": False, "name": False}
