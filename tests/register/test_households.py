"""Households by hand: leaving, moving, splitting, joining, another head; and their pure rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from linli.intake.models import RowPrint
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.models import Household, Hukou, Lapse, Membership, Person, Residence, ReviewItem, Visit
from linli.register.rules.by_hand import Place, Refused
from linli.register.rules.codes import HEADS, RELATIONS
from linli.register.rules.regrouping import Kin, headed_by, joined, split
from tests.register.ground import Town, line, named, take
from tests.register.hands import FAMILY, LAST_MONTH, TODAY, home, register, relations, said

ActorFor = Callable[..., Actor]
DOOR = {"on": TODAY, "place": Place.DOOR}


@pytest.fixture
def house(town: Town, clerk: Actor) -> commands.Registered:
    return register(clerk, town)


@pytest.mark.django_db
def test_the_head_leaves_and_the_wife_is_head(town: Town, clerk: Actor, house: commands.Registered) -> None:
    head, wife, son = house.people
    who = {"by": clerk, "community": town.community, "people": [head]}
    with pytest.raises(Refused) as refused:
        commands.move_out(**who, **DOOR)
    assert refused.value.faults[0].field == "new_head"
    commands.move_out(**who, **DOOR, new_head=wife)
    commands.move_out(**who, **DOOR)
    assert relations(house.household) == {wife: "02", son: "21"}
    assert home(head) is None
    assert Residence.objects.get(person=head).ending == "moved_out"
    assert Membership.objects.filter(person=wife).count() == 2, "what they were before stays on record"


@pytest.mark.django_db
def test_who_is_head_by_hand_is_not_undone_by_the_next_file(town: Town, clerk: Actor, tmp_path: Path) -> None:
    rows = [line("张大山", sequence=11), line("李小兰", sequence=22, birth=date(1956, 5, 1), relation="妻")]
    take(tmp_path, town.community, "2026-W46", rows)
    head, wife = (named(town.community, name).id for name in ("张大山", "李小兰"))
    commands.move_out(by=clerk, community=town.community, people=[head], new_head=wife, **DOOR)
    assert not RowPrint.objects.filter(object_id=wife).exists(), "what the file says of her is compared anew"
    take(tmp_path, town.community, "2026-W48", [rows[1] | {"phone": "000 5550 9999"}])
    assert Membership.objects.get(person=wife, to_date__isnull=True).relation == "02"
    assert ReviewItem.objects.get(person=wife).field == "relation"


@pytest.mark.django_db
def test_a_whole_household_leaves_and_keeps_its_hukou_unless_that_goes_too(
    town: Town, clerk: Actor, house: commands.Registered
) -> None:
    values = {"hukou_region": "999901001001"}
    for person in house.people[:2]:
        commands.amend_person(by=clerk, community=town.community, person=person, values=values, place=Place.DESK)
    commands.move_out(
        by=clerk, community=town.community, people=house.people[:1], hukou_too=True, new_head=house.people[1], **DOOR
    )
    commands.move_out(by=clerk, community=town.community, people=house.people[1:], **DOOR)
    assert relations(house.household) == {}
    assert [h.person_id for h in Hukou.objects.filter(to_date__isnull=True)] == [house.people[1]]


@pytest.mark.django_db
def test_days_to_come_and_before_the_beginning_are_refused(town: Town, clerk: Actor, house: commands.Registered) -> None:
    for on in (TODAY + timedelta(days=1), LAST_MONTH - timedelta(days=1)):
        with pytest.raises(Refused):
            commands.move_out(by=clerk, community=town.community, people=house.people, on=on, place=Place.DOOR)
    assert home(house.people[0]) is not None


@pytest.mark.django_db
def test_a_death_ends_everything_and_deletes_nothing(town: Town, clerk: Actor, house: commands.Registered) -> None:
    son = house.people[2]
    for _ in range(2):
        commands.record_death(by=clerk, community=town.community, person=son, **DOOR)
    assert Person.objects.get(id=son).died_on == TODAY
    assert Residence.objects.get(person=son).ending == "died"
    assert not Hukou.objects.filter(person=son, to_date__isnull=True).exists()
    assert list(relations(house.household).values()) == ["02", "12"]
    with pytest.raises(Refused) as refused:
        register(clerk, town, FAMILY[2].__class__(**{**FAMILY[2].__dict__, "relation": "02"}), room="502")
    assert refused.value.faults[0].field == "name"


@pytest.mark.django_db
def test_a_household_moves_as_a_whole(town: Town, clerk: Actor, house: commands.Registered) -> None:
    to = {"building": town.buildings[1], "unit": "1", "room": "302", "key": new_id()}
    for _ in range(2):
        moved = commands.move_within(by=clerk, community=town.community, people=house.people, **to, **DOOR)
        assert moved.household == house.household
    assert list(relations(house.household).values()) == ["02", "12", "21"]
    assert Residence.objects.filter(ending="moved_within").count() == 3
    lives = home(house.people[2])
    assert lives is not None
    assert lives.building_id == town.buildings[1]


@pytest.mark.django_db
def test_the_son_moves_and_heads_his_own_household_or_joins_another(town: Town, clerk: Actor, house: commands.Registered) -> None:
    son, key = house.people[2], new_id()
    to = {"building": town.buildings[1], "room": "302"}
    moved = commands.move_within(by=clerk, community=town.community, key=key, people=[son], **to, **DOOR)
    assert (moved.household, relations(key)) == (key, {son: "02"})
    back = commands.move_within(
        by=clerk, community=town.community, key=new_id(), people=[son], building=town.buildings[0], unit="2", room="501",
        into=house.household, relation="20", **DOOR,
    )  # fmt: skip
    assert back.household == house.household
    assert relations(house.household)[son] == "20"
    assert relations(key) == {}


@pytest.mark.django_db
def test_splitting_and_joining_again(town: Town, clerk: Actor, actor_for: ActorFor) -> None:
    four = (*FAMILY, said("王小梅", "38", birth=date(1986, 4, 5), sequence=44))
    house = register(clerk, town, *four)
    head, wife, son, daughter_in_law = house.people
    key = new_id()
    split_ = {"by": clerk, "community": town.community, "key": key, "household": house.household, **DOOR}
    with pytest.raises(Refused):
        commands.split_household(**split_, people=house.people)
    with pytest.raises(Refused):
        commands.split_household(**split_, people=[son, daughter_in_law])
    for _ in range(2):
        made = commands.split_household(**split_, people=[son, daughter_in_law], head=son)
    assert made.again
    assert relations(key) == {son: "02", daughter_in_law: "97"}, "she may be his wife or his brother's: that is asked"
    assert ReviewItem.objects.get(matter="relation").details["likely"] == "12"
    commands.amend_person(
        by=clerk, community=town.community, person=daughter_in_law, values={"relation": "12"}, place=Place.DOOR
    )  # fmt: skip
    assert relations(key) == {son: "02", daughter_in_law: "12"}
    assert relations(house.household) == {head: "02", wife: "12"}
    assert home(son).dwelling_id == home(head).dwelling_id  # type: ignore[union-attr]
    joining = {"by": clerk, "community": town.community, "household": key, "into": house.household, **DOOR}
    with pytest.raises(Refused):
        commands.merge_households(**joining, relation="")
    for _ in range(2):
        commands.merge_households(**joining, relation="21")
    assert relations(house.household) == {head: "02", wife: "12", son: "21", daughter_in_law: "38"}
    other = actor_for("grid_worker", town.grids[1])
    with pytest.raises(NotFound):
        commands.merge_households(**{**joining, "by": other}, relation="21")


@pytest.mark.django_db
def test_another_head_asks_about_what_cannot_be_told(town: Town, clerk: Actor) -> None:
    house = register(clerk, town, *FAMILY, said("赵远", "97", birth=date(1970, 1, 1), sequence=55))
    head, wife, son, relative = house.people
    changed = commands.change_head(by=clerk, community=town.community, household=house.household, head=son, **DOOR)
    now = relations(house.household)
    assert (now[son], now[head], now[wife], now[relative]) == ("02", "51", "52", "97")
    assert changed.asked == ReviewItem.objects.filter(matter="relation").count()
    asked = ReviewItem.objects.filter(matter="relation", person=relative)
    assert asked.count() <= 1
    commands.change_head(by=clerk, community=town.community, household=house.household, head=son, **DOOR)
    assert relations(house.household) == now
    with pytest.raises(Refused):
        commands.change_head(by=clerk, community=town.community, household=house.household, head=new_id(), **DOOR)


@pytest.mark.django_db
def test_nothing_changed_is_one_act_and_renews_the_day(town: Town, clerk: Actor, house: commands.Registered) -> None:
    person = house.people[0]
    monday = TODAY - timedelta(days=TODAY.weekday())
    Lapse.objects.create(community_id=town.community, person_id=person, from_monday=monday, verified=LAST_MONTH)
    dwelling = home(person).dwelling_id  # type: ignore[union-attr]
    assert dwelling is not None
    planned = Visit.objects.create(
        community_id=town.community, building_id=town.buildings[0], dwelling_id=dwelling, kind="survey", due=TODAY,
        known_from=Person.objects.get(id=person).known_from,
    )  # fmt: skip
    assert commands.confirm_unchanged(by=clerk, community=town.community, dwelling=dwelling) == 3
    planned.refresh_from_db()
    assert (planned.on, planned.outcome) == (TODAY, "unchanged"), "the planned survey is done with it"
    assert Lapse.objects.get().to_monday == monday + timedelta(days=7), "unverified on this Monday, verified from the next"
    commands.nobody_home(by=clerk, community=town.community, dwelling=dwelling)
    commands.confirm_unchanged(by=clerk, community=town.community, dwelling=dwelling)
    assert Visit.objects.count() == 2, "told twice on a day is one visit"
    with pytest.raises(NotFound):
        commands.confirm_unchanged(by=clerk, community=town.community, dwelling=new_id())
    commands.confirm_person(by=clerk, community=town.community, person=person)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_written_once(town: Town, clerk: Actor) -> None:
    key, made = new_id(), []
    ready = Barrier(2)

    def send() -> None:
        try:
            ready.wait()
            made.append(register(clerk, town, FAMILY[0], key=key))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert sorted(one.again for one in made) == [False, True]
    assert made[0].people == made[1].people
    assert (Household.objects.count(), Person.objects.count()) == (1, 1)


# The rules alone.

CODES = sorted(set(RELATIONS) - HEADS)


def kin(code: str, sex: str = "1", year: int = 1980) -> Kin:
    return Kin(new_id(), code, sex, date(year, 1, 1))


members = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from("12"), st.integers(1930, 2020)), max_size=6)


@given(members, st.sampled_from("12"), st.data())
def test_a_split_loses_nobody_and_leaves_one_head_on_each_side(
    others: list[tuple[str, str, int]], sex: str, data: st.DataObject
) -> None:
    everybody = [kin("02", sex), *(kin(*other) for other in others)]
    leaving = data.draw(st.sets(st.sampled_from([k.person for k in everybody])))
    head = data.draw(st.sampled_from(sorted(leaving) or [None]))
    stays = data.draw(st.sampled_from(sorted({k.person for k in everybody} - leaving) or [None]))
    going, staying, fault = split(everybody, leaving, head, stays)
    if fault is not None:
        assert not leaving or leaving >= {k.person for k in everybody}
        return
    assert set(going) == leaving
    assert [person for person, told in going.items() if told.code in HEADS] == [head]
    left = {k.person: staying[k.person].code if k.person in staying else k.relation for k in everybody if k.person not in leaving}
    assert sum(code in HEADS for code in left.values()) == 1


@given(members, members, st.sampled_from(CODES))
def test_joining_leaves_the_head_and_asks_about_the_unknown(
    there: list[tuple[str, str, int]], others: list[tuple[str, str, int]], relation: str
) -> None:
    into = [kin("02"), *(kin(*one) for one in there)]
    coming = [kin("02", "2"), *(kin(*one) for one in others), kin("", "1")]
    told = joined(into, coming, relation)
    assert set(told) == {k.person for k in coming}
    assert all(one.code not in HEADS for one in told.values())
    assert told[coming[0].person].code == relation
    assert told[coming[-1].person].review


def test_a_household_without_a_head_is_asked_about_everybody() -> None:
    one, two = kin("21"), kin("31", "2")
    told = headed_by([one, two], one.person)
    assert told[one.person].code == "02"
    assert told[two.person].review
