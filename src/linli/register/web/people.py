"""People: search first, everything masked. Nobody is listed before something was asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.faces.components import Column, Entry, Table
from linli.faces.formats import EN_DASH
from linli.kernel.actor import Actor
from linli.register.commands import note_search
from linli.register.queries.people import PersonRow, person_rows
from linli.register.queries.search import MOST, Narrow, Search, search_people
from linli.register.rules.asked import years
from linli.register.web import names
from linli.register.web.writing import lives, short_day, today_in
from linli.territory.queries import grids
from linli.trust import Permission, page

LONGEST = 60
AT_ONCE = 20
"""So many lines are looked for together."""
RECENT = 8


@page("register.people", may=Permission.PERSON_SEARCH)
def people(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """One search, with what makes it narrower."""
    asked = {name: request.GET.get(name, "").strip()[:LONGEST] for name in ("q", "grid", "born", "place", "here")}
    born = years(asked["born"]) if asked["born"] else None
    narrow = Narrow(asked["grid"], born, asked["place"], asked["here"] == "1")
    today = today_in(viewer, community.id)
    found = None
    if asked["q"]:
        found = search_people(viewer=viewer, community=community.id, q=asked["q"], today=today, narrow=narrow)
        if not found.too_short:
            note_search(by=viewer, community=community.id, found=found.total)
    context = {
        "q": asked["q"],
        "asked": asked,
        "bad_born": bool(asked["born"]) and born is None,
        "found": found,
        "most": MOST,
        "table": table_of(found.rows, community.code) if found and found.rows else None,
        "grids": [row.label for row in grids(viewer=viewer, community=community.id)],
        "narrow": _links(found, request.path, asked) if found else [],
        "recent": _recent(request, viewer, community),
    }
    return render(request, "register/desk/people.html", context)


@page("register.people_several", may=Permission.PERSON_SEARCH)
def several(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """A list of names, addresses or numbers, one a line: for each, who may be meant."""
    typed = request.POST.get("lines", "") if request.method == "POST" else ""
    lines = list(dict.fromkeys(line.strip()[:LONGEST] for line in typed.splitlines() if line.strip()))
    today = today_in(viewer, community.id)
    answers, total = [], 0
    for line in lines[:AT_ONCE]:
        found = search_people(viewer=viewer, community=community.id, q=line, today=today)
        total += found.total
        answers.append(
            {
                "line": line,
                "found": found,
                "table": table_of(found.rows[:RECENT], community.code) if found.rows else None,
                "further": max(0, len(found.rows) - RECENT),
                "url": f"{reverse('register:people', kwargs={'code': community.code})}?{urlencode({'q': line})}",
            }
        )
    if answers:
        note_search(by=viewer, community=community.id, found=total)
    context = {"lines": "\n".join(lines), "answers": answers, "left": max(0, len(lines) - AT_ONCE), "at_once": AT_ONCE}
    return render(request, "register/desk/people_several.html", context)


def opened_lately(request: HttpRequest, community: UUID, person: UUID) -> None:
    """Remember whose record was opened, until the reader signs out."""
    held: dict[str, list[str]] = dict(request.session.get("register_opened", {}))
    own = [other for other in held.get(str(community), []) if other != str(person)]
    held[str(community)] = [str(person), *own][:RECENT]
    request.session["register_opened"] = held


def _recent(request: HttpRequest, viewer: Actor, community: Any) -> list[dict[str, Any]]:
    held = request.session.get("register_opened", {}).get(str(community.id), [])
    ids = [UUID(text) for text in held]
    today = today_in(viewer, community.id)
    rows = {row.id: row for row in person_rows(viewer=viewer, community=community.id, people=ids, today=today)} if ids else {}
    known = [(rows[one], _address(community.code, one)) for one in ids if one in rows]
    return [{"name": row.name, "building": row.building, "url": url} for row, url in known]


def _address(code: str, person: UUID) -> str:
    return reverse("register:person", kwargs={"code": code, "person": person})


def table_of(rows: list[PersonRow], code: str) -> Table:
    """People in a table that leads to their records."""
    heads = (_("Name"), _("Sex"), _("Age"), _("Building"), _("Grid"), _("Lives here"), _("Verified"), _("Matched by"))
    return Table(
        columns=[Column(head, said=at in (2, 4, 6)) for at, head in enumerate(heads)],
        narrow="flow",
        rows=[
            [
                Entry(row.name, href=_address(code, row.id)),
                names.SEX.get(row.sex, ""),
                names.age(row.age_band),
                row.building,
                row.grid or EN_DASH,
                Entry(lives(row), tone="mute" if row.until else ""),
                Entry(short_day(row.verified), tone="due" if row.stale else ""),
                Entry(names.listed([names.MATCHED[how] for how in row.matched]), tone="mute"),
            ]
            for row in rows
        ],
    )


def _links(found: Search, path: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    """Links that narrow the search, each with the number it leads to; one that is on leads back."""

    def link(**change: str) -> str:
        return f"{path}?{urlencode({name: value for name, value in (asked | change).items() if value})}"

    links: list[dict[str, Any]] = []
    if asked["here"]:
        links.append({"name": _("All, past residents too"), "url": link(here=""), "count": None})
    elif 0 < found.here_now < found.total:
        links.append({"name": _("Living here now"), "url": link(here="1"), "count": found.here_now})
    if asked["grid"]:
        links.append({"name": _("All grids"), "url": link(grid=""), "count": None})
    elif len(found.grids) > 1:
        links += [
            {"name": _("Grid %(grid)s") % {"grid": label}, "url": link(grid=label), "count": count}
            for label, count in found.grids
            if label
        ]
    if asked["born"]:
        links.append({"name": _("Born in any year"), "url": link(born=""), "count": None})
    elif len(found.decades) > 1:
        links += [
            {
                "name": _("Born %(first)s to %(last)s") % {"first": decade, "last": decade + 9},
                "url": link(born=f"{decade}-{decade + 9}"),
                "count": count,
            }
            for decade, count in found.decades
        ]
    if asked["place"]:
        links.append({"name": _("All places"), "url": link(place=""), "count": None})
    return links
