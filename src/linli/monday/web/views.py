"""This Monday and the agenda."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from linli.faces import formats
from linli.faces.components import Cell, Column, Matrix, MatrixRow, Step, Table
from linli.faces.words import JOIN, current_language
from linli.faces.words import render as say
from linli.focus import queries as focus
from linli.focus.queries import FindingRow
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.kernel.weeks import Week
from linli.monday import commands, queries
from linli.monday.queries import RoundView
from linli.monday.rules import AGENDA_MATTERS, STAGE_NAMES, Stage
from linli.register.queries.open_matters import OpenMatter, open_matters
from linli.trust import Permission, Zone, grids_of, page

_CELL_STATES = {"good": "", "due": "due", "none": "none", "unknown": "absent"}


def _round(viewer: Actor, community: UUID, week: str | None) -> RoundView | None:
    found = queries.round_of(viewer=viewer, community=community, week=week)
    if found is None and week:
        raise Http404
    return found


@page("monday.this", may=Permission.MONDAY_READ)
def this_monday(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """What came in, how fresh it is, what changed, what could not be judged; and the sign-off."""
    found = _round(viewer, community.id, request.GET.get("week") or None)
    context: dict[str, Any] = {"round": found}
    if found:
        names = {zone.code: zone.name for zone in grids_of(viewer=viewer, community=community.id)}
        context |= {
            "week": Week.parse(found.week),
            "steps": _steps(found, community.code),
            "matrix": _matrix(found.report.get("matrix"), community.code, found.week),
            "grid_names": names,
            "unjudged": found.report.get("unjudged", []),
            "files": _files(found, community.code, viewer),
            "may_share": viewer.may(Permission.SHARED_READ),
            "may_sign": viewer.may(Permission.MONDAY_SIGN) and found.finished_at and not found.signed_at,
            "register": _register_state(viewer, community, Week.parse(found.week)),
        }
    return render(request, "monday/desk/this.html", context)


def _register_state(viewer: Actor, community: Zone, week: Week) -> dict[str, Any] | None:
    """What of the register waits for somebody now: questions by kind, leavers, declarations, hand-overs, grids not signed for."""
    if not viewer.may(Permission.REGISTER_READ):
        return None
    found = open_matters(viewer=viewer, community=community.id, week=week, day=timezone.localdate())
    may_write = viewer.may(Permission.REGISTER_WRITE)
    return {
        "rows": [{"row": row, "url": _place_of(row, community.code) if may_write else ""} for row in found.rows],
        "unsigned": JOIN[current_language()].join(found.unsigned),
        "url": f"{reverse('register:round', kwargs={'code': community.code})}?week={week}",
    }


def _place_of(row: OpenMatter, code: str) -> str:
    """Where one kind of open matter is done."""
    address = reverse(row.page, kwargs={"code": code})
    return f"{address}?matter={row.key}" if row.page == "register:questions" else address


@require_POST
@page("monday.sign", may=Permission.MONDAY_SIGN)
def sign(request: HttpRequest, viewer: Actor, community: Zone, week: str) -> HttpResponse:
    """Sign off a week."""
    try:
        commands.sign_off(by=viewer, community=community.id, week=week)
        messages.success(request, _("Week %(week)s is signed off.") % {"week": week[6:]})
    except LinliError as fault:
        messages.error(request, say(fault.words))
    return redirect(f"{reverse('monday:this', kwargs={'code': community.code})}?week={week}")


@page("monday.agenda", may=Permission.MONDAY_READ)
def agenda(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """The agenda on one A4 sheet: at most seven matters, each with reason, owner and date."""
    found = _round(viewer, community.id, request.GET.get("week") or None)
    if found is None:
        raise Http404
    today = timezone.localdate()
    unjudged = found.report.get("unjudged", [])
    board = focus.board(viewer=viewer, community=community.id, week=found.week, today=today)
    rows = board.findings[:AGENDA_MATTERS] if board else []
    ranks: dict[str, Any] = {}
    for row in rows:
        if row.grid and row.grid not in ranks:
            ranks[row.grid] = row.rank
    return render(
        request,
        "monday/print/agenda.html",
        {
            "round": found,
            "week": Week.parse(found.week),
            "rows": rows,
            "unowned": [row.rank for row in rows if row.open],
            "last_week": _last_week(viewer, community.id, found, today)[: _also(rows)],
            "unjudged": unjudged[: _also(rows)],
            "not_judged": len(unjudged),
            "register": _register_state(viewer, community, Week.parse(found.week)),
            "map": focus.map_of(
                viewer,
                community.id,
                community.code,
                board.grids if board else [],
                ranks,
                week=found.week,
                outline=True,
                shown_px=200,
            ),
        },
    )


def _also(rows: list[FindingRow]) -> int:
    """How many lines there is room for below the matters."""
    return 4 if len(rows) < AGENDA_MATTERS - 1 else 3


def _last_week(viewer: Actor, community: UUID, found: RoundView, today: Any) -> list[dict[str, Any]]:
    """What came of the first matters of the board before: whether they are still there, and what was decided."""
    if not found.earlier:
        return []
    before = focus.board(viewer=viewer, community=community, week=found.earlier, today=today)
    now = focus.board(viewer=viewer, community=community, week=found.week, today=today)
    if before is None or now is None:
        return []
    still = {row.identity: row for row in now.findings}
    told = []
    for row in before.findings[:4]:
        here = still.get(row.identity)
        if here is not None:
            text = _("Still there, number %(rank)s") % {"rank": here.rank}
        elif row.task and row.task.state == "closed":
            text = _("Done and checked")
        else:
            text = _("Back in its range")
        told.append({"title": row.title, "grid": row.grid, "came": text})
    return told


def _steps(found: RoundView, code: str) -> list[Step]:
    """The line of seven steps."""
    told = []
    reached = True
    for stage in Stage:
        done = found.stages.get(stage.value)
        if stage is Stage.SIGN_OFF:
            if found.signed_at:
                state, text = "done", found.signed_by
            else:
                state, text = ("open", _("waiting for the manager")) if found.finished_at else ("waiting", "")
            told.append(Step(say({"key": STAGE_NAMES[stage], "params": {}}), text, state))
            continue
        state = "done" if done else ("open" if reached else "waiting")
        reached = bool(done)
        told.append(Step(say({"key": STAGE_NAMES[stage], "params": {}}), *_step_text(stage, done or {}, code, found.week, state)))
    return told


def _step_text(stage: Stage, gave: dict[str, Any], code: str, week: str, state: str) -> tuple[Any, str, str | None]:
    at = parse_datetime(gave["at"]) if gave.get("at") else None
    clock = f"{timezone.localtime(at):%H:%M}" if at else ""
    href = None
    if stage is Stage.TAKE_IN:
        text = ngettext("%(n)s file, %(at)s", "%(n)s files, %(at)s", gave.get("files", 0)) % {
            "n": gave.get("files", 0),
            "at": clock,
        }
    elif stage is Stage.RENEW:
        text = ngettext("%(n)s row, %(at)s", "%(n)s rows, %(at)s", gave.get("rows", 0)) % {
            "n": formats.number(gave.get("rows", 0)),
            "at": clock,
        }
    elif stage is Stage.RECONCILE:
        text = (_("counts agree, %(at)s") if gave.get("told") else _("counts differ, %(at)s")) % {"at": clock}
    elif stage is Stage.FACTS:
        digest = gave.get("snapshot", "")
        text = _("snapshot %(digest)s") % {"digest": f"{digest[:4]} {digest[4:8]}"}
    elif stage is Stage.FINDINGS:
        n = gave.get("findings", 0)
        text, href = ngettext("%(n)s on the board", "%(n)s on the board", n) % {"n": n}, f"/desk/{code}/focus/?week={week}"
    else:
        text, href = _("agenda ready, %(at)s") % {"at": clock}, f"/desk/{code}/monday/agenda/?week={week}"
    return (text, state, href) if gave else ("", state, None)


def _matrix(told: dict[str, Any] | None, code: str, week: str) -> Matrix | None:
    if not told or not told["grids"]:
        return None
    rows = []
    for row in told["rows"]:
        cells = [
            Cell(
                text=cell["text"] or _("none"),
                level=max(cell["step"], 1),
                state=_CELL_STATES[cell["state"]],
                href=f"/desk/{code}/grids/{grid}/?week={week}" if cell["state"] in ("due", "unknown") else None,
            )
            for grid, cell in zip(told["grids"], row["cells"], strict=True)
        ]
        rows.append(MatrixRow(say(row["name"]), cells))
    return Matrix(told["grids"], rows, caption=_("How fresh and complete each grid is"))


def _files(found: RoundView, code: str, viewer: Actor) -> list[dict[str, Any]]:
    """What arrived, with the way to every row."""
    may_open = viewer.may(Permission.IMPORT_READ)
    return [
        {
            **file,
            "taken": sum(n for verdict, n in file["verdicts"].items() if verdict != "refused"),
            "refused": file["verdicts"].get("refused", 0),
            "href": reverse("intake:detail", kwargs={"code": code, "batch": file["batch"]})
            if may_open and file["batch"]
            else None,
            "received": parse_datetime(file["received"]) if file.get("received") else None,
            "why": JOIN[current_language()].join(say(reason) for reason in file.get("why", ())),
            "error": say(file["error"]) if file["error"] else "",
        }
        for file in found.files
    ]


@page("monday.shared", may=Permission.SHARED_READ)
def shared(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """What a level above may read of this community, and nothing more."""
    found = queries.shared_figures(viewer=viewer, community=community.id, week=request.GET.get("week") or None)
    if found is None and request.GET.get("week"):
        raise Http404
    context: dict[str, Any] = {"figures": found}
    if found:
        context |= {
            "week": Week.parse(found.week),
            "population": _shared_table(found.population, "age_group", _AGE_GROUPS),
            "reports": _shared_table(found.reports, "matter", {}),
        }
    return render(request, "monday/desk/shared.html", context)


_AGE_GROUPS = {"under_15": gettext_lazy("Under 15"), "15_59": "15–59", "60_64": "60–64", "65_over": gettext_lazy("65 and over")}


def _shared_table(rows: list[dict[str, Any]], column: str, names: dict[str, Any]) -> Table:
    """Grids down, ``column`` across; counts of the same cell add up, a withheld one withholds its cell."""
    heads = sorted({row[column] for row in rows}, key=lambda h: (list(names).index(h) if h in names else 0, h))
    cells: dict[tuple[str, str], Any] = {}
    for row in rows:
        key = (row["grid"], row[column])
        before = cells.get(key, 0)
        cells[key] = None if row["n"] is None or before is None else before + row["n"]
    grids = sorted({row["grid"] for row in rows})
    body = [
        [grid, *(formats.WITHHELD if cells.get((grid, h), 0) is None else cells.get((grid, h), 0) for h in heads)]
        for grid in grids
    ]
    return Table([Column(_("Grid")), *(Column(names.get(h, h), "number") for h in heads)], body)
