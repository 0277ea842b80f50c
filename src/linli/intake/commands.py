"""Every write of intake: declaring a mapping, writing a batch, keeping a preview or a refusal, undoing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from linli.intake import bulk, store
from linli.intake.kinds import KINDS, Kind, Outcome, Plan, Undone, Verdict
from linli.intake.mapping import definition_of
from linli.intake.models import Batch, Change, Gate, Mapping, RowResult, UndoKept
from linli.intake.prints import Prints, forget_batch, keep_prints
from linli.intake.rules import State, may_approve, may_become
from linli.intake.tally import Results
from linli.intake.undoing import rows_back
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, Actor, Permission, command, record

TAKEN_BEFORE = sentence("intake.batch.taken_before", "This very file was taken in before.")
NOT_NOW = sentence("intake.batch.not_now", "This batch is in a state in which that cannot happen.")
LOOK_AGAIN = sentence("intake.batch.look_again", "Reload the page to see where it stands.")
NEEDS_SECOND = sentence("intake.batch.needs_second", "A second person has to look at this file before it is written.")
ASK_SECOND = sentence("intake.batch.ask_second", "It waits among the imports; ask a colleague to look at it and approve it.")
OWN_FILE = sentence("intake.batch.own_file", "Whoever brought a file cannot approve it.")
ANOTHER = sentence("intake.batch.another", "Ask a colleague to sign in with an account of their own and approve it.")
REASON_NEEDED = sentence("intake.undo.reason_needed", "Say why the import is to be undone.")
WRITE_REASON = sentence("intake.undo.write_reason", "Write a short reason; it stays with the import.")


class Rehearsed(Exception):
    """Carries the result of a rehearsed undo out of the transaction that it rolls back."""

    def __init__(self, undone: Undone) -> None:
        super().__init__("rehearsed")
        self.undone = undone


class Overtaken(Exception):
    """Another batch was written since the plan was made; the plan must be made again."""


@dataclass(frozen=True)
class Draft:
    """All that is known of a file before anything is written. ``by``: the account that brought it."""

    batch: UUID
    mapping: UUID
    kind: Kind
    file_name: str
    sha256: str
    size: int
    kept: str
    received_at: datetime
    as_of: datetime
    encoding: str = ""
    ignored: tuple[str, ...] = ()
    turn: int = 0
    started: float = 0.0
    by: UUID | None = None


@command("intake.declare_mapping", may=Permission.IMPORT_READ)
def declare_mapping(*, by: Actor, community: UUID, definition: MappingType[str, Any]) -> UUID:
    """Declare how a kind of file is recognised and read; the same definition again changes nothing. Returns the mapping's id."""
    made = definition_of(definition)
    _may(by, KINDS[made.kind])
    now = timezone.now()
    current = Mapping.objects.filter(community=community, name=made.name, ended_at=None).first()
    if current and current.definition == dict(definition):
        record("intake.mapping", ids=[current.id], counts={"changed": 0})
        return current.id
    last = Mapping.objects.filter(community=community, name=made.name).order_by("-version").first()
    if current:
        Mapping.objects.filter(id=current.id).update(ended_at=now)
    mapping = Mapping.objects.create(
        community_id=community,
        name=made.name,
        kind=made.kind,
        definition=dict(definition),
        version=last.version + 1 if last else 1,
        declared_at=now,
    )
    record("intake.mapping", ids=[mapping.id], fields=["definition"], counts={"changed": 1})
    return mapping.id


@command("intake.apply_batch", may=Permission.IMPORT_READ)
def apply_batch(*, by: Actor, community: UUID, draft: Draft, plan: Plan, results: Results, prints: Prints | None = None) -> None:
    """Write a planned batch: its records, the result of every row, its state, all or nothing.

    ``results``: of all rows, refused ones included. Overtaken where another batch came between, Conflict for a file taken before
    and for one that a second person has to approve.
    """
    if plan.needs_second is not None:
        raise Conflict(NEEDS_SECOND, remedy=ASK_SECOND)
    _write(by, community, draft, plan, results, prints)


