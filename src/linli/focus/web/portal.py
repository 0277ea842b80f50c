"""What residents see: what the community is attending to, and what came of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.focus import queries
from linli.kernel.actor import Actor
from linli.trust import Permission, Zone, page


@page("portal.home", may=Permission.PORTAL_READ, public=True)
def home(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """The community's front page: open to everybody."""
    return render(
        request,
        "focus/portal/home.html",
        {"attended": queries.public_attended(viewer=viewer, community=community.id), "community": community},
    )
