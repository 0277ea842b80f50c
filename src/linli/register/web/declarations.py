"""Declarations on the desk: the list, and one beside what the register knows, to take over, refuse, or ask back about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces.components import Column, Entry, Table
from linli.faces.form_fields import faults
from linli.faces.formats import EN_DASH, day
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.words import Words
from linli.register.commands import declarations as commands
from linli.register.queries.declarations import DeclarationPage, DeclarationRow, Meant, declaration, declarations
from linli.register.queries.handovers import handovers_waiting
from linli.register.rules.by_hand import Evidence, Refused, Same
from linli.register.rules.declarations import REFUSAL_WORDS, WAITING, Channel, Kind, Refusal, Step
from linli.register.rules.kin_words import relation_code
from linli.register.rules.masking import masked_number
from linli.register.web import declared_words as words
from linli.register.web import names
from linli.register.web.declaring import SLUG
from linli.register.web.declaring_forms import AcceptForm, AskForm, RefuseForm
from linli.register.web.hand_forms import hukou_choices
from linli.trust import Permission, page


@page("register.declarations", may=Permission.REGISTER_WRITE)
def listing(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """What waits, the oldest first; or what was decided. A grid worker sees those of their own grids."""
    waiting = request.GET.get("decided") != "1"
    rows = declarations(viewer=viewer, community=community.id, waiting=waiting)
    context = {
        "table": _table(rows, community.code, waiting) if rows else None,
        "waiting": waiting,
        "kinds": [(slug, words.TITLE[kind]) for kind, slug in SLUG.items()],
        "letters": viewer.may(Permission.RESIDENT_TIE),
        "handovers": sum(handovers_waiting(viewer=viewer, community=community.id))
        if viewer.may(Permission.REGISTER_HAND_OVER)
        else None,
    }
    return render(request, "register/desk/declarations.html", context)


@page("register.declaration", may=Permission.REGISTER_WRITE)
def one(request: HttpRequest, viewer: Actor, community: Any, declaration: UUID) -> HttpResponse:
    """One declaration, side by side with what is known."""
    found = _found(viewer, community, declaration)
    if request.method != "POST":
        beside = {one.person for meant in found.people for one, _line in meant.candidates if isinstance(one.person, UUID)}
        commands.open_declaration(by=viewer, community=community.id, declaration=declaration, beside=beside)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    accept = _accept_form(found, request.POST if act in ("accept", "by_hand") else None)
    refuse = RefuseForm(request.POST if act == "refuse" else None)
    ask = AskForm(request.POST if act == "ask" else None)
    try:
        if act and _done(viewer, community, found, act, accept, refuse, ask):
            messages.success(request, _DONE[act]())
            return redirect("register:declarations", code=community.code)
    except NotFound:
        raise Http404 from None
    except Refused as refused:
        for fault in refused.faults:
            row = _("Person %(n)s") % {"n": fault.row + 1} if fault.row is not None else ""
            parts = [row, *(say(text) for text in (fault.words, fault.remedy) if text is not None)]
            accept.add_error(None, " ".join(part for part in parts if part))
    except LinliError as fault_:
        messages.error(request, say(fault_.words))
        return redirect(request.path)
    context = {
        "found": found,
        "kind": words.KIND[found.row.kind],
        "channel": words.CHANNEL[Channel(found.row.channel)],
        "state": words.STEP[found.row.step],
        "waits": found.row.step in WAITING,
        "people": [
            _person(row, meant, found.told.people[row].relation, accept, community.code) for row, meant in enumerate(found.people)
        ],
        "lines": _lines(found),
        "correction": _correction(found),
        "about": [(row, reverse("register:person", kwargs={"code": community.code, "person": row.id})) for row in found.about],
        "accept": accept,
        "refuse": refuse,
        "ask": ask,
        "faults": [fault for form in (accept, refuse, ask) if form.is_bound for fault in faults(form)],
        "reason": say(Words(REFUSAL_WORDS[Refusal(found.reason)])) if found.reason in list(Refusal) else "",
        "may_write": found.row.kind is Kind.CORRECTION or found.row.kind is Kind.MOVE_OUT or found.building is not None,
    }
    return render(request, "register/desk/declaration.html", context, status=422 if context["faults"] else 200)


_DONE = {
    "accept": lambda: _("Taken over and written down."),
    "by_hand": lambda: _("Taken over."),
    "refuse": lambda: _("Refused. The sender reads why."),
    "ask": lambda: _("The sender reads the question."),
}


def _found(viewer: Actor, community: Any, wanted: UUID) -> DeclarationPage:
    try:
        return declaration(
            viewer=viewer, community=community.id, declaration=wanted, today=timezone.localdate()
        )  # fmt: skip
    except NotFound:
        raise Http404 from None


def _done(
    viewer: Actor, community: Any, found: DeclarationPage, act: str, accept: AcceptForm, refuse: RefuseForm, ask: AskForm
) -> bool:
    """Whether what was asked for was done; False where a field is wrong."""
    base: dict[str, Any] = {"by": viewer, "community": community.id, "declaration": found.row.id}
    if act == "refuse":
        if refuse.is_valid():
            commands.refuse_declaration(**base, reason=Refusal(refuse.cleaned_data["reason"]))
        return refuse.is_valid()
    if act == "ask":
        if ask.is_valid():
            commands.ask_declarant(**base, question=ask.cleaned_data["question"])
        return ask.is_valid()
    if act not in ("accept", "by_hand"):
        raise Http404
    if not accept.is_valid():
        return False
    given = accept.cleaned_data
    into = given.get("household")
    chosen = given.get("new_head")
    commands.accept_declaration(
        **base,
        evidence=Evidence(given["evidence"]),
        same=[_answer(accept.data.get(f"same{row}", "")) for row in range(len(found.people))],
        sure=given["sure"],
        household=UUID(into) if into else None,
        relations=[
            relation_code(given.get(f"relation{row}", ""), meant.said.sex) for row, meant in enumerate(found.people)
        ],
        new_head=UUID(chosen) if chosen else None,
        hukou_too=given.get("hukou_too", False),
        by_hand=act == "by_hand",
    )  # fmt: skip
    return True


def _answer(text: str) -> Same:
    return Same(text) if text in list(Same) else Same.UNASKED


def _accept_form(found: DeclarationPage, data: Any) -> AcceptForm:
    houses = [(str(h.id), _("with the household of %(name)s") % {"name": h.head or EN_DASH}) for h in found.houses]
    staying = [(str(row.id), row.name) for row in found.staying]
    return AcceptForm(
        data, asks=len(found.people), houses=houses, staying=staying, leaving=found.row.kind is Kind.MOVE_OUT
    )  # fmt: skip


def _table(rows: list[DeclarationRow], code: str, waiting: bool) -> Table:
    language = current_language()
    lines = []
    for row in rows:
        at = row.received_at if waiting or row.decided_at is None else row.decided_at
        lines.append(
            [
                Entry(row.reference or EN_DASH, href=_address(code, row)),
                words.KIND[row.kind],
                row.place or EN_DASH,
                row.grid or EN_DASH,
                row.people,
                words.CHANNEL[Channel(row.channel)],
                day(timezone.localdate(at), language, "short"),
                Entry(words.STEP[row.step], tone="due" if row.step is Step.OPEN else "mute"),
            ]
        )
    heads = (_("Number"), _("What"), _("Building"), _("Grid"), _("People"), _("How"), _("Since") if waiting else _("Decided"))
    columns = [Column(head, "number" if at == 4 else "", said=at in (3, 4)) for at, head in enumerate(heads)]
    return Table(columns=[*columns, Column(_("State"))], rows=lines, narrow="flow")


def _address(code: str, row: DeclarationRow) -> str:
    """Where one is decided on."""
    name = "register:handover" if row.kind is Kind.HANDOVER else "register:declaration"
    return reverse(name, kwargs={"code": code, "declaration": row.id})


def _person(row: int, meant: Meant, relation: str, accept: AcceptForm, code: str) -> dict[str, Any]:
    """One person as declared, and whom of the register they may be."""
    said = meant.said
    told = [
        (_("Name"), said.name),
        (_("Document number"), masked_number(said.number)),
        (_("Date of birth"), day(said.birth_date, current_language(), "year") if said.birth_date else ""),
        (_("Sex"), str(names.SEX.get(said.sex, ""))),
        (_("Telephone"), said.phone),
        (_("Relation to the head"), str(next((word for kin, word in names.KIN.items() if kin.value == relation), ""))),
    ]
    maybe = [
        {
            "row": line,
            "url": reverse("register:person", kwargs={"code": code, "person": line.id}) if line else "",
            "standing": words.STANDING[candidate.standing],
            "why": _("the same number") if candidate.by_number else _("the same name and birthday"),
            "other_name": not candidate.same_name,
        }
        for candidate, line in meant.candidates
    ]
    chosen = accept.data.get(f"same{row}", "") if accept.is_bound else ""
    return {"at": row, "told": [pair for pair in told if pair[1]], "maybe": maybe, "chosen": chosen}


def _lines(found: DeclarationPage) -> list[tuple[str, str]]:
    """What holds for the declaration as a whole."""
    told, language = found.told, current_language()
    hukou = next((str(name) for value, name in hukou_choices() if value == told.hukou and value), "")
    when = told.day
    rows = [
        (_("Declared by"), told.by),
        (_("Address"), told.address),
        (
            _("First day away") if found.row.kind is Kind.MOVE_OUT else _("Since when"),
            day(when, language, "year") if when else "",
        ),
        (_("Hukou"), hukou),
        (_("Who lets the home"), told.landlord),
        (_("Telephone for questions"), told.contact),
        (_("Parent or guardian"), told.guardian),
        (_("In their words"), told.words),
    ]
    return [(str(label), value) for label, value in rows if value]


def _correction(found: DeclarationPage) -> dict[str, str] | None:
    """A proposed value beside the one that stands there."""
    told = found.told
    if not told.field:
        return None
    shown = {"sex": lambda code: str(names.SEX.get(code, code))}.get(told.field, str)
    return {"field": str(words.CORRECT[told.field]), "now": shown(found.now), "value": shown(told.value)}
