"""Who asked to be erased is not to come back with the next file: a keyed mark of their number outlives them, and leads nowhere.

The mark is a keyed hash of the keyed hash by which the register finds a number. Whoever has the key ring *and* the number can ask
"was this number erased here?", and nothing else. It is kept as long as the request itself (purpose ``rights``), in a table that
points to nobody and in ``DATA/keys/erased-marks.jsonl``, so that a restored database knows it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from linli.trust.audit import record
from linli.trust.keyring import folder
from linli.trust.keyring.ledger import append_lines, as_text, read_lines
from linli.trust.keyring.ring import write_file
from linli.trust.models import ErasedMark
from linli.trust.sealing.blinding import Blinder, blinder_of
from linli.trust.sealing.keys import ring_of

PURPOSE = "trust.erased"
Marker = Callable[[UUID, UUID], Iterable[bytes]]
"""(community, subject) → the keyed hashes by which the subject's numbers are found, each with its suite byte."""
IndexOf = Callable[[Blinder], Sequence[bytes | None]]
"""Keyed hashes of one suite → the look-up hashes of what is asked about, None where there is none."""
_MARKERS: list[Marker] = []


def on_marking(marker: Marker) -> None:
    """Have ``marker`` asked before somebody is erased who wants to stay so; called by ``site.wiring``."""
    if marker not in _MARKERS:
        _MARKERS.append(marker)


def keep_marks(community: UUID, subject: UUID, at: datetime) -> int:
    """Keep a mark of each number of somebody about to be erased, inside the running command. Returns how many there are."""
    ring = ring_of(community)
    indexes = {bytes(index) for marker in _MARKERS for index in marker(community, subject) if index}
    for index in indexes:
        mark = _mark(blinder_of(ring, index[0]), index)
        ErasedMark.objects.get_or_create(community_id=community, mark=mark, defaults={"at": at})
    transaction.on_commit(mend_marks)
    return len(indexes)


def erased_before(community: UUID, index_of: IndexOf) -> dict[int, UUID]:
    """Which of the numbers asked about belong to somebody erased: place in the sequence → the mark's id. Quick where none is."""
    return {place: found.id for place, found in _found(community, index_of).items()}


def not_erased(community: UUID, index_of: IndexOf) -> int:
    """Somebody is registered by hand: they, or whoever stands for them, wish it, so no mark stands against it. Returns how many
    went; runs inside a command."""
    return drop_marks(list(_found(community, index_of).values()))


def note_named(community: UUID, rows: Mapping[UUID, int], *, batch: UUID, at: datetime) -> None:
    """A file names somebody erased: by mark, the row. The privacy officer is asked, unless they have decided already."""
    for mark, row in rows.items():
        ErasedMark.objects.filter(community=community, id=mark).update(named_at=at, named_in=batch, named_row=row)
    if rows:
        record("trust.erased.named", ids=[batch], counts={"rows": len(rows)})


def forget_named(community: UUID, batch: UUID) -> None:
    """The file was undone."""
    ErasedMark.objects.filter(community=community, named_in=batch).update(named_at=None, named_in=None, named_row=None)


def replay_marks(community: UUID) -> int:
    """Bring back the marks that the file knows and a restored database doesn't. Returns how many. Then the other way round."""
    known = {bytes(mark) for mark in ErasedMark.objects.filter(community=community).values_list("mark", flat=True)}
    missing = {mark: at for whose, mark, at in _lines() if whose == community and mark not in known}
    ErasedMark.objects.bulk_create(ErasedMark(community_id=community, mark=mark, at=at) for mark, at in missing.items())
    transaction.on_commit(mend_marks)
    return len(missing)


def mend_marks() -> int:
    """Write what the table knows and the file doesn't. Returns how many lines."""
    known = {(whose, mark) for whose, mark, _at in _lines()}
    rows = [(m.community_id, bytes(m.mark), m.at) for m in ErasedMark.objects.order_by("at", "id")]
    missing = [row for row in rows if row[:2] not in known]
    append_lines(_file(), map(_entry, missing))
    return len(missing)


def _found(community: UUID, index_of: IndexOf) -> dict[int, ErasedMark]:
    marks = {bytes(row.mark): row for row in ErasedMark.objects.filter(community=community)}
    found: dict[int, ErasedMark] = {}
    ring = ring_of(community) if marks else None
    for suite in sorted({mark[0] for mark in marks}):
        assert ring is not None
        blind = blinder_of(ring, suite)
        for place, index in enumerate(index_of(blind)):
            if index is not None and (row := marks.get(_mark(blind, index))) is not None:
                found[place] = row
    return found


def _mark(blind: Blinder, index: bytes) -> bytes:
    return blind.index(PURPOSE, index.hex())


def drop_marks(marks: Sequence[ErasedMark]) -> int:
    """Delete marks whose time is over, or that were lifted; from the file as well. Returns how many."""
    gone = {(row.community_id, bytes(row.mark)) for row in marks}
    ErasedMark.objects.filter(id__in=[row.id for row in marks]).delete()
    if gone:
        transaction.on_commit(lambda: _keep_without(gone))
    return len(gone)


def _keep_without(gone: set[tuple[UUID, bytes]]) -> None:
    kept = [line for line in _lines() if line[:2] not in gone]
    write_file(_file(), as_text(map(_entry, kept)).encode())


def _file() -> Path:
    return folder() / "erased-marks.jsonl"


def _entry(row: tuple[UUID, bytes, datetime]) -> dict[str, str]:
    return {"community": str(row[0]), "mark": row[1].hex(), "at": row[2].isoformat()}


def _lines() -> list[tuple[UUID, bytes, datetime]]:
    return read_lines(
        _file(), lambda told: (UUID(told["community"]), bytes.fromhex(told["mark"]), datetime.fromisoformat(told["at"]))
    )
