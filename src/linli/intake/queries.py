"""What may be read of imports: batches, the result of every row, the mappings. Each within the viewer's scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from linli.intake.engine import fingerprint
from linli.intake.kinds import KINDS, Kept, Verdict, Why
from linli.intake.models import Batch, RowResult, UndoKept
from linli.intake.models import Mapping as MappingModel
from linli.intake.rules import State, rows_in
from linli.intake.undoing import rows_back
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.words import SENTENCES, Words
from linli.trust import NOT_FOUND, account_names


@dataclass(frozen=True)
class BatchRow:
    """One batch. ``verdicts`` sum up to ``rows``; ``label``: key of the sentence that names the kind."""

    id: UUID
    kind: str
    label: str
    mapping: str
    mapping_version: int
    source: str
    file_name: str
    sha256: str
    size: int
    encoding: str
    ignored: tuple[str, ...]
    received_at: datetime
    as_of: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    state: State
    rows: int
    verdicts: Mapping[str, int]
    counts: Mapping[str, int]
    ranges: Mapping[str, Sequence[Sequence[int]]]
    error: Mapping[str, Any] | None
    seconds: float
    by: UUID | None
    awaits: Words | None
    approved_by: UUID | None
    undone_by: UUID | None
    undo_reason: str
    undo: Mapping[str, Any] | None

    @property
    def refused(self) -> int:
        return self.verdicts.get(Verdict.REFUSED.value, 0)

    @property
    def written(self) -> int:
        return sum(self.verdicts.get(v.value, 0) for v in (Verdict.NEW, Verdict.CHANGED, Verdict.LEFT))


@dataclass(frozen=True)
class ResultRow:
    """The result of one row; ``shown`` is masked where the field is sensitive."""

    row: int
    verdict: Verdict
    words: Words | None = None
    remedy: Words | None = None
    column: str = ""
    shown: str = ""
    object_id: UUID | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptRow:
    """A row that an undo left, or would leave, as it is: why, since when, by whose hand or by which later file.

    ``shown``: whom it speaks of, masked; ``batch``: the later file's.
    """

    row: int
    words: Words
    shown: str = ""
    at: datetime | None = None
    by: str = ""
    file: str = ""
    batch: UUID | None = None


@dataclass(frozen=True)
class MappingRow:
    """One declared mapping in force."""

    id: UUID
    name: str
    kind: str
    label: str
    version: int
    declared_at: datetime
    definition: Mapping[str, Any]

    @property
    def words(self) -> Words:
        """The name of the kind."""
        return Words(self.label)


def _sees(viewer: Actor, community: UUID) -> bool:
    """A file speaks of the whole community: whoever works in some of its grids only sees none."""
    return viewer.sees_community(community) and viewer.grids is None


def batches(
    *,
    viewer: Actor,
    community: UUID,
    kind: str | None = None,
    state: State | None = None,
    limit: int = 50,
    before: UUID | None = None,
) -> list[BatchRow]:
    """The newest batches, ``limit`` at a time, older than the batch ``before``."""
    if not _sees(viewer, community):
        return []
    found = Batch.objects.filter(community=community).select_related("mapping").order_by("-id")
    if kind:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    if before:
        found = found.filter(id__lt=before)
    return [_row(batch) for batch in found[:limit]]


def batch_detail(*, viewer: Actor, community: UUID, batch: UUID) -> BatchRow:
    """One batch. NotFound out of scope."""
    found = Batch.objects.filter(id=batch, community=community).select_related("mapping").first()
    if found is None or not _sees(viewer, community):
        raise NotFound(NOT_FOUND)
    return _row(found)


def undone_before(*, viewer: Actor, community: UUID, path: Path, kind: str) -> bool:
    """Whether what the file holds (SHA-256) was taken in and undone, and has not been taken in as ``kind`` since.

    Undone counts whatever the kind it was taken in as: another mapping is no reason to bring it back unasked. OSError where the
    file can't be read.
    """
    if not _sees(viewer, community):
        return False
    same = Batch.objects.filter(community=community, sha256=fingerprint(path))
    return same.filter(state=State.UNDONE).exists() and not same.filter(state=State.APPLIED, kind=kind).exists()


def latest_batches(*, viewer: Actor, community: UUID, until: datetime | None = None) -> dict[str, BatchRow]:
    """The newest applied batch of each kind, by the instant it speaks for (none later than ``until``)."""
    if not _sees(viewer, community):
        return {}
    found = Batch.objects.filter(community=community, state=State.APPLIED).select_related("mapping")
    if until:
        found = found.filter(as_of__lte=until)
    latest: dict[str, BatchRow] = {}
    for kind in found.values_list("kind", flat=True).order_by().distinct():
        batch = found.filter(kind=kind).order_by("-as_of", "-id").first()
        if batch:
            latest[kind] = _row(batch)
    return latest


def results(
    *, viewer: Actor, community: UUID, batch: UUID, verdict: Verdict, offset: int = 0, limit: int = 50
) -> list[ResultRow]:
    """Rows of one verdict of which more than the verdict is known, by row number; the others are in the batch's ``ranges``."""
    if not _sees(viewer, community):
        return []
    found = RowResult.objects.filter(batch=batch, community=community, verdict=verdict.value).order_by("row")
    return [_result(r) for r in found[offset : offset + limit]]


