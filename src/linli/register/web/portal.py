"""What a resident sees of the register, signed in: their own record and that of their minor children, and nobody else's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.components import Column, Entry, Table
from linli.faces.context import ROLE_NAMES
from linli.faces.form_fields import faults
from linli.faces.formats import day, when
from linli.faces.words import current_language, pick
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.code_tables import table
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.register.commands import declarations as commands
from linli.register.commands.ties import untie_account
from linli.register.opening import Opened
from linli.register.queries.declarations import my_declarations
from linli.register.queries.mine import Home, MyPermit, Whole, my_data, my_household, my_person, my_tie
from linli.register.rules.by_hand import Refused
from linli.register.rules.declarations import REFUSAL_WORDS, Channel, Kind, Refusal, Told
from linli.register.rules.needs import NAMES, Need
from linli.register.rules.permits import State
from linli.register.web import declared_words as words
from linli.register.web import names
from linli.register.web.declaring import SLUG
from linli.register.web.declaring_forms import LeaveForm, ProposeForm
from linli.register.web.hand_forms import put_faults
from linli.register.web.writing import region_of, span_of, until_words
from linli.trust import Permission, Right, consents_of, page, receive_request, who_looked, withdraw_consent
from linli.trust.consent.rules import Channel as ConsentChannel

LOOKS = 100
ASK: Mapping[str, Promise] = {
    "access": gettext_lazy("To see everything that is kept about me"),
    "copy": gettext_lazy("A copy to take along"),
    "correct": gettext_lazy("To have a mistake corrected"),
    "delete": gettext_lazy("To have it deleted"),
    "explain": gettext_lazy("To have it explained"),
    "restrict": gettext_lazy("To have it only stored until a dispute is over"),
}


@page("register.me", may=Permission.PORTAL_READ)
def me(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """The way to everything of one's own; somebody whose account is tied to nobody reads how that is done."""
    today = timezone.localdate() if viewer.sees_community(community.id) else None
    household = my_household(viewer=viewer, community=community.id, today=today) if today else None
    context: dict[str, Any] = {"household": household}
    if household is not None:
        tie = my_tie(viewer=viewer, community=community.id)
        context |= {
            "tie": tie,
            "how": words.HOW[tie.how] if tie else "",  # type: ignore[index]
            "children": [{"id": child.id, "name": child.name} for child, _relation in household.children],
            "declared": _declared(viewer, community.id),
            "move_in": SLUG[Kind.MOVE_IN],
        }
    return render(request, "register/portal/me.html", context)


@page("register.my_data", may=Permission.PORTAL_READ)
def data(request: HttpRequest, viewer: Actor, community: Any, person: UUID | None = None) -> HttpResponse:
    """All fields, with who says so and when it was last verified; of oneself, or of a minor child."""
    whole = _whole(viewer, community, person)
    if request.method == "POST" and not whole.own:
        _take_back(request, viewer, community, whole)
        return redirect(request.path)
    agreed = [] if whole.own else _agreed(viewer, community, whole)
    return render(
        request,
        "register/portal/data.html",
        {"whole": whole, "name": whole.plain.name, "table": _table(whole), "more": _more(whole), "agreed": agreed},
    )


def _agreed(viewer: Actor, community: Any, child: Whole) -> list[dict[str, str]]:
    """What somebody agreed to for the child, and may be taken back."""
    rows = consents_of(viewer=replace(viewer, subject=child.subject), community=community.id, subject=child.subject)
    return [
        {"purpose": row.purpose.key, "name": pick(row.purpose.name), "words": pick(row.text.words)} for row in rows if row.stands
    ]


def _take_back(request: HttpRequest, viewer: Actor, community: Any, child: Whole) -> None:
    purpose = request.POST.get("purpose", "")
    try:
        withdraw_consent(
            by=viewer, community=community.id, subject=child.subject, purpose=purpose, channel=ConsentChannel.PORTAL
        )  # fmt: skip
    except LinliError as fault:
        messages.error(request, say(fault.words))
    else:
        messages.success(request, _("Taken back. What rested on it has ended."))


