"""A file of readings: every row judged, written once, undone; and the facts of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from linli.facts import run, write
from linli.flows import queries
from linli.flows.commands import add_counter, adopt_counters
from linli.flows.facts import READING, build_reading
from linli.flows.models import Counter, Reading
from linli.flows.signals import SERIES
from linli.intake import undo
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput
from linli.kernel.weeks import Week
from linli.territory.models import Feature
from tests.support.ground import IN_01, IN_02

MONDAY = datetime(2026, 11, 8, 16, tzinfo=UTC)
W46 = Week.parse("2026-W46")


@pytest.fixture
def footbridge(community: UUID, grids: dict[str, UUID]) -> UUID:
    name = {"en": "Footbridge", "zh-Hans": "河桥"}
    return add_counter(by=SYSTEM, community=community, code="footbridge", name=name, lon=IN_01[0], lat=IN_01[1])


def test_readings_by_code_or_name(take: Callable[..., Any], footbridge: UUID) -> None:
    report = take(("footbridge", "2026-11-02 08:00", "120"), ("河桥", "2026-11-02 09:00", "80"), as_of=MONDAY)
    assert report.verdicts["new"] == 2
    assert list(Reading.objects.order_by("at").values_list("counter", "at", "value")) == [
        (footbridge, datetime(2026, 11, 2, 0, tzinfo=UTC), 120.0),
        (footbridge, datetime(2026, 11, 2, 1, tzinfo=UTC), 80.0),
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("footbridge", "2026-11-02 08:00", "-1"), "人次"),
        (("footbridge", "2026-11-02 08:00", "nan"), "人次"),
        (("footbridge", "2026-11-02 08:00", ""), "人次"),
        (("footbridge", "2026-11-31 08:00", "1"), "时间"),
        (("footbridge", "2199-11-02 08:00", "1"), "时间"),
        (("nowhere", "2026-11-02 08:00", "1"), "计数器"),
        (("", "2026-11-02 08:00", "1"), "计数器"),
    ],
)
def test_a_bad_row_is_refused_alone(take: Callable[..., Any], footbridge: UUID, row: tuple[str, str, str], column: str) -> None:
    report = take(("footbridge", "2026-11-02 07:00", "1"), row, as_of=MONDAY)
    assert (report.verdicts["new"], report.verdicts["refused"]) == (1, 1)
    assert report.refused[0].column == column
    assert report.refused[0].remedy is not None


def test_doubled_instants(take: Callable[..., Any], footbridge: UUID) -> None:
    take(("footbridge", "2026-11-02 08:00", "120"), as_of=MONDAY)
    report = take(
        ("footbridge", "2026-11-02 08:00", "120"),
        ("footbridge", "2026-11-02 08:00", "121"),
        ("footbridge", "2026-11-02 09:00", "7"),
        ("footbridge", "2026-11-02 09:00", "7"),
        ("footbridge", "2026-11-02 09:00", "8"),
        as_of=MONDAY,
    )
    assert report.verdicts == {"new": 1, "changed": 0, "same": 2, "left": 0, "review": 0, "refused": 2}
    assert sorted(Reading.objects.values_list("value", flat=True)) == [7.0, 120.0]


def test_the_hour_that_comes_twice(take: Callable[..., Any], footbridge: UUID) -> None:
    report = take(
        ("footbridge", "2025-10-26 02:30", "5"), ("footbridge", "2025-10-26 02:30", "6"), as_of=MONDAY, zone="Europe/Prague"
    )
    assert report.verdicts["new"] == 2
    assert list(Reading.objects.order_by("at").values_list("at", "value")) == [
        (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), 5.0),
        (datetime(2025, 10, 26, 1, 30, tzinfo=UTC), 6.0),
    ]


def test_counters_of_the_territory_are_set_up_by_their_first_reading(
    take: Callable[..., Any], community: UUID, grids: dict[str, UUID]
) -> None:
    import shapely

    for code, place in (("gate", IN_02), ("square", IN_01)):
        Feature.objects.create(
            community_id=community, kind="counter", code=code, name={"en": code, "zh-Hans": "门"},
            details={"interval_minutes": 15},
            shape=shapely.Point(*place).wkb, west=place[0], east=place[0], south=place[1], north=place[1],
        )  # fmt: skip
    assert take(("gate", "2026-11-02 08:00", "1"), as_of=MONDAY).counts == {"counters": 1}
    counter = Counter.objects.get()
    assert (counter.code, counter.grid_id, counter.interval_minutes) == ("gate", grids["02"], 15)
    assert adopt_counters(by=SYSTEM, community=community) == {"new": 1, "placed": 0}


def test_unknown_counters_can_be_made_and_undone(take: Callable[..., Any], community: UUID) -> None:
    report = take(("东门", "2026-11-02 08:00", "1"), ("东门", "2026-11-02 09:00", "1"), as_of=MONDAY, unknown_counter="create")
    assert (report.verdicts["new"], report.counts["counters"]) == (2, 1)
    undone = undo(by=SYSTEM, community=community, batch=report.batch, reason="wrong file")
    assert undone.restored == 2
    assert not Reading.objects.exists()
    assert not Counter.objects.exists()


def test_a_counters_code(community: UUID, grids: dict[str, UUID]) -> None:
    for code in ("Gate 3", "", "桥"):
        with pytest.raises(BadInput):
            add_counter(by=SYSTEM, community=community, code=code, name={"en": "x", "zh-Hans": "x"})


def test_facts_as_known_then(take: Callable[..., Any], community: UUID, footbridge: UUID) -> None:
    take(("footbridge", "2026-11-02 00:00", "3"), ("footbridge", "2026-10-03 10:00", "4"), as_of=MONDAY)
    take(("footbridge", "2026-11-01 10:00", "5"), ("footbridge", "2026-11-09 00:00", "6"), as_of=MONDAY + timedelta(days=7))
    rows = READING.checked(build_reading(community, W46, MONDAY)).to_pylist()
    assert {(r["value"], r["day_class"], r["counter"], r["grid"]) for r in rows} == {
        (3.0, 0, "footbridge", "01"),
        (4.0, 2, "footbridge", "01"),
    }
    later = build_reading(community, W46, MONDAY + timedelta(days=7)).to_pylist()
    assert {(r["value"], r["day_class"]) for r in later} == {(3.0, 0), (4.0, 2), (5.0, 1)}
    written = write(community, W46, MONDAY, {"reading": READING})
    series = run(SERIES, community=community, week=W46, digest=written.digest)
    assert series.column_names == ["counter", "grid", "at", "value", "day_class", "interval_minutes", "counted"]


def test_only_thirty_weeks_are_facts(take: Callable[..., Any], community: UUID, footbridge: UUID) -> None:
    take(("footbridge", "2026-04-12 23:00", "1"), ("footbridge", "2026-04-13 00:00", "2"), as_of=MONDAY)
    assert [r["value"] for r in build_reading(community, W46, MONDAY).to_pylist()] == [2.0]


def test_weeks_of_a_counter(
    take: Callable[..., Any], community: UUID, footbridge: UUID, grids: dict[str, UUID], actor_for: Callable[..., Actor]
) -> None:
    hours = [datetime(2026, 11, 2) + timedelta(hours=h) for h in range(168)]  # noqa: DTZ001 - local times of the file
    take(*(("footbridge", f"{h:%Y-%m-%d %H:%M}", "10") for h in hours[:120]), as_of=MONDAY)
    viewer = actor_for("community_manager", community)
    weeks = queries.counter_weeks(viewer=viewer, community=community, counter=footbridge, week=W46, weeks=2)
    assert [(w.week, w.first_day, w.a_day) for w in weeks] == [
        ("2026-W45", date(2026, 10, 26), None),
        ("2026-W46", date(2026, 11, 2), 240.0),
    ]
    assert weeks[1].share_read == pytest.approx(120 / 168)
    elsewhere = actor_for("grid_worker", grids["02"])
    assert queries.counters(viewer=elsewhere, community=community) == []
    assert queries.counter_weeks(viewer=elsewhere, community=community, counter=footbridge, week=W46) == []


def test_nothing_of_another_community(
    other_community: UUID, community: UUID, footbridge: UUID, actor_for: Callable[..., Actor]
) -> None:
    stranger = actor_for("community_manager", other_community)
    assert queries.counters(viewer=stranger, community=community) == []
    assert queries.counter_names(viewer=stranger, community=community) == {}
