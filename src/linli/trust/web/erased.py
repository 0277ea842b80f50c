"""The page on which somebody decides about those who were erased and are named by a file again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput
from linli.trust.models import Zone
from linli.trust.rights import erased
from linli.trust.rules import Permission
from linli.trust.web import words
from linli.trust.web.pages import page


@page("trust.erased_named", may=Permission.RIGHTS_ANSWER)
def named(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """One line for each, with the file and row that names them; nothing else is known here."""
    wrong: dict[str, Any] = {}
    if request.method == "POST":
        try:
            mark = UUID(request.POST.get("mark", ""))
        except ValueError:
            raise Http404 from None
        try:
            _decide(viewer, community.id, mark, request.POST.get("act", ""), request.POST.get("reason", "")[:500])
        except BadInput as fault:
            wrong = {"mark": mark, "text": words.said(fault.words)}
        else:
            messages.success(request, _("Written down."))
            return redirect("trust:erased_named", code=community.code)
    rows = erased.named_again(viewer=viewer, community=community.id, decided=True)
    return render(request, "trust/desk/erased.html", {"rows": rows, "wrong": wrong}, status=422 if wrong else 200)


def _decide(viewer: Actor, community: UUID, mark: UUID, act: str, reason: str) -> None:
    if act == "leave":
        erased.leave_erased(by=viewer, community=community, mark=mark)
    elif act == "again":
        erased.register_again(by=viewer, community=community, mark=mark, reason=reason)
    else:
        raise Http404
