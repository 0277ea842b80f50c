"""Looking up whom a form may mean: limited, and kept for the person to read, since the answer alone tells they are here."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict
from linli.kernel.words import sentence
from linli.register.queries.candidates import candidates
from linli.register.rules.by_hand import Candidate, Said
from linli.register.rules.thresholds import threshold
from linli.trust import acts_since, record

KIND = "register.person.asked_for"
TOO_OFTEN = sentence("register.hand.asked_often", "So many people were looked up from your forms that nobody else is for now.")
GO_ON_LATER = sentence("register.hand.go_on_later", "Go on in an hour, or ask the community manager; nothing was written.")


def not_too_often(by: Actor, community: UUID, count: int) -> None:
    """Conflict where the account's forms have looked for too many people within an hour or a day; ``count``: in this form."""
    for hours, limit in ((1, threshold("asked_for_an_hour")), (24, threshold("asked_for_a_day"))):
        since = timezone.now() - timedelta(hours=hours)
        if acts_since(viewer=by, community=community, kind=KIND, since=since) + count > limit:
            raise Conflict(TOO_OFTEN, remedy=GO_ON_LATER)


def asked_for(by: Actor, community: UUID, said: Said, dwelling: UUID | None) -> list[Candidate]:
    """Who of the register may be meant. Recorded for each of them, also where the form is then refused or only rehearsed."""
    found = candidates(viewer=by, community=community, said=said, dwelling=dwelling)
    record(
        KIND,
        ids=[one.person for one in found],
        fields=["number" if said.number else "name"],
        counts={"found": len(found)},
        outlives=True,
    )
    return found
