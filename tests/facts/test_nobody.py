"""Nobody's name, number, telephone, address or birth date is in any fact of a loaded town, local or shared."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from linli import facts
from linli.facts import TABLES, ColumnKind, Grade
from linli.focus.models import Board, Decision, Finding
from linli.kernel.actor import SYSTEM
from linli.monday.models import Round
from linli.trust.disclosure import CURRENT, rules
from linli.trust.models import AuditEvent
from tests.support.town import Town

pytestmark = pytest.mark.xdist_group("town-facts")


def _rows(files: Path) -> Iterator[dict[str, str]]:
    for path in sorted(files.glob("inbox/*/人口_*.csv")):
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("gb18030")
        yield from csv.DictReader(text.splitlines())


@pytest.fixture(scope="module")
def identifying(town_files: Path) -> dict[str, set[str]]:
    """Everything in the delivered files that tells who somebody is."""
    told: dict[str, set[str]] = {"name": set(), "number": set(), "telephone": set(), "address": set(), "birth": set()}
    for row in _rows(town_files):
        told["name"].add(row["姓名"].strip())
        told["number"].add(row["公民身份号码"].strip())
        told["telephone"] |= {row["联系电话"].strip(), re.sub(r"\D", "", row["联系电话"])}
        told["address"] |= {row["现住址"].strip(), row["户籍地址"].strip()}
        born = re.sub(r"\D", "-", row["出生日期"].strip()).strip("-")
        told["birth"].add(row["出生日期"].strip())
        with suppress(ValueError):  # among the days there are impossible ones
            day = datetime.strptime(born, "%Y-%m-%d").replace(tzinfo=UTC)
            told["birth"] |= {f"{day:%Y%m%d}", f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}"}
    return {what: {value for value in values if len(value) >= 2} for what, values in told.items()}


def _snapshots(town: Town) -> list[tuple[str, Path]]:
    found = facts.snapshots(viewer=SYSTEM, community=town.community)
    base = Path(settings.DATA) / "facts" / str(town.community)
    return [(snapshot.week, base / snapshot.week / snapshot.digest[:16]) for snapshot in found]


def _texts(table: pa.Table) -> Iterator[str]:
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_string(column.type):
            yield from (value for value in column.unique().to_pylist() if value)
        elif pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            yield from (f"{value:.0f}" for value in column.unique().to_pylist() if value is not None and value == value)


def test_the_town_gives_something_to_look_for(identifying: dict[str, set[str]], town: Town) -> None:
    assert {what: len(values) > 100 for what, values in identifying.items()} == dict.fromkeys(identifying, True)
    assert len(_snapshots(town)) == len(town.weeks)
    for _week, place in _snapshots(town):
        assert {path.stem for path in place.iterdir()} == set(TABLES)
        assert pq.read_metadata(place / "resident.parquet").num_rows > 200


def test_no_fact_holds_what_identifies(identifying: dict[str, set[str]], town: Town) -> None:
    exact = set().union(*identifying.values())
    within = [re.escape(value) for what in ("name", "number", "telephone", "address") for value in identifying[what]]
    pattern = re.compile("|".join(sorted(within, key=len, reverse=True)))
    for week, place in _snapshots(town):
        for path in place.iterdir():
            table = pq.read_table(path)
            for text in _texts(table):
                assert text not in exact, (week, path.stem)
                assert not pattern.search(text), (week, path.stem)
            told = str(table.schema.metadata) + " ".join(table.column_names)
            assert not pattern.search(told), (week, path.stem)


def test_not_even_the_bytes_of_a_file_do(identifying: dict[str, set[str]], town: Town) -> None:
    """Statistics in a Parquet footer are not compressed: the least and the greatest value of a column stand there as they are."""
    needles = [
        value.encode() for what in ("name", "number", "address") for value in identifying[what] if len(value.encode()) >= 6
    ]
    for _week, place in _snapshots(town):
        for path in place.iterdir():
            raw = path.read_bytes()
            assert not [needle for needle in needles if needle in raw], path.stem


def test_no_fact_holds_a_day_of_birth(town: Town) -> None:
    """No column is a plain date, and no instant lies before the town began to be known."""
    began = datetime.combine(town.weeks[0].monday, datetime.min.time(), UTC) - timedelta(days=400)
    for _week, place in _snapshots(town):
        for path in place.iterdir():
            table = pq.read_table(path)
            for name in table.column_names:
                kind = table.schema.field(name).type
                assert not pa.types.is_date(kind), (path.stem, name)
                if pa.types.is_timestamp(kind):
                    instants = [value for value in table.column(name).to_pylist() if value is not None]
                    assert min(instants, default=began) >= began, (path.stem, name)


def test_a_pseudonym_stays_the_same_and_tells_nothing(town: Town) -> None:
    first, last = (pq.read_table(place / "resident.parquet") for _week, place in (_snapshots(town)[0], _snapshots(town)[-1]))
    before, now = (set(table.column("person").to_pylist()) for table in (first, last))
    assert len(before & now) > 0.8 * len(before)
    assert all(re.fullmatch(r"[0-9a-f]{16}", person) for person in before | now)
    assert len(now) == last.num_rows


def test_shared_facts_hold_no_small_count_and_speak_of_nobody(town: Town) -> None:
    rule = rules()[CURRENT]
    for _week, place in _snapshots(town):
        for name, table in TABLES.items():
            if table.grade is not Grade.SHARED:
                continue
            assert {column.kind for column in table.columns} <= {
                ColumnKind.WEEK,
                ColumnKind.GRID,
                ColumnKind.CODE,
                ColumnKind.COUNT,
            }
            rows = pq.read_table(place / f"{name}.parquet")
            assert set(rows.column("rule").to_pylist()) <= {CURRENT}
            counts = [n for n in rows.column("n").to_pylist() if n is not None]
            assert not [n for n in counts if 0 < n < rule.threshold or n % rule.base], name
    assert pq.read_table(_snapshots(town)[-1][1] / "population.parquet").num_rows > 0


def test_nothing_derived_names_anybody(identifying: dict[str, set[str]], town: Town) -> None:
    """Boards, findings, reports of a round and the audit trail: what is stored of a judgement speaks of places and matters."""
    names = re.compile("|".join(re.escape(v) for what in ("name", "number", "telephone", "address") for v in identifying[what]))

    def scan(rows: Any, *fields: str) -> int:
        seen = 0
        for row in rows.values(*fields):
            text = str(row)
            seen += 1
            assert not names.search(text), names.search(text)
        return seen

    assert scan(Finding.objects.filter(community=town.community), "title", "reason", "facts", "series", "identity", "parts") > 0
    assert scan(Board.objects.filter(community=town.community), "grids", "unjudged") == len(town.weeks)
    assert scan(Round.objects.filter(community=town.community), "report", "stages", "files") == len(town.weeks)
    assert scan(AuditEvent.objects.all(), "ids", "fields", "counts", "digest", "reason") > 0
    scan(Decision.objects.filter(community=town.community), "reason")
