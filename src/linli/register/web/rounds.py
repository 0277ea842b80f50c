"""This Monday of the register: from the file to the signed list of every grid; two Mondays compared."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.faces.components import Column, Entry, Step, Table
from linli.faces.formats import EN_DASH, number, when
from linli.faces.words import JOIN, current_language
from linli.faces.words import render as say
from linli.intake import State as BatchState
from linli.intake import batches
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.weeks import Week
from linli.register.commands import rounds as commands
from linli.register.queries.people import person_rows
from linli.register.queries.questions import open_counts
from linli.register.queries.rounds import MANAGER, WORKER, GridRound, Signature, current_week, grid_rounds, mondays
from linli.register.rules.rounds import COMPLETE, Delta
from linli.register.web.signing import signed_off
from linli.trust import Permission, page

POPULATION = "register.population"
DELTAS = {
    Delta.CAME: gettext_lazy("came"),
    Delta.LEFT: gettext_lazy("left"),
    Delta.BORN: gettext_lazy("born"),
    Delta.DIED: gettext_lazy("died"),
    Delta.CHANGED: gettext_lazy("changed"),
    Delta.UNVERIFIED: gettext_lazy("long unverified"),
}
PARTS = {
    "number": gettext_lazy("document number"),
    "phone": gettext_lazy("telephone"),
    "dwelling": gettext_lazy("door"),
    "household": gettext_lazy("household"),
    "relation": gettext_lazy("relation to the head"),
    "hukou": gettext_lazy("hukou"),
    "status": gettext_lazy("kind of residence"),
}
ROLES = {WORKER: gettext_lazy("the grid’s worker"), MANAGER: gettext_lazy("the manager")}
LISTED = 200


@page("register.round", may=Permission.REGISTER_READ)
def monday(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """The steps of the week with their state, and every grid with its list."""
    return _monday(request, viewer, community, "desk")


@page("register.field_round", may=Permission.REGISTER_READ)
def field_monday(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """The same on a telephone."""
    return _monday(request, viewer, community, "field")


def _monday(request: HttpRequest, viewer: Actor, community: Any, shell: str) -> HttpResponse:
    week, since = _weeks(request, viewer, community)
    found = grid_rounds(viewer=viewer, community=community.id, week=week, since=since)
    asked = sum(open_counts(viewer=viewer, community=community.id).values())
    known = [Week(one) for one in mondays(viewer=viewer, community=community.id)]
    context = {
        "shell_template": f"faces/{shell}.html",
        "shell_name": shell,
        "week": week,
        "since": since,
        "compared": since != week.back(),
        "steps": _steps(viewer, community, week, found, asked, shell),
        "grids": [_grid_row(row, community.code, week, since, shell) for row in found],
        "weeks": [str(one) for one in dict.fromkeys([week, since, *known])][:60],
        "questions_url": _url("questions", shell, community.code),
        "may_write": viewer.may(Permission.REGISTER_WRITE),
        "asked": asked,
    }
    return render(request, "register/round.html", context)


def _weeks(request: HttpRequest, viewer: Actor, community: Any) -> tuple[Week, Week]:
    """The week asked for (default: the current one) and the one it is compared with (default: the one before)."""
    try:
        asked = request.GET.get("week")
        week = Week.parse(asked) if asked else current_week(viewer=viewer, community=community.id)
        since = Week.parse(request.GET["since"]) if request.GET.get("since") else week.back()
    except ValueError:
        raise Http404 from None
    return (week, since) if since.monday < week.monday else (week, week.back())


def _url(name: str, shell: str, code: str, **rest: Any) -> str:
    return reverse(f"register:{'field_' if shell == 'field' else ''}{name}", kwargs={"code": code, **rest})


def _steps(viewer: Actor, community: Any, week: Week, found: list[GridRound], asked: int, shell: str) -> list[Step]:
    """Five steps, each one link. A week without a file begins with the visits that renewed it."""
    files = _files(viewer, community.id, week)
    waits = [row for row in files if row.state is BatchState.AWAITING]
    looked = [row for row in files if row.state is BatchState.PREVIEWED]
    written = [row for row in files if row.state is BatchState.APPLIED]
    imports = _address("intake:list", community.code)
    first = (waits or looked or written or [None])[0]
    file_url = reverse("intake:detail", kwargs={"code": community.code, "batch": first.id}) if first else imports
    rows = sum(row.rows for row in written)
    came = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": number(rows)} if written else _("no file; visits renew too")
    if looked and not written and not waits:
        came = _("looked at, not written")
    verified, people = sum(row.verified for row in found), sum(row.residents for row in found)
    done = bool(written) or (not files and verified > 0)
    to_sign = [row for row in found if not row.settled]
    may_import = viewer.may(Permission.IMPORT_READ)
    signed = signed_off(viewer, community.id, week)
    steps = [
        Step(_("File"), came, "done" if done else "open", file_url if may_import else None),
        Step(
            _("Second person"),
            _("asked for") if waits else _("not needed"),
            "open" if waits else "done" if done else "waiting",
            file_url if waits and may_import else None,
        ),
        Step(
            _("Questions"),
            ngettext("one is open", "%(n)s are open", asked) % {"n": number(asked)} if asked else _("none is open"),
            "open" if asked and done else "done" if done else "waiting",
            _url("questions", shell, community.code) if viewer.may(Permission.REGISTER_WRITE) else None,
        ),
        Step(
            _("Grids signed"),
            _("%(n)s of %(all)s") % {"n": number(len(found) - len(to_sign)), "all": number(len(found))},
            "done" if not to_sign and found else "open" if done else "waiting",
            "#grids" if found else None,
        ),
        Step(
            _("Signed off"),
            _signed_by(*signed) if signed else _("verified: %(n)s of %(all)s") % {"n": number(verified), "all": number(people)},
            "done" if signed else "open" if done and found and not to_sign and not asked else "waiting",
            f"{address}?week={week}"
            if viewer.may(Permission.MONDAY_READ) and (address := _address("monday:this", community.code))
            else None,
        ),
    ]
    return steps


def _files(viewer: Actor, community: UUID, week: Week) -> list[Any]:
    zone_start, zone_end = week, week.next()
    found = batches(viewer=viewer, community=community, kind=POPULATION, limit=50)
    return [row for row in found if zone_start.monday <= timezone.localtime(row.as_of).date() < zone_end.monday]


def _address(name: str, code: str) -> str | None:
    try:
        return reverse(name, kwargs={"code": code})
    except NoReverseMatch:
        return None


def _grid_row(row: GridRound, code: str, week: Week, since: Week, shell: str) -> dict[str, Any]:
    counts = row.counts
    query = urlencode({"week": str(week), "since": str(since)})
    told = [f"{DELTAS[delta]} {number(counts[delta])}" for delta in Delta if counts[delta]]
    return {
        "url": f"{_url('grid_round', shell, code, grid=row.grid)}?{query}",
        "label": row.label,
        "residents": row.residents,
        "verified": row.verified,
        "changes": JOIN[current_language()].join(told) or _("none"),
        "questions": row.questions,
        "score": row.score,
        "worker": _signed(row.signed(WORKER), row),
        "manager": _signed(row.signed(MANAGER), row),
        "settled": row.settled,
    }


def _signed(signature: Signature | None, row: GridRound) -> dict[str, Any]:
    if signature is None:
        return {"text": _("not signed yet"), "tone": "mute"}
    text = _signed_by(signature.name, signature.at)
    return {"text": text, "tone": "due" if signature.changed else "", "changed": signature.changed}


def _signed_by(name: str, at: datetime) -> str:
    return _("%(name)s, %(at)s") % {"name": name, "at": when(timezone.localtime(at), current_language())}


@page("register.grid_round", may=Permission.REGISTER_READ)
def grid(request: HttpRequest, viewer: Actor, community: Any, grid: UUID) -> HttpResponse:
    """The week's list of one grid, its score with its parts, and the signatures."""
    return _grid(request, viewer, community, grid, "desk")


