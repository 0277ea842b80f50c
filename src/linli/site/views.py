"""Three addresses that belong to no flat: health, the first page, and the first page after sign-in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from linli.faces.navigation import PLACES
from linli.trust import Permission, communities_of, public_communities


def health(request: HttpRequest) -> JsonResponse:
    """200 when the process answers and reaches its database, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def front(request: HttpRequest) -> HttpResponse:
    """The portal's front page: straight to the community where there is one, else a list to choose from."""
    communities = public_communities(viewer=request.viewer)  # type: ignore[attr-defined]
    if len(communities) == 1:
        return redirect("portal:home", code=communities[0].code)
    return render(request, "site/portal/front.html", {"communities": communities})


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Where somebody's work begins: the first place that their role may open in their first community."""
    viewer = request.viewer  # type: ignore[attr-defined]
    communities = communities_of(viewer=viewer)
    wanted = request.GET.get("community")
    chosen = next((c for c in communities if c.code == wanted), communities[0] if communities else None)
    if chosen:
        for place in PLACES:
            if viewer.may(place.permission):
                try:
                    return redirect(reverse(place.url_name, kwargs={"code": chosen.code}))
                except NoReverseMatch:
                    continue
        if viewer.may(Permission.AUDIT_READ):
            return redirect("trust:audit", code=chosen.code)
        return redirect("portal:home", code=chosen.code)
    return render(request, "site/portal/front.html", {"communities": public_communities(viewer=viewer)})
