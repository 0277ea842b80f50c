"""The board and its findings, on the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.faces import charts
from linli.faces.components import FindingRow as ListedFinding
from linli.faces.formats import day
from linli.faces.words import current_language, pick
from linli.faces.words import render as say
from linli.focus import commands, queries
from linli.focus.queries import BoardView, FindingRow
from linli.focus.rules.kinds import DecisionAct, FindingKind
from linli.focus.web import pictures
from linli.focus.web.forms import DecisionForm
from linli.focus.web.sections import SECTIONS
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.kernel.weeks import Week
from linli.trust import Permission, Zone, grids_of, holders, page
from linli.work import WORKERS

ON_BOARD = 7
PART_NAMES = {
    "severity": lambda: _("Severity"),
    "need": lambda: _("Need of the people here"),
    "volume": lambda: _("Volume"),
    "surprise": lambda: _("Surprise"),
    "trend": lambda: _("Trend"),
    "unresolved": lambda: _("Unresolved"),
}
METHOD_NAMES = {
    "counts": gettext_lazy("Expected from population, season and the weeks before"),
    "newness": gettext_lazy("Looks for matters that were not there before"),
    "silence": gettext_lazy("Expected from population and from what the grid used to report"),
    "trend": gettext_lazy("Growth over eight weeks"),
    "overdue": gettext_lazy("Share past the limit, against the other grids"),
    "counters": gettext_lazy("Expected from weekday, hour and the weeks before"),
    "freshness": gettext_lazy("Share not verified, against the other grids"),
}


def listed(row: FindingRow, code: str, *, may_decide: bool) -> ListedFinding:
    """A finding as a line of the ranked list."""
    url = f"/desk/{code}/focus/{row.id}/"
    remarks = []
    if row.weeks_running > 1:
        remarks.append(ngettext("%(n)s week running", "%(n)s weeks running", row.weeks_running) % {"n": row.weeks_running})
    return ListedFinding(
        rank=row.rank,
        title=say(row.title),
        url=url,
        reason=say(row.reason),
        grid=row.grid or "",
        grid_name=_short(row),
        remarks=remarks,
        new=row.weeks_running == 1,
        sparkline=pictures.spark_of(row),
        # A task of somebody else's is not everybody's to see; that it is one, is.
        owner=row.task.owner_name if row.task else None if row.open or row.known or row.dismissed else _("Taken on"),
        due=_("by %(day)s") % {"day": day(row.task.due, current_language(), "weekday")} if row.task else "",
        decide_url=f"{url}#decide" if may_decide else None,
    )


def _short(row: FindingRow) -> str:
    name = pick(row.grid_name)
    return "" if name == row.grid else name


@page("focus.board", may=Permission.FOCUS_READ)
def board(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """What deserves attention in a week."""
    found = queries.board(viewer=viewer, community=community.id, week=request.GET.get("week") or None, today=timezone.localdate())
    if found is None and request.GET.get("week"):
        raise Http404
    context: dict[str, Any] = {"board": found}
    if found:
        context |= _board_context(viewer, community, found, rest="all" in request.GET)
    return render(request, "focus/desk/board.html", context)


def _board_context(viewer: Actor, community: Zone, found: BoardView, *, rest: bool) -> dict[str, Any]:
    may_decide = viewer.may(Permission.FOCUS_DECIDE)
    shown = found.findings if rest else found.findings[:ON_BOARD]
    names = {zone.code: pick(zone.name) for zone in grids_of(viewer=viewer, community=community.id)}
    ranks: dict[str, Any] = {}
    for row in shown:
        if row.grid and row.grid not in ranks:
            ranks[row.grid] = row.rank
    return {
        "week": Week.parse(found.week),
        "rows": [listed(row, community.code, may_decide=may_decide) for row in shown],
        "more": len(found.findings) - len(shown),
        "undecided": sum(1 for row in shown if row.open),
        "weaker": [listed(row, community.code, may_decide=False) for row in found.weaker],
        "known": [listed(row, community.code, may_decide=False) for row in found.known],
        "dismissed": [listed(row, community.code, may_decide=False) for row in found.dismissed],
        "map": queries.map_of(viewer, community.id, community.code, found.grids, ranks, week=found.week),
        "map_list": pictures.map_list(found.grids, names, community.code, found.week),
    }


@page("focus.finding", may=Permission.FOCUS_READ)
def finding(request: HttpRequest, viewer: Actor, community: Zone, finding: UUID) -> HttpResponse:
    """One finding: the evidence, the reason, and what happens next."""
    today = timezone.localdate()
    row = queries.finding(viewer=viewer, community=community.id, finding=finding, today=today)
    form = None
    if viewer.may(Permission.FOCUS_DECIDE):
        workers = _workers(viewer, community)
        form = DecisionForm(request.POST or None, workers=workers)
        if request.method == "POST" and form.is_valid():
            try:
                _decide(viewer, community.id, row, form.cleaned_data)
            except LinliError as fault:
                form.add_error(None, say(fault.words))
            else:
                messages.success(request, _("The decision is kept."))
                return redirect("focus:finding", code=community.code, finding=row.id)
    board = queries.board(viewer=viewer, community=community.id, week=row.week, today=today)
    total = next((g for g in board.grids if g["grid"] == row.grid), None) if board else None
    return render(
        request,
        "focus/desk/finding.html",
        {
            "row": row,
            "title": say(row.title),
            "week": Week.parse(row.week),
            "form": form,
            "chart": pictures.chart_of(row),
            "daily": row.kind == "counter",
            "of_people": row.kind not in (FindingKind.COUNTER, FindingKind.UNVERIFIED),
            "bars": _bars(row),
            "rounds": _rounds(row),
            "method": _method(row),
            "seen": _plain(row.observed),
            "low": _plain(row.low),
            "high": _plain(row.high),
            "before": queries.seen_before(viewer=viewer, community=community.id, identity=row.identity, week=row.week),
            "map": queries.map_of(
                viewer,
                community.id,
                community.code,
                board.grids,
                {row.grid: row.rank},
                week=row.week,
                around=row.grid,
                shown_px=320,
            )
            if board and row.grid
            else None,
            "total": total,
            "sections": _sections(viewer, community.id, row),
        },
    )


def _workers(viewer: Actor, community: Zone) -> list[tuple[UUID, str]]:
    """Everybody who can take a task, once, with the grids they look after."""
    grids: dict[UUID, list[str]] = {}
    names: dict[UUID, str] = {}
    for holder in holders(viewer=viewer, community=community.id, roles=WORKERS):
        names[holder["account"]] = holder["name"]
        grids.setdefault(holder["account"], [])
        if holder["grid_label"]:
            grids[holder["account"]].append(holder["grid_label"])
    told = []
    for account, name in names.items():
        labels = sorted(set(grids[account]))
        told.append((account, _("%(name)s, grids %(grids)s") % {"name": name, "grids": ", ".join(labels)} if labels else name))
    return told


def _decide(viewer: Actor, community: UUID, row: FindingRow, data: dict[str, Any]) -> None:
    act = DecisionAct(data["act"])
    if act is DecisionAct.TASK:
        commands.make_task(
            by=viewer,
            community=community,
            finding=row.id,
            owner=UUID(data["owner"]),
            due=data["due"],
            first_step=data["first_step"],
        )
    elif act is DecisionAct.KNOWN:
        commands.know(by=viewer, community=community, finding=row.id, until=data["until"], reason=data["known_reason"])
    else:
        commands.dismiss(by=viewer, community=community, finding=row.id, reason=data["dismiss_reason"])


def _bars(row: FindingRow) -> list[charts.Bar]:
    """What adds up to the score; parts that add nothing are left out."""
    parts = [(PART_NAMES[name](), value) for name, value in row.parts.items() if name in PART_NAMES]
    return charts.bars([part for part in parts if round(part[1], 1)])


def _rounds(row: FindingRow) -> list[charts.Bar]:
    """For how many rounds how many people have not been verified."""
    told = row.facts.get("by_rounds") or []
    return charts.bars([(ngettext("%(n)s week", "%(n)s weeks", r["weeks"]) % {"n": r["weeks"]}, r["people"]) for r in told])


def _method(row: FindingRow) -> str:
    """What the method does, and its version."""
    name, _dash, version = row.method.rpartition("-")
    said = METHOD_NAMES.get(name)
    return _("%(method)s, version %(version)s") % {"method": said, "version": version} if said else row.method


def _plain(value: float | None) -> float | None:
    """No digits behind the point that nobody counts by."""
    return None if value is None else round(value) if abs(value) >= 10 else round(value, 1)


def _sections(viewer: Actor, community: UUID, row: FindingRow) -> list[dict[str, Any]]:
    shown = []
    for section in SECTIONS:
        if viewer.may(section.permission):
            context = section.build(viewer, community, row)
            if context is not None:
                shown.append({"template": section.template, **context})
    return shown
