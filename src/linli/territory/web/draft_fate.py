"""What becomes of a draft: proposed anew, its faults allowed, checked by somebody else, published, taken back, thrown away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.faces.formats import day
from linli.faces.words import current_language
from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, LinliError, NotFound
from linli.kernel.words import sentence
from linli.territory import queries
from linli.territory.commands import (
    allow_fault,
    ask_check,
    ask_proposal,
    cancel_proposal,
    check_draft,
    discard_draft,
    publish_grids,
    reopen_draft,
    withdraw_grids,
)
from linli.territory.web.drafts import goals_from, told
from linli.trust import Permission, page

NO_DAY = sentence("territory.draft.no_day", "Say from which day on the grids hold.")
Doing = Callable[[HttpRequest, dict[str, Any]], str]


@page("territory.draft_proposal", may=Permission.TERRITORY_DRAW)
def draft_proposal(request: HttpRequest, viewer: Actor, community: Any, version: UUID) -> HttpResponse:
    """How far a proposal is (asked for again and again by the page); with a form: ask for one, or cancel it."""
    common: dict[str, Any] = {"by": viewer, "community": community.id, "version": version}
    if request.method == "POST":
        try:
            if request.POST.get("act") == "cancel":
                cancel_proposal(**common)
            else:
                weight, target, tolerance = goals_from(request)
                keep = request.POST.get("keep") != "no"
                ask_proposal(**common, weight=weight, target=target, tolerance=tolerance, keep=keep)
        except NotFound:
            raise Http404 from None
        except LinliError as fault:
            messages.error(request, told(fault))
        return redirect("territory:division", code=community.code, version=version)
    try:
        row = queries.draft(viewer=viewer, community=community.id, version=version)
    except NotFound:
        raise Http404 from None
    answer = render(request, "territory/desk/draft_progress.html", {"draft": row, "code": community.code})
    if not row.proposal.busy:
        answer["HX-Refresh"] = "true"
    return answer


@page("territory.draft_fate", may=Permission.TERRITORY_DRAW)
def draft_fate(request: HttpRequest, viewer: Actor, community: Any, version: UUID) -> HttpResponse:
    """One act of a form: allow, ask, check, reopen, publish, withdraw, discard."""
    act = request.POST.get("act", "")
    if request.method != "POST" or act not in _ACTS:
        return redirect("territory:division", code=community.code, version=version)
    try:
        said = _ACTS[act](request, {"by": viewer, "community": community.id, "version": version})
    except NotFound:
        raise Http404 from None
    except LinliError as fault:
        messages.error(request, told(fault))
    else:
        messages.success(request, said)
        if act == "publish":
            return redirect("territory:divisions", code=community.code)
    if act == "discard":
        return redirect("territory:divisions", code=community.code)
    return redirect("territory:division", code=community.code, version=version)


def _allow(request: HttpRequest, common: dict[str, Any]) -> str:
    allow_fault(**common, fault=request.POST.get("fault", ""), reason=request.POST.get("reason", ""))
    return _("The reason is written down.") if request.POST.get("reason", "").strip() else _("The reason is taken back.")


def _ask(request: HttpRequest, common: dict[str, Any]) -> str:
    ask_check(**common, valid_from=_day(request))
    return _("Asked. Everybody who may draw grids finds it among the divisions; somebody else than you checks it.")


def _check(request: HttpRequest, common: dict[str, Any]) -> str:
    check_draft(**common, alone=request.POST.get("alone", ""))
    return _("Checked. The community manager can publish it now.")


def _reopen(request: HttpRequest, common: dict[str, Any]) -> str:
    reopen_draft(**common)
    return _("It is a draft again and can be changed.")


def _publish(request: HttpRequest, common: dict[str, Any]) -> str:
    begins = _day(request)
    publish_grids(**common, valid_from=begins, duties_seen=bool(request.POST.get("duties_seen")))
    return _("Published: these grids hold from %(day)s on.") % {"day": day(begins, current_language(), "full")}


def _withdraw(request: HttpRequest, common: dict[str, Any]) -> str:
    withdraw_grids(**common)
    return _("Taken back: the grids before go on.")


def _discard(request: HttpRequest, common: dict[str, Any]) -> str:
    discard_draft(**common)
    return _("The draft is gone.")


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("from", "").strip())
    except ValueError:
        raise BadInput(NO_DAY) from None


_ACTS: Mapping[str, Doing] = {
    "allow": _allow,
    "ask": _ask,
    "check": _check,
    "reopen": _reopen,
    "publish": _publish,
    "withdraw": _withdraw,
    "discard": _discard,
}
