"""People: search first, everything masked. One person: opening the record is logged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces.components import Column, Entry, Event, Table
from linli.faces.formats import EN_DASH, day, span
from linli.faces.words import current_language, pick
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.commands import note_search, open_person
from linli.register.queries.people import MOST, PersonRow, Search, search_people
from linli.register.queries.places import time_zone
from linli.register.queries.record import Fact, person_record
from linli.register.rules.codes import PROVINCES
from linli.register.web import names
from linli.trust import Permission, page


@page("register.people", may=Permission.PERSON_SEARCH)
def people(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Search-first: nobody is listed before something was asked."""
    q = request.GET.get("q", "").strip()[:60]
    grid, here = request.GET.get("grid", "")[:8], request.GET.get("here") == "1"
    today = _today(viewer, community.id)
    found = (
        search_people(viewer=viewer, community=community.id, q=q, today=today, grid=grid or None, here_now=here) if q else None
    )
    if found and not found.too_short:
        note_search(by=viewer, community=community.id, found=found.total)
    context = {
        "q": q,
        "found": found,
        "most": MOST,
        "table": _table(found.rows, community.code) if found and found.rows else None,
        "narrow": _narrow(found, request.path, q, grid, here) if found else [],
    }
    return render(request, "register/desk/people.html", context)


@page("register.person", may=Permission.PERSON_SEARCH)
def person(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """One record, masked. Out of scope it does not exist."""
    today = _today(viewer, community.id)
    try:
        open_person(by=viewer, community=community.id, person=person)
        record = person_record(viewer=viewer, community=community.id, person=person, today=today)
    except NotFound:
        raise Http404 from None
    context = {
        "record": record,
        "row": record.row,
        "sex": names.SEX.get(record.row.sex, ""),
        "age": _age(record.row.age_band),
        "status": names.STATUS[record.status] if record.row.until is None else _("no longer lives here"),
        "document": names.DOCUMENT.get(record.document, ""),
        "events": [_event(fact) for fact in record.facts],
        "family": _family(record.household, person, community.code),
        "alone": len(record.household) == 1,
    }
    return render(request, "register/desk/person.html", context)


def _today(viewer: Actor, community: UUID) -> date:
    return datetime.now(ZoneInfo(time_zone(viewer=viewer, community=community))).date()


def _table(rows: list[PersonRow], code: str) -> Table:
    heads = (_("Name"), _("Sex"), _("Age"), _("Building"), _("Grid"), _("Lives here"), _("Verified"), _("Matched by"))
    return Table(
        columns=[Column(head, said=head in (heads[2], heads[4], heads[6])) for head in heads],
        narrow="flow",
        rows=[
            [
                Entry(row.name, href=reverse("register:person", kwargs={"code": code, "person": row.id})),
                names.SEX.get(row.sex, ""),
                _age(row.age_band),
                row.building,
                row.grid,
                Entry(_lives(row), tone="mute" if row.until else ""),
                Entry(_short(row.verified), tone="due" if row.stale else ""),
                Entry(", ".join(str(names.MATCHED[how]) for how in row.matched), tone="mute"),
            ]
            for row in rows
        ],
    )


def _family(family: list[tuple[PersonRow, str]], me: UUID, code: str) -> Table | None:
    if len(family) < 2:
        return None
    return Table(
        columns=[Column(_("Name")), Column(_("Relation to the head")), Column(_("Age")), Column(_("Lives here"))],
        narrow="flow",
        rows=[
            [
                Entry(
                    row.name, href=None if row.id == me else reverse("register:person", kwargs={"code": code, "person": row.id})
                ),
                names.relation(relation),
                _age(row.age_band),
                _lives(row),
            ]
            for row, relation in family
        ],
        light=True,
    )


def _narrow(found: Search, path: str, q: str, grid: str, here: bool) -> list[dict[str, Any]]:
    """Links that narrow the search, each with the number it leads to; one that is on leads back."""

    def link(**change: str) -> str:
        asked = {"q": q, "grid": grid, "here": "1" if here else ""} | change
        return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"

    links: list[dict[str, Any]] = []
    if here:
        links.append({"name": _("All, past residents too"), "url": link(here=""), "count": None})
    elif 0 < found.here_now < found.total:
        links.append({"name": _("Living here now"), "url": link(here="1"), "count": found.here_now})
    if grid:
        links.append({"name": _("All grids"), "url": link(grid=""), "count": None})
    elif len(found.grids) > 1:
        links += [
            {"name": _("Grid %(grid)s") % {"grid": label}, "url": link(grid=label), "count": count}
            for label, count in found.grids
            if label
        ]
    return links


def _age(age_band: str) -> str:
    """``00-04`` → 0–4 (0至4), ``85+`` as it is."""
    if "-" not in age_band:
        return age_band
    low, high = age_band.split("-")
    return span(int(low), int(high), current_language())


def _short(value: date | None) -> str:
    return day(value, current_language(), "short" if value.year == timezone.localdate().year else "year") if value else EN_DASH


def _lives(row: PersonRow) -> str:
    language = current_language()
    if row.until is not None:
        when = day(row.until, language, "month")
        return _("died %(month)s") % {"month": when} if row.ending == "died" else _("moved away, %(month)s") % {"month": when}
    if row.came == "born":
        return _("since birth")
    return _("since %(month)s") % {"month": day(row.since, language, "month")}


def _event(fact: Fact) -> Event:
    language = current_language()
    known = timezone.localtime(fact.known_from).date() if fact.known_from else None
    told = _("recorded %(day)s") % {"day": day(known, language, "year")} if known else ""
    if fact.kind == "residence":
        title = _("Residence: %(building)s") % {"building": fact.place}
        return Event(_span(fact), title, _ending(fact), told, "ended" if fact.to_date else "")
    if fact.kind == "hukou":
        place = _("this community") if fact.detail == "here" else _province(fact.place)
        return Event(_span(fact), _("Hukou: %(place)s") % {"place": place}, "", told, "ended" if fact.to_date else "")
    verified = day(date.fromisoformat(fact.detail), language, "year")
    return Event(_span(fact), _("Not in the files"), _("Last verified %(day)s.") % {"day": verified}, told, "unsure")


def _province(code: str) -> str:
    if code not in PROVINCES:
        return _("not stated")
    english, chinese = PROVINCES[code]
    return pick({"en": english, "zh-Hans": chinese})


def _span(fact: Fact) -> str:
    language = current_language()
    start = day(fact.from_date, language, "year")
    if fact.to_date is None:
        return _("since %(day)s") % {"day": start}
    return _("%(start)s to %(end)s") % {"start": start, "end": day(fact.to_date, language, "year")}


def _ending(fact: Fact) -> str:
    if fact.ended == "died":
        return _("Died.")
    if fact.ended == "moved_within":
        return _("Moved within the community.")
    return _("Moved away.") if fact.to_date else ""
