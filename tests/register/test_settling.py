"""Questions that go by themselves, those that a worker sees, and those about who is what to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from linli.intake import undo
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput
from linli.kernel.ids import new_id
from linli.register.commands import amend_person
from linli.register.commands.aliases import answer_address
from linli.register.commands.relating import answer_head, answer_relation
from linli.register.commands.review import take_back
from linli.register.models import Membership, ReviewItem
from linli.register.queries.questions import queue
from linli.register.rules.by_hand import Place
from linli.register.rules.review import Matter, State
from linli.register.rules.settling import where
from linli.trust import SYSTEM
from tests.register.ground import Town, line, named, take
from tests.register.test_review import PEOPLE, conflict, dump

pytestmark = pytest.mark.django_db
MORE = line("陈乙", birth=date(1970, 1, 2), sequence=21)
"""So that a file is not the same as one before."""
OURS = ("trust.Audit", "territory.Dwelling", "intake.HandWork")


def test_a_question_closes_when_the_value_is_taken_at_last_and_opens_again_with_the_undo(town: Town, tmp_path: Path) -> None:
    item = conflict(town, tmp_path, phone="000 5550 4444")
    report = take(tmp_path, town.community, "2028-W10", [line("张小兰", phone="000 5550 4444"), *PEOPLE[1:], MORE])
    assert named(town.community, "张小兰").phone == "00055504444", "what was seen at the door holds for a year"
    item.refresh_from_db()
    assert (item.state, item.reason) == (State.LAPSED.value, "taken")
    assert item.decided_at is not None
    undo(by=SYSTEM, community=town.community, batch=report.batch, reason="wrong file")
    item.refresh_from_db()
    assert (item.state, item.reason, item.decided_at) == (State.OPEN.value, "", None)


def test_a_question_closes_when_its_source_says_what_the_register_says(town: Town, tmp_path: Path) -> None:
    item = conflict(town, tmp_path, phone="000 5550 4444")
    take(tmp_path, town.community, "2026-W48", [line("张小兰", phone="000 5550 1234"), *PEOPLE[1:], MORE])
    item.refresh_from_db()
    assert (item.state, item.reason) == (State.LAPSED.value, "agreed")


def test_a_question_stays_while_its_source_goes_on_contradicting(town: Town, tmp_path: Path) -> None:
    item = conflict(town, tmp_path, phone="000 5550 4444")
    take(tmp_path, town.community, "2026-W48", [line("张小兰", phone="000 5550 4444", since="2019-05-02"), *PEOPLE[1:]])
    item.refresh_from_db()
    assert item.state == State.OPEN.value


def test_a_question_closes_when_somebody_tells_the_value_anew(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = conflict(town, tmp_path, phone="000 5550 4444")
    assert item.person_id is not None
    values = {"phone": "000 5550 9999"}
    amend_person(by=clerk, community=town.community, person=item.person_id, values=values, place=Place.DOOR)
    item.refresh_from_db()
    assert (item.state, item.reason) == (State.LAPSED.value, "by_hand")


def test_an_address_question_is_seen_by_the_worker_of_the_grid_where_the_household_lives(
    town: Town, tmp_path: Path, worker: Actor, clerk: Actor, actor_for: Callable[..., Actor]
) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    lost = line("陈甲", birth=date(1970, 1, 1), sequence=21, relation="子", household="H3", address="老粮站后面")
    take(tmp_path, town.community, "2026-W47", [*PEOPLE, lost])
    item = ReviewItem.objects.get(matter=Matter.ADDRESS.value)
    assert item.building_id == town.buildings[0]
    for viewer, sees in ((worker, 1), (clerk, 1), (actor_for("grid_worker", town.grids[1]), 0)):
        assert len(queue(viewer=viewer, community=town.community, matter=Matter.ADDRESS).rows) == sees
    with pytest.raises(BadInput):
        answer_address(by=worker, community=town.community, item=item.id, building=None)
    answer_address(by=worker, community=town.community, item=item.id, building=town.buildings[0])
    assert ReviewItem.objects.get(id=item.id).state == State.ACCEPTED.value


def test_whose_eyes_a_question_of_an_address_is_for() -> None:
    one, two, far = new_id(), new_id(), new_id()
    grid_of = {one: new_id(), far: new_id()}
    grid_of[two] = grid_of[one]
    assert where([one, two], [far], grid_of) == one, "all that may be meant lie in one grid"
    assert where([one, far], [far], grid_of) == far, "else where the household lives"
    assert where([], [one, far], grid_of) is None
    assert where([new_id()], [], grid_of) is None


def relations(town: Town) -> dict[str, str]:
    rows = Membership.objects.filter(community=town.community, to_date__isnull=True)
    return {str(person): code for person, code in rows.values_list("person_id", "relation")}


def test_a_relation_is_answered_in_the_list_and_taken_back(town: Town, tmp_path: Path, clerk: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    person = named(town.community, "李大山").id
    house = Membership.objects.get(person=person).household_id
    item = ReviewItem.objects.create(
        community_id=town.community, matter=Matter.RELATION.value, mark=b"r", person_id=person, building_id=town.buildings[0],
        field="relation", opened_at=timezone.now(), details={"household": str(house), "code": "97", "likely": "70"},
    )  # fmt: skip
    before = dump(without=OURS)
    with pytest.raises(BadInput):
        answer_relation(by=clerk, community=town.community, item=item.id, code="02")
    answer_relation(by=clerk, community=town.community, item=item.id, code="70")
    assert relations(town)[str(person)] == "70"
    assert ReviewItem.objects.get(id=item.id).state == State.ACCEPTED.value
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    assert dump(without=OURS) == before


def test_who_is_head_is_answered_in_the_list_and_taken_back(town: Town, tmp_path: Path, clerk: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    person = named(town.community, "李大山").id
    house = Membership.objects.get(person=person).household_id
    item = ReviewItem.objects.create(
        community_id=town.community, matter=Matter.RELATION.value, mark=b"h", building_id=town.buildings[0], field="head",
        opened_at=timezone.now(), details={"household": str(house)},
    )  # fmt: skip
    before = dump(without=OURS)
    answer_head(by=clerk, community=town.community, item=item.id, head=person)
    assert relations(town)[str(person)] == "02"
    assert ReviewItem.objects.get(id=item.id).state == State.ACCEPTED.value
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    assert dump(without=OURS) == before
