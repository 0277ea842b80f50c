"""What a file can't decide by itself: contradictions, likeness, addresses, and who is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from linli.intake import KINDS, Plan, approve, declare_mapping, forget_prints, undo
from linli.intake import State as BatchState
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.register.imports import POPULATION, plan_population
from linli.register.models import Attestation, Lapse, Link, Person, ReviewItem
from linli.register.rules.review import Matter
from linli.register.rules.sealing import TOLD
from linli.trust import SYSTEM, subject_keys
from tests.register.ground import MAPPING, Town, line, named, take

pytestmark = pytest.mark.django_db
PEOPLE = [
    line("张小兰"),
    line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", phone="000 5550 7777"),
    line("王小明", birth=date(2012, 6, 1), sequence=31, building=5),
]


def told(item: ReviewItem) -> dict[str, str]:
    """What a question's source says, opened."""
    assert item.subject_id is not None
    key = subject_keys(item.community_id, [item.subject_id])[item.subject_id]
    said: dict[str, str] = json.loads(key.open(TOLD, item.told))
    return said


def vouch(town: Town, name: str, field: str, *, source: str = "door", on: date = date(2026, 11, 14)) -> None:
    Attestation.objects.create(
        community_id=town.community, person_id=named(town.community, name).id, field=field, source=source, on=on,
        known_from=datetime(2026, 11, 14, tzinfo=UTC),
    )  # fmt: skip


