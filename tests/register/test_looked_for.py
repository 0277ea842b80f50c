"""Whoever is looked for from a form, or shown beside a question, can read it; and nobody tries numbers out all day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from linli.kernel import citizen_number
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict
from linli.kernel.ids import new_id
from linli.register.commands import add_person, review
from linli.register.commands.rehearsing import rehearse
from linli.register.models import Person
from linli.register.rules import thresholds
from linli.register.rules.by_hand import Place, Refused, Same
from linli.register.writing.asked_for import KIND
from linli.trust import who_looked
from linli.trust.models import AuditEvent
from tests.register.ground import Town, line, named, take
from tests.register.hands import FAMILY, LAST_MONTH, register, said

pytestmark = pytest.mark.django_db
CODE = "999901001001"
Limit = Callable[[str, int], None]


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    """``limit(name, number)``: another number for one threshold."""
    from linli.register.writing import asked_for

    held: dict[str, int] = {}
    monkeypatch.setattr(asked_for, "threshold", lambda name: held.get(name, thresholds.threshold(name)))
    return held.__setitem__


def looks(town: Town, person: UUID) -> list[str]:
    """What the person themselves reads."""
    subject = Person.objects.get(id=person).subject_id
    themselves = Actor(
        account=None, role="resident", permissions=frozenset(), communities=frozenset({town.community}), subject=subject
    )
    return [look.kind for look in who_looked(viewer=themselves, community=town.community, subject=subject, objects=[person])]


def test_a_number_tried_at_a_door_is_read_by_whom_it_belongs_to(town: Town, clerk: Actor, worker: Actor) -> None:
    """They live in another grid: the worker sees nothing of them but that they are there."""
    family = register(clerk, town, which=1).people
    before = looks(town, family[0]).count(KIND)
    people = Person.objects.count()
    for other in (FAMILY[0], replace(FAMILY[0], name="王某某")):
        with pytest.raises(Refused):
            register(worker, town, other)
    assert Person.objects.count() == people
    assert looks(town, family[0]).count(KIND) == before + 2
    assert looks(town, family[1]).count(KIND) == 0
    event = AuditEvent.objects.filter(kind=KIND, actor_id=worker.account).order_by("-id")[0]
    assert (event.command, event.role, event.fields) == ("register.register_household", "grid_worker", ["number"])
    assert FAMILY[0].number not in f"{event.__dict__}"


def test_a_preview_asks_too(town: Town, clerk: Actor, worker: Actor) -> None:
    there = register(clerk, town, which=1).people
    here = register(worker, town, said("钱一", birth=date(1970, 1, 1), sequence=71))
    given: dict[str, Any] = {"key": new_id(), "household": here.household, "on": LAST_MONTH, "place": Place.DOOR}
    probe = replace(FAMILY[1], relation="12", same=Same.YES)
    rehearse(by=worker, community=town.community, act="came", people=[], given=given | {"said": probe})
    assert looks(town, there[1]).count(KIND) == 1
    stranger = said("赵无人", "12", birth=date(1970, 1, 2), sequence=72)
    rehearse(by=worker, community=town.community, act="came", people=[], given=given | {"said": stranger})
    assert AuditEvent.objects.filter(kind=KIND, actor_id=worker.account, counts={"found": 0}).count() == 2
    with pytest.raises(Refused):
        rehearse(by=worker, community=town.community, act="came", people=[], given=given | {"said": FAMILY[1]})
    assert looks(town, there[1]).count(KIND) == 2


@pytest.mark.parametrize("name", ["asked_for_an_hour", "asked_for_a_day"])
def test_after_so_many_nobody_is_looked_for(town: Town, clerk: Actor, worker: Actor, limit: Limit, name: str) -> None:
    family = register(clerk, town, which=1).people
    limit(name, 2)
    before = looks(town, family[0])
    for sequence in (101, 102):
        wrong = replace(FAMILY[0], number=citizen_number.make(date(1954, 3, 7), sequence))
        with pytest.raises(Refused):
            register(worker, town, replace(wrong, relation=""))
    with pytest.raises(Conflict) as full:
        register(worker, town, FAMILY[0])
    assert full.value.words.key == "register.hand.asked_often"
    assert looks(town, family[0]) == before, "not even looked for"
    limit(name, 3)
    with pytest.raises(Refused):
        register(worker, town, FAMILY[0])
    assert len(looks(town, family[0])) == len(before) + 1


def test_the_page_says_so_and_keeps_what_was_written(
    town: Town, worker: Actor, limit: Limit, signed_in: Callable[[Actor], Client]
) -> None:
    limit("asked_for_an_hour", 0)
    where = reverse("register:field_new_door", kwargs={"code": CODE, "building": town.buildings[0]})
    form = {
        "key": str(new_id()), "on": LAST_MONTH.isoformat(), "rows": "1", "evidence": "told", "unit": "2", "room": "501",
        "p0-name": "张大山", "p0-number": FAMILY[0].number, "p0-relation": "head", "hukou": "here",
    }  # fmt: skip
    answer = signed_in(worker).post(where, form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "nobody else is for now" in text
    assert "张大山" in text
    assert Person.objects.count() == 0


def test_who_is_written_down_was_looked_for_once(town: Town, clerk: Actor) -> None:
    register(clerk, town)
    assert AuditEvent.objects.filter(kind=KIND).count() == len(FAMILY)


def test_of_a_family_shown_everybody_reads_it(town: Town, tmp_path: Path, clerk: Actor) -> None:
    three = [
        line("张小兰"), line("张大山", birth=date(1950, 1, 2), sequence=11, relation="配偶"),
        line("张小山", birth=date(1985, 1, 2), sequence=13, relation="子"),
    ]  # fmt: skip
    take(tmp_path, town.community, "2026-W46", three)
    take(tmp_path, town.community, "2026-W47", three[:2])
    missing = named(town.community, "张小山").id
    review.open_to_answer(by=clerk, community=town.community, person=missing)
    for name in ("张小兰", "张大山", "张小山"):
        assert looks(town, named(town.community, name).id).count("register.person.compared") == 1, name


def test_a_look_that_outlives_nothing_is_no_event_of_its_own(town: Town, clerk: Actor) -> None:
    """A command that only looked has still to record what it did."""
    added = register(clerk, town)
    add: dict[str, Any] = {"by": clerk, "community": town.community, "household": added.household, "place": Place.DESK}
    add_person(**add, on=LAST_MONTH, key=new_id(), said=said("张小雨", "20", birth=date(2010, 5, 5), sequence=55))
    kinds = list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds.count("register.person.registered") == 1
    assert kinds.count(KIND) == 4
