"""People who are on the register twice: found without a file, set together by somebody, and taken apart again exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from linli.intake import undo
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotFound
from linli.kernel.weeks import Week
from linli.register.commands.joining import answer_twice, take_apart
from linli.register.commands.review import take_back
from linli.register.jobs import sweep
from linli.register.models import CareNeed, Household, Link, Membership, Person, Residence, ReviewItem, Tie
from linli.register.opening import open_people
from linli.register.queries.asof import moment, residents
from linli.register.queries.links import beside, leaders
from linli.register.queries.questions import queue
from linli.register.queries.search import search_people
from linli.register.queries.twice import weigh_everybody
from linli.register.rules.review import Matter, State
from linli.trust import SYSTEM, erase_subject
from linli.trust.models import AuditEvent
from tests.register import test_review
from tests.register.ground import Town, line, named, take

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
ROOM = "柳荫苑{0}号楼1单元{1}室"


def dump() -> dict[str, list[Any]]:
    """Everything but what only says when and by whom."""
    return test_review.dump(without=("trust.Audit", "territory.Dwelling", "intake.HandWork"))


LAN = line("张小兰", phone="000 5550 1234")
TWIN_OF_LAN = line(
    "张晓兰", number="", document="", phone="000 5550 1234", address=ROOM.format(3, 301), household="",
    relation="", since="2026-08-01",
)  # fmt: skip


def twice(town: Town, folder: Path, *rows: dict[str, str]) -> ReviewItem:
    """张小兰 of building 3 and, without a number behind another door, 张晓兰: one question."""
    take(folder, town.community, "2026-W46", [LAN, TWIN_OF_LAN, *rows])
    assert sweep(by=SYSTEM, community=town.community).asked == 1
    return ReviewItem.objects.get(matter=Matter.SAME_PERSON.value)


def test_two_records_of_one_person_are_asked_about_once(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = twice(town, tmp_path)
    pair = {named(town.community, "张小兰").id, named(town.community, "张晓兰").id}
    assert {item.person_id, item.other_id} == pair
    assert (item.probability or 0) > 0.2
    assert (bytes(item.told), item.subject_id) == (b"", None), "what they are called stays under their own keys"
    again = sweep(by=SYSTEM, community=town.community)
    assert (again.asked, again.waiting) == (0, 1)
    (row,) = queue(viewer=clerk, community=town.community).rows
    assert (row.matter, row.name and row.other) == (Matter.SAME_PERSON, row.other)
    answer_twice(by=clerk, community=town.community, item=item.id, leader=None)
    assert (again := sweep(by=SYSTEM, community=town.community)).answered == 1
    assert again.asked == again.waiting == 0
    told = AuditEvent.objects.filter(command="register.ask_twice").first()
    assert told is not None


def living(town: Town, clerk: Actor, day: date) -> list[Any]:
    """Residents as of now, as the population page counts them."""
    at = moment(viewer=clerk, community=town.community, week=Week.of(day))
    at = type(at)(timezone.localdate(), timezone.now())
    return residents(viewer=clerk, community=town.community, at=at)


@pytest.mark.parametrize("first", [True, False])
def test_one_leads_and_everything_counts_one_until_it_is_undone(town: Town, tmp_path: Path, clerk: Actor, first: bool) -> None:
    item = twice(town, tmp_path)
    lan, twin = named(town.community, "张小兰"), named(town.community, "张晓兰")
    leader, other = (lan, twin) if first else (twin, lan)
    before = dump()
    assert len(living(town, clerk, TODAY)) == 2
    answer_twice(by=clerk, community=town.community, item=item.id, leader=leader.id)
    assert {one.person for one in living(town, clerk, TODAY)} == {leader.id}
    assert Residence.objects.get(person=other.id).ending == "same_person"
    assert Person.objects.count() == 2, "nothing is merged"
    # Whichever of the two is looked for, the one that leads is found, once.
    for asked in ("张小兰", "张晓兰", LAN["number"]):
        found = search_people(viewer=clerk, community=town.community, q=asked, today=TODAY)
        assert [row.id for row in found.rows] == [leader.id], asked
    assert leaders(viewer=clerk, community=town.community) == {other.id: leader.id}
    (link,) = beside(viewer=clerk, community=town.community, person=leader.id)
    assert (link.person, link.leads) == (other.id, False)
    assert not queue(viewer=clerk, community=town.community).rows
    assert sweep(by=SYSTEM, community=town.community).pairs == 0
    # Taken back, everything stands as before, and the question is open again.
    assert take_back(by=clerk, community=town.community, item=item.id) is State.OPEN
    Link.objects.all().delete()
    assert dump() == before


def test_files_that_name_either_number_come_to_the_record_that_leads(town: Town, tmp_path: Path, clerk: Actor) -> None:
    other = line("张小兰", sequence=14, household="", relation="", address=ROOM.format(3, 301), phone="000 5550 1234")
    take(tmp_path, town.community, "2026-W46", [LAN, other])
    people = list(Person.objects.order_by("id").values_list("id", flat=True))
    ReviewItem.objects.create(
        community_id=town.community, matter=Matter.SAME_PERSON.value, mark=b"m", person_id=people[0], other_id=people[1],
        building_id=town.buildings[0], opened_at=timezone.now(),
    )  # fmt: skip
    item = ReviewItem.objects.get(mark=b"m")
    answer_twice(by=clerk, community=town.community, item=item.id, leader=people[0])
    # Both rows again: the one that names the leader itself counts, the other says nothing new.
    report = take(tmp_path, town.community, "2026-W47", [other, LAN])
    assert (report.verdicts["same"], report.rows) == (2, 2)
    assert len(living(town, clerk, TODAY)) == 1
    # Only the other number: nobody is new, nobody is missing, and what was known when they were set together is no news.
    report = take(tmp_path, town.community, "2026-W48", [other])
    assert (report.verdicts["new"], report.verdicts["same"]) == (0, 1)
    assert "left_proposed" not in report.counts
    assert Residence.objects.get(person=people[0], to_date__isnull=True).building_id == town.buildings[0]
    # News under the other number is news about the person.
    report = take(tmp_path, town.community, "2026-W49", [other | {"phone": "000 5550 9876"}])
    assert report.verdicts["changed"] == 1
    found = search_people(viewer=clerk, community=town.community, q="9876", today=TODAY)
    assert [row.id for row in found.rows] == [people[0]]


def test_taken_apart_later_both_live_where_they_lived_and_are_not_asked_about_again(
    town: Town, tmp_path: Path, clerk: Actor
) -> None:  # fmt: skip
    item = twice(town, tmp_path)
    lan, twin = named(town.community, "张小兰"), named(town.community, "张晓兰")
    homes = set(Residence.objects.values_list("person_id", "dwelling_id", "to_date"))
    answer_twice(by=clerk, community=town.community, item=item.id, leader=lan.id)
    take(tmp_path, town.community, "2026-W47", [LAN | {"phone": "000 5550 7654"}])
    link = Link.objects.get(ended_at__isnull=True)
    assert take_apart(by=clerk, community=town.community, link=link.id) == 0
    assert set(Residence.objects.values_list("person_id", "dwelling_id", "to_date")) == homes
    assert named(town.community, "张小兰").phone == "00055507654", "what came later stays"
    assert leaders(viewer=clerk, community=town.community) == {}
    assert (sweep(by=SYSTEM, community=town.community)).asked == 0
    with pytest.raises(Conflict):
        take_apart(by=clerk, community=town.community, link=link.id)
    verdicts = take(tmp_path, town.community, "2026-W48", [TWIN_OF_LAN, LAN]).verdicts
    assert (verdicts["same"], verdicts["changed"]) == (1, 1), "each row speaks of its own record again"
    assert {one.person for one in living(town, clerk, TODAY)} == {lan.id, twin.id}


def test_what_the_leading_record_lacks_comes_from_the_other_one(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = twice(town, tmp_path)
    lan, twin = named(town.community, "张小兰"), named(town.community, "张晓兰")
    CareNeed.objects.create(
        community_id=town.community, person_id=lan.id, need="stairs", from_date=TODAY, basis="law", law="x",
        known_from=timezone.now(),
    )  # fmt: skip
    before = dump()
    answer_twice(by=clerk, community=town.community, item=item.id, leader=twin.id)
    led = named(town.community, "张晓兰")
    assert (led.number, led.document_kind) == (lan.number, "111")
    assert CareNeed.objects.get(to_date__isnull=True).person_id == twin.id
    # The one that stood alone in its household is head of nothing any more; the other keeps its own.
    assert not Membership.objects.filter(person=lan.id, to_date__isnull=True).exists()
    take_back(by=clerk, community=town.community, item=item.id)
    Link.objects.all().delete()
    assert dump() == before


def test_the_record_with_the_account_leads_and_the_other_takes_no_acts(town: Town, tmp_path: Path, clerk: Actor) -> None:
    from linli.register.commands import amend_person
    from linli.register.rules.by_hand import Place

    item = twice(town, tmp_path)
    lan, twin = named(town.community, "张小兰"), named(town.community, "张晓兰")
    Tie.objects.create(community_id=town.community, person_id=twin.id, account=lan.id, how="desk", at=timezone.now())
    with pytest.raises(Conflict):
        answer_twice(by=clerk, community=town.community, item=item.id, leader=lan.id)
    answer_twice(by=clerk, community=town.community, item=item.id, leader=twin.id)
    with pytest.raises(Conflict):
        amend_person(
            by=clerk, community=town.community, person=lan.id, values={"phone": "000 5550 1111"}, place=Place.DESK
        )  # fmt: skip
    with pytest.raises(Conflict):
        answer_twice(by=clerk, community=town.community, item=item.id, leader=None)


def test_a_worker_sees_only_pairs_that_both_live_in_their_grid(
    town: Town, tmp_path: Path, worker: Actor, actor_for: Callable[..., Actor]
) -> None:
    far = TWIN_OF_LAN | {"address": ROOM.format(5, 301)}
    take(tmp_path, town.community, "2026-W46", [LAN, far])
    assert sweep(by=SYSTEM, community=town.community).asked == 1
    item = ReviewItem.objects.get(matter=Matter.SAME_PERSON.value)
    for viewer in (worker, actor_for("grid_worker", town.grids[1])):
        assert not queue(viewer=viewer, community=town.community).rows
        with pytest.raises(NotFound):
            answer_twice(by=viewer, community=town.community, item=item.id, leader=item.person_id)
        assert weigh_everybody(viewer=viewer, community=town.community).twins == []


def test_a_question_goes_by_itself_when_one_of_the_two_has_left(town: Town, tmp_path: Path) -> None:
    item = twice(town, tmp_path)
    Residence.objects.filter(person=named(town.community, "张晓兰").id).update(to_date=TODAY, ending="moved_out")
    swept = sweep(by=SYSTEM, community=town.community)
    assert (swept.pairs, swept.closed) == (0, 1)
    item.refresh_from_db()
    assert (item.state, item.reason) == (State.LAPSED.value, "unlike")


def test_the_head_of_a_household_stays_its_head(town: Town, tmp_path: Path, clerk: Actor) -> None:
    child = line("王小明", birth=date(2012, 6, 1), sequence=31, relation="子", household="H3")
    item = twice(town, tmp_path, child)
    twin = named(town.community, "张晓兰")
    answer_twice(by=clerk, community=town.community, item=item.id, leader=twin.id)
    waiting = ReviewItem.objects.get(state=State.OPEN.value)
    assert (waiting.matter, waiting.field) == (Matter.RELATION.value, "head")
    take_back(by=clerk, community=town.community, item=item.id)
    assert ReviewItem.objects.get(state=State.OPEN.value).id == item.id
    assert Household.objects.filter(members__to_date__isnull=True).distinct().count() == 2


def test_a_file_is_undone_though_a_sweep_asked_about_whom_it_brought(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", [LAN])
    report = take(tmp_path, town.community, "2026-W47", [LAN, TWIN_OF_LAN | {"since": "2026-11-01"}])
    assert sweep(by=SYSTEM, community=town.community).asked == 1
    undone = undo(by=SYSTEM, community=town.community, batch=report.batch, reason="wrong file")
    assert not undone.kept
    assert Person.objects.count() == 1
    assert not ReviewItem.objects.exists(), "a question about somebody who never was is none"


def test_planted_copies_are_found_and_relatives_are_not(town: Town, tmp_path: Path) -> None:
    families, copies = household_of_many(240), []
    for at, row in enumerate(families[:: len(families) // 24][:24]):
        copies.append((row, copied(row, at)))
    take(tmp_path, town.community, "2026-W46", [*families, *(copy for _row, copy in copies)])
    people = {
        one.register_no: one.id for one in open_people(town.community, Person.objects.values_list("id", flat=True)).values()
    }
    planted = {frozenset((people[row["key"]], people[copy["key"]])) for row, copy in copies}
    found = weigh_everybody(viewer=SYSTEM, community=town.community)
    asked = {frozenset((twin.person, twin.other)) for twin in found.twins}
    assert planted <= asked, "every plain copy is found"
    assert len(asked - planted) <= len(planted) // 20, "and next to nobody else: no twins, no father and son, no namesakes"
    assert found.people == len(families) + len(copies)
    assert [twin.probability for twin in found.twins] == sorted((twin.probability for twin in found.twins), reverse=True)


GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文斌玉兰红梅鹏飞宇浩然子轩梓涵欣怡诗佳琪雨桐"
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"  # noqa: E501


def household_of_many(count: int) -> list[dict[str, str]]:
    """Families of a couple, two children who are twins in every fourth, and a father's father: names, doors and telephones that
    relatives share."""
    rows: list[dict[str, str]] = []
    for at in range(count):
        surname, wife = SURNAMES[at % len(SURNAMES)], SURNAMES[(at * 7 + 3) % len(SURNAMES)]
        room = ROOM.format(3 if at % 2 else 5, f"{at // 2 + 101}")
        phone = f"000 5550 {at:04d}"
        twins = at % 4 == 0
        members = (
            (surname, date(1975 + at % 20, 1 + at % 12, 1 + at % 27), 11, "户主"),
            (wife, date(1976 + at % 20, 1 + (at + 5) % 12, 1 + (at * 3) % 27), 12, "妻"),
            (surname, date(2008 + at % 8, 1 + at % 12, 1 + (at * 5) % 27), 21, "子"),
            (surname, date(2008 + at % 8 + (0 if twins else 2), 1 + at % 12, 1 + (at * 5) % 27), 22, "女"),
            (surname, date(1945 + at % 15, 1 + (at + 2) % 12, 1 + (at * 11) % 27), 31, "父"),
        )
        for place, (family, born, sequence, relation) in enumerate(members):
            given = GIVEN[(at * 13 + place * 7) % len(GIVEN)] + GIVEN[(at * 5 + place * 11 + at // 7) % len(GIVEN)]
            cells = {"relation": relation, "household": f"F{at}", "address": room, "phone": phone, "key": f"K{at}-{place}"}
            rows.append(line(family + given, birth=born, sequence=sequence + 40 * (at // 60 % 20), **cells))
    return rows


def copied(row: dict[str, str], at: int) -> dict[str, str]:
    """The same person behind another door without a number: as told at a door, one detail of it otherwise."""
    copy = row | {"number": "", "document": "", "household": "", "relation": "", "key": f"C{at}", "since": "2026-08-01"}
    copy["address"] = ROOM.format(3 if at % 2 else 5, f"{901 + at}")
    if at % 3 == 1:
        copy["phone"] = f"000 5550 {9000 + at:04d}"
    if at % 3 == 2:
        copy["name"] = row["name"][0] + row["name"][2] + row["name"][1]
    return copy


def test_who_is_erased_is_erased_with_the_record_beside_theirs(town: Town, tmp_path: Path, clerk: Actor) -> None:
    item = twice(town, tmp_path)
    lan, twin = named(town.community, "张小兰"), named(town.community, "张晓兰")
    answer_twice(by=clerk, community=town.community, item=item.id, leader=lan.id)
    # Who lives here is not erased: the law tells the committee to know who does.
    Residence.objects.filter(person=lan.id, to_date__isnull=True).update(to_date=date(2026, 11, 20), ending="moved_out")
    erase_subject(by=SYSTEM, community=town.community, subject=lan.subject, reason="asked for")
    known = open_people(town.community, [lan.id, twin.id])
    assert [one.key for one in known.values()] == [None, None]
    with pytest.raises(Conflict):
        take_apart(by=clerk, community=town.community, link=Link.objects.get().id)
