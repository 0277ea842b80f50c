"""What trust itself keeps for a time: requests that are closed, consents that have ended, and the log.

The log is never cut before its 180th day: ``drop_audit`` refuses, whatever a purpose says.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from linli.kernel.actor import SYSTEM
from linli.trust.chain.commands import drop_audit
from linli.trust.chain.links import chain_of
from linli.trust.consent.rules import Act
from linli.trust.erased_marks import drop_marks
from linli.trust.models import AuditBlock, ConsentEvent, ErasedMark, RightsRequest
from linli.trust.retention.registry import Cut, Retained
from linli.trust.subjects import drop_subjects


def _closed(community: UUID, cut: Cut) -> QuerySet[RightsRequest]:
    return RightsRequest.objects.filter(community=community, closed_at__lt=cut.before, closed_at__lte=cut.known_by)


def _requests_due(community: UUID, cut: Cut) -> int:
    return _closed(community, cut).count()


def _delete_requests(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    rows = _closed(community, cut).filter(Q(subject__isnull=True) | ~Q(subject__in=spared)).order_by("closed_at", "id")
    some = list(rows.values_list("id", "subject", "guest")[:most])
    RightsRequest.objects.filter(id__in=[request for request, _, _ in some]).delete()
    guests = [subject for _, subject, guest in some if guest and subject]
    if guests:
        # Somebody who is in no register is known here by this request alone.
        drop_subjects(community, guests)
    return len(some)


def _ended(community: UUID, cut: Cut) -> QuerySet[ConsentEvent]:
    """The last word of each who does not agree any more, said long enough ago. What somebody agrees to is kept while they do."""
    last = ConsentEvent.objects.filter(community=community, subject=OuterRef("subject"), purpose=OuterRef("purpose")).order_by(
        "-at", "-id"
    )
    return ConsentEvent.objects.filter(community=community, id=Subquery(last.values("id")[:1]), at__lt=cut.before).exclude(
        act=Act.GIVE.value
    )


def _consents_due(community: UUID, cut: Cut) -> int:
    return _ended(community, cut).count()


def _delete_consents(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    some = list(_ended(community, cut).exclude(subject__in=spared).order_by("at", "id")[:most])
    for last in some:
        ConsentEvent.objects.filter(community=community, subject=last.subject_id, purpose=last.purpose).delete()
    return len(some)


def _log_due(community: UUID, cut: Cut) -> int:
    """Events in sealed blocks that lie whole before the cut."""
    blocks = AuditBlock.objects.filter(chain=chain_of(community), dropped_at=None, last_at__lt=cut.before)
    return int(blocks.aggregate(all=Sum("events"))["all"] or 0)


def _delete_log(community: UUID, cut: Cut, _spared: frozenset[UUID], _most: int) -> int:
    """All at once: what remains of a block must still carry the chain."""
    return drop_audit(by=SYSTEM, community=community, before=cut.before) if _log_due(community, cut) else 0


def _marks(community: UUID, cut: Cut) -> QuerySet[ErasedMark]:
    return ErasedMark.objects.filter(community=community, at__lt=cut.before, at__lte=cut.known_by).order_by("at", "id")


def _marks_due(community: UUID, cut: Cut) -> int:
    return _marks(community, cut).count()


def _delete_marks(community: UUID, cut: Cut, _spared: frozenset[UUID], most: int) -> int:
    """A mark leads to nobody: a hold on a person can't spare theirs, and stops them all."""
    return drop_marks(list(_marks(community, cut)[:most]))


RETAINED = (
    Retained("trust.requests", "rights", _requests_due, _delete_requests, by_subject=True),
    Retained("trust.erased_marks", "rights", _marks_due, _delete_marks),
    Retained("trust.consents", "consents", _consents_due, _delete_consents, by_subject=True),
    Retained("trust.log", "log", _log_due, _delete_log),
)
