"""Consents of one person, on the desk and on the portal; what will be deleted, and what the law holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, LinliError
from linli.kernel.words import sentence
from linli.trust.consent import commands as consent
from linli.trust.consent.people import birth_of
from linli.trust.consent.queries import consent_history, consents_of
from linli.trust.consent.rules import Channel, Mandate, Relation, is_guarded
from linli.trust.models import Zone
from linli.trust.retention import commands as retention
from linli.trust.retention import queries
from linli.trust.rights.queries import subject_of_request
from linli.trust.rules import Permission
from linli.trust.web import words
from linli.trust.web.pages import page
from linli.trust.web.rights_forms import HoldForm

NO_SUCH_REQUEST = sentence("trust.retention.no_such_request", "There is no request with the reference %(reference)s.")


class GuardianForm(forms.Form):
    """Who decides for a child under 14, and which paper showed it."""

    relation = forms.ChoiceField(label=gettext_lazy("Who decides for the child"), choices=words.choices(words.RELATIONS))
    mandate = forms.ChoiceField(label=gettext_lazy("Which paper was seen"), choices=words.choices(words.MANDATES))


@page("trust.consents", may=Permission.CONSENT_RECORD)
def consents(request: HttpRequest, viewer: Actor, community: Zone, subject: UUID) -> HttpResponse:
    """The desk writes down what somebody said, or takes a consent back for them."""
    if request.method == "POST":
        _answer(request, viewer, community.id, subject, Channel.DESK)
        return redirect("trust:consents", code=community.code, subject=subject)
    lines = [
        words.Line(line.at, words.SAID[line.act], "", str(words.CONSENT_CHANNELS[Channel(line.channel)]))
        for line in reversed(consent_history(viewer=viewer, community=community.id, subject=subject))
    ]
    context = {"rows": _rows(viewer, community.id, subject), "lines": lines, "may_write": True, "own": False}
    return render(request, "trust/desk/consents.html", context)


@page("trust.my_consents", may=Permission.PORTAL_READ)
def my_consents(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """A resident sees what they agreed to, and takes it back with one tap."""
    if viewer.subject is None:
        return render(request, "trust/portal/consents.html", {"rows": None})
    if request.method == "POST":
        _answer(request, viewer, community.id, viewer.subject, Channel.PORTAL)
        return redirect("trust:my_consents", code=community.code)
    context = {"rows": _rows(viewer, community.id, viewer.subject), "may_write": True, "own": True}
    return render(request, "trust/portal/consents.html", context)


def _rows(viewer: Actor, community: UUID, subject: UUID) -> list[dict[str, Any]]:
    guarded = is_guarded(birth_of(community, subject), timezone.localdate())
    return [
        {
            "row": row,
            "standing": words.STANDINGS[row.standing],
            "relation": words.RELATIONS[Relation(row.relation)] if row.relation else None,
            "guarded": guarded,
            "form": GuardianForm(auto_id=f"id_{row.purpose.key}_%s") if guarded else None,
        }
        for row in consents_of(viewer=viewer, community=community, subject=subject)
    ]


def _answer(request: HttpRequest, viewer: Actor, community: UUID, subject: UUID, channel: Channel) -> None:
    act, version = request.POST.get("act", ""), request.POST.get("version", "")
    purpose, relation, mandate = (request.POST.get(name, "") for name in ("purpose", "relation", "mandate"))
    if act not in {"give", "refuse", "came", "withdraw"} or not (version.isascii() and version.isdigit()):
        raise Http404
    try:
        if act == "withdraw":
            consent.withdraw_consent(by=viewer, community=community, subject=subject, purpose=purpose, channel=channel)
        else:
            consent.answer_consent(
                by=viewer,
                community=community,
                subject=subject,
                purpose=purpose,
                agrees=act != "refuse",
                version=int(version[:4]),
                channel=channel,
                relation=Relation(relation) if relation in list(Relation) else None,
                mandate=Mandate(mandate) if mandate in list(Mandate) else None,
                own_accord=act == "came",
            )
    except LinliError as fault:
        messages.error(request, words.said(fault.words))
    else:
        messages.success(request, _("Written down."))


@page("trust.retention", may=Permission.RETENTION_MANAGE)
def kept(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """What is announced and what has gone, how long things are kept, and what the law holds."""
    holding = request.method == "POST" and request.POST.get("act") == "hold"
    form = HoldForm(request.POST if holding else None)
    if request.method == "POST":
        done = (form.is_valid() and _hold(viewer, community.id, form)) if holding else _lift(request, viewer, community.id)
        if done:
            messages.success(request, _("Written down."))
        if done or not holding:
            return redirect("trust:retention", code=community.code)
    keeping = queries.keeping(viewer=viewer, community=community.id, now=timezone.now())
    context = {
        "rows": queries.announcements(viewer=viewer, community=community.id),
        "holds": queries.legal_holds(viewer=viewer, community=community.id),
        "keeping": [(row, words.MOMENTS[row.keep_from]) for row in keeping],
        "form": form,
    }
    return render(request, "trust/desk/retention.html", context, status=422 if form.errors else 200)


def _hold(viewer: Actor, community: UUID, form: HoldForm) -> bool:
    told = form.cleaned_data
    try:
        subject = None
        if told["reference"].strip():
            subject = subject_of_request(viewer=viewer, community=community, reference=told["reference"])
            if subject is None:
                raise BadInput(NO_SUCH_REQUEST, reference=told["reference"])
        retention.place_hold(
            by=viewer,
            community=community,
            subject=subject,
            purpose=told["purpose"],
            reason=told["reason"],
            from_date=timezone.localdate(),
            to_date=told["until"],
        )
    except LinliError as fault:
        form.add_error(None, words.said(fault.words))
        return False
    return True


def _lift(request: HttpRequest, viewer: Actor, community: UUID) -> bool:
    try:
        hold = UUID(request.POST.get("hold", ""))
        why = request.POST.get("why", "")
        retention.lift_hold(by=viewer, community=community, hold=hold, on=timezone.localdate(), reason=why)
    except ValueError:
        raise Http404 from None
    except LinliError as fault:
        messages.error(request, words.said(fault.words))
        return False
    return True
