"""Somebody moves to another community: sent, opened there with a reason, taken over at an address or sent back, never in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, LinliError, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.commands.declarations import accept_declaration, refuse_declaration
from linli.register.commands.handover import settle_sent
from linli.register.models import CareNeed, Declaration, Hukou, Person, Residence
from linli.register.opening import open_people
from linli.register.queries.declarations import declarations
from linli.register.queries.handovers import arrival, arrivals, handovers_waiting, sent
from linli.register.rules.by_hand import Evidence, Place, Refused, Same
from linli.register.rules.declarations import Refusal, Step
from linli.register.rules.handovers import AFTER, Deed
from linli.register.rules.needs import Basis, Need
from linli.register.rules.revealing import Reason
from linli.trust.consent.rules import Channel
from linli.trust.models import AuditEvent
from tests.register.ground import Town, build
from tests.register.hands import LAST_MONTH, TODAY, home, register, relations, said

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
HERE, THERE = "999901001001", "999901001002"


@dataclass(frozen=True)
class Two:
    """Two communities, a clerk in each, and a household of three in the first."""

    here: Town
    there: Town
    clerk: Actor
    other: Actor
    house: commands.Registered

    def send(self, row: int, **more: Any) -> UUID:
        given: dict[str, Any] = {
            "by": self.clerk, "community": self.here.community, "person": self.house.people[row], "to": THERE, "on": TODAY,
            "agreed": ["number", "birth_date", "sex", "phone", "needs"], "agreed_on": TODAY, "place": Place.DESK,
        }  # fmt: skip
        return commands.hand_over(**(given | more))

    def take(self, made: UUID, **more: Any) -> commands.Registered:
        given: dict[str, Any] = {
            "by": self.other, "community": self.there.community, "declaration": made, "building": self.there.buildings[0],
            "unit": "1", "room": "301", "on": TODAY, "evidence": Evidence.TOLD,
        }  # fmt: skip
        return commands.accept_handover(**(given | more))

    def row(self, made: UUID) -> Declaration:
        """The row where they left, of what arrived as ``made``."""
        reference = Declaration.objects.get(id=made).reference
        return Declaration.objects.get(reference=reference, kind="handed_over")


@pytest.fixture
def two(town: Town, clerk: Actor, actor_for: ActorFor, other_community: UUID) -> Two:
    there = build(other_community, "桥头里")
    return Two(town, there, clerk, actor_for("desk_clerk", other_community), register(clerk, town))


def present(name: str) -> list[UUID]:
    """In which communities somebody of this name lives now."""
    found = []
    for community in {row.community_id for row in Person.objects.all()}:
        people = open_people(community, Person.objects.filter(community=community).values_list("id", flat=True))
        ids = [person.id for person in people.values() if person.name == name]
        found += list(Residence.objects.filter(person__in=ids, to_date__isnull=True).values_list("community_id", flat=True))
    return found


def test_every_deed_in_every_state_has_an_answer() -> None:
    assert set(AFTER) == set(product(Step, Deed))
    assert all(AFTER[Step.ACCEPTED, deed] is None for deed in Deed), "what was taken over stays"
    assert all(AFTER[Step.LAPSED, deed] is None for deed in Deed)


def test_taken_over_with_what_may_go_along_and_never_in_both(two: Two) -> None:
    son = two.house.people[2]
    commands.add_need(
        by=two.clerk, community=two.here.community, person=son, need=Need.STAIRS, basis=Basis.CONSENT, place=Place.DESK,
        channel=Channel.PAPER,
    )  # fmt: skip
    assert present("张小山") == [two.here.community]
    made = two.send(2)
    assert present("张小山") == []
    (row,) = arrivals(viewer=two.other, community=two.there.community)
    assert (row.name, row.sender["en"] != "", row.step, set(row.fields)) == (
        "张*山", True, Step.OPEN, {"number", "birth_date", "sex", "needs"},
    )  # fmt: skip
    assert (handovers_waiting(viewer=two.other, community=two.there.community)) == (1, 0)
    commands.open_handover(
        by=two.other, community=two.there.community, declaration=made, reason=Reason.DESK, words="at the counter"
    )
    assert "at the counter" in AuditEvent.objects.get(kind="register.handover.opened").reason
    done = two.take(made, needs=[Need.STAIRS])
    assert present("张小山") == [two.there.community]
    person = done.people[0]
    known = open_people(two.there.community, [person])[person]
    told = open_people(two.here.community, [son])[son]
    assert (known.name, known.number, known.birth_date, known.sex) == (told.name, told.number, told.birth_date, told.sex)
    assert known.subject != told.subject
    assert [need.need for need in CareNeed.objects.filter(person=person, to_date__isnull=True)] == ["stairs"]
    assert list(relations(done.household).values()) == ["02"]
    assert Declaration.objects.get(id=made).state == two.row(made).state == "accepted"
    assert (handovers_waiting(viewer=two.other, community=two.there.community)) == (0, 0)
    back: dict[str, Any] = {"by": two.clerk, "community": two.here.community, "sent": two.row(made).id}
    for act in (lambda: two.take(made), lambda: commands.bring_back(**back)):
        with pytest.raises(Conflict):
            act()
    assert present("张小山") == [two.there.community]


def test_what_was_not_agreed_does_not_go_along(two: Two) -> None:
    made = two.send(2, agreed=[])
    _row, found = arrival(viewer=two.other, community=two.there.community, declaration=made)
    assert (found.said.number, found.said.birth_date, found.said.sex, found.said.phone, found.needs) == ("", None, "", "", ())
    with pytest.raises(Refused):
        two.take(made)
    assert two.row(made).state == "open", "what the register objects to leaves both sides waiting"
    assert present("张小山") == []
    done = two.take(made, more={"birth_date": date(1985, 2, 3), "sex": "1", "name": "别人"})
    known = open_people(two.there.community, done.people)[done.people[0]]
    assert (known.name, known.birth_date, known.sex) == ("张小山", date(1985, 2, 3), "1")


def test_what_came_along_is_not_told_otherwise(two: Two) -> None:
    done = two.take(two.send(2), more={"birth_date": date(1990, 1, 1)})
    assert open_people(two.there.community, done.people)[done.people[0]].birth_date == date(1985, 2, 3)


def test_sent_back_and_living_here_again(two: Two) -> None:
    son = two.house.people[2]
    commands.add_need(
        by=two.clerk, community=two.here.community, person=son, need=Need.STAIRS, basis=Basis.CONSENT, place=Place.DESK,
        channel=Channel.PAPER,
    )  # fmt: skip
    made = two.send(2)
    commands.return_handover(by=two.other, community=two.there.community, declaration=made, reason=Refusal.NOT_HERE)
    assert present("张小山") == []
    assert handovers_waiting(viewer=two.clerk, community=two.here.community) == (0, 1)
    (line,) = sent(viewer=two.clerk, community=two.here.community, today=TODAY)
    assert (line.came_back, line.reason, line.person is not None) == (True, "not_here", True)
    with pytest.raises(Conflict):
        two.take(made)
    commands.bring_back(by=two.clerk, community=two.here.community, sent=line.id)
    again = home(son)
    assert again is not None
    assert (again.from_date, again.building_id) == (TODAY, two.here.buildings[0])
    assert set(relations(two.house.household)) == set(two.house.people)
    assert CareNeed.objects.filter(person=son, to_date__isnull=True).count() == 1
    assert handovers_waiting(viewer=two.clerk, community=two.here.community) == (0, 0)
    with pytest.raises(Conflict):
        commands.bring_back(by=two.clerk, community=two.here.community, sent=line.id)


def test_sent_back_though_they_have_moved(two: Two) -> None:
    made = two.send(2)
    row = two.row(made).id
    with pytest.raises(Conflict):
        commands.leave_away(by=two.clerk, community=two.here.community, sent=row)
    commands.return_handover(by=two.other, community=two.there.community, declaration=made, reason=Refusal.NOT_REACHED)
    commands.leave_away(by=two.clerk, community=two.here.community, sent=row)
    assert present("张小山") == []
    assert two.row(made).state == "lapsed"
    made = two.send(2)
    assert two.take(made).people, "they may be handed over again"


def test_taken_back_before_the_other_side_looked(two: Two) -> None:
    made = two.send(2)
    with pytest.raises(Conflict):
        two.send(2)
    commands.bring_back(by=two.clerk, community=two.here.community, sent=two.row(made).id)
    assert Declaration.objects.get(id=made).state == "lapsed"
    with pytest.raises(Conflict):
        two.take(made)
    assert present("张小山") == [two.here.community]


def test_a_head_comes_back_beside_the_new_one(two: Two) -> None:
    head, wife, _son = two.house.people
    made = two.send(0, new_head=wife, hukou_too=True)
    row = two.row(made).id
    with pytest.raises(Refused) as refused:
        commands.bring_back(by=two.clerk, community=two.here.community, sent=row)
    assert refused.value.faults[0].field == "relation"
    assert Declaration.objects.get(id=made).state == "open", "nothing is half done"
    commands.bring_back(by=two.clerk, community=two.here.community, sent=row, relation="11")
    assert relations(two.house.household)[head] == "11"
    assert not Hukou.objects.filter(person=head, ended_known__isnull=False, to_date=TODAY).exists()


def test_somebody_who_lives_there_again_is_not_taken_over(two: Two) -> None:
    """The police file, or a worker at the door, has found them in their old home meanwhile."""
    made = two.send(2)
    told = said("张小山", "20", birth=date(1985, 2, 3), sequence=33, same=Same.YES)
    commands.add_person(
        by=two.clerk, community=two.here.community, key=new_id(), household=two.house.household, said=told, on=TODAY,
        place=Place.DOOR,
    )  # fmt: skip
    with pytest.raises(Conflict):
        two.take(made)
    assert present("张小山") == [two.here.community]
    commands.bring_back(by=two.clerk, community=two.here.community, sent=two.row(made).id)
    assert present("张小山") == [two.here.community]


def test_who_comes_home_is_the_same_person_and_joins_a_household(two: Two) -> None:
    """There before, gone, and back: nobody is made twice."""
    neighbour = register(two.other, two.there, said("李四", sequence=77), room="301", unit="1")
    before = register(
        two.other, two.there, said("张小山", birth=date(1985, 2, 3), sequence=33), room="401", on=LAST_MONTH
    )  # fmt: skip
    commands.move_out(by=two.other, community=two.there.community, people=before.people, on=LAST_MONTH, place=Place.DESK)
    made = two.send(2)
    with pytest.raises(Refused) as refused:
        two.take(made, household=neighbour.household, relation="20")
    assert refused.value.faults[0].field == "same"
    done = two.take(made, household=neighbour.household, relation="20", same=Same.YES)
    assert done.people == before.people
    assert relations(neighbour.household)[before.people[0]] == "20"
    with pytest.raises(LinliError):
        two.take(made)


def test_each_side_sees_its_own(two: Two, actor_for: ActorFor) -> None:
    made = two.send(2)
    row = two.row(made).id
    who: dict[str, Any] = {"community": two.there.community, "declaration": made}
    assert arrivals(viewer=two.clerk, community=two.there.community) == []
    assert sent(viewer=two.other, community=two.here.community, today=TODAY) == []
    worker = actor_for("grid_worker", two.there.grids[0])
    assert arrivals(viewer=worker, community=two.there.community) == []
    with pytest.raises(NotFound):
        arrival(viewer=worker, **who)
    with pytest.raises(NotFound):
        arrival(viewer=two.clerk, **who)
    with pytest.raises(NotFound):
        commands.open_handover(by=two.clerk, **who, reason=Reason.DESK, words="at the counter")
    with pytest.raises(NotAllowed):
        commands.open_handover(by=worker, **who, reason=Reason.DESK, words="at the counter")
    with pytest.raises(BadInput):
        commands.open_handover(by=two.other, **who, reason=Reason.DESK, words=" .")
    with pytest.raises(NotFound):
        commands.bring_back(by=two.other, community=two.here.community, sent=row)
    with pytest.raises(NotFound):
        commands.bring_back(by=two.other, community=two.there.community, sent=row)
    with pytest.raises(NotFound):
        settle_sent(by=two.clerk, community=two.here.community, sent=row, deed=Deed.ACCEPT)
    # The way of the other declarations would decide on one side alone.
    for deed in (
        lambda: accept_declaration(by=two.other, **who, evidence=Evidence.TOLD, by_hand=True),
        lambda: refuse_declaration(by=two.other, **who, reason=Refusal.TWICE),
    ):
        with pytest.raises(NotFound):
            deed()
    assert [line.kind for line in declarations(viewer=two.other, community=two.there.community)] == ["handover"]
    assert declarations(viewer=two.clerk, community=two.here.community) == []


def test_the_pages_of_both_sides(two: Two, signed_in: Callable[[Actor], Client]) -> None:
    made = two.send(2)

    def at(code: str, name: str, **rest: Any) -> str:
        return reverse(f"register:{name}", kwargs={"code": code, **rest})

    desk, other = signed_in(two.clerk), signed_in(two.other)
    where = at(THERE, "handover", declaration=made)
    assert where in other.get(at(THERE, "handovers")).content.decode()
    assert at(THERE, "handovers") in other.get(at(THERE, "declarations")).content.decode()
    assert desk.get(where).status_code == 404
    shut = other.get(where).content.decode()
    assert "张*山" in shut
    assert "张小山" not in shut
    take = {"act": "accept", "address": "桥头里3号楼1单元301室", "on": TODAY.isoformat(), "evidence": "told"}
    assert other.post(where, take).headers["Location"] == where, "not before it was opened"
    assert present("张小山") == []
    assert other.post(where, {"act": "open", "reason": "desk", "words": ""}).status_code == 422
    assert other.post(where, {"act": "open", "reason": "desk", "words": "at the counter"}).status_code == 302
    assert "张小山" in other.get(where).content.decode()
    wrong = other.post(where, {**take, "address": "没有这个地方"})
    assert wrong.status_code == 422
    assert "id_address" in wrong.content.decode()
    done = other.post(where, take)
    assert done.status_code == 302, done.content.decode()
    assert present("张小山") == [two.there.community]
    assert "张小山" not in other.get(at(THERE, "handovers")).content.decode()
    second = two.send(1)
    back = other.post(at(THERE, "handover", declaration=second), {"act": "return", "reason": "not_here"})
    assert back.status_code == 302
    listed = desk.get(at(HERE, "handovers")).content.decode()
    assert "Came back" in listed
    sent_row = str(two.row(second).id)
    assert desk.post(at(HERE, "handovers"), {"act": "back", "which": sent_row}).status_code == 302
    assert present("李小兰") == [two.here.community]
    assert desk.post(at(HERE, "handovers"), {"act": "back", "which": "nonsense"}).status_code == 404
    assert other.post(at(THERE, "handovers"), {"act": "back", "which": sent_row}).status_code == 404
