"""What users of comparable registers complained about, each complaint a test by its number, through the public verbs.

Numbers are those of the issues of OpenSID, OpenDK, OpenCRVS and SORMAS in which people described it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.intake import batch_detail, declare_mapping, every_result, preview, take_in
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.ids import new_id
from linli.kernel.weeks import Week
from linli.register.commands import amend_person, merge_households, move_within, record_death, split_household
from linli.register.facts import POPULATION, RESIDENT
from linli.register.models import FormerNumber, Membership, Person, Residence, ReviewItem
from linli.register.queries.people import may_see
from linli.register.queries.search import search_people
from linli.register.rules.by_hand import Evidence, Place
from linli.register.rules.review import Matter
from linli.trust import SYSTEM
from linli.trust.models import AuditEvent
from tests.register.ground import HEADINGS, ZONE, Town, line, named, take
from tests.register.hands import FAMILY, LAST_MONTH, TODAY, register
from tests.support.asking import ask
from tests.support.source import ROOT

pytestmark = pytest.mark.django_db
AN_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PEOPLE = [
    line("张小兰"),
    line("李大山", birth=date(1953, 1, 2), sequence=11, relation="夫", phone=""),
    line("王小明", birth=date(2012, 6, 1), sequence=31, building=5),
]


def test_opensid_1722_4423_5469_6458_a_worker_sees_and_changes_the_own_grid_alone(
    town: Town, tmp_path: Path, actor_for: Callable[..., Actor]
) -> None:
    """RT/RW leaders must see only their residents: asked for five years. What they contradict becomes a question."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    worker = actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1))
    mine, other = named(town.community, "张小兰").id, named(town.community, "王小明").id
    assert may_see(viewer=worker, community=town.community, person=mine)
    assert not may_see(viewer=worker, community=town.community, person=other)
    with pytest.raises(NotFound):
        amend_person(by=worker, community=town.community, person=other, values={"phone": "000 5550 9999"}, place=Place.DOOR)
    found = amend_person(by=worker, community=town.community, person=mine, values={"name": "张晓兰"}, place=Place.DOOR)
    assert found.asked == ("name",)
    assert named(town.community, "张小兰").id == mine
    assert ReviewItem.objects.get().matter == Matter.CONFLICT.value