@command("intake.approve_batch", may=Permission.IMPORT_READ)
def approve_batch(
    *, by: Actor, community: UUID, draft: Draft, plan: Plan, results: Results, prints: Prints | None = None
) -> None:
    """Write a batch that waits, by another account than the one that brought it; as :func:`apply_batch` otherwise."""
    found = Batch.objects.select_for_update(of=("self",)).filter(id=draft.batch, community=community).first()
    if found is None or found.state != State.AWAITING:
        raise Conflict(NOT_NOW, remedy=LOOK_AGAIN)
    if not may_approve(found.by, by.account):
        raise Conflict(OWN_FILE, remedy=ANOTHER)
    _write(by, community, draft, plan, results, prints, approved_by=by.account)


def _write(
    by: Actor,
    community: UUID,
    draft: Draft,
    plan: Plan,
    results: Results,
    prints: Prints | None,
    approved_by: UUID | None = None,
) -> None:
    _may(by, draft.kind)
    turn = _turn(community, draft.turn)
    if Batch.objects.filter(community=community, sha256=draft.sha256, kind=draft.kind.name, state=State.APPLIED).exists():
        raise Conflict(TAKEN_BEFORE)
    _drop_previews(community, draft)
    batch = _store(community, draft, State.APPLIED, awaits=_said(plan), approved_by=approved_by, turn=turn)
    planned = list(plan.outcomes)
    draft.kind.apply(by=by, community=community, batch=batch.id, plan=plan, as_of=draft.as_of)
    finished = results.completed(planned, plan.outcomes)
    _results(community, batch, finished, plan.counts)
    if prints is not None:
        keep_prints(community, batch.id, prints, finished.outcomes)
    Batch.objects.filter(id=batch.id).update(seconds=_since(draft))
    record("intake.batch", ids=[batch.id], counts={"rows": batch.rows, **batch.verdicts}, digest=draft.sha256)


@command("intake.keep_preview", may=Permission.IMPORT_READ)
def keep_preview(*, by: Actor, community: UUID, draft: Draft, plan: Plan, results: Results) -> None:
    """Keep what applying a file would do; records stay as they are. An older preview of the same file gives way."""
    _look(by, community, draft, plan, results, State.PREVIEWED)


@command("intake.keep_awaiting", may=Permission.IMPORT_READ)
def keep_awaiting(*, by: Actor, community: UUID, draft: Draft, plan: Plan, results: Results) -> None:
    """As :func:`keep_preview`, of a file that was to be written and waits for a second person now."""
    _look(by, community, draft, plan, results, State.AWAITING)


def _look(by: Actor, community: UUID, draft: Draft, plan: Plan, results: Results, state: State) -> None:
    _may(by, draft.kind)
    _drop_previews(community, draft)
    batch = _store(community, draft, state, awaits=_said(plan))
    _results(community, batch, results, plan.counts)
    record("intake.batch", ids=[batch.id], fields=["state"], counts={"rows": batch.rows}, digest=draft.sha256)


@command("intake.write_waiting", may=Permission.IMPORT_READ)
def write_waiting(
    *, by: Actor, community: UUID, batch: UUID, plan: Plan, told: Sequence[Outcome], turn: int, prints: Prints | None = None,
    before: Callable[[Sequence[Outcome]], None] | None = None,
) -> None:  # fmt: skip
    """Write rows of a batch that waited for an answer; the batch tells of them what became of them.

    ``told``: their outcomes. Overtaken where another batch came between, Conflict where this one isn't written any more.
    """
    found = Batch.objects.select_for_update(of=("self",)).filter(id=batch, community=community).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    kind = KINDS[found.kind]
    _may(by, kind)
    if found.state != State.APPLIED:
        raise Conflict(NOT_NOW, remedy=LOOK_AGAIN)
    _turn(community, turn)
    if before is not None:
        before(told)
    # What they say is known from today on, not since the file was.
    kind.apply(by=by, community=community, batch=batch, plan=plan, as_of=timezone.now())
    _retell(found, told)
    if prints is not None:
        keep_prints(community, batch, prints, told)
    record("intake.batch", ids=[batch], fields=["verdicts"], counts={"rows": len(told)}, digest=found.sha256)