@page("register.my_household", may=Permission.PORTAL_READ)
def household(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Oneself and one's minor children; other adults are a number."""
    found = my_household(viewer=viewer, community=community.id, today=_today(viewer, community))
    if found is None:
        raise Http404
    people = [
        {"id": child.id, "name": child.name, "relation": names.relation_exact(relation)} for child, relation in found.children
    ]
    context = {"me": found.me.name, "relation": names.relation_exact(found.relation), "people": people, "others": found.others}
    return render(request, "register/portal/household.html", context)


@page("register.my_lookers", may=Permission.PORTAL_READ)
def looked(request: HttpRequest, viewer: Actor, community: Any, person: UUID | None = None) -> HttpResponse:
    """Who looked at me, or at my minor child: role, unit, what for, when. Never a name of staff."""
    whole = _whole(viewer, community, person)
    found = who_looked(
        viewer=replace(viewer, subject=whole.subject),
        community=community.id,
        subject=whole.subject,
        objects=[whole.person],
        limit=LOOKS,
    )
    language = current_language()
    # What one did oneself is no look of somebody else's.
    rows = [
        [
            Entry(when(look.at, language, "year")),
            Entry(str(ROLE_NAMES.get(look.role, look.role)), small=pick(look.unit) if look.unit else ""),
            Entry(pick(look.act), small=_purpose(look.reason)),
        ]
        for look in found
        if look.role != viewer.role
    ]
    shown = Table(columns=[Column(_("When")), Column(_("Who")), Column(_("What for"))], rows=rows, narrow="stack")
    return render(
        request,
        "register/portal/looked.html",
        {"table": shown if rows else None, "name": "" if whole.own else whole.plain.name},
    )


@page("register.propose", may=Permission.PORTAL_READ)
def propose(request: HttpRequest, viewer: Actor, community: Any, person: UUID | None = None) -> HttpResponse:
    """Another value for one field: a proposal that somebody of the community looks at."""
    whole = _whole(viewer, community, person)
    form = ProposeForm(request.POST if request.method == "POST" else None, initial=_start())
    if form.is_valid():
        given = form.cleaned_data
        told = Told(field=given["field"], value=given["value"].strip(), words=given["words"].strip(), whom=(str(whole.person),))
        if _send(viewer, community, form, Kind.CORRECTION, told, whole.person):
            messages.success(request, _("Thank you. Somebody looks at it, and you see here what came of it."))
            return redirect("register:me", code=community.code)
    context = {"form": form, "faults": faults(form) if form.is_bound else [], "name": whole.plain.name, "own": whole.own}
    return render(request, "register/portal/propose.html", context, status=422 if form.is_bound else 200)


@page("register.move_out_declared", may=Permission.PORTAL_READ)
def leave(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """I move out, alone or with my minor children."""
    today = _today(viewer, community)
    found = my_household(viewer=viewer, community=community.id, today=today)
    if found is None:
        raise Http404
    people: list[Opened] = [found.me, *(child for child, _relation in found.children)]
    start = _start() | {"on": today, "people": [str(found.me.id)]}
    form = LeaveForm(
        request.POST if request.method == "POST" else None,
        initial=start,
        people=[(str(one.id), one.name) for one in people],
    )
    if form.is_valid():
        given = form.cleaned_data
        told = Told(whom=tuple(given["people"]), on=given["on"].isoformat(), words=given["words"].strip())
        if _send(viewer, community, form, Kind.MOVE_OUT, told, UUID(given["people"][0])):
            messages.success(request, _("Thank you. Somebody looks at it, and you see here what came of it."))
            return redirect("register:me", code=community.code)
    context = {"form": form, "faults": faults(form) if form.is_bound else []}
    return render(request, "register/portal/leave.html", context, status=422 if form.is_bound else 200)


@page("register.ask_rights", may=Permission.PORTAL_READ)
def ask(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """A request about one's own data: what the law lets one ask."""
    person = my_person(viewer=viewer, community=community.id)
    if person is None or viewer.subject is None:
        raise Http404
    if request.method == "POST":
        right = request.POST.get("right", "")
        if right not in ASK:
            raise Http404
        try:
            receive_request(
                by=viewer,
                community=community.id,
                right=Right(right),
                subject=viewer.subject,
                wish=request.POST.get("wish", ""),
            )
        except LinliError as fault:
            messages.error(request, say(fault.words))
        else:
            messages.success(request, _("We have your request. You are answered within the time that the notice names."))
            return redirect("register:me", code=community.code)
    return render(request, "register/portal/ask.html", {"rights": list(ASK.items())})


@page("register.untie_me", may=Permission.PORTAL_READ)
def untie(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """This account is to speak for me no longer."""
    person = my_person(viewer=viewer, community=community.id)
    if person is None:
        raise Http404
    if request.method == "POST":
        untie_account(by=viewer, community=community.id, person=person)
        messages.success(request, _("Your account is tied to you no longer."))
        return redirect("portal:home", code=community.code)
    return render(request, "register/portal/untie.html")


def _today(viewer: Actor, community: Any) -> date:
    if not viewer.sees_community(community.id):
        raise Http404
    return timezone.localdate()


def _whole(viewer: Actor, community: Any, person: UUID | None) -> Whole:
    """The record of ``person``, or one's own. Any other one does not exist for this viewer."""
    meant = person or my_person(viewer=viewer, community=community.id)
    if meant is None:
        raise Http404
    try:
        return my_data(viewer=viewer, community=community.id, person=meant, today=_today(viewer, community))
    except NotFound:
        raise Http404 from None


def _start() -> dict[str, Any]:
    return {"key": new_id(), "token": secrets.token_urlsafe(24)}


def _send(viewer: Actor, community: Any, form: Any, kind: Kind, told: Told, person: UUID) -> bool:
    given = form.cleaned_data
    try:
        commands.declare(
            by=viewer,
            community=community.id,
            key=given["key"],
            token=given["token"],
            kind=kind,
            channel=Channel.PORTAL,
            told=told,
            person=person,
        )
    except Refused as refused:
        put_faults(refused.faults, [], form)
        return False
    except LinliError as fault:
        form.add_error(None, say(fault.words))
        return False
    return True


def _declared(viewer: Actor, community: UUID) -> list[dict[str, Any]]:
    return [
        {
            "kind": words.KIND[row.kind],
            "state": words.STEP[row.step],
            "reference": row.reference,
            "on": row.received_at,
            "reason": say(Words(REFUSAL_WORDS[Refusal(row.reason)])) if row.reason in list(Refusal) else "",
        }
        for row in my_declarations(viewer=viewer, community=community)
    ]


def _purpose(reason: str) -> str:
    """What was given as the reason; codes of the commands by hand say nothing to the person, and are left out."""
    return "" if (reason.isascii() and "_" in reason) or reason.islower() else reason


def _table(whole: Whole) -> Table:
    """One field a line: what stands there, who says so, when it was last verified."""
    plain, language = whole.plain, current_language()
    home = next((home for home in whole.homes if home.until is None), None)
    hukou = next((row for row in whole.hukou if row.until is None), None)
    kind = names.DOCUMENT.get(plain.document_kind or "111", "")
    number = plain.number or plain.document_number
    expires = until_words(whole.document_expires, whole.today)
    rows: list[tuple[str, Any, str, str]] = [
        ("name", _("Name"), plain.name, ""),
        ("number", _("Document number"), number, " ".join(str(part) for part in (kind if number else "", expires) if part)),
        ("birth", _("Date of birth"), day(plain.birth_date, language, "year") if plain.birth_date else "", ""),
        ("sex", _("Sex"), str(names.SEX.get(plain.sex, "")), ""),
        ("phone", _("Telephone"), plain.phone, ""),
        (
            "address",
            _("Lives at"),
            f"{home.building} {home.room}".strip() if home else "",
            span_of(home.since, None) if home else "",
        ),
        ("relation", _("Relation to the head"), str(names.relation_exact(whole.relation)), ""),
        ("hukou_region", _("Hukou"), _hukou(hukou), hukou.address if hukou else ""),
        ("ethnic", _("Ethnic group"), _coded("GB/T 3304", plain.ethnicity), ""),
        ("education", _("Schooling"), _coded("GB/T 4658", plain.education), ""),
    ]
    lines = []
    for field, label, value, small in rows:
        source, on = whole.sources.get(field, ("", None))
        told = names.SOURCE.get(source, "") if value else ""
        seen = day(on, language, "year") if on and value else ""
        lines.append([label, Entry(value or _("nothing kept"), tone="" if value else "mute", small=small), told or "", seen])
    heads = (_("What"), _("What stands there"), _("Who says so"), _("Last verified"))
    return Table(columns=[Column(head, said=at > 1) for at, head in enumerate(heads)], rows=lines, narrow="stack")


def _home(home: Home | None) -> str:
    return f"{home.building} {home.room}".strip() if home else ""


def _hukou(row: Any) -> str:
    if row is None:
        return ""
    return _("in this community") if row.here else region_of(row.region, row.until)


def _permit(row: MyPermit) -> str:
    """Number, since when, and what there is to do about it."""
    language, stands = current_language(), row.standing
    told = [row.number, span_of(row.issued, row.ended)]
    if stands is not None and stands.opens is not None and stands.due is not None:
        days = {"first": day(stands.opens, language, "year"), "last": day(stands.due, language, "year")}
        if stands.state is State.SUSPENDED:
            told.append(_("not endorsed by %(last)s: have it endorsed, then it counts again") % days)
        else:
            told.append(_("next endorsement between %(first)s and %(last)s") % days)
    return names.listed(part for part in told if part)


def _coded(standard: str, code: str) -> str:
    found = table(standard).get(code) if code else None
    return (found.en if current_language() == "en" else found.zh) if found else ""


def _more(whole: Whole) -> list[dict[str, Any]]:
    """What there is beside the fields: earlier homes and hukou, needs, rented homes, permits, former numbers."""
    language = current_language()
    groups: list[tuple[str, list[str]]] = [
        (
            _("Earlier homes"),
            [names.listed((_home(home), span_of(home.since, home.until))) for home in whole.homes if home.until is not None],
        ),
        (_("Earlier hukou"), [f"{_hukou(row)}, {span_of(row.since, row.until)}" for row in whole.hukou if row.until is not None]),
        (
            _("What help you need"),
            [
                names.listed(part for part in (say(Words(NAMES[Need(row.need)])), row.helper, span_of(row.since, None)) if part)
                for row in whole.needs
            ],
        ),
        (
            _("Rented homes"),
            [names.listed(p for p in (row.landlord, span_of(row.since, row.until)) if p) for row in whole.rented],
        ),
        (
            _("Residence permits"),
            [_permit(row) for row in whole.permits]
            + [
                _("Applied on %(day)s. It is issued by %(last)s.")
                % {"day": day(applied, language, "year"), "last": day(last, language, "year")}
                for applied, last in whole.applied
            ],
        ),
        (
            _("Numbers of former documents"),
            [names.listed((number, day(until, language, "year"))) for number, until in whole.former_numbers],
        ),
    ]
    if whole.plain.register_no:
        groups.append((_("File number of the source"), [whole.plain.register_no]))
    return [{"name": name, "lines": lines} for name, lines in groups if lines]
