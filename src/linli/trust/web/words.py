"""The names of what stands on the pages of rights, consents and retention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.kernel.words import Words
from linli.trust.consent.rules import Act as Said
from linli.trust.consent.rules import Channel as ConsentChannel
from linli.trust.consent.rules import Mandate, Relation, Standing
from linli.trust.rights.rules import Act, Asker, Channel, Proof, Right, State

RIGHTS = {
    Right.ACCESS: _("See what is kept"),
    Right.COPY: _("A copy to take away"),
    Right.CORRECT: _("Correct something"),
    Right.DELETE: _("Delete"),
    Right.EXPLAIN: _("Explain how data are used"),
    Right.RESTRICT: _("Only store, do not use"),
}
ASKERS = {
    Asker.SELF: _("The person themselves"),
    Asker.GUARDIAN: _("A guardian"),
    Asker.AGENT: _("Somebody with a written mandate"),
    Asker.KIN: _("Next of kin of somebody who has died"),
}
CHANNELS = {Channel.DESK: _("At the desk"), Channel.LETTER: _("By letter"), Channel.PORTAL: _("On the portal")}
PROOFS = {
    Proof.ACCOUNT: _("Signed in with an account tied to the person"),
    Proof.DOCUMENT: _("Identity document seen"),
    Proof.LETTER_CODE: _("Code from a letter to the dwelling"),
    Proof.GUARDIAN_PAPER: _("Document and proof of guardianship seen"),
    Proof.MANDATE: _("Document and written mandate seen"),
    Proof.DEATH_AND_KINSHIP: _("Proof of death and of kinship seen"),
}
STATES = {
    State.RECEIVED: _("received"),
    State.IDENTIFIED: _("known who asks"),
    State.ANSWERED: _("answered"),
    State.REFUSED: _("refused with a reason"),
    State.WITHDRAWN: _("taken back"),
}
ACTS = {
    Act.IDENTIFY: _("It was seen who asks"),
    Act.NOTE: _("Note"),
    Act.EXTEND: _("More time taken"),
    Act.ANSWER: _("Answered"),
    Act.REFUSE: _("Refused with a reason"),
    Act.WITHDRAW: _("Taken back"),
    Act.LIFT: _("Restriction lifted"),
}
STANDINGS = {
    Standing.NEVER_ASKED: _("not asked yet"),
    Standing.GIVEN: _("agreed"),
    Standing.REFUSED: _("said no"),
    Standing.WITHDRAWN: _("taken back"),
    Standing.OUTDATED: _("agreed to an older text that no longer counts"),
}
SAID = {Said.GIVE: _("Agreed"), Said.REFUSE: _("Said no"), Said.WITHDRAW: _("Taken back")}
CONSENT_CHANNELS = {
    ConsentChannel.DESK: _("At the desk"),
    ConsentChannel.PAPER: _("On paper"),
    ConsentChannel.PORTAL: _("On the portal"),
}
RELATIONS = {
    Relation.PARENT: _("mother or father"),
    Relation.GRANDPARENT: _("grandparent"),
    Relation.SIBLING: _("adult sister or brother"),
    Relation.APPOINTED: _("appointed guardian"),
}
MANDATES = {
    Mandate.HOUSEHOLD_BOOK: _("household register"),
    Mandate.BIRTH_CERTIFICATE: _("birth certificate"),
    Mandate.COURT_ORDER: _("court decision"),
    Mandate.APPOINTMENT: _("appointment by the residents’ committee or the civil affairs office"),
}
MOMENTS = {
    "left": _("after somebody has moved away or died"),
    "ended": _("after it has ended"),
    "closed": _("after the matter is closed"),
    "taken": _("after the file was taken in"),
    "written": _("after it was written"),
}


@dataclass(frozen=True)
class Line:
    """One line of a timeline."""

    at: datetime
    title: str | Promise
    text: str = ""
    told: str = ""
    state: str = ""
    grave: bool = False


@dataclass(frozen=True)
class Leaf:
    """One tab."""

    name: str | Promise
    url: str
    here: bool
    count: int | None = None


def language() -> str:
    """``en`` or ``zh-Hans``: that of the page."""
    return "zh-Hans" if (get_language() or "").lower().startswith("zh") else "en"


def pick(texts: Mapping[str, str]) -> str:
    """The page's language out of ``{"en": …, "zh-Hans": …}``."""
    return texts.get(language()) or next(iter(texts.values()), "")


def said(words: Words) -> str:
    """Stored words as a sentence. Through a template, because the faces stand above trust."""
    return render_to_string("trust/words.txt", {"words": words}).strip()


def choices(names: Mapping[Any, str | Promise]) -> list[tuple[str, str | Promise]]:
    """For a form."""
    return [(key.value, name) for key, name in names.items()]
