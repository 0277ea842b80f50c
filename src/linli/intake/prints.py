"""Fingerprints of rows: one that says word for word what its source said last time costs a keyed hash and a join, no decryption.

What is stored is the hash under the community's own key, so that nobody who holds the table alone can try texts out against it. A
print speaks of the mapping it was made by: another definition, or the same with another option, recognises nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from linli.intake import bulk
from linli.intake.kinds import Outcome, Recognised, Verdict
from linli.intake.models import Change, Gate, HandWork, RowPrint, RowResult
from linli.intake.readers.table import Columns
from linli.trust import blinder

VERSION = 1
"""Raised when a change of the program makes the same text mean something else."""

BYTES = 17
_SLICE = 50_000
_READ = 2_000_000
_SEPARATOR = 0x1F
_KEPT = (Verdict.NEW, Verdict.CHANGED, Verdict.SAME)


@dataclass(frozen=True)
class Prints:
    """The prints of a file's rows. ``numbers``: int64, rising; ``values``: uint8, (rows, 17); ``usable``: which are one."""

    source: str
    numbers: np.ndarray
    values: np.ndarray
    usable: np.ndarray


def purpose_of(source: str, definition: Mapping[str, Any], fields: Iterable[str]) -> str:
    """What a print is made for: the mapping, word for word, and which of its fields the file has."""
    said = json.dumps([VERSION, definition, sorted(fields)], sort_keys=True, ensure_ascii=True)
    return f"{source}/{hashlib.sha256(said.encode()).hexdigest()}"


def prints_of(
    community: UUID, source: str, purpose: str, table: Columns, places: Sequence[int], faulty: Collection[int]
) -> Prints:
    """The prints of all rows over the columns ``places``; rows with a fault (``faulty``: their numbers) are not usable."""
    usable = np.ones(len(table.numbers), bool)
    if faulty:
        usable &= ~np.isin(table.numbers, np.fromiter(faulty, np.int64))
    chosen = [table.columns[place] for place in places]
    raw = blinder(community).prints(purpose, _messages(chosen, usable))
    return Prints(source, table.numbers, np.frombuffer(raw, np.uint8).reshape(-1, BYTES), usable)


def _messages(columns: Sequence[pa.ChunkedArray], usable: np.ndarray) -> Iterator[bytes]:
    """The cells of each row with a sign between them that no cell has: a row with that sign in a cell gives no usable print."""
    for start in range(0, len(usable), _SLICE):
        cells = [pa.concat_arrays(column.slice(start, _SLICE).cast(pa.large_binary()).chunks) for column in columns]
        joined = pc.binary_join_element_wise(*cells, pa.scalar(bytes([_SEPARATOR]), pa.large_binary()))
        expected = len(columns) - 1
        if np.count_nonzero(np.frombuffer(joined.buffers()[2], np.uint8) == _SEPARATOR) != expected * len(joined):
            signs = pc.count_substring(joined, bytes([_SEPARATOR])).to_numpy()
            usable[start : start + _SLICE] &= signs == expected
        yield from joined.to_pylist()


def recognise_rows(community: UUID, prints: Prints) -> Recognised:
    """The rows whose print is known, each once, with the record it speaks of."""
    known, objects = _stored(community, prints.source)
    if not len(known) or not len(prints.values):
        return Recognised.none()
    order = np.argsort(_halves(known), kind="stable")
    keys = _halves(known)[order]
    wanted = _halves(prints.values)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    places = order[at]
    hit = np.flatnonzero(prints.usable & (keys[at] == wanted))
    hit = hit[(known[places[hit]] == prints.values[hit]).all(axis=1)]
    _, first = np.unique(places[hit], return_index=True)
    hit = hit[np.sort(first)]
    return Recognised(prints.numbers[hit], objects[places[hit]])


def _halves(values: np.ndarray) -> np.ndarray:
    """Eight bytes of each print as a number, to sort and search by; the rest is compared where these agree."""
    return np.ascontiguousarray(values[:, 1:9]).view(np.uint64).ravel()


