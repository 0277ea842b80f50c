"""Who lives where: the same counted from the facts and from the records, and what may be taken away of it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.facts import keep_snapshot, write
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.queries.exports import NOWHERE, _protected, export_of
from linli.register.queries.figures import portrait
from linli.register.queries.structure import Structure, Tally, structure
from linli.register.rules.ages import BANDS
from linli.register.rules.residence import RESIDENT
from linli.trust import SYSTEM, additive, together
from linli.trust.disclosure import ADDITIVE, REST, rules
from linli.trust.models import AuditEvent
from tests.register.ground import ZONE, Town, build, line, take

WEEK = Week.parse("2026-W47")
HOME = "/desk/999901001001/population/"
PEOPLE = [
    line("张小兰", needs="上下楼", consent="2026-01-05"),
    line("张大山", birth=date(1990, 1, 2), sequence=11, building=5, hukou_region="340000", residence="流动人口"),
    line("张小山", birth=date(2018, 5, 5), sequence=31, building=5, household="H5", relation="子"),
    line("李大山", birth=date(1985, 5, 5), sequence=33, building=5, household="H5"),
]


@pytest.fixture
def town(community: UUID, data: Path, tmp_path: Path) -> Town:
    made = build(community)
    take(tmp_path, community, "2026-W47", PEOPLE)
    return made


def keep(town: Town, week: Week = WEEK) -> None:
    """The facts of a Monday."""
    keep_snapshot(by=SYSTEM, community=town.community, written=write(town.community, week, week.starts_at(ZONE)))


@pytest.mark.django_db
def test_facts_records_and_the_page_of_a_grid_agree(town: Town) -> None:
    counted = structure(viewer=SYSTEM, community=town.community, week=WEEK)
    keep(town)
    kept = structure(viewer=SYSTEM, community=town.community, week=WEEK)
    assert counted is not None
    assert kept is not None
    assert counted.digest == ""
    assert kept.digest != ""
    assert kept.places == counted.places
    assert kept.whole.residents == len(PEOPLE)
    for label, grid in zip(("01", "02"), town.grids, strict=True):
        shown, own = kept.places[label].portrait(), portrait(viewer=SYSTEM, community=town.community, week=WEEK, grid=grid)
        for name in ("residents", "households", "floating", "young_and_old", "verified", "stale", "pyramid", "sizes", "origins",
                     "needs", "needing", "dependency"):  # fmt: skip
            assert getattr(shown, name) == getattr(own, name), name


@pytest.mark.django_db
@pytest.mark.parametrize("from_facts", [False, True])
def test_a_worker_sees_their_own_grids_only(town: Town, actor_for: Callable[..., Actor], from_facts: bool) -> None:
    if from_facts:
        keep(town)
    worker = actor_for("grid_worker", town.grids[0])
    mine = structure(viewer=worker, community=town.community, week=WEEK)
    assert mine is not None
    assert set(mine.places) == {"01"}
    assert mine.whole.residents == 1


@pytest.mark.django_db
def test_nothing_of_another_community(town: Town, other_community: UUID, actor_for: Callable[..., Actor]) -> None:
    stranger = actor_for("community_manager", other_community)
    assert structure(viewer=stranger, community=town.community, week=WEEK) is None


@pytest.mark.django_db
def test_pages(town: Town, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]) -> None:
    keep(town)
    manager = signed_in(actor_for("community_manager", town.community))
    page = manager.get(HOME).content.decode()
    assert "<svg" in page
    assert f"{HOME}2026-W47.csv" in page
    for asked in ({"grid": "02"}, {"measure": "floating"}, {"measure": "change", "with": "2026-W40"}, {"week": "2026-W46"},
                  {"measure": "old"}, {"measure": "young"}, {"measure": "x"}):  # fmt: skip
        assert manager.get(HOME, asked).status_code == 200
    assert manager.get(HOME, {"grid": "99"}).status_code == 404
    assert manager.get(HOME, {"week": "soon"}).status_code == 302
    assert manager.get(HOME, {"week": "2999-W01"}).status_code == 302
    worker = signed_in(actor_for("grid_worker", town.grids[0]))
    mine = worker.get(HOME).content.decode()
    assert ".csv" not in mine
    assert worker.get(HOME, {"grid": "02"}).status_code == 404
    assert worker.get(f"{HOME}2026-W47.csv").status_code == 403
    assert signed_in(actor_for("auditor", town.community)).get(HOME).status_code == 403


@pytest.mark.django_db
def test_what_is_taken_away_is_protected_and_logged(
    town: Town, tmp_path: Path, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]
) -> None:
    crowd = [
        line(f"王众{n}", birth=date(1950 + n % 40, 1, 1 + n % 28), sequence=n, household=f"K{n}", building=3 + 2 * (n % 2))
        for n in range(1, 230)
    ]
    take(tmp_path, town.community, "2026-W47", [*PEOPLE, *crowd])
    week = WEEK
    keep(town, week)
    manager = actor_for("community_manager", town.community)
    client = signed_in(manager)
    made = export_of(viewer=manager, community=town.community, week=week)
    assert made is not None
    rows = made.rows()
    told = client.get(f"{HOME}{week}.csv").content.decode("utf-8-sig")
    assert [row["count"] for row in csv.DictReader(io.StringIO(told))] == [str(row["count"]) for row in rows]
    assert client.get(f"{HOME}{week}.json").json()["rule"] == ADDITIVE
    assert AuditEvent.objects.filter(kind="register.export", actor_id=manager.account).count() == 2
    assert {row["rule"] for row in rows} == {ADDITIVE}
    assert all(row["count"] % rules()[ADDITIVE].base == 0 for row in rows)
    assert client.get(f"{HOME}2026-W01.csv").status_code == 404
    assert client.get(f"{HOME}{week}.xlsx").status_code == 404


tallies = st.dictionaries(
    st.sampled_from(["01", "02", "03", "04", "05", ""]),
    st.dictionaries(
        st.tuples(st.sampled_from("0129"), st.sampled_from(BANDS), st.sampled_from(sorted(s.value for s in RESIDENT))),
        st.integers(1, 200),
        max_size=12,
    ),
    min_size=1,
)


@given(tallies)
@settings(max_examples=40)
def test_exports_add_up_and_no_small_place_or_group_stands_alone(people: dict[str, dict[tuple[str, str, str], int]]) -> None:
    places = {label: Tally() for label in people}
    for label, counts in people.items():
        places[label].people.update(counts)
        places[label].sizes.update({1: sum(counts.values())})
    found = Structure(WEEK, places)
    rule = rules()[ADDITIVE]
    made = _protected(found)
    for name, table in made.tables.items():
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for (place, category), count in table.cells.items():
            sums["place", place] += count
            sums["category", category] += count
            assert count % rule.base == 0
        assert all(sums["place", place] == total for place, total in table.by_place.items()), name
        assert all(sums["category", category] == total for category, total in table.by_category.items()), name
        assert sum(table.by_place.values()) == table.total
        assert abs(table.total - sum(tally.residents for tally in places.values())) < rule.base or name not in ("status", "age")
    alone = [place for place in made.tables["status"].places if place != REST]
    assert all(places["" if place == NOWHERE else place].residents >= rule.least for place in alone)


def test_what_is_put_together_is_two_places_at_least_and_not_small() -> None:
    assert together({"01": 400, "02": 300}) == frozenset()
    assert together({"01": 400, "02": 3, "03": 60}) == {"02", "03"}
    assert together({"01": 400, "02": 3, "03": 4, "04": 500}) == {"02", "03", "01"}
    assert together({"01": 3}) == {"01"}


def test_a_small_category_joins_the_next() -> None:
    table = additive({("a", "x"): 3, ("a", "y"): 40, ("a", "z"): 90}, places=["a"], categories=["x", "y", "z"])
    assert table.categories == ("z", REST)
    assert table.total in (130, 135)
