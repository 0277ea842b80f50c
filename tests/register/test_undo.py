"""A file undone though others came after it: row by row, exactly, and whatever later work stands on is listed instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps

from linli.intake import declare_mapping, rehearse_undo, undo
from linli.intake.models import Batch, HandWork, UndoKept
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.commands import amend_person, confirm_unchanged
from linli.register.models import Attestation, CareNeed, Hukou, Lapse, Membership, Person, RegisterRound, Residence, ReviewItem
from linli.register.queries.asof import moment, residents
from linli.register.rules.by_hand import Evidence, Place
from linli.trust import SYSTEM
from linli.trust.models import ConsentEvent
from tests.register.ground import MAPPING, Town, line, named, take

pytestmark = pytest.mark.django_db

ZHANG = line("张小兰")
LI = line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", phone="000 5550 7777")
WANG = line("王小明", birth=date(2012, 6, 1), sequence=31, building=5)
ZHAO = line("赵阿婆", birth=date(1938, 6, 1), sequence=40, building=5, household="", needs="上下楼", consent="2026-01-05")
PEOPLE = [ZHANG, LI, WANG, ZHAO]
NEW = line("新来者", birth=date(1990, 1, 1), sequence=61, address="柳荫苑5号楼1单元303室", household="H77")
_OF = (Person, Residence, Hukou, Membership, CareNeed, Attestation)


def record_of(person: UUID) -> dict[str, list[Any]]:
    """All that the register holds of one person, but for the absences that rounds tell."""
    return {
        m.__name__: sorted(map(str, m._default_manager.filter(**{"id" if m is Person else "person": person}).values_list()))
        for m in _OF
    }


def phone(town: Town, name: str) -> str:
    return named(town.community, name).phone


def back(town: Town, batch: UUID) -> Any:
    return undo(by=SYSTEM, community=town.community, batch=batch, reason="Wrong file.")


def reasons(kept: Sequence[Any]) -> list[tuple[int, str]]:
    return [(one.row, one.words.key.rpartition(".")[2]) for one in kept]


def verified(town: Town, name: str, week: str) -> date:
    at = moment(viewer=SYSTEM, community=town.community, week=Week.parse(week))
    person = named(town.community, name).id
    return next(row.verified for row in residents(viewer=SYSTEM, community=town.community, at=at) if row.person == person)


def monday(week: str) -> date:
    return Week.parse(week).monday


def test_rows_that_a_later_file_left_the_same_go_back_and_are_read_anew(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    wang = named(town.community, "王小明").id
    before = {p: record_of(p) for p in Person.objects.values_list("id", flat=True)}
    wrong = [
        ZHANG | {"phone": "000 5550 4444"},
        LI | {"phone": "000 5550 5555"},
        WANG | {"household": "H3", "address": ZHANG["address"]},
        ZHAO,
    ]
    second = take(tmp_path, town.community, "2026-W46", wrong)
    third = take(tmp_path, town.community, "2026-W47", [wrong[0], LI | {"phone": "000 5550 6666"}, *wrong[2:]])
    assert (second.verdicts["changed"], third.verdicts["changed"], third.verdicts["same"]) == (3, 1, 3)
    weighed = rehearse_undo(by=SYSTEM, community=town.community, batch=second.batch)
    done = back(town, second.batch)
    assert (weighed.restored, list(weighed.kept)) == (done.restored, list(done.kept))
    assert reasons(done.kept) == [(3, "later_file")]
    assert done.kept[0].why.file == third.batch
    assert done.kept[0].why.at == Batch.objects.get(id=third.batch).applied_at
    li = named(town.community, "李大山").id
    assert phone(town, "李大山") == "00055506666"
    assert all(record_of(person) == stood for person, stood in before.items() if person != li)
    # What the later file said of them, it said of other values: its rows are read again, and differ.
    fourth = take(tmp_path, town.community, "2026-W48", [wrong[0], LI | {"phone": "000 5550 6666"}, *wrong[2:], NEW])
    assert (fourth.verdicts["changed"], fourth.verdicts["same"]) == (2, 2)
    assert phone(town, "张小兰") == "00055504444"
    assert Residence.objects.get(person=wang, to_date__isnull=True).building_id == town.buildings[0]


def test_one_change_keeps_the_whole_row(town: Town, tmp_path: Path, clerk: Actor) -> None:
    """Telephone and home came with one row: who corrected the telephone since has the row before them, not half of it."""
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    wrong = WANG | {"household": "H3", "address": ZHANG["address"], "phone": "000 5550 4444"}
    second = take(tmp_path, town.community, "2026-W46", [ZHANG | {"phone": "000 5550 3333"}, LI, wrong, ZHAO])
    person = named(town.community, "王小明").id
    amend_person(
        by=clerk, community=town.community, person=person, values={"phone": "000 5550 9999"}, place=Place.DESK,
        evidence=Evidence.TOLD,
    )  # fmt: skip
    stood = record_of(person)
    done = back(town, second.batch)
    assert reasons(done.kept) == [(4, "by_hand")]
    assert done.kept[0].why.by == clerk.account
    assert done.kept[0].why.at is not None
    assert record_of(person) == stood
    assert phone(town, "张小兰") == "00055501234"


def test_a_door_check_alone_keeps_the_row(town: Town, tmp_path: Path, clerk: Actor) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    second = take(tmp_path, town.community, "2026-W46", [ZHANG | {"phone": "000 5550 3333"}, *PEOPLE[1:]])
    home = Residence.objects.get(person=named(town.community, "张小兰").id, to_date__isnull=True)
    assert home.dwelling_id is not None
    confirm_unchanged(by=clerk, community=town.community, dwelling=home.dwelling_id)
    assert reasons(back(town, second.batch).kept) == [(2, "by_hand")]
    assert phone(town, "张小兰") == "00055503333"


def test_who_came_with_the_file_goes_if_no_later_one_names_them(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    stranger = line("外人", birth=date(1991, 4, 4), sequence=83, building=5, household="H88")
    second = take(tmp_path, town.community, "2026-W46", [*PEOPLE, NEW, stranger])
    stays = named(town.community, "新来者").id
    third = take(tmp_path, town.community, "2026-W47", [*PEOPLE, NEW])
    assert Lapse.objects.count() == 1, "the stranger is missing"
    done = back(town, second.batch)
    assert reasons(done.kept) == [(6, "still_named")]
    assert (done.kept[0].object_id, done.kept[0].why.file) == (stays, third.batch)
    assert Person.objects.count() == 5
    assert not Lapse.objects.exists(), "what only said that they were missing went with them"
    assert Residence.objects.get(person=stays).dwelling_id is not None
    assert not back(town, third.batch).kept
    assert Person.objects.count() == 5, "the first came by the second file, which still is not undone for that row"
    assert not back(town, second.batch).kept
    assert Person.objects.count() == 4


@pytest.mark.parametrize("coverage", ["delta", "grid"])
def test_a_partial_file_names_whom_it_names(town: Town, tmp_path: Path, coverage: str) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    stranger = line("外人", birth=date(1991, 4, 4), sequence=83, building=5, household="H88")
    second = take(tmp_path, town.community, "2026-W46", [*PEOPLE, NEW, stranger])
    options = {"coverage": "delta"} if coverage == "delta" else {"coverage": "full", "area": {"grid": ["02"]}}
    declare_mapping(by=SYSTEM, community=town.community, definition=MAPPING | {"options": options | {"zone": "Asia/Shanghai"}})
    take(tmp_path, town.community, "2026-W47", [WANG, ZHAO, NEW])
    assert reasons(back(town, second.batch).kept) == [(6, "still_named")]
    assert Person.objects.count() == 5


def test_a_partial_file_of_which_nobody_knows_whom_it_named_is_taken_to_name_all(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    second = take(tmp_path, town.community, "2026-W46", [*PEOPLE, NEW])
    declare_mapping(
        by=SYSTEM, community=town.community, definition=MAPPING | {"options": {"coverage": "delta", "zone": "Asia/Shanghai"}}
    )
    take(tmp_path, town.community, "2026-W47", [WANG])
    RegisterRound.objects.filter(full=False).update(named=None)
    assert reasons(back(town, second.batch).kept) == [(6, "still_named")]


def test_whom_the_file_moved_out_lives_here_again_and_is_unverified(town: Town, tmp_path: Path) -> None:
    """The later full file could not show who had left; its round verifies everybody else."""
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    gone = LI | {"change": "迁出", "change_date": "2026-11-05"}
    moved = WANG | {"household": "H3", "address": ZHANG["address"]}
    second = take(tmp_path, town.community, "2026-W46", [ZHANG, gone, moved, ZHAO])
    take(tmp_path, town.community, "2026-W47", [ZHANG, moved, ZHAO])
    assert not back(town, second.batch).kept
    assert [verified(town, name, "2026-W47") for name in ("张小兰", "李大山", "王小明")] == [
        monday("2026-W47"), monday("2026-W45"), monday("2026-W45"),
    ]  # fmt: skip
    lapses = {lapse.person_id: lapse for lapse in Lapse.objects.all()}
    assert set(lapses) == {named(town.community, name).id for name in ("李大山", "王小明")}
    assert {(one.from_monday, one.to_monday) for one in lapses.values()} == {(monday("2026-W47"), None)}
    # The next file shows both: where they are, and where that one says.
    take(tmp_path, town.community, "2026-W48", [*PEOPLE, NEW])
    assert not Lapse.objects.filter(to_monday__isnull=True).exists()


def test_absences_are_as_if_the_file_had_never_been(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W44", PEOPLE)
    take(tmp_path, town.community, "2026-W45", [ZHANG, LI])
    wrong = take(tmp_path, town.community, "2026-W46", [WANG])
    take(tmp_path, town.community, "2026-W47", [ZHANG, WANG])
    done = back(town, wrong.batch)
    assert not done.kept
    found = {named(town.community, name).id: name for name in ("张小兰", "李大山", "王小明", "赵阿婆")}
    spans = {(found[one.person_id], one.from_monday, one.to_monday, one.verified) for one in Lapse.objects.all()}
    assert spans == {
        ("李大山", monday("2026-W47"), None, monday("2026-W45")),
        ("王小明", monday("2026-W45"), monday("2026-W47"), monday("2026-W44")),
        ("赵阿婆", monday("2026-W45"), None, monday("2026-W44")),
    }


def test_undoing_newest_after_older_leaves_what_stood_at_first(town: Town, tmp_path: Path) -> None:
    tables = [m for m in apps.get_models() if m._meta.app_label in ("register", "territory")]

    def dump() -> dict[str, list[str]]:
        return {m._meta.label: sorted(map(str, m._default_manager.values_list())) for m in tables}

    take(tmp_path, town.community, "2026-W44", PEOPLE)
    take(tmp_path, town.community, "2026-W45", [ZHANG, LI])
    before = dump()
    wrong = take(tmp_path, town.community, "2026-W46", [WANG | {"phone": "000 5550 4444"}, NEW])
    right = take(tmp_path, town.community, "2026-W47", [ZHANG, WANG | {"phone": "000 5550 4444"}])
    assert not back(town, wrong.batch).kept
    assert not back(town, right.batch).kept
    assert dump() == before


def test_a_consent_noted_since_keeps_who_came_with_the_file(town: Town, tmp_path: Path) -> None:
    from django.utils import timezone

    take(tmp_path, town.community, "2026-W45", PEOPLE)
    second = take(tmp_path, town.community, "2026-W46", [*PEOPLE, NEW])
    take(tmp_path, town.community, "2026-W47", PEOPLE)
    subject = named(town.community, "新来者").subject
    ConsentEvent.objects.create(
        community_id=town.community, subject_id=subject, purpose="reach", version=1, act="given", at=timezone.now(),
        channel="desk", role="desk_clerk",
    )  # fmt: skip
    assert reasons(back(town, second.batch).kept) == [(6, "used_since")]
    assert ConsentEvent.objects.exists()


def test_what_stays_is_kept_with_the_import_and_goes_back_later(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    before = {p: record_of(p) for p in Person.objects.values_list("id", flat=True)}
    second = take(
        tmp_path, town.community, "2026-W46", [ZHANG | {"phone": "000 5550 4444"}, LI | {"phone": "000 5550 5555"}, WANG, ZHAO]
    )
    third = take(tmp_path, town.community, "2026-W47", [ZHANG | {"phone": "000 5550 6666"}, LI, WANG, ZHAO])
    assert third.verdicts["changed"] == 2
    assert len(back(town, second.batch).kept) == 2
    assert UndoKept.objects.filter(batch=second.batch).count() == 2
    assert Batch.objects.get(id=second.batch).undo == {"restored": 1, "kept": 2, "rows": 0, "written": 2}
    assert not back(town, third.batch).kept
    assert not back(town, second.batch).kept
    assert not UndoKept.objects.exists()
    assert {p: record_of(p) for p in before} == before


def test_later_is_told_by_turns_not_by_the_clock(
    town: Town, tmp_path: Path, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    take(tmp_path, town.community, "2026-W45", PEOPLE)
    second = take(tmp_path, town.community, "2026-W46", [ZHANG | {"phone": "000 5550 3333"}, *PEOPLE[1:]])
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(days=3))
    home = Residence.objects.get(person=named(town.community, "张小兰").id, to_date__isnull=True)
    assert home.dwelling_id is not None
    confirm_unchanged(by=clerk, community=town.community, dwelling=home.dwelling_id)
    assert HandWork.objects.get(object_id=home.person_id).at < now
    assert reasons(back(town, second.batch).kept) == [(2, "by_hand")]


def test_killed_half_way_leaves_nothing(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.register.commands import renewal

    take(tmp_path, town.community, "2026-W45", PEOPLE)
    second = take(tmp_path, town.community, "2026-W46", [ZHANG | {"phone": "000 5550 4444"}, *PEOPLE[1:3], NEW])
    take(tmp_path, town.community, "2026-W47", [ZHANG | {"phone": "000 5550 4444"}, *PEOPLE[1:]])
    tables = [m for m in apps.get_models() if m._meta.app_label in ("register", "territory", "trust", "intake")]

    def dump() -> dict[str, list[str]]:
        return {m._meta.label: sorted(map(str, m._default_manager.values_list())) for m in tables}

    before = dump()

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(renewal, "drop_dwellings", die)
    with pytest.raises(KeyboardInterrupt):
        back(town, second.batch)
    assert dump() == before
    monkeypatch.undo()
    assert not back(town, second.batch).kept


def test_questions_that_other_files_asked_or_closed(town: Town, tmp_path: Path, clerk: Actor) -> None:
    """A question of the file goes though a later one closed it; one that it closed stays closed if it is asked again by now."""
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    person = named(town.community, "张小兰").id
    amend_person(
        by=clerk, community=town.community, person=person, values={"phone": "000 5550 9999"}, place=Place.DESK,
        evidence=Evidence.IDENTITY_DOCUMENT,
    )  # fmt: skip
    right = ZHANG | {"phone": "000 5550 9999"}
    files = []
    for week, first in ((49, ZHANG), (50, right), (51, ZHANG)):
        stranger = line(f"路{week}人", birth=date(1980, 1, 1), sequence=week)
        files.append(take(tmp_path, town.community, f"2026-W{week}", [first, *PEOPLE[1:], stranger]))
    marks = [(bytes(one.mark), one.state, one.batch) for one in ReviewItem.objects.order_by("opened_at", "id")]
    assert [state for _, state, _ in marks][-1] == "open"
    assert not [one for one in back(town, files[1].batch).kept if one.row == 2]
    assert ReviewItem.objects.filter(state="open", matter="conflict").count() == 1
    back(town, files[0].batch)
    assert not ReviewItem.objects.filter(batch=files[0].batch).exists()
    assert ReviewItem.objects.filter(state="open", matter="conflict").count() == 1
    back(town, files[2].batch)
    assert not ReviewItem.objects.filter(state="open", matter="conflict").exists()
