"""Who was erased and is named by a file again: one person decides whether the law wants them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.kernel.words import sentence
from linli.trust.audit import record
from linli.trust.door import NOT_FOUND, command
from linli.trust.erased_marks import drop_marks
from linli.trust.models import ErasedMark
from linli.trust.rules import Permission

NO_REASON = sentence("trust.erased.no_reason", "Write on which ground they are registered again.")


@dataclass(frozen=True)
class NamedAgain:
    """A file names somebody who was erased. ``row`` of ``batch``; who it is stands in that file alone."""

    id: UUID
    erased_at: datetime
    named_at: datetime
    batch: UUID
    row: int
    kept: bool


def named_again(*, viewer: Actor, community: UUID, decided: bool = False) -> list[NamedAgain]:
    """Those still to be decided, newest first; with ``decided`` also those who stay erased. Only for who answers requests."""
    if not viewer.sees_community(community) or viewer.grids is not None or not viewer.may(Permission.RIGHTS_ANSWER):
        return []
    rows = ErasedMark.objects.filter(community=community, named_in__isnull=False).order_by("kept", "-named_at", "id")
    return [
        NamedAgain(row.id, row.at, row.named_at, row.named_in, row.named_row or 0, row.kept)
        for row in (rows if decided else rows.filter(kept=False))
        if row.named_at is not None and row.named_in is not None
    ]


@command("trust.leave_erased", may=Permission.RIGHTS_ANSWER)
def leave_erased(*, by: Actor, community: UUID, mark: UUID) -> None:
    """They stay erased: files may go on naming them, and nobody is asked again. NotFound."""
    found = _mark(by, community, mark)
    found.kept = True
    found.save(update_fields=["kept"])
    record("trust.erased.left", ids=[found.named_in] if found.named_in else [])


@command("trust.register_again", may=Permission.RIGHTS_ANSWER)
def register_again(*, by: Actor, community: UUID, mark: UUID, reason: str) -> None:
    """The law wants them on the register, and the next file that names them registers somebody new; nothing of before comes
    back. They are to be told (PIPL 17). NotFound; BadInput without a reason."""
    if not reason.strip():
        raise BadInput(NO_REASON)
    found = _mark(by, community, mark)
    drop_marks([found])
    record("trust.erased.lifted", ids=[found.named_in] if found.named_in else [], reason=reason)


def _mark(by: Actor, community: UUID, mark: UUID) -> ErasedMark:
    found = ErasedMark.objects.select_for_update(of=("self",)).filter(community=community, id=mark).first()
    if found is None or by.grids is not None:
        raise NotFound(NOT_FOUND)
    return found