def _stored(community: UUID, source: str) -> tuple[np.ndarray, np.ndarray]:
    """All prints of a source, oldest first: uint8 (n, 17), and S32 the ids beside them; put together by the database itself."""
    postgres = connection.vendor == "postgresql"
    table = connection.ops.quote_name(RowPrint._meta.db_table)
    packed = (
        "string_agg(print, ''::bytea), string_agg(replace(object_id::text, '-', ''), '')"
        if postgres
        else "group_concat(hex(print), ''), group_concat(object_id, '')"
    )
    sql = (
        f"SELECT {packed}, max(id) FROM (SELECT id, print, object_id FROM {table}"
        f" WHERE community_id = %s AND source = %s AND id > %s ORDER BY id LIMIT {_READ}) AS s"
    )
    key = RowPrint._meta.get_field("community").get_db_prep_value(community, connection)
    prints, objects, last = [b""], [b""], 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql, [key, source, last])
            some, ids, newest = cursor.fetchone()
            if newest is None:
                break
            prints.append(bytes(some) if postgres else bytes.fromhex(some))
            objects.append(ids.encode())
            last = newest
    return np.frombuffer(b"".join(prints), np.uint8).reshape(-1, BYTES), np.frombuffer(b"".join(objects), "S32")


def keep_prints(community: UUID, batch: UUID, prints: Prints, outcomes: Iterable[Outcome]) -> int:
    """Note, inside the command that applies a batch, by which row each record was spoken of. Returns how many were noted.

    A record that the batch changed is forgotten for every other source: its rows have to be compared with it anew. So is, for
    this one, a record whose row was not believed in all it says: time or a newer day of verification may let it be.
    """
    told: dict[UUID, int] = {}
    touched: list[UUID] = []
    unsettled: list[UUID] = []
    for o in outcomes:
        if o.object_id is None:
            continue
        if o.verdict is not Verdict.SAME:
            touched.append(o.object_id)
        if not o.settled:
            unsettled.append(o.object_id)
        elif o.verdict in _KEPT:
            told.setdefault(o.object_id, o.row)
    if not told and not touched and not unsettled:
        return 0
    if RowPrint.objects.filter(community=community).exists():
        bulk.delete(RowPrint, touched, column="object_id", community=community)
        bulk.delete(RowPrint, [*told, *unsettled], column="object_id", community=community, source=prints.source)
    rows = np.fromiter(told.values(), np.int64, len(told))
    places = np.searchsorted(prints.numbers, rows)
    usable = prints.usable[places]
    chosen = prints.values[places].tobytes()
    noted = (
        (community, prints.source, chosen[BYTES * i : BYTES * (i + 1)], object_id, batch)
        for i, object_id in enumerate(told)
        if usable[i]
    )
    done = bulk.insert(RowPrint, ("community", "source", "print", "object_id", "batch"), noted)
    bulk.counted(done, RowPrint)
    return done


def forget_prints(community: UUID, object_ids: Collection[UUID], *, by: UUID | None = None) -> int:
    """Let the next file be compared with these records in full: for a flat that changed them by itself (a door check).

    Call it inside the command that changes them: a plan that was made before, and not written yet, is made anew, and a file that
    was written before is no longer undone for them. ``by``: the account that changed them. Returns how many prints went.
    """
    if not object_ids:
        return 0
    gate, _ = Gate.objects.select_for_update().get_or_create(community_id=community)
    turn, now = gate.turn + 1, timezone.now()
    Gate.objects.filter(community=community).update(turn=turn)
    HandWork.objects.bulk_create(
        (HandWork(community_id=community, object_id=one, turn=turn, at=now, by=by) for one in dict.fromkeys(object_ids)),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["object_id"],
        update_fields=["turn", "at", "by"],
    )
    return bulk.delete(RowPrint, object_ids, column="object_id", community=community)


def forget_batch(community: UUID, batch: UUID) -> None:
    """Inside an undo: forget what the batch noted, and whatever is noted of a record that it made or rewrote."""
    mine = RowPrint.objects.filter(community=community)
    mine.filter(batch=batch).delete()
    told = RowResult.objects.filter(batch=batch, object_id__isnull=False).values("object_id")
    noted = Change.objects.filter(batch=batch).values("object_id")
    mine.filter(Q(object_id__in=told) | Q(object_id__in=noted)).delete()
