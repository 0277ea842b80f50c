"""People: search first, everything masked. Nobody is listed before something was asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces.components import Column, Entry, Table
from linli.faces.formats import EN_DASH
from linli.kernel.actor import Actor
from linli.register.commands import note_search
from linli.register.queries.people import PersonRow, person_rows
from linli.register.queries.search import MOST, Narrow, Search, search_people
from linli.register.rules.asked import years
from linli.register.web import names
from linli.register.web.writing import lives, short_day
from linli.territory.queries import grids
from linli.trust import Permission, asked_before, keep_asked, page

ASKED = ("q", "grid", "born", "place", "here")
LONGEST = 60
AT_ONCE = 20
"""So many lines are looked for together."""
RECENT = 8


@page("register.people", may=Permission.PERSON_SEARCH)
def people(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """One search, with what makes it narrower. What is asked comes by POST and never stands in the address."""
    if request.method == "POST":
        asked = {name: request.POST.get(name, "").strip()[:LONGEST] for name in ASKED}
        if not any(asked.values()):
            return redirect("register:people", code=community.code)
        return _onward(request, community, "register:people", asked)
    key = request.GET.get("s", "")[:40]
    kept = asked_before(request, community.id, key) if key else None
    asked = _asked(request, kept)
    born = years(asked["born"]) if asked["born"] else None
    narrow = Narrow(asked["grid"], born, asked["place"], asked["here"] == "1")
    today = timezone.localdate()
    found = None
    if asked["q"]:
        found = search_people(viewer=viewer, community=community.id, q=asked["q"], today=today, narrow=narrow)
        if not found.too_short:
            note_search(by=viewer, community=community.id, found=found.total)
    context = {
        "q": asked["q"],
        "asked": asked,
        "gone": bool(key) and kept is None,
        "bad_born": bool(asked["born"]) and born is None,
        "found": found,
        "most": MOST,
        "table": table_of(found.rows, community.code) if found and found.rows else None,
        "grids": [row.label for row in grids(viewer=viewer, community=community.id)],
        "narrow": _links(found, request, asked) if found else [],
        "recent": _recent(request, viewer, community),
        "may_write": viewer.may(Permission.REGISTER_WRITE),
    }
    return _not_stored(render(request, "register/desk/people.html", context))


@page("register.people_several", may=Permission.PERSON_SEARCH)
def several(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """A list of names, addresses or numbers, one a line: for each, who may be meant."""
    if request.method == "POST":
        typed = request.POST.get("lines", "")
        lines = list(dict.fromkeys(line.strip()[:LONGEST] for line in typed.splitlines() if line.strip()))
        if not lines:
            return redirect("register:people_several", code=community.code)
        kept = {"lines": lines[:AT_ONCE], "left": max(0, len(lines) - AT_ONCE)}
        return _onward(request, community, "register:people_several", kept)
    key = request.GET.get("s", "")[:40]
    asked = (asked_before(request, community.id, key) or {}) if key else {}
    lines = list(asked.get("lines", ()))
    today = timezone.localdate()
    answers, total = [], 0
    alone = reverse("register:people", kwargs={"code": community.code})
    for at, line in enumerate(lines):
        found = search_people(viewer=viewer, community=community.id, q=line, today=today)
        total += found.total
        answers.append(
            {
                "line": line,
                "found": found,
                "table": table_of(found.rows[:RECENT], community.code) if found.rows else None,
                "further": max(0, len(found.rows) - RECENT),
                "url": f"{alone}?{urlencode({'s': key, 'line': at})}",
            }
        )
    if answers:
        note_search(by=viewer, community=community.id, found=total)
    context = {
        "lines": "\n".join(lines),
        "answers": answers,
        "left": asked.get("left", 0),
        "at_once": AT_ONCE,
        "gone": bool(key) and not lines,
    }
    return _not_stored(render(request, "register/desk/people_several.html", context))


def _onward(request: HttpRequest, community: Any, name: str, asked: dict[str, Any]) -> HttpResponse:
    """To the answer: by GET, so that loading it anew or going back sends nothing twice."""
    key = keep_asked(request, community.id, asked)
    return HttpResponseRedirect(f"{reverse(name, kwargs={'code': community.code})}?{urlencode({'s': key})}", status=303)


def _asked(request: HttpRequest, kept: dict[str, Any] | None) -> dict[str, str]:
    """What was asked; narrowed by the address in what says nothing of anybody: a grid, a decade of birth, who lives here now."""
    asked = dict.fromkeys(ASKED, "")
    if kept is None:
        return asked
    if "lines" in kept:
        line = request.GET.get("line", "")
        at = int(line) if line.isascii() and line.isdigit() and len(line) < 4 else len(kept["lines"])
        asked["q"] = kept["lines"][at] if at < len(kept["lines"]) else ""
    else:
        asked |= {name: str(kept.get(name, "")) for name in ASKED}
    asked |= {name: request.GET[name].strip()[:LONGEST] for name in ("grid", "born", "here") if name in request.GET}
    if "place" in request.GET:
        asked["place"] = ""
    return asked


def _not_stored(response: HttpResponse) -> HttpResponse:
    """Nothing of the answer stays in the browser's own store."""
    response["Cache-Control"] = "no-store"
    return response


def opened_lately(request: HttpRequest, community: UUID, person: UUID) -> None:
    """Remember whose record was opened, until the reader signs out."""
    held: dict[str, list[str]] = dict(request.session.get("register_opened", {}))
    own = [other for other in held.get(str(community), []) if other != str(person)]
    held[str(community)] = [str(person), *own][:RECENT]
    request.session["register_opened"] = held


def _recent(request: HttpRequest, viewer: Actor, community: Any) -> list[dict[str, Any]]:
    held = request.session.get("register_opened", {}).get(str(community.id), [])
    ids = [UUID(text) for text in held]
    today = timezone.localdate()
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


def _links(found: Search, request: HttpRequest, asked: dict[str, str]) -> list[dict[str, Any]]:
    """Links that narrow the search, each with the number it leads to; one that is on leads back. None carries what was typed."""
    now = {name: request.GET[name] for name in ("s", "line", "grid", "born", "here", "place") if name in request.GET}

    def link(**change: str) -> str:
        return f"{request.path}?{urlencode(now | change)}"

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
