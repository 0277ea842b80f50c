"""Sealing what waits, and letting go of what is past its time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence
from linli.trust import walls
from linli.trust.audit import record
from linli.trust.chain import keys, links, sealing
from linli.trust.chain.heads import Head, note, of_row
from linli.trust.door import command
from linli.trust.models import AuditBlock, AuditEvent, AuditHead, AuditPending, AuditTouch
from linli.trust.rules import Permission

SEALED_ELSEWHERE = sentence("trust.sealed_elsewhere", "The trail was being sealed by somebody else at the same moment.")
TOO_YOUNG = sentence("trust.audit_too_young", "The trail is kept for %(days)s days; what happened after %(last)s stays.")
CHOOSE_OLDER = sentence("trust.audit_choose_older", "Name a day before %(last)s.")

AT_ONCE = 2000


@dataclass(frozen=True)
class Sealed:
    """What a sealing did: events and blocks added, how many of them late, and the new signed head (None: nothing waited)."""

    chain: str
    events: int
    blocks: int
    late: int
    head: Head | None


def seal(*, by: Actor, community: UUID | None) -> Sealed:
    """Seal what waits in a community's trail, or in the installation's own (None). Of two at once one does it."""
    chain = links.chain_of(community)
    with walls.as_far_as(by):
        end = sealing.tip(chain)
        made = list(sealing.drafts(chain, end))
        if not made:
            return Sealed(chain, 0, 0, 0, None)
        head = keep_seal(by=by, chain=chain, after=end, drafts=made)
    return Sealed(chain, sum(len(d.ids) for d in made), len(made), sum(d.late for d in made), head)


@command("trust.seal_audit", may=Permission.AUDIT_KEEP, system=True)
def keep_seal(*, by: Actor, chain: str, after: sealing.Tip, drafts: Iterable[sealing.Draft]) -> Head:
    """Write blocks that follow ``after``, and sign their end. Conflict where the chain has grown since they were computed."""
    _alone(chain)
    if sealing.tip(chain) != after:
        raise Conflict(SEALED_ELSEWHERE)
    community = None if chain == links.INSTALLATION else UUID(chain)
    now, added, number, link = timezone.now(), 0, after.number, after.link
    for draft in drafts:
        AuditBlock.objects.create(
            community_id=community,
            chain=chain,
            number=draft.number,
            events=len(draft.ids),
            late=draft.late,
            last_at=draft.last_at,
            members=draft.members,
            link_before=draft.link_before,
            link=draft.link,
            suite=links.SUITE,
            sealed_at=now,
        )
        gone, _ = AuditPending.objects.filter(event_id__in=[UUID(event) for event in draft.ids]).delete()
        if gone != len(draft.ids):
            raise Conflict(SEALED_ELSEWHERE)
        added, number, link = added + len(draft.ids), draft.number, draft.link
    before = AuditHead.objects.filter(chain=chain).order_by("-block").values_list("events", flat=True).first() or 0
    signer = keys.signer()
    row = AuditHead(
        community_id=community,
        chain=chain,
        day=now.astimezone(UTC).date(),
        at=now,
        block=number,
        events=before + added,
        link=link,
        suite=links.SUITE,
        key=signer.name,
    )
    row.signature = signer.sign(of_row(row).text)
    row.save(force_insert=True)
    record("trust.audit.sealed", counts={"events": added, "block": number}, digest=link.hex(), community=community)
    head = of_row(row)
    transaction.on_commit(lambda: note(head))
    return head


@command("trust.drop_audit", may=Permission.AUDIT_KEEP, system=True)
def drop_audit(*, by: Actor, before: datetime, community: UUID | None = None) -> int:
    """Remove the sealed events of a trail (None: the installation's own) whose whole block lies before ``before``.

    What remains of a block still carries the chain, signed. BadInput for a moment less than 180 days ago. Returns how many went.
    """
    now = timezone.now()
    oldest_kept = now - timedelta(days=links.KEEP_DAYS)
    if before > oldest_kept:
        raise BadInput(TOO_YOUNG, remedy=CHOOSE_OLDER, days=links.KEEP_DAYS, last=oldest_kept.date().isoformat())
    chain = links.chain_of(community)
    _alone(chain)
    signer, gone = keys.signer(), 0
    for block in AuditBlock.objects.filter(chain=chain, dropped_at=None).order_by("number"):
        if block.last_at >= before:
            break
        ids = [UUID(event) for event, _ in links.members(bytes(block.members))]
        for begin in range(0, len(ids), AT_ONCE):
            some = ids[begin : begin + AT_ONCE]
            AuditTouch.objects.filter(event_id__in=some).delete()
            gone += AuditEvent.objects.filter(id__in=some).delete()[0]
        text = links.stub_text(
            chain=chain,
            block=block.number,
            events=block.events,
            link=bytes(block.link).hex(),
            last_at=links.instant(block.last_at),
            dropped_at=links.instant(now),
            key=signer.name,
        )
        AuditBlock.objects.filter(id=block.id).update(
            members=b"", dropped_at=now, dropped_key=signer.name, dropped_signature=signer.sign(text)
        )
    record("trust.audit.dropped", counts={"events": gone}, community=community)
    return gone


def _alone(chain: str) -> None:
    """One hand at a time on a chain. On SQLite the command's transaction is that already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"linli audit {chain}"])
