"""What the buttons of a question do, and what was done, in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotFound
from linli.register.commands import aliases, joining, relating, review
from linli.register.queries.comparing import sides
from linli.register.queries.places import building_meant
from linli.register.rules.by_hand import NO_RELATION
from linli.register.rules.kin_words import relation_code
from linli.register.waiting import take_in_waiting
from linli.trust import NOT_FOUND


def answered(request: HttpRequest, viewer: Actor, community: Any, item: UUID) -> str:
    """Do what the button says; what was done, in words. LinliError where it can't be done."""
    answer, told = request.POST.get("answer", ""), {"by": viewer, "community": community.id, "item": item}
    if answer in ("same", "other"):
        review.answer_same(**told, same=answer == "same")
        return _("One person: the row was taken for them.") if answer == "same" else _("Two people: the row is somebody new.")
    if answer in ("first", "second", "two"):
        return _pair(viewer, community, item, answer)
    if answer in ("take", "keep"):
        review.answer_conflict(**told, take=answer == "take")
        return _("The new value holds.") if answer == "take" else _("The value on the register stays.")
    if answer == "later":
        review.answer_later(**told)
        return _("Left for later: it stands at the end of the list.")
    if answer == "kin" or answer.startswith("code:"):
        return _relation(request, viewer, community, item, answer)
    if answer.startswith("head:"):
        relating.answer_head(**told, head=_uuid(answer.removeprefix("head:"), NOT_FOUND))
        return _("Written down: the household has its head.")
    return _address(request, viewer, community, item, answer)


def _pair(viewer: Actor, community: Any, item: UUID, answer: str) -> str:
    found = sides(viewer=viewer, community=community.id, item=item)
    if found is None or found.other is None:
        raise NotFound(NOT_FOUND)
    leader = {"first": found.person, "second": found.other, "two": None}[answer]
    joining.answer_twice(by=viewer, community=community.id, item=item, leader=leader)
    if answer == "two":
        return _("Two people: this is not asked again.")
    return _("One person: one record leads, the other stays beside it.")


def _relation(request: HttpRequest, viewer: Actor, community: Any, item: UUID, answer: str) -> str:
    code = answer.removeprefix("code:")
    if answer == "kin":
        found = sides(viewer=viewer, community=community.id, item=item)
        kin = found.kin if found else None
        code = relation_code(request.POST.get("kin", ""), kin.sex, kin.head_sex) if kin else ""
        if not code:
            raise BadInput(NO_RELATION)
    relating.answer_relation(by=viewer, community=community.id, item=item, code=code)
    return _("Written down.")


def _address(request: HttpRequest, viewer: Actor, community: Any, item: UUID, answer: str) -> str:
    told = {"by": viewer, "community": community.id, "item": item}
    if answer == "nowhere":
        aliases.answer_address(**told, building=None)
        return _("Not here: rows with this address are refused from now on.")
    if answer == "written":
        building, dwelling = building_meant(viewer=viewer, community=community.id, text=request.POST.get("address", "")[:200])
    else:
        building, dwelling = _uuid(answer, aliases.NO_BUILDING), None
    batch = aliases.answer_address(**told, building=building, dwelling=dwelling)
    rows = take_in_waiting(by=viewer, community=community.id, item=item, batch=batch)
    if not rows:
        return _("Remembered: the next file is read with it.")
    return ngettext(
        "Remembered. One row that waited was taken in.", "Remembered. %(count)s rows that waited were taken in.", rows
    ) % {"count": rows}


def _uuid(text: str, fault: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(fault) from None