def results_count(*, viewer: Actor, community: UUID, batch: UUID, verdict: Verdict) -> int:
    """How many rows of one verdict have a result of their own."""
    if not _sees(viewer, community):
        return 0
    return RowResult.objects.filter(batch=batch, community=community, verdict=verdict.value).count()


def plain_rows(*, viewer: Actor, community: UUID, batch: UUID, verdict: Verdict) -> list[int] | None:
    """The row numbers of one verdict if nothing more is to be said of any of them; None where of some there is."""
    if not _sees(viewer, community):
        return None
    found = RowResult.objects.filter(batch=batch, community=community, verdict=verdict.value)
    if found.exclude(column="").exists():
        return None
    rows: list[int] = []
    for row, words, fields in found.order_by("row").values_list("row", "words", "fields").iterator(chunk_size=5000):
        if words or fields:
            return None
        rows.append(row)
    return rows


def every_result(*, viewer: Actor, community: UUID, batch: UUID) -> Iterator[ResultRow]:
    """Every row of the file with its result, by row number. NotFound out of scope."""
    found = batch_detail(viewer=viewer, community=community, batch=batch)
    plain = sorted((row, Verdict(verdict)) for verdict, runs in found.ranges.items() for row in rows_in(runs))
    waiting = iter(plain)
    next_plain = next(waiting, None)
    for told in RowResult.objects.filter(batch=batch, community=community).order_by("row").iterator(chunk_size=2000):
        while next_plain and next_plain[0] < told.row:
            yield ResultRow(*next_plain)
            next_plain = next(waiting, None)
        yield _result(told)
    while next_plain:
        yield ResultRow(*next_plain)
        next_plain = next(waiting, None)


def reasons(*, viewer: Actor, community: UUID, batch: UUID, verdict: Verdict = Verdict.REFUSED) -> list[tuple[Words, int]]:
    """Why rows have this verdict: each reason with the number of its rows, most frequent first.

    A reason that names another row is told once for all: by the sentence ``<key>.any``, where its flat has one.
    """
    if not _sees(viewer, community):
        return []
    counted: dict[str, tuple[Words, int]] = {}
    for words in RowResult.objects.filter(batch=batch, community=community, verdict=verdict.value).values_list(
        "words", flat=True
    ):
        if words:
            general = f"{words['key']}.any"
            told = Words(general) if general in SENTENCES else Words.from_json(words)
            first, number = counted.get(words["key"], (told, 0))
            counted[words["key"]] = (first, number + 1)
    return sorted(counted.values(), key=lambda pair: -pair[1])


def kept_rows(*, viewer: Actor, community: UUID, batch: UUID, offset: int = 0, limit: int = 50) -> list[KeptRow]:
    """The rows that an undone batch could not give back, by row number."""
    if not _sees(viewer, community):
        return []
    found = UndoKept.objects.filter(batch=batch, community=community).order_by("row", "id")[offset : offset + limit]
    kept = [Kept(one.row, Why(Words.from_json(one.words), one.at, one.by, one.file), one.object_id) for one in found]
    return told_of(viewer=viewer, community=community, batch=batch, kept=kept)