@page("register.field_grid_round", may=Permission.REGISTER_READ)
def field_grid(request: HttpRequest, viewer: Actor, community: Any, grid: UUID) -> HttpResponse:
    """The same on a telephone."""
    return _grid(request, viewer, community, grid, "field")


def _grid(request: HttpRequest, viewer: Actor, community: Any, grid: UUID, shell: str) -> HttpResponse:
    week, since = _weeks(request, viewer, community)
    fault = ""
    if request.method == "POST":
        try:
            commands.sign_grid(
                by=viewer, community=community.id, grid=grid, week=week, note=request.POST.get("note", "")
            )  # fmt: skip
            messages.success(request, _("Signed."))
            return redirect(f"{request.path}?{urlencode({'week': str(week)})}")
        except NotFound:
            raise Http404 from None
        except LinliError as error:
            fault = f"{say(error.words)} {say(error.remedy)}" if error.remedy else say(error.words)
    found = grid_rounds(viewer=viewer, community=community.id, week=week, since=since, grid=grid)
    if not found:
        raise Http404
    row = found[0]
    role = MANAGER if viewer.grids is None else WORKER
    may_sign = viewer.may(Permission.REGISTER_SIGN) and row.signed(role) is None and since == week.back()
    context = {
        "shell_template": f"faces/{shell}.html",
        "shell_name": shell,
        "week": week,
        "since": since,
        "row": row,
        "lists": _lists(viewer, community, row, shell),
        "missing": [
            {"name": PARTS[name], "count": row.score.missing[name]} for name in COMPLETE if row.score.missing.get(name)
        ],
        "signatures": [
            {"role": ROLES[name], **_signed(row.signed(name), row), "note": one.note if (one := row.signed(name)) else ""}
            for name in ROLES
        ],
        "may_sign": may_sign,
        "waits_for_worker": may_sign and role == MANAGER and row.worker and row.signed(WORKER) is None,
        "back": f"{_url('round', shell, community.code)}?{urlencode({'week': str(week), 'since': str(since)})}",
        "questions_url": f"{_url('questions', shell, community.code)}?{urlencode({'grid': row.label})}",
        "may_write": viewer.may(Permission.REGISTER_WRITE),
        "fault": fault,
    }  # fmt: skip
    return render(request, "register/grid_round.html", context, status=422 if fault else 200)


