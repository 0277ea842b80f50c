"""Population files through intake: taken, taken again, undone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from linli.intake import State, preview, undo
from linli.intake.models import RowResult
from linli.kernel import citizen_number
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, LinliError, NotAllowed
from linli.kernel.weeks import Week
from linli.register.commands import amend_person, end_need
from linli.register.models import CareNeed, Household, Lapse, Membership, Person, RegisterRound, Residence
from linli.register.queries.figures import changes, counts_by_grid, headcount, portrait
from linli.register.rules.by_hand import Evidence, Place
from linli.territory.models import Dwelling
from linli.trust import SYSTEM
from tests.register.ground import Town, line, named, take

pytestmark = pytest.mark.django_db

PEOPLE = [
    line("张小兰"),
    line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", phone=""),
    line("王小明", birth=date(2012, 6, 1), sequence=31, building=5, residence="流动人口", hukou_region="340000"),
    line("赵阿婆", birth=date(1938, 6, 1), sequence=40, building=5, household="", needs="上下楼、用餐", consent="2026-01-05"),
    line("无名氏", birth=date(1960, 6, 1), sequence=51, building=5, household="", number="", document="", relation="非亲属"),
]


def dump(*, without: tuple[str, ...] = ("intake", "trust.Audit")) -> dict[str, list[Any]]:
    """Everything in the tables that a population file may touch."""
    tables = [
        m
        for m in apps.get_models()
        if m._meta.app_label in ("register", "territory", "trust") and not m._meta.label.startswith(without)
    ]
    return {m._meta.label: sorted(map(str, m._default_manager.values_list())) for m in tables}


def test_a_first_file(town: Town, tmp_path: Path) -> None:
    report = take(tmp_path, town.community, "2026-W46", PEOPLE)
    assert report.verdicts == {"new": 5, "changed": 0, "same": 0, "left": 0, "review": 0, "refused": 0}
    assert Person.objects.count() == Residence.objects.count() == Membership.objects.count() == 5
    assert Household.objects.count() == 4
    assert CareNeed.objects.count() == 2
    assert named(town.community, "张小兰").phone == "00055501234"
    assert RegisterRound.objects.get().full


def test_the_same_file_and_the_same_content_change_nothing(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    before = dump()
    assert take(tmp_path, town.community, "2026-W46", PEOPLE).again
    assert dump() == before
    report = take(tmp_path, town.community, "2026-W47", [*PEOPLE, line("错号人", sequence=13, number="999999195403070121")])
    assert (report.verdicts["same"], report.verdicts["refused"]) == (5, 1)
    after = dump()
    assert len(after.pop("register.RegisterRound")) == 2
    before.pop("register.RegisterRound")
    assert after == before


def test_undo_is_exact(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    before = dump()
    report = take(
        tmp_path,
        town.community,
        "2026-W47",
        [
            line("张小蓝", phone="000 5550 4321"),
            line(
                "王小明", birth=date(2012, 6, 1), sequence=31, building=3, household="H3", change="变更", change_date="2026-11-10"
            ),
            line(
                "赵阿婆", birth=date(1938, 6, 1), sequence=40, building=5, household="", change="死亡", change_date="2026-11-11"
            ),
            line(
                "新来者",
                birth=date(1990, 1, 1),
                sequence=61,
                address="柳荫苑5号楼1单元303室",
                change="迁入",
                change_date="2026-11-12",
            ),
        ],
    )
    assert report.verdicts == {"new": 1, "changed": 2, "same": 0, "left": 1, "review": 0, "refused": 0}
    assert report.counts["unverified"] == 2
    assert Lapse.objects.count() == 2
    assert Dwelling.objects.filter(room="303").exists()
    assert dump() != before
    undone = undo(by=SYSTEM, community=town.community, batch=report.batch, reason="The file was of last year.")
    assert not undone.kept
    assert dump() == before


def test_the_first_file_can_be_undone_too(town: Town, tmp_path: Path) -> None:
    before = dump()
    report = take(tmp_path, town.community, "2026-W46", PEOPLE)
    undo(by=SYSTEM, community=town.community, batch=report.batch, reason="Wrong file.")
    assert dump() == before
    assert take(tmp_path, town.community, "2026-W46", PEOPLE).verdicts["new"] == 5


def test_absence_empties_nothing_and_lapses_end(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    take(tmp_path, town.community, "2026-W46", PEOPLE[:3])
    take(tmp_path, town.community, "2026-W47", PEOPLE[:4])
    assert Residence.objects.filter(to_date__isnull=True).count() == 5
    week = Week.parse("2026-W47")
    second = counts_by_grid(viewer=SYSTEM, community=town.community, week=week)[1]
    assert (second.residents, second.unverified) == (3, 1)
    second = counts_by_grid(viewer=SYSTEM, community=town.community, week=week.back())[1]
    assert (second.residents, second.unverified) == (3, 2)
    lapse = Lapse.objects.get(to_monday__isnull=True)
    assert (lapse.from_monday, lapse.verified) == (week.back().monday, week.back(2).monday)


def test_any_monday_as_it_was_known(town: Town, tmp_path: Path) -> None:
    weeks = [Week.parse(f"2026-W{n}") for n in (45, 46, 47)]
    take(tmp_path, town.community, str(weeks[0]), PEOPLE)
    # Recorded a week late: on Monday of W46 nobody knew of it.
    gone = line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", change="迁出", change_date="2026-11-03")
    take(tmp_path, town.community, str(weeks[2]), [PEOPLE[0], gone, *PEOPLE[2:]])
    seen = [portrait(viewer=SYSTEM, community=town.community, week=week, grid=town.grids[0]).residents for week in weeks]
    assert seen == [2, 2, 1]
    assert changes(viewer=SYSTEM, community=town.community, week=weeks[2]).left == 1
    assert changes(viewer=SYSTEM, community=town.community, week=weeks[1]).left == 0
    assert changes(viewer=SYSTEM, community=town.community, week=weeks[0]).found == 5
    picture = portrait(viewer=SYSTEM, community=town.community, week=weeks[2], grid=town.grids[1])
    assert (picture.residents, picture.households, picture.floating) == (3, 3, 1)
    assert picture.origins == {"34": 1}
    for grid in town.grids:
        whole, short = (look(viewer=SYSTEM, community=town.community, week=weeks[2], grid=grid) for look in (portrait, headcount))
        told = ("residents", "households", "floating", "sizes", "origins")
        assert [getattr(short, name) for name in told] == [getattr(whole, name) for name in told]
    assert {row.need.value: (row.people, row.alone, row.outside) for row in picture.needs} == {
        "stairs": (1, 1, None),
        "meals": (1, 1, None),
    }


def test_an_older_file_is_refused_whole(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W47", PEOPLE)
    before = dump()
    with pytest.raises(BadInput) as caught:
        take(tmp_path, town.community, "2026-W46", PEOPLE[:2])
    assert caught.value.words.key == "register.older_file"
    assert dump() == before


def test_bad_cells_name_column_and_remedy(town: Town, tmp_path: Path) -> None:
    report = take(
        tmp_path,
        town.community,
        "2026-W46",
        [
            *PEOPLE,
            line("错一", sequence=21, birth=date(1980, 1, 1)) | {"birth": "1980-02-30"},
            line("错二", sequence=23, birth=date(1980, 1, 1), sex="猫"),
            line("错三", sequence=25, birth=date(1980, 1, 1), needs="糖尿病"),
            line("", sequence=27, birth=date(1980, 1, 1)),
        ],
    )
    refused = {o.row: o for o in report.refused}
    assert [refused[row].column for row in sorted(refused)] == ["出生日期", "性别", "需要的帮助", "姓名"]
    assert all(o.words and o.remedy for o in refused.values())
    assert report.verdicts["new"] == 5


def test_a_consent_taken_back_is_not_given_by_a_file(town: Town, tmp_path: Path, actor_for: Any) -> None:
    row = line("李大山", sequence=25, birth=date(1980, 1, 1), needs="上下楼", consent="2026-01-05")
    take(tmp_path, town.community, "2026-W46", [row])
    need = CareNeed.objects.get()
    clerk = actor_for("desk_clerk", town.community)
    withdrawn = timezone.localdate()
    end_need(by=clerk, community=town.community, need=need.id)
    weeks = [str(Week.of(withdrawn + timedelta(days=days))) for days in (7, 14)]
    row |= {"phone": "000 5550 8888", "address": "柳荫苑5号楼2单元501室", "household": "H5"}  # little else speaks for it
    report = take(tmp_path, town.community, weeks[0], [row])
    assert not CareNeed.objects.filter(to_date__isnull=True).exists()
    assert report.counts["needs_without_consent"] == 1
    again = (withdrawn + timedelta(days=1)).isoformat()
    take(tmp_path, town.community, weeks[1], [row | {"consent": again}])
    assert CareNeed.objects.filter(to_date__isnull=True).count() == 1, "a newer one is"


def test_a_file_that_goes_on_with_a_corrected_number_means_the_same_person(town: Town, tmp_path: Path, actor_for: Any) -> None:
    row = line("李大山", sequence=25, birth=date(1980, 1, 1))
    take(tmp_path, town.community, "2026-W46", [row])
    person = named(town.community, "李大山").id
    clerk = actor_for("desk_clerk", town.community)
    number = citizen_number.make(date(1980, 1, 1), 27)
    amend_person(
        by=clerk,
        community=town.community,
        person=person,
        values={"number": number},
        place=Place.DESK,
        evidence=Evidence.IDENTITY_DOCUMENT,
    )
    other = line("陈甲", sequence=25, birth=date(1980, 1, 1))
    weeks = [str(Week.of(timezone.localdate() + timedelta(days=days))) for days in (7, 14)]
    row |= {"phone": "000 5550 8888", "address": "柳荫苑5号楼2单元501室", "household": "H5"}  # little else speaks for it
    report = take(tmp_path, town.community, weeks[0], [row])
    assert (report.verdicts["new"], report.verdicts["review"], report.counts.get("conflicts")) == (0, 0, 1)
    assert "linked" not in report.counts, "known by the number, not guessed by likeness every week"
    assert named(town.community, "李大山").number == number
    report = take(tmp_path, town.community, weeks[1], [row | {"number": number}, other])
    assert (report.verdicts["same"], report.verdicts["new"]) == (1, 1), "whose number it is is somebody else"


def test_what_stands_in_the_wrong_cell_is_kept_nowhere(town: Town, tmp_path: Path) -> None:
    slipped = line("李大山", sequence=25, birth=date(1980, 1, 1))
    slipped |= {"relation": slipped["name"], "sex": slipped["number"], "name": "H9", "document": "1980-01-01"}
    rows = [
        *PEOPLE,
        slipped,
        line("错二", sequence=23, birth=date(1980, 1, 1), residence="000 5550 4321"),
        line("错三", sequence=27, birth=date(1980, 1, 1), needs="糖尿病"),
    ]
    batch = take(tmp_path, town.community, "2026-W46", rows).batch
    kept = repr(list(RowResult.objects.filter(batch=batch, verdict="refused").values()))
    assert RowResult.objects.filter(batch=batch, verdict="refused").count() == 3
    assert not [cell for cell in ("李大山", slipped["number"], "4321", "5550", "糖尿病") if cell in kept]


def test_a_preview_writes_no_record(town: Town, tmp_path: Path) -> None:
    before = dump()
    path = tmp_path / "人口_2026-W46-0.csv"
    first = take(tmp_path, town.community, "2026-W46", PEOPLE)
    undo(by=SYSTEM, community=town.community, batch=first.batch, reason="To look first.")
    report = preview(by=SYSTEM, community=town.community, path=path, as_of=Week.parse("2026-W46").starts_at("Asia/Shanghai"))
    assert report.state is State.PREVIEWED
    assert report.verdicts["new"] == 5
    assert dump() == before


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_who_may_not_renew(town: Town, tmp_path: Path, actor_for: Any, role: str) -> None:
    actor: Actor = actor_for(role, town.community)
    with pytest.raises(NotAllowed):
        take(tmp_path, town.community, "2026-W46", PEOPLE, by=actor)
    assert not Person.objects.exists()


def test_a_grid_worker_may_not_renew(town: Town, tmp_path: Path, actor_for: Any) -> None:
    with pytest.raises(LinliError):
        take(tmp_path, town.community, "2026-W46", PEOPLE, by=actor_for("grid_worker", town.grids[0]))
    assert not Person.objects.exists()