def test_opensid_1009_a_change_says_who_when_and_on_what_evidence(
    town: Town, tmp_path: Path, actor_for: Callable[..., Actor]
) -> None:
    """Any operator could change data without grounds."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    clerk = actor_for("desk_clerk", town.community, today=date(2026, 1, 1))
    person = named(town.community, "张小兰").id
    amend_person(
        by=clerk, community=town.community, person=person, values={"name": "张晓兰"}, place=Place.DESK,
        evidence=Evidence.IDENTITY_DOCUMENT,
    )  # fmt: skip
    event = AuditEvent.objects.filter(command="register.amend_person").latest("id")
    assert (event.actor_id, event.reason, event.fields) == (clerk.account, "identity_document", ["name"])
    assert "张" not in str(event.__dict__)


def test_opensid_1032_people_without_a_number_never_share_one(town: Town, tmp_path: Path) -> None:
    """A dummy number shared by many let later rows silently overwrite earlier ones."""
    first = line("无名甲", birth=date(1960, 1, 1), number="", document="", phone="", household="H8", building=5)
    second = line("某乙丙", birth=date(1975, 9, 9), sequence=13, number="", document="", phone="", household="H9")
    take(tmp_path, town.community, "2026-W46", [first, second])
    assert Person.objects.count() == 2
    assert not Person.objects.exclude(number_index=None).exists()
    # The dummy number itself is refused, row by row; nobody is overwritten by it.
    dummies = [line(f"假{n}号", birth=date(1970, 1, n), number="0" * 18, household=f"D{n}") for n in range(1, 6)]
    report = take(tmp_path, town.community, "2026-W47", [first, second, *dummies])
    assert (report.verdicts["refused"], report.verdicts["same"]) == (5, 2)
    # Looking first writes nothing.
    path = tmp_path / "人口_look.csv"
    text = ",".join(HEADINGS.values()) + "\n" + ",".join(line("张小兰").get(name, "") for name in HEADINGS) + "\n"
    path.write_text(text, "gb18030")
    looked = preview(by=SYSTEM, community=town.community, path=path, as_of=Week.parse("2026-W48").starts_at(ZONE))
    assert looked.verdicts["new"] == 1
    assert Person.objects.count() == 2


def test_opensid_8714_4791_3847_and_opendk_123_every_row_is_accounted_for(town: Town, tmp_path: Path) -> None:
    """Import said success and stored nothing, errors had no row number, a wrong sheet gave no hint."""
    rows = [*PEOPLE, line("错号人", sequence=13, number="999999195403070121"), line("迷路人", sequence=15, address="老粮站后面")]
    report = take(tmp_path, town.community, "2026-W46", rows)
    assert sum(report.verdicts.values()) == report.rows == 5
    told = {row.row: row for row in every_result(viewer=SYSTEM, community=town.community, batch=report.batch)}
    assert (told[5].verdict.value, told[6].verdict.value) == ("refused", "review")
    assert told[5].words is not None
    assert told[5].remedy is not None
    assert Person.objects.count() == batch_detail(viewer=SYSTEM, community=town.community, batch=report.batch).verdicts["new"]
    wrong = tmp_path / "人口_wrong.csv"
    wrong.write_text("甲,乙\n1,2\n", "gb18030")
    with pytest.raises(BadInput) as fault:
        take_in(by=SYSTEM, community=town.community, path=wrong, mapping="police-population")
    assert "姓名" in str(fault.value.words.params)
    # Its first row may be somebody's: what stands there is starred.
    assert fault.value.words.params["found"] == "*, *"


def test_opensid_1817_a_source_keeps_its_own_columns_and_words(town: Town, tmp_path: Path) -> None:
    """Official exports have other columns, and users typed everything in again."""
    definition = {
        "name": "ward-list", "kind": "register.population", "recognise": {"file": "ward*.csv", "headings": ["Full name"]},
        "columns": {"name": "Full name", "number": "ID", "address": "Lives at", "residence": "Type"},
        "values": {"residence": {"PR": "户籍人口"}}, "options": {"coverage": "partial", "zone": ZONE},
    }  # fmt: skip
    declare_mapping(by=SYSTEM, community=town.community, definition=definition)
    path = tmp_path / "ward1.csv"
    path.write_text(f"Full name,ID,Lives at,Type\n张小兰,{line('张小兰')['number']},柳荫苑3号楼2单元501室,PR\n", "utf-8")
    report = take_in(by=SYSTEM, community=town.community, path=path)
    assert (report.mapping, report.verdicts["new"]) == ("ward-list", 1)
    assert Residence.objects.get().said == "permanent"


def test_opensid_10044_a_household_splits_joins_and_moves(town: Town, actor_for: Callable[..., Actor]) -> None:
    """Splitting a household failed."""
    clerk = actor_for("desk_clerk", town.community, today=date(2026, 1, 1))
    made = register(clerk, town, *FAMILY)
    son = named(town.community, "张小山").id
    split = split_household(
        by=clerk, community=town.community, household=made.household, people=[son], key=new_id(), on=TODAY, place=Place.DESK
    )
    own = Membership.objects.get(person=son, to_date__isnull=True).household_id
    assert own != made.household
    assert split is not None
    merge_households(
        by=clerk, community=town.community, household=own, into=made.household, relation="21", on=TODAY, place=Place.DESK
    )
    assert Membership.objects.get(person=son, to_date__isnull=True).household_id == made.household
    family = list(Membership.objects.filter(household=made.household, to_date__isnull=True).values_list("person_id", flat=True))
    move_within(
        by=clerk, community=town.community, key=new_id(), people=family, building=town.buildings[1], unit="1", room="101",
        on=TODAY, place=Place.DESK,
    )  # fmt: skip
    homes = Residence.objects.filter(person__in=family, to_date__isnull=True)
    assert {home.building_id for home in homes} == {town.buildings[1]}


def test_opendk_7_no_number_another_number_death_and_move(town: Town, tmp_path: Path, actor_for: Callable[..., Actor]) -> None:
    """Upward import failed on people without a number, with a changed number, on deaths and on moves."""
    nameless = line("无名氏", birth=date(1960, 6, 1), sequence=51, building=5, household="", number="", document="")
    take(tmp_path, town.community, "2026-W46", [*PEOPLE, nameless])
    clerk = actor_for("desk_clerk", town.community, today=date(2026, 1, 1))
    known = named(town.community, "张小兰")
    values = {"number": line("张小兰", sequence=14)["number"]}
    amend_person(
        by=clerk, community=town.community, person=known.id, values=values, place=Place.DESK,
        evidence=Evidence.IDENTITY_DOCUMENT,
    )  # fmt: skip
    assert FormerNumber.objects.get().person_id == known.id
    assert named(town.community, "张小兰").number != known.number
    record_death(by=clerk, community=town.community, person=named(town.community, "李大山").id, on=LAST_MONTH, place=Place.DESK)
    assert Person.objects.get(id=named(town.community, "李大山").id).died_on is not None
    moved = line("王小明", birth=date(2012, 6, 1), sequence=31, building=3, household="H5")
    report = take(tmp_path, town.community, "2026-W47", [moved, nameless])
    assert (report.verdicts["changed"], report.verdicts["same"]) == (1, 1)
    assert Person.objects.count() == 4


def test_opendk_7_8_only_counts_go_up() -> None:
    """ "Better to import only the counts": all residents of a sub-district were too many, and nobody's business there."""
    shared = {column.name for column in POPULATION.columns}
    assert shared == {"week", "grid", "age_group", "status", "n", "rule"}
    assert not shared & ({column.name for column in RESIDENT.columns} - {"grid", "status"})


