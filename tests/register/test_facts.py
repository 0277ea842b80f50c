"""Facts of the register carry nobody's name, number, telephone, door or birthday."""

# ruff: noqa: E501 - rows are read by their columns
from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pyarrow.parquet as pq
import pytest

from linli.facts import run, write
from linli.kernel.weeks import Week
from linli.register.facts import POPULATION, RESIDENT, TABLES, derive_population
from linli.register.models import Household, Person
from linli.register.signals import FRESHNESS, SIGNALS
from tests.register.ground import ZONE, Town, build, line, named, take

pytestmark = pytest.mark.django_db
WEEK = Week.parse("2026-W47")
MARKS = {
    "name": "张标记兰", "phone": "000 5550 7331", "key": "REGISTERMARK", "household": "HOUSEHOLDMARK", "hukou_address": "户籍标记路9号",
    "address": "柳荫苑3号楼2单元501室", "needs": "听力", "consent": "2026-01-05",
}  # fmt: skip


@pytest.fixture
def town(community: UUID, data: Path, tmp_path: Path) -> Town:
    made = build(community)
    marked = line("张标记兰") | MARKS
    others = [line(f"邻居{n}", birth=date(1980, 1, 1), sequence=2 * n + 1, building=5, household="") for n in range(7)]
    take(tmp_path, community, "2026-W46", [marked, *others])
    take(tmp_path, community, "2026-W47", [marked, *others[:5]])
    return made


def test_no_identifying_value_reaches_a_file(town: Town) -> None:
    written = write(town.community, WEEK, WEEK.starts_at(ZONE), {table.name: table for table in TABLES})
    from linli.facts.store import folder

    place = folder(town.community, str(WEEK), written.digest)
    person = named(town.community, "张标记兰")
    secrets = [*MARKS.values(), person.number, "00055507331", "标记", "501室", "1954-03-07", "19540307", str(person.id), "听力"]
    for path in place.glob("*.parquet"):
        table = pq.read_table(path)
        values = [str(value) for column in table.columns for value in column.to_pylist()]
        text = "\n".join(values) + str(table.schema)
        assert [secret for secret in secrets if secret in text] == [], path.name
        assert "501" not in values, "three digits may stand by chance in a random id, never alone"


def test_residents_as_rows(town: Town) -> None:
    table = RESIDENT.checked(RESIDENT.build(town.community, WEEK, WEEK.starts_at(ZONE)))
    rows = table.to_pylist()
    assert len(rows) == 8
    person = Person.objects.select_related("subject").get(id=named(town.community, "张标记兰").id)
    (mine,) = [row for row in rows if row["person"] == person.subject.pseudonym]
    house = Household.objects.get(number="HOUSEHOLDMARK")
    assert (mine["grid"], mine["sex"], mine["age_band"], mine["status"], mine["origin"]) == (
        "01",
        "2",
        "70-74",
        "permanent",
        "99",
    )
    assert (mine["household"], mine["household_size"], mine["need_hearing"], mine["need_meals"]) == (
        house.pseudonym,
        1,
        True,
        False,
    )
    assert sorted(row["weeks_unverified"] for row in rows) == [0] * 6 + [1] * 2


def test_the_past_is_rebuilt_as_it_was(town: Town, tmp_path: Path) -> None:
    earlier = WEEK.back()
    before = RESIDENT.build(town.community, earlier, earlier.starts_at(ZONE))
    gone = line("邻居0", birth=date(1980, 1, 1), sequence=1, building=5, household="", change="迁出", change_date="2026-11-01")
    take(tmp_path, town.community, "2026-W48", [gone])
    again = RESIDENT.build(town.community, earlier, earlier.starts_at(ZONE))
    order = [("person", "ascending")]
    assert again.sort_by(order) == before.sort_by(order)
    later = WEEK.next()
    assert RESIDENT.build(town.community, later, later.starts_at(ZONE)).num_rows == 7
    nobody = earlier.back()
    assert RESIDENT.build(town.community, nobody, nobody.starts_at(ZONE)).num_rows == 0


def test_shared_counts_are_protected(town: Town) -> None:
    table = POPULATION.checked(derive_population(RESIDENT.build(town.community, WEEK, WEEK.starts_at(ZONE)), WEEK))
    assert {(row["grid"], row["age_group"]): row["n"] for row in table.to_pylist()} == {
        ("01", "65_over"): None,
        ("02", "15_59"): 5,
    }
    assert "person" not in table.column_names


def test_signals(town: Town) -> None:
    written = write(town.community, WEEK, WEEK.starts_at(ZONE), {RESIDENT.name: RESIDENT})
    found = {
        signal.name: {
            tuple(row.values()) for row in run(signal, community=town.community, week=WEEK, digest=written.digest).to_pylist()
        }
        for signal in SIGNALS
    }
    # n, of them with a care need, of them 65 or older.
    assert found["register.population"] == {("01", 1, 1, 1), ("02", 7, 0, 0)}
    assert found[FRESHNESS.name] == {("01", 0, 1), ("02", 0, 5), ("02", 1, 2)}