@command("intake.wait_again", may=Permission.IMPORT_READ)
def wait_again(*, by: Actor, community: UUID, batch: UUID, waiting: Sequence[Outcome]) -> int:
    """The answer by which rows were taken in was taken back: they wait again, as ``waiting`` says. Their kind undid its part.

    Returns how many of them had been taken in; the others were refused.
    """
    found = Batch.objects.select_for_update(of=("self",)).filter(id=batch, community=community).first()
    if found is None or found.state != State.APPLIED:
        raise Conflict(NOT_NOW, remedy=LOOK_AGAIN)
    before = _retell(found, waiting)
    record("intake.batch", ids=[batch], fields=["verdicts"], counts={"rows": len(waiting)})
    return sum(verdict != Verdict.REFUSED.value for verdict in before)


def _retell(batch: Batch, told: Sequence[Outcome]) -> list[str]:
    """What became of some rows is now another; the sum over all verdicts stays what it was. Returns the verdicts before."""
    rows = [outcome.row for outcome in told]
    counted = dict(batch.verdicts)
    before = list(RowResult.objects.filter(batch=batch, row__in=rows).values_list("verdict", flat=True))
    for verdict in before:
        counted[verdict] = counted.get(verdict, 0) - 1
    for outcome in told:
        counted[outcome.verdict.value] = counted.get(outcome.verdict.value, 0) + 1
    RowResult.objects.filter(batch=batch, row__in=rows).delete()
    RowResult.objects.bulk_create(
        RowResult(
            community_id=batch.community_id, batch=batch, row=o.row, verdict=o.verdict.value,
            words=o.words.as_json() if o.words else None, remedy=o.remedy.as_json() if o.remedy else None,
            column=o.column[:200], shown=o.shown[:200], object_id=o.object_id, fields=list(o.fields),
        )
        for o in told
    )  # fmt: skip
    batch.verdicts = counted
    batch.save(update_fields=["verdicts"])
    return before


def _said(plan: Plan) -> dict[str, Any] | None:
    return plan.needs_second.as_json() if plan.needs_second else None


@command("intake.refuse_batch", may=Permission.IMPORT_READ)
def refuse_batch(*, by: Actor, community: UUID, draft: Draft, error: MappingType[str, Any]) -> None:
    """Note that a file could not be used, and why. The same file with the same fault is noted once."""
    _may(by, draft.kind)
    same = Batch.objects.filter(
        community=community, sha256=draft.sha256, kind=draft.kind.name, state=State.REFUSED, error=dict(error)
    )
    first = same.first()
    if first is None:
        _drop_previews(community, draft)
        first = _store(community, draft, State.REFUSED, error=dict(error))
    record("intake.batch", ids=[first.id], fields=["state"], digest=draft.sha256)


@command("intake.undo", may=Permission.IMPORT_UNDO)
def undo(*, by: Actor, community: UUID, batch: UUID, reason: str) -> Undone:
    """Give back what stood before the batch, as far as nothing later stands on it; the rest is listed. Needs a reason."""
    if not reason.strip():
        raise BadInput(REASON_NEEDED, remedy=WRITE_REASON)
    found, kind = _to_undo(by, community, batch)
    # The gate first: a file that is being written on top of this one must be seen, or see that this one is gone.
    _turn(community, None)
    # Before the flat gives back, while it is still noted what the batch wrote: the next file compares all of it in full.
    forget_batch(community, batch)
    undone = kind.undo(by=by, community=community, batch=batch)
    found.state = State.UNDONE.value
    found.undone_at = timezone.now()
    found.undone_by = by.account
    found.undo_reason = reason.strip()[:500]
    earlier = (found.undo or {}).get("restored", 0)
    rows, written = rows_back(found, undone.kept)
    found.undo = {"restored": earlier + undone.restored, "kept": len(undone.kept), "rows": rows, "written": written}
    found.save(update_fields=["state", "undone_at", "undone_by", "undo_reason", "undo"])
    UndoKept.objects.filter(batch=found).delete()
    bulk.insert(
        UndoKept,
        ("community", "batch", "row", "words", "object_id", "at", "by", "file"),
        (
            (community, batch, one.row, one.words.as_json(), one.object_id, one.why.at, one.why.by, one.why.file)
            for one in undone.kept
        ),
    )
    if not undone.kept:
        Change.objects.filter(batch=found).delete()
    record(
        "intake.batch",
        ids=[batch],
        fields=["state"],
        counts={"restored": undone.restored, "kept": len(undone.kept)},
        reason=reason,
    )
    return undone


