"""The pages of cases on the desk."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from linli.cases import commands, queries
from linli.cases.queries import QUEUE_NAMES, CaseDetail, Queue
from linli.cases.rules import CHANNEL_NAMES, EVENT_NAMES, PLACE_NAMES, STATE_NAMES, EventKind, State
from linli.cases.web.forms import ReportForm, StepForm
from linli.cases.web.words import clock_of, limit_of
from linli.faces import components
from linli.faces.context import ROLE_NAMES
from linli.faces.formats import when
from linli.faces.words import current_language, pick
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.kernel.words import Words
from linli.territory import queries as territory
from linli.trust import Permission, Zone, asked_before, grids_of, keep_asked, page

PAGE = 25


def _queue(request: HttpRequest) -> Queue:
    wanted = request.GET.get("queue", "")
    return Queue(wanted) if wanted in list(Queue) else Queue.OPEN


def _number(text: str) -> int:
    return max(1, min(int(text), 100_000)) if text.isascii() and text.isdigit() else 1


@page("cases.list", may=Permission.CASE_READ)
def listing(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """The queues at the left, filters above, one page of cases: past the limit first, then the soonest.

    What is looked for comes by POST and never stands in the address: words may be somebody's name.
    """
    if request.method == "POST":
        return _looked_for(request, community)
    queue, number = _queue(request), _number(request.GET.get("page", "1"))
    key = request.GET.get("s", "")[:40]
    kept = (asked_before(request, community.id, key) or {}) if key else {}
    chosen = {name: request.GET.get(name, "").strip()[:100] for name in ("grid", "matter")}
    chosen["words"] = str(kept.get("words", ""))
    now = timezone.now()
    found = queries.case_list(viewer=viewer, community=community.id, now=now, queue=queue, page=number, **chosen)

    def address(**change: object) -> str:
        asked = {"queue": queue.value, "grid": chosen["grid"], "matter": chosen["matter"], "s": key if kept else "", **change}
        return "?" + urlencode({k: v for k, v in asked.items() if v and not (k == "queue" and v == Queue.OPEN.value)})

    last = found.first + len(found.rows) - 1
    pager = components.Pager(
        first=found.first if found.rows else 0,
        last=last,
        total=found.total,
        previous_url=address(page=number - 1) if number > 1 else None,
        next_url=address(page=number + 1) if last < found.total else None,
    )
    return render(
        request,
        "cases/desk/list.html",
        {
            "queues": [
                {
                    "key": q.value,
                    "name": say(Words(name)),
                    "count": found.counts[q],
                    "here": q is queue,
                    "url": address(queue=q.value),
                }
                for q, name in QUEUE_NAMES.items()
            ],
            "rows": [{"row": row, "clock": clock_of(row), "state": say(Words(STATE_NAMES[row.state]))} for row in found.rows],
            "queue": queue.value,
            "closed": queue is Queue.CLOSED,
            "open": found.counts[Queue.OPEN],
            "late": found.counts[Queue.OVER],
            "now": now,
            "change": found.counts[Queue.OPEN] - found.before,
            "fewer": found.before - found.counts[Queue.OPEN],
            "pager": pager,
            "chosen": chosen,
            "grids": [g.code for g in grids_of(viewer=viewer, community=community.id)],
            "matters": sorted(
                ((c.code, pick(c.name)) for c in queries.categories(viewer=viewer, community=community.id)), key=lambda m: m[1]
            ),
            "may_add": viewer.may(Permission.CASE_WORK),
        },
    )


def _looked_for(request: HttpRequest, community: Zone) -> HttpResponse:
    told = {name: request.POST.get(name, "").strip()[:100] for name in ("queue", "grid", "matter")}
    words = request.POST.get("words", "").strip()[:100]
    told["s"] = keep_asked(request, community.id, {"words": words}) if words else ""
    kept = urlencode({name: value for name, value in told.items() if value})
    return HttpResponseRedirect(reverse("cases:list", args=[community.code]) + (f"?{kept}" if kept else ""), status=303)


@page("cases.detail", may=Permission.CASE_READ)
def detail(request: HttpRequest, viewer: Actor, community: Zone, case: UUID) -> HttpResponse:
    """One case: what was reported, what happened since, and what can happen next."""
    found = queries.case_detail(viewer=viewer, community=community.id, case=case, now=timezone.now())
    form = None
    if viewer.may(Permission.CASE_WORK):
        form = StepForm(request.POST or None, state=found.row.state, done_by=found.done_by, viewer=viewer.account)
        if request.method == "POST" and form.is_valid():
            try:
                _step(viewer, community.id, case, form.cleaned_data)
            except LinliError as fault:
                form.add_error(None, say(fault.words))
            else:
                messages.success(request, _("Written down."))
                return redirect("cases:detail", code=community.code, case=case)
    return render(
        request,
        "cases/desk/detail.html",
        {
            "case": found,
            "form": form,
            "clock": clock_of(found.row),
            "limit": limit_of(found.limit_hours),
            "state": say(Words(STATE_NAMES[found.row.state])),
            "channel": say(Words(CHANNEL_NAMES.get(found.channel, CHANNEL_NAMES["other"]))),
            "place": say(Words(PLACE_NAMES[found.place])),
            "events": _timeline(found),
            "steps": _steps(found),
        },
        status=422 if form is not None and form.errors else 200,
    )


def _step(viewer: Actor, community: UUID, case: UUID, said: dict[str, str]) -> None:
    kind = EventKind(said["act"])
    if kind is EventKind.CLOSED:
        commands.close_case(by=viewer, community=community, case=case, reason=said["text"])
    else:
        commands.add_event(by=viewer, community=community, case=case, kind=kind, text=said["text"], agency=said["agency"])


def _steps(found: CaseDetail) -> list[components.Step]:
    """The four stages; one that is behind says when it was reached last, none that was left again counts as behind."""
    reached = {
        State.REPORTED: [EventKind.REPORTED],
        State.IN_HAND: [EventKind.TAKEN, EventKind.SENT_BACK, EventKind.REOPENED],
        State.DONE: [EventKind.DONE],
        State.CLOSED: [EventKind.CLOSED, EventKind.SETTLED],
    }
    here = list(reached).index(found.row.state)
    steps = []
    for place, (state, kinds) in enumerate(reached.items()):
        at = max((event.at for event in found.events if event.kind in kinds), default=None) if place <= here else None
        behind = place < here or found.row.state is State.CLOSED
        steps.append(
            components.Step(
                say(Words(STATE_NAMES[state])),
                when(localtime(at), current_language()) if at else "",
                "done" if behind and (at or state is not State.DONE) else "open" if place == here else "waiting",
            )
        )
    return steps


def _timeline(found: CaseDetail) -> list[components.Event]:
    """Newest first, as people look for what happened last."""
    rows = []
    for event in reversed(found.events):
        told = [event.who or "", str(ROLE_NAMES.get(event.role, "")) if event.who else "", event.agency]
        rows.append(
            components.Event(
                at=event.at,
                title=say(Words(EVENT_NAMES[event.kind])),
                text=event.text,
                told=", ".join(part for part in told if part) or (_("from a file") if not event.who else ""),
                state="ended" if event.kind in (EventKind.CLOSED, EventKind.SETTLED) else "",
            )
        )
    return rows


@page("cases.add", may=Permission.CASE_WORK)
def add(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """Write down a report for someone who is at the counter or on the telephone."""
    grids = territory.grids(viewer=viewer, community=community.id)
    form = ReportForm(
        request.POST or None,
        categories=[(c.code, pick(c.name)) for c in queries.categories(viewer=viewer, community=community.id)],
        grids=[(str(g.id), g.label) for g in grids],
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        grid = said.pop("grid")
        try:
            made = commands.add_case(
                by=viewer,
                community=community.id,
                **{**said, "category": said["category"] or None, "grid": UUID(grid) if grid else None},
            )
        except LinliError as fault:
            form.add_error(None, say(fault.words))
        else:
            messages.success(request, _("The report is written down."))
            return redirect("cases:detail", code=community.code, case=made)
    context = {"form": form, "back": reverse("cases:list", kwargs={"code": community.code})}
    return render(request, "cases/desk/add.html", context, status=422 if form.errors else 200)
