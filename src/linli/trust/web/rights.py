"""The rights desk: what people ask about their own data, and what they are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.trust.models import Zone
from linli.trust.purposes.rules import VERSION, notice, personal_fields
from linli.trust.rights import commands, queries
from linli.trust.rights.erased import named_again
from linli.trust.rights.rules import CLOSED, Act, Asker, Channel, Proof, Right, State, clock, refusals
from linli.trust.rules import Permission
from linli.trust.web import words
from linli.trust.web.pages import page
from linli.trust.web.rights_forms import RequestForm, StepForm


@page("trust.rights", may=Permission.RIGHTS_RECEIVE)
def requests(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """Open requests, the soonest due first."""
    closed = request.GET.get("list") == "closed"
    counts = queries.request_counts(viewer=viewer, community=community.id)
    rows = queries.rights_requests(viewer=viewer, community=community.id, today=timezone.localdate(), closed=closed)
    tabs = [
        words.Leaf(_("Open"), "?list=open", not closed, counts["open"]),
        words.Leaf(_("Closed"), "?list=closed", closed, counts["closed"]),
    ]
    listed = [{"row": row, "right": words.RIGHTS[row.right], "state": words.STATES[row.state], **_days(row.left)} for row in rows]
    again = len(named_again(viewer=viewer, community=community.id))
    context = {"tabs": tabs, "rows": listed, "closed": closed, "days": clock().days, "erased": again}
    return render(request, "trust/desk/rights.html", context)


def _days(left: int | None) -> dict[str, int | None]:
    return {"left": left, "over": -left if left is not None and left < 0 else None}


@page("trust.rights_new", may=Permission.RIGHTS_RECEIVE)
def new(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """Take a request in; ``?subject=`` is whom it is about, where the page of the person led here."""
    subject = _uuid(request.GET.get("subject", ""))
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = commands.receive_request(
                by=viewer,
                community=community.id,
                subject=subject,
                right=Right(told["right"]),
                asker=Asker(told["asker"]),
                channel=Channel(told["channel"]),
                proof=Proof(told["proof"]) if told["proof"] else None,
                wish=told["wish"],
                contact=told["contact"],
            )
        except LinliError as fault:
            form.add_error(None, words.said(fault.words))
        else:
            messages.success(request, _("Written down. The clock runs."))
            return redirect("trust:rights_request", code=community.code, asked=made)
    status = 422 if form.errors else 200
    return render(request, "trust/desk/rights_new.html", {"form": form, "known": subject is not None}, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@page("trust.rights_request", may=Permission.RIGHTS_RECEIVE)
def detail(http: HttpRequest, viewer: Actor, community: Zone, asked: UUID) -> HttpResponse:
    """One request: what is asked, by when, what happened, and what can happen next."""
    found = queries.request_detail(viewer=viewer, community=community.id, request=asked, today=timezone.localdate())
    answers = viewer.may(Permission.RIGHTS_ANSWER)
    form = StepForm(http.POST or None, state=found.row.state, right=found.row.right, asker=found.row.asker, answers=answers)
    if http.method == "POST" and form.is_valid():
        try:
            _step(viewer, community.id, asked, form.cleaned_data)
        except LinliError as fault:
            form.add_error(None, " ".join(words.said(text) for text in (fault.words, fault.remedy) if text))
        else:
            messages.success(http, _("Written down."))
            return redirect("trust:rights_request", code=community.code, asked=asked)
    refusal = refusals().get(found.refusal)
    context = {
        "found": found,
        "row": found.row,
        **_days(found.row.left),
        "right": words.RIGHTS[found.row.right],
        "state": words.STATES[found.row.state],
        "asker": words.ASKERS[found.row.asker],
        "channel": words.CHANNELS[found.row.channel],
        "proof": words.PROOFS[found.proof] if found.proof else None,
        "refusal": refusal,
        "events": [_line(event) for event in reversed(found.events)],
        "form": form if form.possible else None,
        "may_open": answers and found.subject is not None and found.row.state in (State.IDENTIFIED, State.ANSWERED),
        "closed": found.row.state in CLOSED,
    }
    return render(http, "trust/desk/rights_request.html", context, status=422 if form.errors else 200)


def _line(event: queries.RequestEvent) -> words.Line:
    text = event.note
    if event.act is Act.REFUSE and event.code in refusals():
        reason = words.pick(refusals()[event.code].words)
        text = f"{reason} {event.note}".strip()
    if event.act is Act.IDENTIFY and event.code in list(Proof):
        text = str(words.PROOFS[Proof(event.code)])
    return words.Line(event.at, words.ACTS[event.act], text, event.by)


def _step(viewer: Actor, community: UUID, asked: UUID, told: dict[str, Any]) -> None:
    act = Act(told["act"])
    on: dict[str, Any] = {"by": viewer, "community": community, "request": asked}
    note = told["note"].strip()
    if act is Act.IDENTIFY:
        commands.identify_asker(**on, proof=Proof(told["proof"]))
    elif act is Act.REFUSE:
        commands.refuse_request(**on, code=told["code"], note=note)
    elif act is Act.WITHDRAW:
        commands.take_back_request(**on)
    else:
        if act is Act.ANSWER:
            on["although_here"] = told.get("although_here", False)
        plain: dict[Act, Callable[..., None]] = {
            Act.NOTE: commands.note_on_request,
            Act.EXTEND: commands.extend_request,
            Act.ANSWER: commands.answer_request,
            Act.LIFT: commands.lift_restriction,
        }
        plain[act](**on, note=note)


@page("trust.rights_answer", may=Permission.RIGHTS_ANSWER)
def answer(http: HttpRequest, viewer: Actor, community: Zone, asked: UUID) -> HttpResponse:
    """What is handed out: a sheet to print, or ``?as=json`` and ``?as=csv`` to take away. Opening it is recorded."""
    try:
        pack = commands.open_answer(by=viewer, community=community.id, request=asked)
    except LinliError as fault:
        messages.error(http, words.said(fault.words))
        return redirect("trust:rights_request", code=community.code, asked=asked)
    kind = http.GET.get("as", "")
    if kind in {"json", "csv"}:
        text = pack.as_json() if kind == "json" else pack.as_csv(words.language())
        mime = "application/json" if kind == "json" else "text/csv; charset=utf-8"
        file = HttpResponse(text, content_type=mime)
        file["Content-Disposition"] = f'attachment; filename="{pack.reference}.{kind}"'
        file["Cache-Control"] = "no-store"
        return file
    context = {"pack": pack, "tables": pack.tables(words.language()), "right": words.RIGHTS[Right(pack.right)], "asked": asked}
    sheet = render(http, "trust/print/answer.html", context)
    sheet["Cache-Control"] = "no-store"
    return sheet


def _notice() -> list[dict[str, Any]]:
    return [
        {
            "purpose": row.purpose,
            "kinds": [words.pick(kind) for kind in row.kinds],
            "sensitive": [words.pick(kind) for kind in row.sensitive],
            "from": words.MOMENTS[row.purpose.keep_from.value],
        }
        for row in notice()
        if row.kinds
    ]


@page("trust.notice", may=Permission.PORTAL_READ, public=True)
def public_notice(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """Who keeps what about people, why, on what ground and how long; what people can ask. Open to everybody (PIPL 17)."""
    return render(request, "trust/portal/notice.html", {"rows": _notice(), "version": VERSION, "days": clock().days})


@page("trust.purposes", may=Permission.RIGHTS_RECEIVE)
def purposes(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """The same for the desk, with who may see it and where it comes from."""
    context = {"rows": _notice(), "fields": personal_fields(), "version": VERSION}
    return render(request, "trust/desk/purposes.html", context)