def test_opencrvs_11073_13703_a_wrong_birthday_hides_nobody(town: Town, tmp_path: Path) -> None:
    """Duplicates were missed where the date of birth differs by two or three years."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    for week, year in (("2026-W47", 1956), ("2026-W48", 1951)):
        wrong = line("张小兰", birth=date(year, 3, 7), number="", document="")
        report = take(tmp_path, town.community, week, [wrong, *PEOPLE[1:]])
        assert (report.verdicts["new"], report.verdicts["review"]) == (0, 1)
    assert Person.objects.count() == 3


def test_opencrvs_11877_7240_12059_who_is_registered_is_found_at_once(town: Town, tmp_path: Path) -> None:
    """A second search index was wiped, rebuilt for an hour, and records were invisible meanwhile: here there is none."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    for asked in ("张小兰", "zhangxiaolan", "柳荫苑5号楼"):
        found = search_people(viewer=SYSTEM, community=town.community, q=asked, today=TODAY)
        assert found.rows, asked


def test_opencrvs_10221_nothing_personal_before_somebody_says_why(
    town: Town, tmp_path: Path, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    """Personal data was visible before an assignment."""
    take(tmp_path, town.community, "2026-W46", PEOPLE)
    client = signed_in(actor_for("desk_clerk", town.community, today=date(2026, 1, 1)))
    person = named(town.community, "张小兰")
    pages = [ask(client, person.name), f"/desk/999901001001/people/{person.id}/"]
    for page in pages:
        text = (
            client.get(page)
            .content.decode()
            .replace(f'value="{person.name}"', "")
            .replace(f"“{person.name}”", "")
            .replace("3-2-501", "")
        )
        assert person.number not in text
        assert person.phone not in text
        assert "-501" not in re.sub(AN_ID, "", text), "the door"
    assert AuditEvent.objects.filter(kind="register.person.opened").exists()
    assert not AuditEvent.objects.filter(kind="register.person.revealed").exists()


def test_opencrvs_11991_without_network_the_page_says_so(
    town: Town, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    """Offline, only what was downloaded could be searched. Linli's offline outbox for the register is not built yet; what holds:
    the page says that there is no network and that what is open may be old."""
    worker = signed_in(actor_for("grid_worker", town.grids[0], today=date(2026, 1, 1)))
    text = worker.get("/field/999901001001/homes/").content.decode()
    assert "data-offline" in text


def test_sormas_2539_rows_are_compared_in_sets(town: Town, tmp_path: Path) -> None:
    """230 rows took thirty minutes, because each was compared with everybody by itself."""

    def crowd(count: int, word: str) -> list[dict[str, str]]:
        day = date(1950, 1, 1)
        return [line(f"{word}{n}人", birth=day, sequence=2 * n, household=f"{word}{n}", phone="") for n in range(1, count + 1)]

    def asked(week: str, rows: list[dict[str, str]]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert take(tmp_path, town.community, week, rows).verdicts["new"] > 0
        return len(queries)

    few = asked("2026-W46", crowd(20, "甲"))
    many = asked("2026-W47", [*crowd(20, "甲"), *crowd(230, "乙")])
    assert many < few + 60


def test_opencrvs_performance_figures_are_published() -> None:
    """Two requests a second was all that was published: each number of ours stands in the benchmarks, with its command."""
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert "script/bench" in text
