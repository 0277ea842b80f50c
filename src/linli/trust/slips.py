"""Words handed to a job: sealed until it reads them, so that the queue carries ids only, and nobody waits for what it finds."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from linli.trust.models import Slip
from linli.trust.sealing.keys import subject_keys
from linli.trust.subjects import drop_subjects, new_subjects

SLIP = "trust.slip.sealed"


def leave_slip(community: UUID, kind: str, text: str) -> UUID:
    """Seal ``text`` under a key of its own, inside the running command. Returns the slip's id."""
    owner = new_subjects(community, 1)[0]
    slip = Slip(community_id=community, kind=kind, subject_id=owner.id, sealed=owner.key.seal(SLIP, text), at=timezone.now())
    slip.save(force_insert=True)
    return slip.id


def take_slips(community: UUID, kind: str) -> list[str]:
    """What waits of this kind, oldest first, and no longer waits once the running command is done: read by one job alone."""
    slips = list(Slip.objects.select_for_update(of=("self",)).filter(community=community, kind=kind).order_by("id"))
    owners = [slip.subject_id for slip in slips]
    keys = subject_keys(community, owners)
    texts = [keys[slip.subject_id].open(SLIP, slip.sealed) for slip in slips if slip.subject_id in keys]
    Slip.objects.filter(id__in=[slip.id for slip in slips]).delete()
    drop_subjects(community, owners)
    return texts
