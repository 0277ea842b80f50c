"""What a chain shows: whether each sealed event stands as it was sealed, none is missing, none came between, and none was cut
off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from linli.kernel.actor import Actor
from linli.trust import walls
from linli.trust.chain import keys, links, reading, sealing
from linli.trust.chain.heads import Head, noted, of_row
from linli.trust.models import AuditBlock, AuditEvent, AuditHead, AuditPending
from linli.trust.rules import Permission


class FaultKind(StrEnum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    BLOCK_MISSING = "block_missing"
    BLOCK_CHANGED = "block_changed"
    TRUNCATED = "truncated"
    HEAD_FORGED = "head_forged"
    UNSIGNED = "unsigned"
    STUB_FORGED = "stub_forged"


@dataclass(frozen=True)
class Fault:
    """One fault and its place: the block's number, the event's place in it (from 1), the event."""

    kind: FaultKind
    block: int | None = None
    place: int | None = None
    event: UUID | None = None


@dataclass
class Report:
    """What was found in one chain. ``late``: events that turned up more than a day after the seal they should have stood in,
    sealed
    ones and waiting ones. ``unsealed``: events that wait. ``dropped``: removed for their age."""

    chain: str
    sealed: int = 0
    unsealed: int = 0
    dropped: int = 0
    late_sealed: int = 0
    late_waiting: int = 0
    blocks: int = 0
    heads: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong. Late events that wait are a fault until they are sealed as late; then they are only told."""
        return not self.faults and not self.late_waiting


MOST_FAULTS = 100


def verify(*, viewer: Actor, community: UUID | None, kept: Iterable[Head] = ()) -> Report | None:
    """Check the trail of a community, or the installation's own (None), against its seals, its signed heads in the database and
    in
    the file beside the keys, and the heads ``kept`` elsewhere. None for who may not read it; at most 100 faults are told."""
    if not viewer.may(Permission.AUDIT_READ) or viewer.grids is not None:
        return None
    if viewer.communities is not None and (community is None or not viewer.sees_community(community)):
        return None
    chain = links.chain_of(community)
    report = Report(chain)
    with walls.as_far_as(viewer):
        ends = _blocks(report)
        _heads(report, ends, [head for head in kept if head.chain == chain])
        _waiting(report)
        _strangers(report)
    del report.faults[MOST_FAULTS:]
    return report


def _blocks(report: Report) -> dict[int, tuple[bytes, int]]:
    """Check every block. Returns the link and the number of events so far at the end of each."""
    ends: dict[int, tuple[bytes, int]] = {}
    link, number, total = links.start(report.chain), 0, 0
    for block in AuditBlock.objects.filter(chain=report.chain).order_by("number").iterator(chunk_size=50):
        number += 1
        if block.number != number:
            report.faults.append(Fault(FaultKind.BLOCK_MISSING, number))
            number = block.number
        elif bytes(block.link_before) != link:
            report.faults.append(Fault(FaultKind.REORDERED, number))
        if block.dropped_at is not None:
            report.dropped += block.events
            if not _is_true_stub(block):
                report.faults.append(Fault(FaultKind.STUB_FORGED, number))
        else:
            report.sealed += block.events
            fault = _fault_in(block)
            if fault:
                report.faults.append(fault)
        report.late_sealed += block.late
        report.blocks += 1
        link, total = bytes(block.link), total + block.events
        ends[number] = (link, total)
    return ends


