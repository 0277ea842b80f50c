"""What intake keeps for a time: the files as they came, and the masked values of rows that were refused.

What a file changed (:class:`Change`) stays, sealed as it stood in the record, because without it the file could not be undone.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from linli.intake import store
from linli.intake.models import Batch, RowResult
from linli.trust import Cut, Retained


def _files(community: UUID, cut: Cut) -> QuerySet[Batch]:
    """Batches whose kept file is ours and was brought last before the cut; a younger batch with the same file keeps it."""
    brought = Batch.objects.filter(community=community, kept__contains="/taken/", received_at__lt=cut.before)
    younger = Batch.objects.filter(community=community, kept=OuterRef("kept"), received_at__gte=cut.before)
    return brought.filter(received_at__lte=cut.known_by).exclude(Exists(younger))


def _files_due(community: UUID, cut: Cut) -> int:
    return _files(community, cut).values("kept").distinct().count()


def _delete_files(community: UUID, cut: Cut, _spared: frozenset[UUID], most: int) -> int:
    """The file goes first: cut short between the two, the next run finds the batch still pointing to it and goes on."""
    some = sorted(set(_files(community, cut).order_by("kept").values_list("kept", flat=True).distinct()[:most]))
    for kept in some:
        store.forget(kept)
        Batch.objects.filter(community=community, kept=kept).update(kept="")
    return len(some)


def _values(community: UUID, cut: Cut) -> QuerySet[RowResult]:
    return RowResult.objects.filter(community=community, batch__received_at__lt=cut.before).exclude(shown="")


def _values_due(community: UUID, cut: Cut) -> int:
    return _values(community, cut).count()


def _blank_values(community: UUID, cut: Cut, _spared: frozenset[UUID], most: int) -> int:
    """Verdict, reason and row number stay: they belong to the reconciliation and say nothing of anybody."""
    some = list(_values(community, cut).order_by("id").values_list("id", flat=True)[:most])
    for start in range(0, len(some), 500):
        RowResult.objects.filter(id__in=some[start : start + 500]).update(shown="")
    return len(some)


RETAINED = (
    Retained("intake.files", "intake_files", _files_due, _delete_files),
    Retained("intake.values", "intake_rows", _values_due, _blank_values),
)
