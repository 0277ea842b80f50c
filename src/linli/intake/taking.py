"""Taking a file in: recognise, read, plan outside any transaction; then one command writes it, or nothing is written.

These are the public verbs. What they write goes through :mod:`linli.intake.commands`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.intake import bulk, commands, store
from linli.intake.commands import Draft, Overtaken
from linli.intake.engine import InternalFault, Reading, fingerprint, read_file, whole
from linli.intake.kinds import KINDS, Kind, Outcome, Plan, Undone
from linli.intake.mapping import Definition, definition_of
from linli.intake.models import Batch, Gate
from linli.intake.models import Mapping as MappingRow
from linli.intake.quiet import uncollected
from linli.intake.recognition import mapping_for, mapping_named
from linli.intake.rules import State, may_approve
from linli.intake.tally import Results
from linli.kernel.errors import BadInput, Conflict, LinliError, NotFound, Where
from linli.kernel.ids import new_id
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, Actor

BUSY = sentence("intake.batch.busy", "Other files are being taken in for this community at the same time.")
TRY_AGAIN = sentence("intake.batch.try_again", "Try again in a minute. Nothing was written.")
PREVIEW_OLD = sentence("intake.batch.preview_old", "Since the preview the records have changed, and the result would be another.")
SEE_AGAIN = sentence("intake.batch.see_again", "Look at the new preview, then decide.")

_TRIES = 5


@dataclass(frozen=True)
class BatchReport:
    """What became of a file. ``verdicts`` sum up to ``rows``; ``again``: the file was taken in before, nothing was written."""

    batch: UUID
    kind: str
    mapping: str
    file_name: str
    sha256: str
    state: State
    rows: int
    verdicts: Mapping[str, int]
    counts: Mapping[str, int]
    as_of: datetime
    ignored: tuple[str, ...] = ()
    again: bool = False
    seconds: float = 0.0
    refused: tuple[Outcome, ...] = field(default=(), repr=False)

    @property
    def anything_refused(self) -> bool:
        return self.verdicts.get("refused", 0) > 0

    @property
    def waits(self) -> bool:
        """Whether nothing is written until a second person approves it."""
        return self.state is State.AWAITING

    def as_json(self) -> dict[str, Any]:
        """For machines; the refused rows with their keys, never a cell."""
        value = asdict(self)
        value["refused"] = [
            {"row": o.row, "column": o.column, "reason": o.words.as_json() if o.words else None} for o in self.refused
        ]
        return value


def take_in(
    *,
    by: Actor,
    community: UUID,
    path: Path,
    mapping: str | None = None,
    as_of: datetime | None = None,
    received_at: datetime | None = None,
    file_name: str = "",
) -> BatchReport:
    """Take a file in: read, plan, write in one transaction. The same file (SHA-256) again writes nothing (``again``).

    A file that a second person has to look at is kept instead (state ``awaiting``) until :func:`approve`.

    ``mapping``: its name; None recognises the file by the declared ones. ``as_of``: the instant it speaks for (default now).
    BadInput where the file is unknown or unusable (then noted among the batches, if its mapping is known); faulty rows are
    refused alone.
    """
    return _take(
        by=by,
        community=community,
        path=path,
        mapping=mapping,
        as_of=as_of,
        received_at=received_at,
        file_name=file_name,
        write=True,
    )


def preview(
    *,
    by: Actor,
    community: UUID,
    path: Path,
    mapping: str | None = None,
    as_of: datetime | None = None,
    received_at: datetime | None = None,
    file_name: str = "",
) -> BatchReport:
    """As :func:`take_in`, but records stay as they are: the batch is kept as previewed, with the outcome of every row."""
    return _take(
        by=by,
        community=community,
        path=path,
        mapping=mapping,
        as_of=as_of,
        received_at=received_at,
        file_name=file_name,
        write=False,
    )


def apply_preview(*, by: Actor, community: UUID, batch: UUID) -> BatchReport:
    """Write a previewed batch. Conflict and a renewed preview where the result would now be another."""
    found = _found(by, community, batch)
    if found.state != State.PREVIEWED:
        raise Conflict(commands.NOT_NOW, remedy=commands.LOOK_AGAIN)
    return _as_seen(by, community, found, brought_by=by.account)


def approve(*, by: Actor, community: UUID, batch: UUID) -> BatchReport:
    """Write a batch that waits for a second person, who is another than the one who brought it, and never the system.

    It is planned again: Conflict and a renewed look where the result would now be another.
    """
    found = _found(by, community, batch)
    if found.state != State.AWAITING:
        raise Conflict(commands.NOT_NOW, remedy=commands.LOOK_AGAIN)
    if not may_approve(found.by, by.account):
        raise Conflict(commands.OWN_FILE, remedy=commands.ANOTHER)
    return _as_seen(by, community, found, brought_by=found.by)


def _found(by: Actor, community: UUID, batch: UUID) -> Batch:
    found = Batch.objects.filter(id=batch, community=community).select_related("mapping").first()
    if found is None or not by.sees_community(community):
        raise NotFound(NOT_FOUND)
    return found


@uncollected()
@bulk.roomy()
def _as_seen(by: Actor, community: UUID, found: Batch, *, brought_by: UUID | None) -> BatchReport:
    """Write what somebody looked at, if that is still what would happen."""
    definition = definition_of(found.mapping.definition)
    approving = found.state == State.AWAITING
    with store.opened(found.kept, community=community, file_name=found.file_name) as path:
        if fingerprint(path) != found.sha256:
            raise Conflict(store.FILE_CHANGED, where=Where(file=found.file_name), remedy=store.TAKE_AGAIN)
        job = _Job(
            by, community, path, found.mapping, definition, found.sha256, found.file_name, found.as_of, found.received_at,
            found.id, brought_by,
        )  # fmt: skip
        for _ in range(_TRIES):
            draft, plan, results, reading = job.plan()
            if results.digest(plan.counts) != found.digest:
                keep = commands.keep_awaiting if approving else commands.keep_preview
                keep(by=by, community=community, draft=draft, plan=plan, results=results)
                raise Conflict(PREVIEW_OLD, remedy=SEE_AGAIN)
            if plan.needs_second and not approving:
                commands.keep_awaiting(by=by, community=community, draft=draft, plan=plan, results=results)
                return job.report(State.AWAITING, draft, plan, results)
            write = commands.approve_batch if approving else commands.apply_batch
            try:
                write(by=by, community=community, draft=draft, plan=plan, results=results, prints=reading.prints)
            except Overtaken:
                continue
            return job.report(State.APPLIED, draft, plan, results)
    raise Conflict(BUSY, remedy=TRY_AGAIN)


def rehearse_undo(*, by: Actor, community: UUID, batch: UUID) -> Undone:
    """What an undo would give back and keep: done and rolled back, so that the answer is exact."""
    try:
        commands.rehearse_undo(by=by, community=community, batch=batch)
    except commands.Rehearsed as rehearsed:
        return rehearsed.undone
    raise AssertionError("a rehearsal always rolls back")


def discard_preview(*, by: Actor, community: UUID, batch: UUID) -> None:
    """Throw a preview away, and the copy of its file with it."""
    store.forget(commands.drop_preview(by=by, community=community, batch=batch))


@dataclass(frozen=True)
class _Job:
    by: Actor
    community: UUID
    path: Path
    mapping: MappingRow
    definition: Definition
    sha256: str
    file_name: str
    as_of: datetime
    received_at: datetime
    batch: UUID
    brought_by: UUID | None
    started: float = field(default_factory=time.perf_counter)

    @property
    def kind(self) -> Kind:
        return KINDS[self.definition.kind]

    def draft(self, *, kept: str = "", **rest: Any) -> Draft:
        return Draft(
            batch=self.batch,
            mapping=self.mapping.id,
            kind=self.kind,
            file_name=self.file_name,
            sha256=self.sha256,
            size=self.path.stat().st_size,
            kept=kept,
            received_at=self.received_at,
            as_of=self.as_of,
            started=self.started,
            by=self.brought_by,
            **rest,
        )

    def plan(self) -> tuple[Draft, Plan, Results, Reading]:
        """Read and plan; the turn is taken before, so that whatever is written meanwhile is noticed."""
        turn = Gate.objects.filter(community=self.community).values_list("turn", flat=True).first() or 0
        reading = read_file(
            self.path,
            self.definition,
            self.kind,
            file_name=self.file_name,
            community=self.community,
            declared=self.mapping.definition,
        )
        further = {"recognised": reading.recognised} if self.kind.recalls else {}
        plan = self.kind.plan(
            viewer=self.by,
            community=self.community,
            rows=reading.rows,
            options=self.definition.options,
            as_of=self.as_of,
            **further,
        )
        results = whole(reading, plan.outcomes, self.definition)
        kept = store.keep(self.path, community=self.community, sha256=self.sha256)
        return self.draft(kept=kept, turn=turn, encoding=reading.encoding, ignored=reading.ignored), plan, results, reading

    def report(self, state: State, draft: Draft, plan: Plan, results: Results) -> BatchReport:
        return BatchReport(
            batch=self.batch,
            kind=self.kind.name,
            mapping=self.mapping.name,
            file_name=self.file_name,
            sha256=self.sha256,
            state=state,
            rows=len(results),
            verdicts=results.tally(),
            counts=dict(plan.counts),
            as_of=self.as_of,
            ignored=draft.ignored,
            seconds=round(time.perf_counter() - self.started, 3),
            refused=results.refused(),
        )


@uncollected()
@bulk.roomy()
def _take(
    *,
    by: Actor,
    community: UUID,
    path: Path,
    mapping: str | None,
    as_of: datetime | None,
    received_at: datetime | None,
    file_name: str,
    write: bool,
) -> BatchReport:
    if not by.sees_community(community):
        raise NotFound(NOT_FOUND)
    name = file_name or path.name
    if mapping is None:
        row, definition = mapping_for(viewer=by, community=community, path=path, file_name=name)
    else:
        row, definition = mapping_named(viewer=by, community=community, name=mapping)
    now = timezone.now()
    try:
        sha256 = fingerprint(path)
    except OSError:
        raise BadInput("intake.file.absent", where=Where(file=name), remedy="intake.file.check_path") from None
    if before := _before(community, sha256, definition.kind):
        return report_of(before, row.name)
    job = _Job(by, community, path, row, definition, sha256, name, as_of or now, received_at or now, new_id(), by.account)
    for _ in range(_TRIES):
        try:
            draft, plan, results, reading = job.plan()
        except InternalFault:
            raise
        except BadInput as fault:
            commands.refuse_batch(by=by, community=community, draft=job.draft(), error=error_of(fault))
            raise
        if not write or plan.needs_second:
            keep = commands.keep_awaiting if write else commands.keep_preview
            keep(by=by, community=community, draft=draft, plan=plan, results=results)
            return job.report(State.AWAITING if write else State.PREVIEWED, draft, plan, results)
        try:
            commands.apply_batch(by=by, community=community, draft=draft, plan=plan, results=results, prints=reading.prints)
        except Overtaken:
            # Whoever came between may have brought this very file.
            if before := _before(community, sha256, definition.kind):
                return report_of(before, row.name)
            continue
        return job.report(State.APPLIED, draft, plan, results)
    raise Conflict(BUSY, remedy=TRY_AGAIN)


def _before(community: UUID, sha256: str, kind: str) -> Batch | None:
    """What became of the same content before: it was written, or waits for a second person."""
    same = Batch.objects.filter(community=community, sha256=sha256, kind=kind, state__in=(State.APPLIED, State.AWAITING))
    return same.order_by("state").first()


def report_of(batch: Batch, mapping: str) -> BatchReport:
    """The report of a batch that was written before."""
    return BatchReport(
        batch=batch.id,
        kind=batch.kind,
        mapping=mapping,
        file_name=batch.file_name,
        sha256=batch.sha256,
        state=State(batch.state),
        rows=batch.rows,
        verdicts=batch.verdicts,
        counts=batch.counts,
        as_of=batch.as_of,
        ignored=tuple(batch.ignored),
        again=True,
        seconds=batch.seconds,
    )


def error_of(fault: LinliError) -> dict[str, Any]:
    """A fault as it is stored: words, remedy and place."""
    return {
        "words": fault.words.as_json(),
        "remedy": fault.remedy.as_json() if fault.remedy else None,
        "row": fault.where.row,
        "column": fault.where.column,
    }
