"""Snapshots are whole or absent, and the same facts have the same digest."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.facts import Column, ColumnKind, Grade, Table, sweep, write
from linli.facts.store import folder
from linli.kernel.ids import new_id
from linli.kernel.weeks import Week
from tests.support.source import ROOT

WEEK = Week(date(2026, 11, 16))
NOW = datetime(2026, 11, 15, 16, tzinfo=UTC)
COLUMNS = (Column("grid", ColumnKind.GRID), Column("n", ColumnKind.COUNT), Column("value", ColumnKind.MEASURE))
SCHEMA = pa.schema([("grid", pa.string()), ("n", pa.int64()), ("value", pa.float64())])
Rows = list[tuple[str | None, int | None, float | None]]


def _local(rows: Rows, *, chunks: int = 1) -> dict[str, Table]:
    """A table of these rows, handed over in so many chunks."""

    def build(_community: UUID, _week: Week, _as_of: datetime) -> pa.Table:
        size = max(1, -(-len(rows) // chunks))
        parts = [rows[i : i + size] for i in range(0, len(rows), size)]
        dicts = [[dict(zip(SCHEMA.names, row, strict=True)) for row in part] for part in parts or [[]]]
        return pa.concat_tables([pa.Table.from_pylist(part, schema=SCHEMA) for part in dicts])

    return {"things": Table("things", Grade.LOCAL, COLUMNS, build=build)}


ROWS = st.lists(
    st.tuples(
        st.none() | st.sampled_from(["01", "02", "03"]),
        st.none() | st.integers(0, 99),
        st.none() | st.floats(0, 9, allow_nan=False),
    ),
    max_size=12,
)


@given(rows=ROWS, seed=st.integers(0, 99), chunks=st.integers(1, 4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_rows_in_any_order_have_the_same_digest(rows: Rows, seed: int, chunks: int, data: Path) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))
    one, other = write(new_id(), WEEK, NOW, _local(rows)), write(new_id(), WEEK, NOW, _local(shuffled, chunks=chunks))
    assert one.digest == other.digest
    assert one.tables["things"]["rows"] == len(rows)


@given(rows=ROWS.filter(bool), place=st.integers(0, 11))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_another_value_has_another_digest(rows: Rows, place: int, data: Path) -> None:
    changed = list(rows)
    grid, n, value = changed[place % len(rows)]
    changed[place % len(rows)] = (grid, 100 if n is None else n + 100, value)
    community = new_id()
    assert write(community, WEEK, NOW, _local(rows)).digest != write(community, WEEK, NOW, _local(changed)).digest


def test_what_is_read_is_what_was_written(data: Path) -> None:
    community = new_id()
    rows: Rows = [("02", 3, 1.5), ("01", None, 2.5), (None, 1, None)]
    written = write(community, WEEK, NOW, _local(rows))
    found = pq.read_table(folder(community, str(WEEK), written.digest) / "things.parquet")
    assert found.to_pylist() == [
        {"grid": "01", "n": None, "value": 2.5}, {"grid": "02", "n": 3, "value": 1.5}, {"grid": None, "n": 1, "value": None}
    ]  # fmt: skip
    assert (found.schema.metadata or {})[b"grade"] == b"local"


def test_a_value_that_may_not_pass_leaves_nothing_behind(data: Path) -> None:
    community = new_id()
    with pytest.raises(ValueError, match="not of kind grid"):
        write(community, WEEK, NOW, _local([("韩宇军", 1, 1.0)]))
    assert not (data / "facts" / str(community)).exists()


def test_a_disk_that_fails_leaves_no_half_snapshot(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    community = new_id()
    with monkeypatch.context() as broken:
        broken.setattr(pq, "write_table", full)
        with pytest.raises(OSError, match="no space"):
            write(community, WEEK, NOW, _local([("01", 1, 1.0)]))
    assert [*(data / "facts" / str(community) / str(WEEK)).iterdir()] == []
    assert write(community, WEEK, NOW, _local([("01", 1, 1.0)])).tables["things"]["rows"] == 1


def test_folders_are_their_owners_alone(data: Path) -> None:
    community = new_id()
    place = folder(community, str(WEEK), write(community, WEEK, NOW, _local([("01", 1, 1.0)])).digest)
    assert place.stat().st_mode & 0o777 == 0o700


def test_writers_at_the_same_moment_leave_one_whole_snapshot(data: Path) -> None:
    community, digests, start = new_id(), [], threading.Barrier(4)

    def go() -> None:
        start.wait(10)
        digests.append(write(community, WEEK, NOW, _local([("01", n, 1.0) for n in range(500)])).digest)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(digests) == 4
    assert len(set(digests)) == 1
    assert [p.name for p in (data / "facts" / str(community) / str(WEEK)).iterdir()] == [digests[0][:16]]


def test_sweeping_keeps_the_one_that_counts(data: Path) -> None:
    community = new_id()
    old, new = (write(community, WEEK, NOW, _local([("01", n, 1.0)])).digest for n in (1, 2))
    (folder(community, str(WEEK), new).parent / ".draft-killed").mkdir()
    sweep(community, str(WEEK), new)
    assert [p.name for p in folder(community, str(WEEK), old).parent.iterdir()] == [new[:16]]


_KILLED = """
import os, sys, django
django.setup()
from uuid import UUID
import pyarrow.parquet as pq
from linli.facts import write
from linli.kernel.weeks import Week
from tests.facts.test_store import NOW, WEEK, _local, slow
slow(int(sys.argv[2]))
write(UUID(sys.argv[1]), WEEK, NOW, {**_local([("01", 1, 1.0)]), **slow.tables})
"""


class _Slow:
    """Kills this process after so many tables have been written: as SIGKILL, nothing is tidied up."""

    @property
    def tables(self) -> dict[str, Table]:
        made = _local([("02", 2, 2.0)])["things"]
        return {name: Table(name, made.grade, made.columns, build=made.build) for name in ("more", "other")}

    def __call__(self, after: int) -> None:
        plain: Callable[..., Any] = pq.write_table
        done = []

        def write_table(*args: Any, **kwargs: Any) -> None:
            if len(done) == after:
                os.kill(os.getpid(), signal.SIGKILL)
            plain(*args, **kwargs)
            done.append(1)

        pq.write_table = write_table


slow = _Slow()


@pytest.mark.parametrize("after", [pytest.param(0, marks=pytest.mark.long), 1, pytest.param(2, marks=pytest.mark.long)])
def test_killed_in_the_middle_there_is_no_snapshot_and_the_next_run_makes_it_whole(after: int, data: Path) -> None:
    community = new_id()
    environment = {**os.environ, "LINLI_DATA": str(data), "PYTHONPATH": f"{ROOT}:{ROOT}/src"}
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(community), str(after)], env=environment, cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    place = data / "facts" / str(community) / str(WEEK)
    assert [p.name for p in place.iterdir() if not p.name.startswith(".draft-")] == []
    written = write(community, WEEK, NOW, {**_local([("01", 1, 1.0)]), **slow.tables})
    assert sorted(p.name for p in folder(community, str(WEEK), written.digest).iterdir()) == [
        "more.parquet", "other.parquet", "things.parquet"
    ]  # fmt: skip
    sweep(community, str(WEEK), written.digest)
    assert [p.name for p in place.iterdir()] == [written.digest[:16]]
