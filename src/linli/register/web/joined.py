"""Beside a person's record: the other records of the same person, and the way to take two apart."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from linli.faces.formats import day
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.register.commands.joining import take_apart
from linli.register.queries.links import beside
from linli.register.queries.people import person_rows
from linli.trust import Permission, page


def joined_to(viewer: Actor, community: Any, person: UUID, today: date) -> list[dict[str, Any]]:
    """The records that a person's record is held together with, for the page of that record."""
    found = beside(viewer=viewer, community=community.id, person=person)
    people = {one.person for one in found}
    rows = {row.id: row for row in person_rows(viewer=viewer, community=community.id, people=people, today=today)}
    return [
        {
            "name": rows[one.person].name,
            "url": reverse("register:person", kwargs={"code": community.code, "person": one.person}),
            "leads": one.leads,
            "since": day(timezone.localtime(one.since).date(), current_language(), "year"),
            "apart": reverse("register:apart", kwargs={"code": community.code, "link": one.link}),
        }
        for one in found
        if one.person in rows
    ]


@require_POST
@page("register.apart", may=Permission.REGISTER_WRITE)
def apart(request: HttpRequest, viewer: Actor, community: Any, link: UUID) -> HttpResponse:
    """Two records that were held to be one person are two people after all."""
    try:
        built_on = take_apart(by=viewer, community=community.id, link=link)
    except NotFound:
        raise Http404 from None
    except LinliError as fault:
        messages.error(request, say(fault.words))
    else:
        if built_on:
            told = ngettext(
                "Taken apart. One thing was written since and stays as it is; look at both records.",
                "Taken apart. %(count)s things were written since and stay as they are; look at both records.",
                built_on,
            ) % {"count": built_on}
        else:
            told = _("Taken apart: both records stand as before.")
        messages.success(request, told)
    back = request.POST.get("person", "")
    try:
        return redirect("register:person", code=community.code, person=UUID(back))
    except ValueError:
        return redirect("register:questions", code=community.code)