def told_of(*, viewer: Actor, community: UUID, batch: UUID, kept: Sequence[Kept]) -> list[KeptRow]:
    """Rows that stay, with the names of whom they speak of (masked), of who worked on them, and of the later files."""
    mine = Batch.objects.filter(id=batch, community=community).first()
    if mine is None or not _sees(viewer, community):
        return []
    names = account_names(viewer=viewer, accounts={one.why.by for one in kept if one.why.by})
    files = dict(Batch.objects.filter(id__in={one.why.file for one in kept if one.why.file}).values_list("id", "file_name"))
    show = KINDS[mine.kind].show if mine.kind in KINDS else None
    ids = [one.object_id for one in kept if one.object_id]
    shown = show(viewer=viewer, community=community, ids=ids) if show else {}
    return [
        KeptRow(
            one.row,
            one.words,
            shown.get(one.object_id, "") if one.object_id else "",
            one.why.at,
            names.get(one.why.by, "") if one.why.by else "",
            files.get(one.why.file, "") if one.why.file else "",
            one.why.file,
        )
        for one in kept
    ]


def going_back(*, viewer: Actor, community: UUID, batch: UUID, kept: Sequence[Kept]) -> tuple[int, int]:
    """How many of the rows that the batch wrote would go back if ``kept`` stay, and how many it wrote. NotFound out of scope."""
    mine = Batch.objects.filter(id=batch, community=community).first()
    if mine is None or not _sees(viewer, community):
        raise NotFound(NOT_FOUND)
    return rows_back(mine, kept)


def mappings(*, viewer: Actor, community: UUID) -> list[MappingRow]:
    """The mappings in force, by name."""
    if not _sees(viewer, community):
        return []
    found = MappingModel.objects.filter(community=community, ended_at=None).order_by("name")
    return [MappingRow(m.id, m.name, m.kind, _label(m.kind), m.version, m.declared_at, m.definition) for m in found]


def mapping_of(*, viewer: Actor, community: UUID, batch: UUID) -> MappingRow:
    """The mapping that a batch was read by, in the version of that time. NotFound out of scope."""
    found = MappingModel.objects.filter(batches=batch, community=community).first()
    if found is None or not _sees(viewer, community):
        raise NotFound(NOT_FOUND)
    return MappingRow(found.id, found.name, found.kind, _label(found.kind), found.version, found.declared_at, found.definition)


def _row(batch: Batch) -> BatchRow:
    options = batch.mapping.definition.get("options") or {}
    return BatchRow(
        id=batch.id,
        kind=batch.kind,
        label=_label(batch.kind),
        mapping=batch.mapping.name,
        mapping_version=batch.mapping.version,
        source=str(options.get("source", "")),
        file_name=batch.file_name,
        sha256=batch.sha256,
        size=batch.size,
        encoding=batch.encoding,
        ignored=tuple(batch.ignored),
        received_at=batch.received_at,
        as_of=batch.as_of,
        applied_at=batch.applied_at,
        undone_at=batch.undone_at,
        state=State(batch.state),
        rows=batch.rows,
        verdicts=batch.verdicts,
        counts=batch.counts,
        ranges=batch.ranges,
        error=batch.error,
        seconds=batch.seconds,
        by=batch.by,
        awaits=Words.from_json(batch.awaits) if batch.awaits else None,
        approved_by=batch.approved_by,
        undone_by=batch.undone_by,
        undo_reason=batch.undo_reason,
        undo=batch.undo,
    )


def _result(found: RowResult) -> ResultRow:
    return ResultRow(
        found.row,
        Verdict(found.verdict),
        Words.from_json(found.words) if found.words else None,
        Words.from_json(found.remedy) if found.remedy else None,
        found.column,
        found.shown,
        found.object_id,
        tuple(found.fields),
    )


def _label(kind: str) -> str:
    return KINDS[kind].label if kind in KINDS else kind
