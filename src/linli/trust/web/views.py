"""Choosing a role, the first page after sign-in, and the audit page."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from linli.kernel.actor import Actor
from linli.trust import queries
from linli.trust.models import Zone
from linli.trust.rules import Permission, Role
from linli.trust.web.middleware import SESSION_ROLE
from linli.trust.web.pages import page

AUDIT_PAGE = 50


@login_required
@require_POST
def choose_role(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own roles from now on."""
    role = request.POST.get("role", "")
    assert request.user.pk is not None
    if role not in queries.roles_of(account=request.user.pk):
        raise Http404
    request.session[SESSION_ROLE] = Role(role).value
    return HttpResponseRedirect("/start/")


@page("trust.audit", may=Permission.AUDIT_READ)
def audit(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """Who did what, newest first."""
    try:
        before = UUID(request.GET["before"]) if "before" in request.GET else None
    except ValueError:
        return redirect(request.path)
    rows = queries.audit_events(viewer=viewer, community=community.id, before=before, limit=AUDIT_PAGE)
    older = rows[-1].id if len(rows) == AUDIT_PAGE else None
    return render(request, "trust/desk/audit.html", {"rows": rows, "older": older})
