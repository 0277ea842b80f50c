"""Who is left behind, read from who kept house together and moved away: on the record, in counts, and on a worker's own list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.facts import keep_snapshot, write
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register import commands
from linli.register.models import Membership, Person, Residence
from linli.register.queries.asof import Moment
from linli.register.queries.figures import portrait
from linli.register.queries.left_behind import left_behind_at
from linli.register.queries.record import person_record
from linli.register.queries.structure import structure
from linli.register.rules.by_hand import Place
from linli.register.rules.left_behind import LeftBehind
from linli.trust import SYSTEM
from linli.trust.models import AuditEvent
from tests.register.ground import ZONE, Town
from tests.register.hands import TODAY, register, said

pytestmark = pytest.mark.django_db
CODE = "999901001001"
BEFORE = TODAY - timedelta(days=900)
LEFT = TODAY - timedelta(days=300)


def family(town: Town, clerk: Actor) -> list[UUID]:
    """Father (head), mother, child of seven, grandmother of seventy; all here since long ago."""
    people = [
        said("张大山", birth=date(TODAY.year - 40, 1, 2), sequence=11),
        said("李小兰", "12", birth=date(TODAY.year - 38, 1, 2), sequence=22),
        said("张小小", "20", birth=date(TODAY.year - 7, 1, 2), sequence=33),
        said("王奶奶", "52", birth=date(TODAY.year - 70, 1, 2), sequence=44),
    ]
    return register(clerk, town, *people, on=BEFORE).people


def leave(town: Town, clerk: Actor, people: list[UUID], on: date, new_head: UUID | None = None) -> None:
    commands.move_out(by=clerk, community=town.community, people=people, on=on, place=Place.DESK, new_head=new_head)


def known_since(days: int) -> None:
    """As if all of it had been written down so many days ago."""
    then = timezone.now() - timedelta(days=days)
    for model in (Membership, Residence):
        model._default_manager.update(known_from=then)
        model._default_manager.filter(ended_known__isnull=False).update(ended_known=then)
    Person.objects.update(known_from=then)


def found(town: Town, viewer: Actor = SYSTEM, day: date = TODAY, **more: object) -> dict[UUID, LeftBehind]:
    return left_behind_at(viewer=viewer, community=town.community, at=Moment(day, timezone.now()), **more)  # type: ignore[arg-type]


def test_a_child_and_an_elder_whose_family_moved_away(town: Town, clerk: Actor) -> None:
    father, mother, child, grandmother = family(town, clerk)
    assert found(town) == {}
    leave(town, clerk, [father, mother], LEFT, new_head=grandmother)
    assert found(town) == {child: LeftBehind.CHILD, grandmother: LeftBehind.ELDER}
    assert found(town, people=[child]) == {child: LeftBehind.CHILD}
    assert found(town, day=LEFT + timedelta(days=100)) == {}, "half a year isn't over"
    record = person_record(viewer=clerk, community=town.community, person=child, today=TODAY)
    assert record.left_behind is LeftBehind.CHILD


def test_a_woman_whose_husband_moved_away(town: Town, clerk: Actor) -> None:
    father, mother, *_ = family(town, clerk)
    leave(town, clerk, [father], LEFT, new_head=mother)
    assert found(town) == {mother: LeftBehind.WOMAN}, "the child has its mother, the grandmother her daughter-in-law"


def test_who_came_back_or_died_or_lately_left_is_not_away(town: Town, clerk: Actor) -> None:
    father, mother, child, grandmother = family(town, clerk)
    leave(town, clerk, [father], LEFT, new_head=mother)
    leave(town, clerk, [mother], TODAY - timedelta(days=30), new_head=grandmother)
    assert child not in found(town), "one parent has been away for a month only"
    commands.record_death(by=clerk, community=town.community, person=grandmother, on=TODAY, place=Place.DESK, new_head=child)
    assert found(town) == {}
    Person.objects.filter(id=father).update(died_on=TODAY - timedelta(days=10))
    assert found(town) == {}


def test_it_stays_within_scope_and_is_counted_from_records_and_facts_alike(
    town: Town, clerk: Actor, actor_for: Callable[..., Actor], data: Path
) -> None:
    father, mother, child, grandmother = family(town, clerk)
    leave(town, clerk, [father, mother], LEFT, new_head=grandmother)
    assert set(found(town, actor_for("grid_worker", town.grids[0]))) == {child, grandmother}
    assert found(town, actor_for("grid_worker", town.grids[1])) == {}
    known_since(30)
    week = Week.of(TODAY)
    counted = structure(viewer=SYSTEM, community=town.community, week=week)
    keep_snapshot(by=SYSTEM, community=town.community, written=write(town.community, week, week.starts_at(ZONE)))
    kept = structure(viewer=SYSTEM, community=town.community, week=week)
    assert counted is not None
    assert kept is not None
    assert counted.places == kept.places
    assert kept.whole.behind == {"01": 1, "03": 1}
    shown = portrait(viewer=clerk, community=town.community, week=week, grid=town.grids[0])
    assert [(row.how, row.people) for row in shown.left_behind] == [(LeftBehind.ELDER, None), (LeftBehind.CHILD, None)]
    assert kept.places["01"].portrait().left_behind == shown.left_behind


def test_a_workers_own_list(
    town: Town, clerk: Actor, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    father, mother, _child, grandmother = family(town, clerk)
    leave(town, clerk, [father, mother], LEFT, new_head=grandmother)
    where = reverse("register:field_homes", kwargs={"code": CODE})
    worker = signed_in(actor_for("grid_worker", town.grids[0]))
    assert "only=left_behind" in worker.get(where).content.decode()
    page = worker.get(where, {"only": "left_behind"}).content.decode()
    assert "张*小" in page
    assert "王*奶" in page
    assert "张小小" not in page
    assert "张*山" not in page
    assert AuditEvent.objects.filter(kind="register.search").exists()
    other = signed_in(actor_for("grid_worker", town.grids[1])).get(where, {"only": "left_behind"}).content.decode()
    assert "张*小" not in other