def _fault_in(block: AuditBlock) -> Fault | None:
    """The first event of a block that does not stand as it was sealed."""
    members = links.members(bytes(block.members))
    if len(members) != block.events:
        return Fault(FaultKind.BLOCK_CHANGED, block.number)
    found = reading.by_id([event for event, _ in members])
    gone = next((place for place, (event, _) in enumerate(members) if event not in found), len(members))
    standing, link = members[:gone], bytes(block.link_before)
    rows = (found[event] for event, _ in standing)
    for place, ((event, mark), now) in enumerate(zip(standing, links.chained(link, rows, block.suite), strict=True), 1):
        if now[: links.MARK_BYTES] != mark:
            return Fault(FaultKind.CHANGED, block.number, place, UUID(event))
        link = now
    if gone < len(members):
        return Fault(FaultKind.DELETED, block.number, gone + 1, UUID(members[gone][0]))
    return None if link == bytes(block.link) else Fault(FaultKind.BLOCK_CHANGED, block.number)


def _is_true_stub(block: AuditBlock) -> bool:
    """Whether this installation said, and might say, that the block's events went for their age."""
    assert block.dropped_at is not None
    text = links.stub_text(
        chain=block.chain,
        block=block.number,
        events=block.events,
        link=bytes(block.link).hex(),
        last_at=links.instant(block.last_at),
        dropped_at=links.instant(block.dropped_at),
        key=block.dropped_key,
    )
    old_enough = block.dropped_at - block.last_at >= timedelta(days=links.KEEP_DAYS)
    return old_enough and keys.is_signed(text, bytes(block.dropped_signature), block.dropped_key)


def _heads(report: Report, ends: dict[int, tuple[bytes, int]], kept: list[Head]) -> None:
    """Hold the chain against what was signed."""
    stored = [of_row(row) for row in AuditHead.objects.filter(chain=report.chain).order_by("block")]
    report.heads = len(stored)
    last = 0
    for head in dict.fromkeys([*stored, *noted(report.chain), *kept]):
        if not head.is_genuine():
            report.faults.append(Fault(FaultKind.HEAD_FORGED, head.block))
        elif head.block not in ends:
            report.faults.append(Fault(FaultKind.TRUNCATED, head.block))
        elif (bytes.fromhex(head.link), head.events) != ends[head.block]:
            report.faults.append(Fault(FaultKind.BLOCK_CHANGED, head.block))
        else:
            last = max(last, head.block)
    if ends and last < max(ends):
        report.faults.append(Fault(FaultKind.UNSIGNED, last + 1))


def _waiting(report: Report) -> None:
    """Count what waits; an event that is gone before its seal is missed."""
    sealed_at = sealing.tip(report.chain).sealed_at
    some: list[str] = []

    def look() -> None:
        found = reading.by_id(some)
        report.unsealed += len(found)
        report.faults.extend(Fault(FaultKind.DELETED, event=UUID(event)) for event in some if event not in found)
        report.late_waiting += sum(sealing.is_late(event, sealing.time_of(row), sealed_at) for event, row in found.items())
        some.clear()

    for event in reading.ids(AuditPending, report.chain):
        some.append(event)
        if len(some) == reading.AT_ONCE:
            look()
    look()


def _strangers(report: Report) -> None:
    """Events that stand in no block and do not wait: somebody put them there past the door. Looked for where the counts
    differ."""
    if AuditEvent.objects.filter(reading.of_chain(report.chain)).count() == report.sealed + report.unsealed:
        return
    known: set[str] = set()
    for blob in AuditBlock.objects.filter(chain=report.chain).values_list("members", flat=True).iterator(chunk_size=50):
        known.update(event for event, _ in links.members(bytes(blob)))
    strangers = [event for event in reading.ids(AuditEvent, report.chain) if event not in known]
    for event in strangers:
        # What was recorded, or sealed, while we looked is none.
        if not AuditPending.objects.filter(event_id=UUID(event)).exists() and not _sealed_since(report, event):
            report.faults.append(Fault(FaultKind.INSERTED, event=UUID(event)))
        if len(report.faults) >= MOST_FAULTS:
            return


def _sealed_since(report: Report, event: str) -> bool:
    newer = AuditBlock.objects.filter(chain=report.chain, number__gt=report.blocks).values_list("members", flat=True)
    return any(event == other for blob in newer for other, _ in links.members(bytes(blob)))
