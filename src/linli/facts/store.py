"""Where snapshots lie, and how they get there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from linli.facts.table import TABLES, Grade, Table
from linli.kernel.weeks import Week


@dataclass(frozen=True)
class Written:
    """Facts on disk: their digest (SHA-256 over all tables), and per table its digest, rows and grade."""

    week: str
    digest: str
    tables: Mapping[str, Mapping[str, object]]


def folder(community: UUID, week: str, digest: str) -> Path:
    """The folder of one snapshot."""
    return Path(settings.DATA) / "facts" / str(community) / week / digest[:16]


def _digest(rows: pa.Table) -> str:
    """SHA-256 of a table's Arrow stream: the same rows in the same order give the same digest."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def write(community: UUID, week: Week, as_of: datetime, tables: Mapping[str, Table] | None = None) -> Written:
    """Build and check every table, write them to a folder of their own, and move it into place in one step.

    Raises ValueError where a value may not become a fact; nothing is left behind then. Older drafts of the same week stay until
    :func:`sweep` removes them, so that a reader is never left without its files.
    """
    described: dict[str, Mapping[str, object]] = {}
    built: dict[str, pa.Table] = {}
    offered = TABLES if tables is None else tables
    for table in sorted(offered.values(), key=lambda t: (t.grade is not Grade.LOCAL, t.name)):
        if table.build is not None:
            raw = table.build(community, week, as_of)
        else:
            assert table.derive is not None
            assert table.source is not None
            raw = table.derive(built[table.source], week)
        rows = table.checked(raw)
        order = [(c, "ascending") for c in rows.column_names]
        rows = rows.sort_by(order).replace_schema_metadata({"grade": table.grade.value, "week": str(week)})
        built[table.name] = rows
        described[table.name] = {"digest": _digest(rows), "rows": rows.num_rows, "grade": table.grade.value}
    digest = hashlib.sha256("".join(f"{n}:{d['digest']};" for n, d in sorted(described.items())).encode()).hexdigest()
    place = folder(community, str(week), digest)
    if not place.exists():
        _put(place, built)
    return Written(str(week), digest, described)


def _put(place: Path, built: Mapping[str, pa.Table]) -> None:
    """Write the tables beside ``place``, then move them there whole. Where another did so in the meantime, it is the same."""
    place.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
    try:
        for name, rows in built.items():
            pq.write_table(rows, draft / f"{name}.parquet", compression="zstd")
        try:
            os.replace(draft, place)
        except OSError:
            if not place.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sweep(community: UUID, week: str, keep: str) -> None:
    """Remove everything of a week but the snapshot that counts (drafts of a killed run, an earlier version)."""
    place = folder(community, week, keep)
    for other in place.parent.iterdir():
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