def test_a_door_check_is_not_overwritten_by_a_file(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    vouch(town, "张小兰", "phone")
    other = [line("张小兰", phone="000 5550 4444"), *PEOPLE[1:]]
    report = take(tmp_path, town.community, "2026-W47", other)
    assert named(town.community, "张小兰").phone == "00055501234"
    assert (report.counts["conflicts"], report.verdicts["same"]) == (1, 3)
    item = ReviewItem.objects.get()
    assert (item.matter, item.field, item.state) == (Matter.CONFLICT.value, "phone", "open")
    assert told(item) == {"value": "00055504444", "known": "00055501234"}
    assert b"4444" not in bytes(item.told)
    # The file goes on saying so; the question stands already.
    take(tmp_path, town.community, "2026-W48", other)
    assert ReviewItem.objects.count() == 1


def test_who_is_very_like_somebody_is_asked_about_not_doubled(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    without = line("张晓兰", number="", document="", phone="000 5550 1234")
    report = take(tmp_path, town.community, "2026-W47", [without, *PEOPLE[1:]])
    assert Person.objects.count() == 3
    linked, asked = Link.objects.count(), ReviewItem.objects.filter(matter=Matter.SAME_PERSON.value).count()
    assert (linked, asked) in {(1, 0), (0, 1)}
    assert report.verdicts["new"] == 0
    stranger = line("赵飞燕", birth=date(1991, 4, 4), sequence=81, building=5, number="", document="", phone="", household="H9")
    report = take(tmp_path, town.community, "2026-W48", [without, *PEOPLE[1:], stranger])
    assert report.verdicts["new"] == 1
    assert Person.objects.count() == 4


def test_a_family_is_not_one_person(town: Town, tmp_path: Path) -> None:
    """Surname, door and telephone are one piece of evidence: a daughter is not her mother."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    daughter = line("张小红", birth=date(1980, 5, 5), sequence=14, relation="女", number="", document="")
    report = take(tmp_path, town.community, "2026-W47", [*PEOPLE, daughter])
    assert (report.verdicts["new"], report.verdicts["review"]) == (1, 0)


def test_an_address_nobody_knows_is_asked_once_for_all_its_rows(town: Town, tmp_path: Path) -> None:
    lost = [
        line(f"陈{name}", birth=date(1970, 1, day), sequence=21, address="老粮站后面") for day, name in enumerate("甲乙丙", 1)
    ]
    report = take(tmp_path, town.community, "2026-W46", [*PEOPLE, *lost])
    assert (report.verdicts["new"], report.verdicts["review"]) == (3, 3)
    assert (report.counts["addresses"], report.counts["addresses_found"]) == (6, 3)
    item = ReviewItem.objects.get()
    assert item.matter == Matter.ADDRESS.value
    assert told(item) == {"address": "老粮站后面"}


def test_undoing_a_file_takes_its_questions_away(town: Town, tmp_path: Path) -> None:
    lost = line("陈甲", birth=date(1970, 1, 1), sequence=21, address="老粮站后面")
    report = take(tmp_path, town.community, "2026-W46", [*PEOPLE, lost])
    undo(by=SYSTEM, community=town.community, batch=report.batch, reason="Wrong file.")
    assert not ReviewItem.objects.exists()
    assert not Person.objects.exists()


def crowd(count: int) -> list[dict[str, str]]:
    return [line(f"众{n}人", birth=date(1950, 1, 1), sequence=2 * n, household=f"H{n}") for n in range(1, count + 1)]


def test_a_file_that_would_lose_many_waits_for_a_second_person(
    town: Town, tmp_path: Path, actor_for: Callable[..., Actor]
) -> None:
    clerk, manager = actor_for("desk_clerk", town.community), actor_for("community_manager", town.community)
    people = crowd(100)
    assert take(tmp_path, town.community, "2026-W45", people, by=clerk).state is BatchState.APPLIED
    # Three in a hundred may be missing; nobody is moved out by it.
    assert take(tmp_path, town.community, "2026-W46", people[:97], by=clerk).state is BatchState.APPLIED
    assert Lapse.objects.count() == 3
    report = take(tmp_path, town.community, "2026-W47", people[:80], by=clerk)
    assert report.state is BatchState.AWAITING
    assert Lapse.objects.filter(to_monday__isnull=True).count() == 3
    with pytest.raises(LinliError):
        approve(by=clerk, community=town.community, batch=report.batch)
    assert approve(by=manager, community=town.community, batch=report.batch).state is BatchState.APPLIED
    assert Lapse.objects.filter(to_monday__isnull=True).count() == 20
    assert Person.objects.filter(residences__to_date__isnull=True).count() == 100


def test_absence_means_something_in_the_declared_scope_alone(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    narrow = MAPPING | {"options": {"coverage": "full", "area": {"grid": ["01"]}, "zone": "Asia/Shanghai", "source": "police"}}
    declare_mapping(by=SYSTEM, community=town.community, definition=narrow)
    report = take(tmp_path, town.community, "2026-W46", PEOPLE[:1])
    assert report.counts["left_proposed"] == 1
    assert [lapse.person_id for lapse in Lapse.objects.all()] == [named(town.community, "李大山").id]
    partial = MAPPING | {"options": {"coverage": "delta", "zone": "Asia/Shanghai"}}
    declare_mapping(by=SYSTEM, community=town.community, definition=partial)
    take(tmp_path, town.community, "2026-W47", PEOPLE[2:])
    assert Lapse.objects.filter(to_monday__isnull=True).count() == 1


def test_an_old_number_of_fifteen_digits_is_the_same_person(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    whole = named(town.community, "张小兰").number
    old = [line("张小兰", number=whole[:6] + whole[8:17]), *PEOPLE[1:]]
    assert take(tmp_path, town.community, "2026-W47", old).verdicts["same"] == 3


def test_a_child_whose_address_waits_is_shown_all_the_same(town: Town, tmp_path: Path) -> None:
    child = line("王小丫", birth=date(2020, 6, 1), sequence=30, building=5, number="", document="", key="K77", since="2021-01-01")
    take(tmp_path, town.community, "2026-W46", [*PEOPLE, child])
    report = take(tmp_path, town.community, "2026-W47", [*PEOPLE, child | {"address": "老粮站后面"}])
    assert (report.verdicts["review"], report.counts.get("left_proposed", 0)) == (1, 0)
    assert not Lapse.objects.exists()


def test_a_hand_that_writes_while_a_file_is_planned_is_not_written_over(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file said the other telephone first; the door check came while it was being compared, and counts."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    person = named(town.community, "张小兰").id
    planned: list[int] = []

    def plan(**given: Any) -> Plan:
        made = plan_population(**given)
        if not planned:
            vouch(town, "张小兰", "phone")
            forget_prints(town.community, [person])
        planned.append(1)
        return made

    monkeypatch.setitem(KINDS, POPULATION.name, replace(POPULATION, plan=plan))
    take(tmp_path, town.community, "2026-W47", [line("张小兰", phone="000 5550 4444"), *PEOPLE[1:]])
    assert len(planned) == 2
    assert named(town.community, "张小兰").phone == "00055501234"
