"""Asking a colleague to check a draft."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from linli.kernel.errors import Conflict
from linli.kernel.words import sentence
from linli.territory.commands.publishing import FAULTY, FAULTY_REMEDY, NOT_LATER, STILL_RUNNING
from linli.territory.drafting import check_draft_of, identity_of, last_published, of_whole, open_draft, still_draft
from linli.territory.rules.asking import Asked
from linli.territory.rules.proposals import Proposal
from linli.trust import Actor, Permission, command, record

ASKED_ALREADY = sentence("territory.draft.asked_already", "The check has been asked for.")


@command("territory.ask_check", may=Permission.TERRITORY_DRAW)
def ask_check(*, by: Actor, community: UUID, version: UUID, valid_from: date) -> None:
    """Ask for the check of a draft whose grids are wanted from a day on. Whatever is drawn afterwards takes it back.

    Conflict while a proposal is made, where a fault keeps the draft from being published, or where the day isn't after the start
    of the grids before.
    """
    of_whole(by)
    opened = open_draft(community, version, lock=True)
    still_draft(opened.version)
    draft = opened.draft
    if Proposal.of(draft.proposal).busy:
        raise Conflict(STILL_RUNNING)
    before = last_published(opened.version.layer_id)
    if before and before.valid_from and before.valid_from >= valid_from:
        raise Conflict(NOT_LATER, date=before.valid_from.isoformat())
    wanted = Asked(by.account, valid_from, draft.step)
    if Asked.of(draft.asked, draft.step) == wanted:
        raise Conflict(ASKED_ALREADY)
    faults = check_draft_of(community, opened, identity_of(opened))
    left = [fault for fault in faults if fault.blocking and fault.key not in draft.allowed]
    if left:
        raise Conflict(FAULTY, remedy=FAULTY_REMEDY, count=len(left))
    draft.asked = wanted.as_json()
    draft.save(update_fields=["asked"])
    record("territory.draft", ids=[version], fields=["asked"], counts={"step": draft.step})