@command("intake.rehearse_undo", may=Permission.IMPORT_UNDO)
def rehearse_undo(*, by: Actor, community: UUID, batch: UUID) -> None:
    """Undo, and take it back at once: raises Rehearsed with what an undo would do, so that nothing is written."""
    _, kind = _to_undo(by, community, batch)
    raise Rehearsed(kind.undo(by=by, community=community, batch=batch))


@command("intake.drop_preview", may=Permission.IMPORT_READ)
def drop_preview(*, by: Actor, community: UUID, batch: UUID) -> str:
    """Throw a preview away. Returns where its file is kept, so that the caller can delete it once this is certain."""
    found = Batch.objects.filter(id=batch, community=community).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    if found.state not in (State.PREVIEWED, State.AWAITING):
        raise Conflict(NOT_NOW, remedy=LOOK_AGAIN)
    kept = found.kept
    found.delete()
    record("intake.batch", ids=[batch], fields=["state"])
    return "" if Batch.objects.filter(community=community, kept=kept).exists() else kept


@command("intake.tidy_files", may=Permission.IMPORT_UNDO)
def tidy_files(*, by: Actor, community: UUID, now: datetime | None = None) -> dict[str, int]:
    """Delete files that have lain long enough (``LINLI_KEPT_DAYS`` sealed, ``LINLI_INBOX_DAYS`` as they came, once taken in)."""
    written = Batch.objects.filter(community=community, state__in=(State.APPLIED, State.UNDONE))
    copies, plain = store.tidy(community, now=now or timezone.now(), done=lambda sha256: written.filter(sha256=sha256).exists())
    counts = {"copies": copies, "plain": plain}
    record("intake.file", counts=counts)
    return counts


def _to_undo(by: Actor, community: UUID, batch: UUID) -> tuple[Batch, Kind]:
    found = Batch.objects.select_for_update(of=("self",)).filter(id=batch, community=community).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    kind = KINDS.get(found.kind)
    if kind is None or not may_become(State(found.state), State.UNDONE):
        raise Conflict(NOT_NOW, remedy=LOOK_AGAIN)
    _may(by, kind)
    return found, kind


def _may(by: Actor, kind: Kind) -> None:
    if not by.may(kind.permission):
        raise NotAllowed("trust.not_allowed")


def _turn(community: UUID, expected: int | None) -> int:
    """Pass the gate: one batch after the other. Returns the new turn; Overtaken where ``expected`` is no longer the turn."""
    gate, _ = Gate.objects.select_for_update().get_or_create(community_id=community)
    if expected is not None and gate.turn != expected:
        raise Overtaken
    Gate.objects.filter(community=community).update(turn=gate.turn + 1)
    return gate.turn + 1


def _drop_previews(community: UUID, draft: Draft) -> None:
    same = Batch.objects.filter(community=community, sha256=draft.sha256, kind=draft.kind.name)
    same.filter(state__in=(State.PREVIEWED, State.AWAITING)).delete()


def _store(community: UUID, draft: Draft, state: State, **further: Any) -> Batch:
    try:
        return Batch.objects.create(
            id=draft.batch,
            community_id=community,
            kind=draft.kind.name,
            mapping_id=draft.mapping,
            file_name=draft.file_name[:255],
            sha256=draft.sha256,
            size=draft.size,
            kept=draft.kept,
            encoding=draft.encoding,
            ignored=list(draft.ignored),
            received_at=draft.received_at,
            as_of=draft.as_of,
            state=state.value,
            seconds=_since(draft),
            by=draft.by,
            applied_at=timezone.now() if state is State.APPLIED else None,
            **further,
        )
    except IntegrityError:
        raise Conflict(TAKEN_BEFORE) from None


def _results(community: UUID, batch: Batch, results: Results, counts: MappingType[str, int]) -> None:
    """Bulk: rows of which only the verdict is known become ranges, the others one row each."""
    results.write(community, batch.id)
    batch.rows = len(results)
    batch.verdicts = results.tally()
    batch.counts = dict(counts)
    batch.ranges = results.ranges()
    batch.digest = results.digest(counts)
    batch.save(update_fields=["rows", "verdicts", "counts", "ranges", "digest"])


def _since(draft: Draft) -> float:
    return round(time.perf_counter() - draft.started, 3) if draft.started else 0.0
