"""On the street: my buildings, their doors, who lives behind one, and the one tap that says that nothing has changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register import commands
from linli.register.queries import doors
from linli.register.queries.asof import Moment
from linli.register.queries.left_behind import left_behind_at
from linli.register.queries.people import person_rows
from linli.register.queries.survey import this_week
from linli.register.web import names
from linli.register.web.household import TITLES, about
from linli.trust import Permission, page

ACTS_AT_DOOR = tuple((act, TITLES[act]) for act in ("left", "came"))
MORE_AT_DOOR = tuple((act, TITLES[act]) for act in ("born", "died", "head", "split"))
"""What is written at a door; moving within and joining need another address, and are written at the desk."""
_FROM_SURVEY = "linli_from_survey"
"""The door that was opened from the survey's list, so that the way leads back there."""


@page("register.field_homes", may=Permission.REGISTER_WRITE)
def homes(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """My buildings, those with somebody to look for first; above them the way to the survey. Or who of mine is left behind."""
    if request.GET.get("only") == "left_behind":
        return _left_behind(request, viewer, community)
    today = timezone.localdate()
    context = {
        "homes": doors.homes(viewer=viewer, community=community.id),
        "week": this_week(viewer=viewer, community=community.id, day=today),
    }
    return render(request, "register/field/homes.html", context)


def _left_behind(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    today = timezone.localdate()
    behind = left_behind_at(viewer=viewer, community=community.id, at=Moment(today, timezone.now()))
    rows = person_rows(viewer=viewer, community=community.id, people=behind, today=today)
    commands.note_search(by=viewer, community=community.id, found=len(rows))
    where = doors.doors_of(viewer=viewer, community=community.id, people=behind)
    people = [
        {
            "row": row,
            "how": names.LEFT_BEHIND[behind[row.id]],
            "age": names.age(row.age_band),
            "url": _door_url(community.code, *where[row.id]),
        }
        for row in rows
        if row.id in where
    ]
    return render(request, "register/field/left_behind.html", {"people": people})


def _door_url(code: str, building: UUID, dwelling: UUID | None) -> str:
    if dwelling is None:
        return reverse("register:field_unplaced", kwargs={"code": code, "building": building})
    return reverse("register:field_door", kwargs={"code": code, "building": building, "dwelling": dwelling})


@page("register.field_building", may=Permission.REGISTER_WRITE)
def building(request: HttpRequest, viewer: Actor, community: Any, building: UUID) -> HttpResponse:
    """The doors of one building."""
    try:
        whole, found = doors.doors(viewer=viewer, community=community.id, building=building)
    except NotFound:
        raise Http404 from None
    return render(request, "register/field/building.html", {"building": whole, "doors": found})


@page("register.field_door", may=Permission.REGISTER_WRITE)
def door(request: HttpRequest, viewer: Actor, community: Any, building: UUID, dwelling: UUID) -> HttpResponse:
    """Who lives here. One tap says that nothing has changed, one that nobody opened."""
    if request.GET.get("from") == "survey":
        # It stands through a correction on another page, and is forgotten with the next tap.
        request.session[_FROM_SURVEY] = str(dwelling)
    if request.method == "POST":
        return _found(request, viewer, community, building, dwelling)
    return _door(request, viewer, community, building, dwelling)


@page("register.field_unplaced", may=Permission.REGISTER_WRITE)
def unplaced(request: HttpRequest, viewer: Actor, community: Any, building: UUID) -> HttpResponse:
    """Those of a building whose door is not known."""
    return _door(request, viewer, community, building, None)


def _door(request: HttpRequest, viewer: Actor, community: Any, building: UUID, dwelling: UUID | None) -> HttpResponse:
    today = timezone.localdate()
    try:
        found = doors.door(viewer=viewer, community=community.id, building=building, dwelling=dwelling, today=today)
    except NotFound:
        raise Http404 from None
    houses = [
        {
            "id": house.id,
            "members": [{"row": member.row, "about": about(member)} for member in house.members],
        }
        for house in found.houses
    ]
    if dwelling is not None and request.session.get(_FROM_SURVEY) == str(dwelling):
        back = reverse("register:field_survey", kwargs={"code": community.code})
    else:
        back = reverse("register:field_building", kwargs={"code": community.code, "building": building})
    return render(
        request,
        "register/field/door.html",
        {"door": found, "houses": houses, "acts": ACTS_AT_DOOR, "more": MORE_AT_DOOR, "back": back},
    )


def _found(request: HttpRequest, viewer: Actor, community: Any, building: UUID, dwelling: UUID) -> HttpResponse:
    try:
        if request.POST.get("found") == "nobody":
            commands.nobody_home(by=viewer, community=community.id, dwelling=dwelling)
            messages.success(request, _("Written down: nobody opened."))
        elif request.POST.get("found") == "refused":
            commands.turned_away(by=viewer, community=community.id, dwelling=dwelling)
            messages.success(request, _("Written down: they did not want to talk."))
        else:
            people = commands.confirm_unchanged(by=viewer, community=community.id, dwelling=dwelling)
            verified = ngettext("Verified today: one person.", "Verified today: %(count)s people.", people) % {"count": people}
            messages.success(request, verified if people else _("Written down: nobody lives there."))
    except NotFound:
        raise Http404 from None
    if request.session.pop(_FROM_SURVEY, "") == str(dwelling):
        return redirect("register:field_survey", code=community.code)
    return redirect("register:field_building", code=community.code, building=building)
