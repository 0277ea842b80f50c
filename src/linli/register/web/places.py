"""Addresses and days as the forms of the register ask for them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.words import Words
from linli.register.queries.places import address_index, ground
from linli.register.rules import reconcile
from linli.register.rules.addresses import Found, Reason
from linli.register.web.hand_forms import gap

SUGGESTED = 1000
"""So many buildings at most are offered while one writes an address."""
_WORDS = {
    Reason.EMPTY: reconcile.NO_ADDRESS,
    Reason.UNREADABLE: reconcile.UNREADABLE,
    Reason.UNKNOWN: reconcile.NO_BUILDING,
    Reason.AMBIGUOUS: reconcile.SEVERAL_BUILDINGS,
    Reason.CONFLICT: reconcile.CONTRADICTS,
    Reason.ELSEWHERE: reconcile.ELSEWHERE,
}


def found_at(viewer: Actor, community: UUID, text: str) -> tuple[Found, str]:
    """The building and door that an address means; else why not, in words, with the buildings that may be meant."""
    found = address_index(viewer=viewer, community=community).find(text)
    if found.reason is None:
        return found, ""
    known = ground(viewer=viewer, community=community).names
    maybe = [known[building] for building in found.candidates if building in known]
    told = [say(Words(_WORDS[found.reason]))]
    if maybe:
        told.append(_("Perhaps: %(names)s") % {"names": " / ".join(maybe)})
    return found, gap().join(told)


def suggestions(viewer: Actor, community: UUID) -> list[str]:
    """Buildings to choose from while writing an address."""
    return sorted(ground(viewer=viewer, community=community).names.values())[:SUGGESTED]
