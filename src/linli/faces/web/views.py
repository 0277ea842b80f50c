"""The menu for narrow screens, and large text."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from linli.faces.context import LARGE_COOKIE
from linli.kernel.actor import Actor
from linli.trust import Permission, communities_of, page

YEAR = 365 * 24 * 3600
MOST_COMMUNITIES = 200


@page("faces.menu", may=Permission.PORTAL_READ)
def menu(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Every place of the desk with one line of what waits there, language, large text, role, community, sign out."""
    communities = communities_of(viewer=viewer)[:MOST_COMMUNITIES] if viewer.account else []
    return render(request, "faces/menu.html", {"communities": communities})


@require_POST
def large_text(request: HttpRequest) -> HttpResponse:
    """Remember in a cookie whether this browser wants large text, and go back to the page."""
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        onward = "/"
    response = HttpResponseRedirect(onward)
    if request.POST.get("large") == "1":
        response.set_cookie(LARGE_COOKIE, "1", max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(LARGE_COOKIE, samesite="Lax")
    return response
