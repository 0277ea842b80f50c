"""What is told at doors and desks: registering people, correcting them, and who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from linli.kernel import citizen_number
from linli.kernel.actor import Actor
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.kernel.weeks import Week
from linli.register import commands
from linli.register.models import Attestation, FormerNumber, Household, Hukou, Person, Residence, ReviewItem
from linli.register.opening import open_people
from linli.register.queries.asof import Moment, residents
from linli.register.rules.by_hand import Evidence, Place, Refused, Said, Same
from linli.register.rules.declaring import Duty
from linli.trust.models import AuditEvent
from tests.register.ground import ZONE, Town, line, named, take
from tests.register.hands import FAMILY, LAST_MONTH, TODAY, home, register, relations, said

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]


def faults(refused: pytest.ExceptionInfo[Refused]) -> set[tuple[int | None, str]]:
    return {(fault.row, fault.field) for fault in refused.value.faults}


def test_a_household_of_three_is_written_down_at_once(town: Town, clerk: Actor) -> None:
    made = register(clerk, town)
    people = open_people(town.community, made.people)
    assert [people[p].name for p in made.people] == ["张大山", "李小兰", "张小山"]
    assert people[made.people[1]].sex == "2", "sex and birthday are read from the number"
    assert people[made.people[2]].birth_date == date(1985, 2, 3)
    assert list(relations(made.household).values()) == ["02", "12", "21"]
    lives = home(made.people[0])
    assert lives is not None
    assert (lives.building_id, lives.from_date, lives.came) == (town.buildings[0], LAST_MONTH, "moved_in")
    assert lives.dwelling is not None
    assert (lives.dwelling.unit, lives.dwelling.room) == ("2", "501"), "the known door is used, not made again"
    vouched = set(Attestation.objects.filter(person=made.people[0]).values_list("field", "source"))
    assert {("name", "resident"), ("number", "resident"), ("address", "resident")} <= vouched
    event = AuditEvent.objects.filter(kind="register.household.registered").get()
    assert set(event.ids) == {str(p) for p in (*made.people, made.household)}
    assert "张" not in str(event.ids) + str(event.fields) + event.reason


def test_a_double_click_registers_once(town: Town, clerk: Actor) -> None:
    key = new_id()
    first, second = register(clerk, town, key=key), register(clerk, town, key=key)
    assert second.again
    assert set(first.people) == set(second.people)
    assert (Household.objects.count(), Person.objects.count(), Residence.objects.count()) == (1, 3, 3)


def test_all_that_is_wrong_is_told_at_once(town: Town, clerk: Actor) -> None:
    wrong = (
        said("张大山", number="999999195403070117"),
        said("", "", birth=date(1956, 5, 1)),
        said("张小山", "02", number="", birth_date=None, phone="12"),
    )
    with pytest.raises(Refused) as refused:
        register(clerk, town, *wrong, on=TODAY + timedelta(days=1))
    assert faults(refused) == {
        *((0, "number"), (1, "name"), (1, "relation"), (2, "relation"), (2, "birth_date"), (2, "sex"), (2, "phone"), (None, "on"))
    }  # fmt: skip
    assert Person.objects.count() == 0


def test_a_number_that_stands_odd_on_the_document_is_believed_with_a_tick(town: Town, clerk: Actor) -> None:
    odd = said("张大山", number="999999195403070117", sex="1", birth_date=date(1954, 3, 7))
    with pytest.raises(Refused):
        register(clerk, town, odd)
    made = register(clerk, town, replace(odd, sure=True))
    assert open_people(town.community, made.people)[made.people[0]].number == "999999195403070117"


def test_two_people_without_a_number_are_two_people(town: Town, clerk: Actor) -> None:
    def nameless(name: str, relation: str, year: int) -> Said:
        return Said(name, relation, sex="1", birth_date=date(year, 1, 1))

    made = register(clerk, town, nameless("王一", "02", 1950), nameless("王二", "71", 1952))
    again = register(clerk, town, nameless("赵三", "02", 1950), room="502")
    assert len({*made.people, *again.people}) == 3


def test_a_foreigner_has_a_passport_and_a_day_to_declare(town: Town, clerk: Actor) -> None:
    guest = Said("ANNA SCHMIDT", "02", "C01X00T47", "414", birth_date=date(1990, 4, 1), sex="2")
    made = register(clerk, town, guest, on=TODAY)
    person = open_people(town.community, made.people)[made.people[0]]
    assert (person.document_kind, person.document_number, person.number) == ("414", "C01X00T47", "")
    assert made.duties[person.id].by == TODAY + timedelta(days=1)
    with pytest.raises(Refused) as refused:
        register(clerk, town, replace(guest, name="BOB", number="!?"), room="502")
    assert faults(refused) == {(0, "number")}


def test_whoever_is_known_moves_in_once_somebody_says_so(town: Town, clerk: Actor) -> None:
    old = register(clerk, town, on=LAST_MONTH)
    with pytest.raises(Refused) as refused:
        register(clerk, town, FAMILY[0], which=1, room="101", on=TODAY)
    assert faults(refused) == {(0, "same")}
    assert "柳荫苑" not in str(refused.value.faults), "where they live is not told: it may lie in another grid"
    moved = register(clerk, town, replace(FAMILY[0], same=Same.YES), which=1, room="101", on=TODAY)
    assert moved.people == [old.people[0]]
    assert moved.known == {old.people[0]}
    lives = home(old.people[0])
    assert lives is not None
    assert lives.building_id == town.buildings[1]
    left = Residence.objects.get(person=old.people[0], to_date=TODAY)
    assert left.ending == "moved_within"
    assert ReviewItem.objects.filter(matter="relation", field="head").count() == 1, (
        "the household that lost its head is asked about"
    )


def test_two_people_of_one_number_are_believed_and_looked_at(town: Town, clerk: Actor) -> None:
    register(clerk, town, FAMILY[0])
    other = replace(FAMILY[0], name="钱多多")
    with pytest.raises(Refused) as refused:
        register(clerk, town, other, room="502")
    assert faults(refused) == {(0, "same")}
    register(clerk, town, replace(other, same=Same.NO), room="502")
    assert ReviewItem.objects.get(matter="same_person").field == "number"
    assert Person.objects.count() == 2


def test_who_lives_at_the_door_already_is_not_made_again(town: Town, clerk: Actor) -> None:
    register(clerk, town)
    with pytest.raises(Refused) as refused:
        register(clerk, town, FAMILY[0])
    assert faults(refused) == {(0, "name")}


def test_a_worker_writes_in_own_grids_only(town: Town, actor_for: ActorFor) -> None:
    worker = actor_for("grid_worker", town.grids[0])
    made = register(worker, town, place=Place.DOOR)
    assert Attestation.objects.filter(source="door", person=made.people[0]).exists()
    with pytest.raises(NotFound):
        register(worker, town, said("王五"), which=1)
    other = actor_for("grid_worker", town.grids[1])
    values = {"phone": "000 5550 1234"}
    with pytest.raises(NotFound):
        commands.amend_person(by=other, community=town.community, person=made.people[0], values=values, place=Place.DOOR)
    one_more = {"key": new_id(), "household": made.household, "said": said("王五", "99"), "on": TODAY, "place": Place.DOOR}
    with pytest.raises(NotFound):
        commands.add_person(by=other, community=town.community, **one_more)
    with pytest.raises(NotAllowed):
        register(actor_for("supervisor", town.community), town)


def test_a_child_is_born_without_a_number_and_gets_a_month(town: Town, clerk: Actor) -> None:
    house = register(clerk, town)
    born = TODAY - timedelta(days=3)
    key = new_id()
    child = Said("张小小", "42", sex="2", birth_date=born)
    for again in (False, True):
        made = commands.add_person(
            by=clerk, community=town.community, key=key, household=house.household, said=child, on=born, born_here=True,
            place=Place.DESK, evidence=Evidence.BIRTH_CERTIFICATE,
        )  # fmt: skip
        assert (made.people, made.again) == ([key], again)
    due = commands.add_person(
        by=clerk, community=town.community, key=new_id(), household=house.household,
        said=Said("张二小", "42", sex="1", birth_date=born), on=born, born_here=True, place=Place.DESK,
    ).duties  # fmt: skip
    assert [d.duty for d in due.values()] == [Duty.BIRTH]
    lives = home(key)
    assert lives is not None
    assert (lives.came, lives.from_date) == ("born", born)
    assert len(relations(house.household)) == 5


def test_corrections_follow_the_order_of_sources(town: Town, clerk: Actor) -> None:
    person = register(clerk, town).people[0]
    amend = {"by": clerk, "community": town.community, "person": person}
    seen = commands.amend_person(
        **amend, values={"name": "张太山"}, place=Place.DESK, evidence=Evidence.IDENTITY_DOCUMENT
    )  # fmt: skip
    assert seen.taken == ("name",)
    told = commands.amend_person(**amend, values={"name": "张大善", "phone": "000 5550 4321"}, place=Place.DOOR)
    assert (told.taken, told.asked) == (("phone",), ("name",)), "what is told at a door does not overwrite a document"
    same = commands.amend_person(**amend, values={"phone": "00055504321"}, place=Place.DESK)
    assert same.agreed == ("phone",)
    now = open_people(town.community, [person])[person]
    assert (now.name, now.phone) == ("张太山", "00055504321")
    question = ReviewItem.objects.get(matter="conflict")
    assert (question.field, question.person_id) == ("name", person)
    assert "张" not in str(question.details)
    assert bytes(question.told)
    commands.amend_person(**amend, values={"name": "张大善"}, place=Place.DOOR)
    assert ReviewItem.objects.filter(matter="conflict").count() == 1, "asked once"
    with pytest.raises(Refused):
        commands.amend_person(**amend, values={"name": ""}, place=Place.DOOR)


def test_a_former_number_stays_findable(town: Town, clerk: Actor) -> None:
    person = register(clerk, town).people[0]
    number = citizen_number.make(date(1954, 3, 8), 13)
    found = commands.amend_person(
        by=clerk, community=town.community, person=person, values={"number": number}, place=Place.DESK,
        evidence=Evidence.IDENTITY_DOCUMENT,
    )  # fmt: skip
    assert set(found.taken) | set(found.agreed) == {"number", "document_kind", "birth_date", "sex"}
    now = open_people(town.community, [person])[person]
    assert (now.number, now.birth_date) == (number, date(1954, 3, 8)), "the number corrects the birthday with it"
    assert FormerNumber.objects.get().person_id == person
    with pytest.raises(Refused) as refused:
        register(clerk, town, FAMILY[0], room="502")
    assert faults(refused) == {(0, "same")}, "found by the number of before"


def test_an_earlier_monday_still_shows_what_was_known_then(town: Town, clerk: Actor, tmp_path: Path) -> None:
    week = Week.of(TODAY).back()
    take(tmp_path, town.community, str(week), [line("张小兰"), line("李四", birth=date(1980, 1, 1), sequence=13, relation="子")])
    person = named(town.community, "李四").id
    commands.amend_person(
        by=clerk, community=town.community, person=person, values={"hukou_region": "110105"}, place=Place.DESK,
        evidence=Evidence.HOUSEHOLD_BOOK,
    )  # fmt: skip
    commands.move_out(by=clerk, community=town.community, people=[person], on=week.monday, place=Place.DOOR)
    then = Moment(week.monday, week.starts_at(ZONE))
    before = {r.person: r for r in residents(viewer=clerk, community=town.community, at=then)}
    assert before[person].region == "999901"
    later = Moment(TODAY + timedelta(days=1), Week.of(TODAY).next().starts_at(ZONE) + timedelta(days=1))
    assert person not in {r.person for r in residents(viewer=clerk, community=town.community, at=later)}
    assert Hukou.objects.filter(person=person, to_date__isnull=True).get().region == "110105"


def test_a_household_that_moved_is_on_each_monday_where_it_was(town: Town, clerk: Actor, tmp_path: Path) -> None:
    """A household keeps house somewhere today; on an earlier Monday its people's residences say where."""
    week = Week.of(TODAY).back()
    take(tmp_path, town.community, str(week), [line("张小兰"), line("李四", birth=date(1980, 1, 1), sequence=13, relation="子")])
    people = [named(town.community, name).id for name in ("张小兰", "李四")]
    moved = commands.move_within(
        by=clerk, community=town.community, key=new_id(), people=people, building=town.buildings[1], unit="2", room="501",
        on=week.monday, place=Place.DESK,
    )  # fmt: skip
    assert Household.objects.get(id=moved.household).building_id == town.buildings[1]
    later = Moment(TODAY + timedelta(days=1), Week.of(TODAY).next().starts_at(ZONE) + timedelta(days=1))
    for at, where in ((Moment(week.monday, week.starts_at(ZONE)), 0), (later, 1)):
        for grid, building in zip(town.grids, town.buildings, strict=True):
            there = residents(viewer=clerk, community=town.community, at=at, buildings=[building])
            expected = people if grid == town.grids[where] else []
            assert sorted(one.person for one in there) == sorted(expected)
            assert [one.household_size for one in there] == [2] * len(expected), "still one household, in one place"
