"""The list of questions: every answer does what it says, and can be taken back so that everything stands as before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps

from linli.intake import batch_detail, declare_mapping, undo
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotAllowed, NotFound
from linli.register.commands.aliases import answer_address
from linli.register.commands.review import answer_conflict, answer_later, answer_left, answer_same, take_back
from linli.register.models import AddressAlias, Attestation, Lapse, Link, Person, RegisterRound, Residence, ReviewItem
from linli.register.queries.places import building_meant
from linli.register.queries.questions import last_answer, queue
from linli.register.rules.remembered import remembered
from linli.register.rules.review import Matter, State
from linli.register.waiting import take_in_waiting
from linli.trust import SYSTEM
from linli.trust.models import AuditEvent, Subject
from tests.register.ground import MAPPING, ZONE, Town, line, named, take

pytestmark = pytest.mark.django_db
PEOPLE = [
    line("张小兰"),
    line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", phone="000 5550 7777"),
    line("王小明", birth=date(2012, 6, 1), sequence=31, building=5),
]
LOST = [line(f"陈{name}", birth=date(1970, 1, day), sequence=21, address="老粮站后面") for day, name in enumerate("甲乙丙", 1)]


@pytest.fixture
def clerk(town: Town, actor_for: Callable[..., Actor]) -> Actor:
    return actor_for("desk_clerk", town.community)


def dump(*, without: tuple[str, ...] = ("trust.Audit", "territory.Dwelling")) -> dict[str, list[Any]]:
    """Everything that an answer may touch; what only says when and by whom, and dwellings once known, left aside."""
    tables = [
        m for m in apps.get_models() if m._meta.app_label in ("register", "trust", "territory", "intake")
        and not m._meta.label.startswith((*without, "intake.Gate", "intake.Change", "intake.Row", "intake.HandWork"))
    ]  # fmt: skip
    return {m._meta.label: sorted(map(str, m._default_manager.values_list())) for m in tables}


def vouch(town: Town, name: str, field: str, *, source: str = "door", on: date = date(2026, 11, 14)) -> None:
    Attestation.objects.create(
        community_id=town.community, person_id=named(town.community, name).id, field=field, source=source, on=on,
        known_from=datetime(2026, 11, 14, tzinfo=UTC),
    )  # fmt: skip


def alike(town: Town, folder: Path) -> ReviewItem:
    """A question whether somebody with another birthday, without a number, is 张小兰."""
    take(folder, town.community, "2026-W46", PEOPLE)
    row = line("张晓兰", birth=date(1954, 3, 8), number="", document="", phone="000 5550 1234", since="2026-08-01")
    take(folder, town.community, "2026-W47", [row, *PEOPLE[1:]])
    return ReviewItem.objects.get(matter=Matter.SAME_PERSON.value)


def test_yes_amends_the_person_and_keeps_the_link(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = alike(town, tmp_path)
    before = dump()
    person = answer_same(by=clerk, community=town.community, item=item.id, same=True)
    assert person == item.person_id
    assert named(town.community, "张晓兰").id == person
    assert Person.objects.count() == 3
    link = Link.objects.get()
    assert (link.how, link.probability, link.made_by) == ("answer", item.probability, clerk.account)
    assert link.model
    assert ReviewItem.objects.get(id=item.id).state == State.ACCEPTED.value
    with pytest.raises(Conflict):
        answer_same(by=clerk, community=town.community, item=item.id, same=False)
    assert AuditEvent.objects.filter(command="register.answer_same").count() == 1
    # Taken back, everything is as it was; the link stays on record, ended.
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    link.refresh_from_db()
    assert link.ended_by == clerk.account
    Link.objects.all().delete()
    assert dump() == before


def test_no_makes_somebody_new_and_is_never_asked_again(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = alike(town, tmp_path)
    before = dump()
    person = answer_same(by=clerk, community=town.community, item=item.id, same=False)
    assert person != item.person_id
    new = named(town.community, "张晓兰")
    assert (new.id, new.birth_date, new.phone) == (person, date(1954, 3, 8), "00055501234")
    assert Residence.objects.get(person=person).from_date == date(2026, 8, 1)
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    assert dump() == before
    answer_same(by=clerk, community=town.community, item=item.id, same=False)
    row = line("张晓兰", birth=date(1954, 3, 8), number="", document="", phone="000 5550 1234", since="2026-08-01")
    report = take(tmp_path, town.community, "2026-W48", [row, *PEOPLE])
    assert (report.verdicts["same"], report.verdicts["review"]) == (4, 0)
    assert Person.objects.count() == 4
    assert not ReviewItem.objects.filter(state=State.OPEN.value).exists()


def conflict(town: Town, folder: Path, **cells: Any) -> ReviewItem:
    take(folder, town.community, "2026-W46", PEOPLE)
    vouch(town, "张小兰", next(iter({"phone": "phone", "address": "address"}[name] for name in cells)))
    take(folder, town.community, "2026-W47", [line("张小兰", **cells), *PEOPLE[1:]])
    return ReviewItem.objects.get(matter=Matter.CONFLICT.value)


@pytest.mark.parametrize("taken", [True, False])
def test_one_of_two_values_holds_and_is_vouched_for(town: Town, tmp_path: Path, clerk: Actor, taken: bool) -> None:
    item = conflict(town, tmp_path, phone="000 5550 4444")
    before = dump()
    answer_conflict(by=clerk, community=town.community, item=item.id, take=taken)
    assert named(town.community, "张小兰").phone == ("00055504444" if taken else "00055501234")
    vouched = Attestation.objects.get(field="phone")
    assert vouched.on > date(2026, 11, 14)
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    assert dump() == before
    answer_conflict(by=clerk, community=town.community, item=item.id, take=taken)
    take(tmp_path, town.community, "2026-W48", [line("张小兰", phone="000 5550 4444"), *PEOPLE[1:]])
    assert not ReviewItem.objects.filter(state=State.OPEN.value).exists()


def test_a_value_that_was_not_believed_is_weighed_again_each_time(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    vouch(town, "李大山", "phone")
    told = [PEOPLE[0], PEOPLE[1] | {"phone": "000 5550 8888"}, PEOPLE[2]]
    assert take(tmp_path, town.community, "2026-W47", told).counts["conflicts"] == 1
    more = [line("陈甲", birth=date(1970, 1, 1), sequence=21), line("陈乙", birth=date(1970, 1, 2), sequence=21)]
    assert take(tmp_path, town.community, "2026-W48", [*told, more[0]]).counts["conflicts"] == 1
    assert ReviewItem.objects.count() == 1, "it is asked once"
    assert named(town.community, "李大山").phone == "00055507777"
    take(tmp_path, town.community, "2028-W10", [*told, *more])
    assert named(town.community, "李大山").phone == "00055508888", "what was seen at the door holds for a year"


def test_a_told_address_moves_the_person(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = conflict(town, tmp_path, address="柳荫苑5号楼2单元501室")
    before = dump()
    person = answer_conflict(by=clerk, community=town.community, item=item.id, take=True)
    assert Residence.objects.get(person=person, to_date__isnull=True).building_id == town.buildings[1]
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    assert dump() == before
    assert Residence.objects.get(person=person).building_id == town.buildings[0]


def test_an_address_is_learned_and_its_rows_come_in_at_once(town: Town, tmp_path: Path, clerk: Actor) -> None:
    report = take(tmp_path, town.community, "2026-W46", [*PEOPLE, *LOST])
    item = ReviewItem.objects.get()
    before = dump()
    batch = answer_address(by=clerk, community=town.community, item=item.id, building=town.buildings[0])
    assert batch == report.batch
    assert take_in_waiting(by=clerk, community=town.community, item=item.id, batch=batch) == 3
    assert Person.objects.count() == 6
    told = batch_detail(viewer=clerk, community=town.community, batch=report.batch)
    assert (told.verdicts["new"], told.verdicts["review"], sum(told.verdicts.values())) == (6, 0, 6)
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    assert dump() == before
    # Answered for good: the next file is read with it, a similar text too, and undoing the first takes its rows along.
    answer_address(by=clerk, community=town.community, item=item.id, building=town.buildings[0])
    assert take_in_waiting(by=clerk, community=town.community, item=item.id, batch=batch) == 3
    late = line("陈丁", birth=date(1970, 2, 1), sequence=41, address="老粮站后面 13800000000")
    report = take(tmp_path, town.community, "2026-W47", [*PEOPLE, *LOST, late])
    assert (report.verdicts["same"], report.verdicts["new"], report.verdicts["review"]) == (6, 1, 0)
    Person.objects.update(marital="20")
    with pytest.raises(Conflict):
        take_back(by=clerk, community=town.community, item=item.id)


def test_a_row_whose_answer_was_taken_back_is_asked_about_again(town: Town, tmp_path: Path, clerk: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    moved = [*PEOPLE[:2], PEOPLE[2] | {"address": "老粮站后面"}]
    take(tmp_path, town.community, "2026-W47", moved)
    item = ReviewItem.objects.get()
    batch = answer_address(by=clerk, community=town.community, item=item.id, building=town.buildings[0])
    assert take_in_waiting(by=clerk, community=town.community, item=item.id, batch=batch) == 1
    person = named(town.community, "王小明").id
    assert Residence.objects.get(person=person, to_date__isnull=True).building_id == town.buildings[0]
    take_back(by=clerk, community=town.community, item=item.id)
    assert Residence.objects.get(person=person, to_date__isnull=True).building_id == town.buildings[1]
    report = take(tmp_path, town.community, "2026-W48", [*moved, line("陈丁", birth=date(1970, 2, 1), sequence=41)])
    assert (report.verdicts["review"], report.verdicts["same"]) == (1, 2), "it isn't known from the answer that was wrong"


def test_undoing_a_file_takes_along_what_an_answer_let_in(town: Town, tmp_path: Path, clerk: Actor) -> None:
    report = take(tmp_path, town.community, "2026-W46", [*PEOPLE, *LOST])
    item = ReviewItem.objects.get()
    batch = answer_address(by=clerk, community=town.community, item=item.id, building=town.buildings[0])
    take_in_waiting(by=clerk, community=town.community, item=item.id, batch=batch)
    undo(by=SYSTEM, community=town.community, batch=report.batch, reason="Wrong file.")
    assert not Person.objects.exists()
    assert AddressAlias.objects.get().text == remembered("老粮站后面")
    assert take_back(by=clerk, community=town.community, item=item.id) is State.LAPSED
    assert not AddressAlias.objects.exists(), "the answer alone was left to take back"


def test_who_is_refused_after_an_answer_was_never_seen(town: Town, tmp_path: Path, clerk: Actor) -> None:
    """Taking the answer back takes off the round those whom it let in, not those whom it refused."""
    twice = [LOST[0], LOST[1], LOST[1] | {"name": "陈丁", "key": "K9"}]
    report = take(tmp_path, town.community, "2026-W46", [*PEOPLE, *twice])
    seen = RegisterRound.objects.get().seen
    item = ReviewItem.objects.get(matter=Matter.ADDRESS.value)
    for _ in range(2):
        batch = answer_address(by=clerk, community=town.community, item=item.id, building=town.buildings[0])
        let_in = take_in_waiting(by=clerk, community=town.community, item=item.id, batch=batch)
        told = batch_detail(viewer=clerk, community=town.community, batch=report.batch)
        assert (let_in, told.verdicts["refused"], RegisterRound.objects.get().seen) == (1, 2, seen + 1)
        take_back(by=clerk, community=town.community, item=item.id)
        assert RegisterRound.objects.get().seen == seen


@pytest.mark.parametrize("same", [True, False])
def test_an_answered_row_is_not_carried_out_again_with_others(town: Town, tmp_path: Path, clerk: Actor, same: bool) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    row = line("张晓兰", birth=date(1954, 3, 8), number="", document="", phone="000 5550 1234", since="2026-08-01")
    report = take(tmp_path, town.community, "2026-W47", [row, *PEOPLE[1:], LOST[0]])
    assert report.verdicts["review"] == 2
    asked = ReviewItem.objects.get(matter=Matter.SAME_PERSON.value)
    person = answer_same(by=clerk, community=town.community, item=asked.id, same=same)
    # Corrected by hand since, so that the row would no longer be the same.
    Person.objects.filter(id=person).update(education="20", batch=None)
    before = sorted(map(str, Person.objects.filter(id=person).values_list())), Residence.objects.filter(person=person).count()
    seen = RegisterRound.objects.get(batch=report.batch).seen
    item = ReviewItem.objects.get(matter=Matter.ADDRESS.value)
    batch = answer_address(by=clerk, community=town.community, item=item.id, building=town.buildings[0])
    assert take_in_waiting(by=clerk, community=town.community, item=item.id, batch=batch) == 1
    assert RegisterRound.objects.get(batch=report.batch).seen == seen + 1
    after = sorted(map(str, Person.objects.filter(id=person).values_list())), Residence.objects.filter(person=person).count()
    assert after == before
    assert Person.objects.count() == (4 if same else 5)
    assert ReviewItem.objects.filter(state=State.OPEN.value).count() == 0
    take_back(by=clerk, community=town.community, item=item.id)
    told = batch_detail(viewer=clerk, community=town.community, batch=report.batch)
    assert told.verdicts["review"] == 2


def test_an_address_elsewhere_is_refused_from_then_on(town: Town, tmp_path: Path, clerk: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", [*PEOPLE, *LOST])
    item = ReviewItem.objects.get()
    before = dump()
    answer_address(by=clerk, community=town.community, item=item.id, building=None)
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    assert dump() == before
    answer_address(by=clerk, community=town.community, item=item.id, building=None)
    report = take(tmp_path, town.community, "2026-W47", [*LOST, *PEOPLE])
    assert (report.verdicts["refused"], report.verdicts["review"]) == (3, 0)


def test_an_address_may_be_answered_in_words(town: Town, clerk: Actor) -> None:
    assert building_meant(viewer=clerk, community=town.community, text="柳荫苑5号楼")[0] == town.buildings[1]


@pytest.mark.parametrize("left", [True, False])
def test_somebody_missing_has_left_or_still_lives_here(town: Town, tmp_path: Path, clerk: Actor, left: bool) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    take(tmp_path, town.community, "2026-W47", PEOPLE[:2])
    person = named(town.community, "王小明").id
    before = dump()
    rows = queue(viewer=clerk, community=town.community).rows
    assert [(row.matter, row.id) for row in rows] == [(Matter.LEFT, person)]
    day = date(2026, 11, 15) if left else None
    item = answer_left(by=clerk, community=town.community, person=person, left_on=day)
    assert Residence.objects.filter(person=person, to_date__isnull=True).exists() is not left
    assert not Lapse.objects.filter(to_monday__isnull=True).exists()
    assert queue(viewer=clerk, community=town.community).rows == []
    take_back(by=clerk, community=town.community, item=item)
    assert dump() == before


def test_what_was_built_on_an_answer_holds_it(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = alike(town, tmp_path)
    person = answer_same(by=clerk, community=town.community, item=item.id, same=False)
    Residence.objects.filter(person=person).update(said="lodging")
    before = dump()
    with pytest.raises(Conflict):
        take_back(by=clerk, community=town.community, item=item.id)
    assert dump() == before


def test_a_worker_answers_in_own_grids_alone(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    item = conflict(town, tmp_path, phone="000 5550 4444")
    mine, other = actor_for("grid_worker", town.grids[0]), actor_for("grid_worker", town.grids[1])
    assert queue(viewer=other, community=town.community).rows == []
    with pytest.raises(NotFound):
        answer_conflict(by=other, community=town.community, item=item.id, take=True)
    with pytest.raises(NotAllowed):
        answer_conflict(by=actor_for("supervisor", town.community), community=town.community, item=item.id, take=True)
    assert [row.id for row in queue(viewer=mine, community=town.community).rows] == [item.id]
    answer_conflict(by=mine, community=town.community, item=item.id, take=True)
    assert last_answer(viewer=other, community=town.community) is None
    answered = last_answer(viewer=mine, community=town.community)
    assert answered is not None
    assert (answered.id, answered.accepted) == (item.id, True)
    with pytest.raises(NotFound):
        take_back(by=other, community=town.community, item=item.id)


def test_what_is_left_for_later_comes_last(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = alike(town, tmp_path)
    take(tmp_path, town.community, "2026-W48", [*PEOPLE, *LOST])
    first = queue(viewer=clerk, community=town.community).rows
    assert first[0].id == item.id
    answer_later(by=clerk, community=town.community, item=item.id)
    rows = queue(viewer=clerk, community=town.community)
    assert rows.rows[-1].id == item.id
    assert rows.counts[Matter.SAME_PERSON] == 1
    assert [row.matter for row in queue(viewer=clerk, community=town.community, matter=Matter.ADDRESS).rows] == [Matter.ADDRESS]


def test_undoing_the_file_leaves_answers_alone(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = alike(town, tmp_path)
    person = answer_same(by=clerk, community=town.community, item=item.id, same=False)
    batch = UUID(ReviewItem.objects.get(id=item.id).details["batch"])
    undo(by=SYSTEM, community=town.community, batch=batch, reason="Wrong file.")
    assert Person.objects.filter(id=person).exists()
    subjects = Subject.objects.count()
    # Its file is gone: the question doesn't come back.
    assert take_back(by=clerk, community=town.community, item=item.id) is State.LAPSED
    assert not Person.objects.filter(id=person).exists()
    assert Subject.objects.count() == subjects - 1


def test_a_partial_file_asks_too(town: Town, tmp_path: Path) -> None:
    """A landlord's list says nothing about who is missing, and must not double whom it names in another way."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    partial = MAPPING | {"options": {"coverage": "partial", "zone": ZONE, "source": "landlord"}}
    declare_mapping(by=SYSTEM, community=town.community, definition=partial)
    report = take(tmp_path, town.community, "2026-W47", [line("张晓兰", birth=date(1954, 3, 8), number="", document="")])
    assert (report.verdicts["new"], report.verdicts["review"]) == (0, 1)
    assert not Lapse.objects.exists()
