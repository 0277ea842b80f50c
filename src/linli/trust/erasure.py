"""Erasing a person: their key is destroyed, look-up values go, the pseudonym is cut loose, and a ledger keeps it so."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.words import sentence
from linli.trust.audit import record
from linli.trust.door import NOT_FOUND, command
from linli.trust.erased_marks import keep_marks, replay_marks
from linli.trust.keyring import folder
from linli.trust.keyring.ledger import append_lines, read_lines
from linli.trust.models import Erasure, LegalHold, SealedNote, Subject, WrappedKey
from linli.trust.rules import Permission
from linli.trust.sealing.columns import COLUMNS, ERASERS

HELD = sentence("trust.erasure.held", "These data are held for the law until further notice: %(reason)s")
HELD_UNTIL = sentence("trust.erasure.held_until", "These data are held for the law until %(until)s: %(reason)s")
END_HOLD = sentence("trust.erasure.end_hold", "They can be erased once the legal hold has ended.")
NO_REASON = sentence("trust.erasure.no_reason", "An erasure needs a reason.")


@command("trust.erase_subject", may=Permission.SUBJECT_ERASE)
def erase_subject(*, by: Actor, community: UUID, subject: UUID, reason: str, for_good: bool = False) -> None:
    """Make all that is known of a person unreadable for ever, here and in every backup once its ledger is replayed.

    ``for_good``: they asked for it, so a keyed mark of their number stays, that a file which still lists them makes nobody new.
    NotFound for a subject of another community; Conflict with the hold's reason under a legal hold; BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput(NO_REASON)
    if not Subject.objects.filter(id=subject, community=community).exists():
        raise NotFound(NOT_FOUND)
    _refuse_if_held(community, subject)
    now = timezone.now()
    marks = keep_marks(community, subject, now) if for_good else 0
    _erase(community, subject, now)
    record("trust.erasure", ids=[subject], counts={"marks": marks}, reason=reason)


@command("trust.replay_erasures", may=Permission.KEYS_MANAGE)
def replay_erasures(*, by: Actor, community: UUID) -> int:
    """Erase again whoever the ledger names and a backup brought back. Returns how many had come back."""
    again, marks = 0, replay_marks(community)
    told = {UUID(e["subject"]): datetime.fromisoformat(e["at"]) for e in ledger() if e["community"] == str(community)}
    told |= dict(Erasure.objects.filter(community=community).values_list("subject_id", "at"))
    for subject, at in told.items():
        if _is_back(subject):
            _erase(community, subject, at)
            again += 1
    record("trust.erasure", counts={"again": again, "marks": marks})
    transaction.on_commit(mend_ledger)
    return again


def erased(community: UUID) -> set[UUID]:
    """Every subject of a community that was erased, by the table or by the file."""
    return erased_subjects(community) | {UUID(e["subject"]) for e in ledger() if e["community"] == str(community)}


def erased_subjects(community: UUID) -> set[UUID]:
    """Every subject of a community that was erased, as the database knows it."""
    return set(Erasure.objects.filter(community=community).values_list("subject_id", flat=True))


def _is_back(subject: UUID) -> bool:
    """Whether anything of an erased subject is there again. One without a line in the table was brought back by a backup."""
    if WrappedKey.objects.filter(subject=subject).exists():
        return True
    return Subject.objects.filter(id=subject).exists() and not Erasure.objects.filter(subject_id=subject).exists()


def _refuse_if_held(community: UUID, subject: UUID) -> None:
    today = timezone.localdate()
    hold = (
        LegalHold.objects.filter(Q(subject=subject) | Q(subject__isnull=True), community=community, from_date__lte=today)
        .filter(Q(to_date__isnull=True) | Q(to_date__gt=today))
        .first()
    )
    if hold is None:
        return
    if hold.to_date is None:
        raise Conflict(HELD, remedy=END_HOLD, reason=hold.reason)
    raise Conflict(HELD_UNTIL, remedy=END_HOLD, reason=hold.reason, until=hold.to_date.isoformat())


def _erase(community: UUID, subject: UUID, at: datetime) -> None:
    for column in COLUMNS.values():
        # By way of the ids: an UPDATE can't follow a relation.
        rows = column.table._default_manager.filter(**{column.subject: subject}).values_list("pk", flat=True)
        column.table._default_manager.filter(pk__in=list(rows)).update(**column.blanked())
    for eraser in ERASERS:
        eraser(community, subject)
    SealedNote.objects.filter(subject=subject).delete()
    WrappedKey.objects.filter(subject=subject).delete()
    # Facts of the past keep the old pseudonym; from now on nobody can tell whose it was.
    Subject.objects.filter(id=subject).update(pseudonym=secrets.token_hex(8))
    Erasure.objects.get_or_create(subject_id=subject, defaults={"community_id": community, "at": at})
    transaction.on_commit(mend_ledger)


def _file() -> Path:
    return folder() / "erasures.jsonl"


def ledger() -> list[dict[str, str]]:
    """The lines of the ledger's file: community, subject, at."""
    return read_lines(
        _file(),
        lambda entry: {
            "community": str(UUID(entry["community"])),
            "subject": str(UUID(entry["subject"])),
            "at": datetime.fromisoformat(entry["at"]).isoformat(),
        },
    )


def mend_ledger() -> int:
    """Write what the table knows and the file doesn't. Called after each erasure and by ``linli keys``; returns how many."""
    known = {e["subject"] for e in ledger()}
    missing = [e for e in Erasure.objects.order_by("at", "id") if str(e.subject_id) not in known]
    append_lines(
        _file(),
        ({"community": str(e.community_id), "subject": str(e.subject_id), "at": e.at.isoformat()} for e in missing),
    )
    return len(missing)
