"""Papers that run out, for the desk and for a worker's own grids: whose, until when, and what there is to do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.faces.components import Column, Entry, Pager, Table
from linli.faces.formats import EN_DASH, day
from linli.faces.words import current_language
from linli.kernel.actor import Actor
from linli.register.commands import note_search
from linli.register.queries.people import person_rows
from linli.register.queries.running_out import SOON_WEEKS, running_out
from linli.register.rules.running_out import Due, Matter, summed
from linli.register.web import names
from linli.territory.queries import grids
from linli.trust import Permission, page

PAGE = 50
WEEKS = (4, 13, 26)
MATTER: dict[Matter, Promise] = {
    Matter.DOCUMENT: gettext_lazy("Documents"),
    Matter.ENDORSE: gettext_lazy("Residence permits to endorse"),
    Matter.ISSUE: gettext_lazy("Residence permits to issue"),
    Matter.NUMBER: gettext_lazy("No number known yet"),
}


@page("register.running_out", may=Permission.REGISTER_WRITE)
def papers_due(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """What runs out within some weeks, by grid; names masked, each leading to the person's papers."""
    today = timezone.localdate()
    labels = [row.label for row in grids(viewer=viewer, community=community.id)]
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(count) for count in WEEKS} else SOON_WEEKS
    grid = request.GET.get("grid", "")
    grid = grid if grid in labels else ""
    which = request.GET.get("matter", "")
    matter = Matter(which) if which in set(Matter) else None
    found = running_out(viewer=viewer, community=community.id, today=today, weeks=weeks, grid=grid)
    chosen = [due for due in found if matter is None or due.matter is matter]
    at = max(1, int(request.GET["page"])) if request.GET.get("page", "").isdecimal() else 1
    shown = chosen[(at - 1) * PAGE : at * PAGE]
    rows = {
        row.id: row
        for row in person_rows(viewer=viewer, community=community.id, people={due.person for due in shown}, today=today)
    }
    note_search(by=viewer, community=community.id, found=len(rows))
    kept = {"weeks": str(weeks), "grid": grid, "matter": which if matter else ""}
    lines = [_line(due, rows[due.person], community.code) for due in shown if due.person in rows]
    heads = (_("Whose"), _("What"), _("Runs out"), _("Time left"), _("Building"), _("Grid"))
    context = {
        "summary": summed(found),
        "table": Table([Column(head, said=index in (2, 5)) for index, head in enumerate(heads)], lines, narrow="flow")
        if lines
        else None,
        "pager": _pager(at, len(chosen), kept),
        "matters": [
            {"name": name, "count": count, "url": "?" + urlencode(kept | {"matter": key.value}), "here": key is matter}
            for key, name in MATTER.items()
            if (count := summed(found).by_matter.get(key))
        ],
        "all_url": "?" + urlencode(kept | {"matter": ""}) if matter else "",
        "weeks": weeks,
        "choices": [(count, _in_weeks(count)) for count in WEEKS],
        "grids": labels,
        "grid": grid,
        "matter": kept["matter"],
    }
    return render(request, "register/desk/running_out.html", context)


def _pager(at: int, total: int, kept: dict[str, str]) -> Pager:
    first, last = (at - 1) * PAGE + 1, min(at * PAGE, total)

    def url(number: int) -> str:
        return "?" + urlencode(kept | {"page": str(number)})

    return Pager(
        first if first <= last else 0,
        last,
        total,
        previous_url=url(at - 1) if at > 1 else None,
        next_url=url(at + 1) if last < total else None,
    )


def _line(due: Due, row: Any, code: str) -> list[Any]:
    url = reverse("register:papers", kwargs={"code": code, "person": row.id})
    until = left = Entry(EN_DASH)
    if due.day is not None and due.left is not None:
        tone = "high" if due.left < 0 else "due" if due.left <= 30 or due.matter is Matter.ENDORSE else ""
        until, left = Entry(day(due.day, current_language(), "year"), tone=tone), Entry(left_words(due.left), tone=tone)
    return [
        Entry(row.name, href=url, small=names.age(row.age_band)),
        names.listed([_what(due), *([_("new this week")] if due.fresh else [])]),
        until,
        left,
        row.building,
        row.grid or EN_DASH,
    ]


def _what(due: Due) -> str | Promise:
    if due.matter is Matter.DOCUMENT:
        return names.DOCUMENT.get(due.kind, _("Document"))
    if due.matter is Matter.ENDORSE:
        return _("Residence permit: endorse it")
    if due.matter is Matter.ISSUE:
        return _("Residence permit: to be issued")
    return _("Number: ask for it")


def left_words(left: int) -> str:
    """How long something still is good, or how long it has been over."""
    if left == 0:
        return _("today is the last day")
    if left > 0:
        return ngettext("one day left", "%(count)s days left", left) % {"count": left}
    return ngettext("over for one day", "over for %(count)s days", -left) % {"count": -left}


def _in_weeks(count: int) -> str:
    return ngettext("within %(count)s week", "within %(count)s weeks", count) % {"count": count}