def _lists(viewer: Actor, community: Any, row: GridRound, shell: str) -> list[dict[str, Any]]:
    """The lines by what they are about, masked; opening a person is a step of its own."""
    people = {change.person for change in row.changes}
    known = {
        one.id: one
        for one in person_rows(
            viewer=viewer, community=community.id, people=people, today=timezone.localdate()
        )
    }  # fmt: skip
    found = []
    for delta in Delta:
        lines = [change for change in row.changes if change.delta is delta]
        if not lines:
            continue
        rows = []
        for change in lines[:LISTED]:
            one = known.get(change.person)
            name = one.name if one else _("somebody who lives in another grid now")
            href = reverse("register:person", kwargs={"code": community.code, "person": change.person}) if one else None
            weeks = ngettext("one week", "%(n)s weeks", change.weeks) % {"n": number(change.weeks)} if change.weeks else ""
            rows.append([Entry(name, href=href), one.building if one else EN_DASH, weeks])
        columns = [Column(_("Name")), Column(_("Building")), Column(_("Unverified for") if delta is Delta.UNVERIFIED else "")]
        if delta is not Delta.UNVERIFIED:
            rows, columns = [line[:2] for line in rows], columns[:2]
        found.append({"name": DELTAS[delta], "count": len(lines), "table": Table(columns, rows, narrow="flow")})
    return found
