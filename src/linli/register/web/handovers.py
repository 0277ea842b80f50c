"""Hand-overs on the desk: who arrives, opened with a reason and taken over at an address; who was sent, and what came back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.form_fields import faults
from linli.faces.formats import EN_DASH, day
from linli.faces.words import current_language, pick
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, LinliError, NotFound
from linli.kernel.words import Words
from linli.register import commands
from linli.register.commands.arriving import MISSING
from linli.register.queries import handovers as queries
from linli.register.queries.handovers import ArrivalRow
from linli.register.rules.by_hand import Evidence, Refused, Same
from linli.register.rules.codes import PROVINCES
from linli.register.rules.declarations import REFUSAL_WORDS, Refusal, Step
from linli.register.rules.handovers import REFUSALS, Arrival
from linli.register.rules.kin_words import KinWord, relation_code
from linli.register.rules.needs import NAMES, Need
from linli.register.rules.revealing import REASONS, Reason, enough
from linli.register.web import declared_words, names
from linli.register.web.hand_forms import Choices, day_widget, evidence_field
from linli.register.web.papers import AGREED
from linli.register.web.places import found_at, suggestions
from linli.trust import Permission, page

OPEN_FOR = timedelta(minutes=30)
"""So long one may look at what came along without saying again what for."""
_OPENED = "linli_opened_handovers"
STEP: dict[Step, Promise] = {
    Step.OPEN: gettext_lazy("Waiting"),
    Step.ACCEPTED: gettext_lazy("Taken over"),
    Step.REJECTED: gettext_lazy("Sent back"),
    Step.LAPSED: gettext_lazy("Taken back by the sender"),
}
SENT_STEP: dict[Step, Promise] = {
    Step.OPEN: gettext_lazy("Waiting"),
    Step.ACCEPTED: gettext_lazy("Taken over"),
    Step.REJECTED: gettext_lazy("Came back"),
    Step.LAPSED: gettext_lazy("Settled"),
}


class OpenForm(forms.Form):
    """What it is opened for."""

    use_required_attribute = False
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    words = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in a few words what it is needed for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        told = [(reason.value, pick(REASONS[reason])) for reason in (Reason.DESK, Reason.VISIT, Reason.CHECK)]
        self.fields["reason"].choices = told  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        """Something that says anything at all."""
        words: str = self.cleaned_data["words"]
        if not enough(words):
            raise forms.ValidationError(_("Say in a few words what it is needed for."))
        return words


class TakeOverForm(forms.Form):
    """Where they live now, and what they agree to today. ``houses``: who lives behind that door already; ``came``: what came
    along and need not be asked."""

    use_required_attribute = False
    address = forms.CharField(
        label=gettext_lazy("Where they live now"), max_length=200,
        help_text=gettext_lazy("As people write it, for example 柳荫苑3号楼2单元501室"),
        widget=forms.TextInput(attrs={"list": "addresses", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Ask for the address and write it down.")},
    )  # fmt: skip
    on = forms.DateField(label=gettext_lazy("Here since"), widget=day_widget())
    number = forms.CharField(
        label=gettext_lazy("Identity number"), max_length=40, required=False,
        help_text=gettext_lazy("With it, birthday and sex follow by themselves."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )  # fmt: skip
    birth_date = forms.DateField(label=gettext_lazy("Date of birth"), required=False, widget=day_widget())
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("Care needs that they agree to have kept here"), required=False, widget=forms.CheckboxSelectMultiple
    )
    household = forms.ChoiceField(label=gettext_lazy("How they live there"), required=False)
    relation = forms.ChoiceField(label=gettext_lazy("Relation to the head of that household"), required=False)
    same = forms.ChoiceField(
        label=gettext_lazy("Is it the same person?"), required=False, widget=forms.RadioSelect,
        choices=[(Same.YES.value, gettext_lazy("Yes, the same person")), (Same.NO.value, gettext_lazy("No, somebody else"))],
    )  # fmt: skip
    evidence = forms.ChoiceField(label=gettext_lazy("What it rests on"))
    sure = forms.BooleanField(label=gettext_lazy("The number stands like this on the document"), required=False)

    def __init__(
        self, *given: Any, needs: Choices, houses: Choices, asks: bool, came: Collection[str], **more: Any
    ) -> None:  # fmt: skip
        super().__init__(*given, **more)
        self.fields["evidence"] = evidence_field()
        self.fields["needs"].choices = needs  # type: ignore[attr-defined]
        own: Choices = [("", _("Choose")), ("own", _("as a household of their own"))]
        self.fields["household"].choices = [*own, *houses]  # type: ignore[attr-defined]
        self.fields["relation"].choices = kin_choices()  # type: ignore[attr-defined]
        self.fields["sex"].choices = [("", _("Choose")), ("1", names.SEX["1"]), ("2", names.SEX["2"])]  # type: ignore[attr-defined]
        gone = {"needs": not needs, "household": not houses, "relation": not houses, "same": not asks, "sure": not self.is_bound}
        gone |= dict.fromkeys(came, True)
        for name, is_gone in gone.items():
            if is_gone:
                del self.fields[name]


class ReturnForm(forms.Form):
    """Why they don't come."""

    use_required_attribute = False
    reason = forms.ChoiceField(label=gettext_lazy("Why"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        told = [(reason.value, say(Words(REFUSAL_WORDS[reason]))) for reason in REFUSALS]
        self.fields["reason"].choices = told  # type: ignore[attr-defined]


def kin_choices() -> Choices:
    """How somebody is related to a head, in words."""
    return [("", _("Choose")), *((word.value, names.KIN[word]) for word in KinWord if word is not KinWord.HEAD)]


@page("register.handovers", may=Permission.REGISTER_HAND_OVER)
def listing(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Who arrives and who was sent."""
    today = timezone.localdate()
    if request.method == "POST":
        return _sent_act(request, viewer, community)
    context = {
        "arrivals": [
            {"row": row, "sender": pick(row.sender), "step": STEP[row.step], "reason": _reason(row.reason)}
            for row in queries.arrivals(viewer=viewer, community=community.id)
        ],
        "sent": [
            {"row": row, "to": pick(row.to), "step": SENT_STEP[row.step], "reason": _reason(row.reason)}
            for row in queries.sent(viewer=viewer, community=community.id, today=today)
        ],
        "kin": kin_choices(),
    }
    return render(request, "register/desk/handovers.html", context)


def _reason(code: str) -> str:
    if code in list(Refusal):
        return say(Words(REFUSAL_WORDS[Refusal(code)]))
    return {"back": _("They live here again."), "left": _("They have moved all the same.")}.get(code, "")


def _sent_act(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """One that was sent: have them back, or leave it at that."""
    try:
        which = UUID(request.POST.get("which", ""))
    except ValueError:
        raise Http404 from None
    word = request.POST.get("relation", "")
    try:
        if request.POST.get("act") == "back":
            line = next((one for one in queries.sent(viewer=viewer, community=community.id, today=timezone.localdate())
                         if one.id == which), None)  # fmt: skip
            relation = relation_code(word, line.person.sex if line and line.person else "") if word in list(KinWord) else ""
            commands.bring_back(by=viewer, community=community.id, sent=which, relation=relation)
            messages.success(request, _("They live here again, where they lived before."))
        elif request.POST.get("act") == "leave":
            commands.leave_away(by=viewer, community=community.id, sent=which)
            messages.success(request, _("Noted: they have moved all the same."))
        else:
            raise Http404
    except NotFound:
        raise Http404 from None
    except LinliError as fault:
        messages.error(request, " ".join(say(words) for words in (fault.words, fault.remedy) if words))
    return redirect("register:handovers", code=community.code)


@dataclass
class _Page:
    """One arrival in one request."""

    request: HttpRequest
    viewer: Actor
    community: Any
    row: ArrivalRow
    arrival: Arrival

    @property
    def opened(self) -> bool:
        at = self.request.session.get(_OPENED, {}).get(str(self.row.id))
        return bool(at) and timezone.now() - datetime.fromisoformat(at) < OPEN_FOR

    def note_opened(self) -> None:
        known = self.request.session.get(_OPENED, {})
        self.request.session[_OPENED] = {**known, str(self.row.id): timezone.now().isoformat()}


@page("register.handover", may=Permission.REGISTER_HAND_OVER)
def one(request: HttpRequest, viewer: Actor, community: Any, declaration: UUID) -> HttpResponse:
    """One arrival: opened with a reason, then taken over at an address, or sent back."""
    try:
        row, arrival = queries.arrival(viewer=viewer, community=community.id, declaration=declaration)
    except NotFound:
        raise Http404 from None
    this = _Page(request, viewer, community, row, arrival)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    opening = OpenForm(request.POST if act == "open" else None)
    back = ReturnForm(request.POST if act == "return" else None)
    try:
        if act == "open" and opening.is_valid():
            given = opening.cleaned_data
            commands.open_handover(
                by=viewer, community=community.id, declaration=declaration, reason=Reason(given["reason"]), words=given["words"]
            )
            this.note_opened()
            return redirect(request.path)
        if act == "return" and back.is_valid():
            reason = Refusal(back.cleaned_data["reason"])
            commands.return_handover(by=viewer, community=community.id, declaration=declaration, reason=reason)
            messages.success(request, _("Sent back. The other community decides what holds there."))
            return redirect("register:handovers", code=community.code)
    except LinliError as fault:
        messages.error(request, " ".join(say(words) for words in (fault.words, fault.remedy) if words))
        return redirect(request.path)
    if act == "accept" and not this.opened:
        return redirect(request.path)
    return _shown(this, act, opening, back)


def _shown(this: _Page, act: str, opening: OpenForm, back: ReturnForm) -> HttpResponse:
    request, viewer, community, row = this.request, this.viewer, this.community, this.row
    waits = row.step is Step.OPEN
    take = None
    maybe: list[dict[str, Any]] = []
    if waits and this.opened:
        take, houses, maybe = _take_form(this, act)
        if act == "accept" and take.is_valid() and (made := _accept(this, take, houses)) is not None:
            messages.success(request, _("Taken over: they are on the register now."))
            return redirect("register:person", code=community.code, person=made)
    bound = [form for form in (opening, take, back) if form is not None and form.is_bound]
    found = [fault for form in bound for fault in faults(form)]
    context = {
        "row": row,
        "sender": pick(row.sender),
        "step": STEP[row.step],
        "reason": _reason(row.reason),
        "waits": waits,
        "opened": this.opened,
        "along": [str(AGREED[name]) for name in row.fields],
        "lines": _lines(this.arrival) if this.opened else [],
        "maybe": maybe,
        "opening": opening,
        "take": take,
        "back_form": back,
        "faults": found,
        "suggested": suggestions(viewer, community.id) if take is not None else [],
    }
    answer = render(request, "register/desk/handover.html", context, status=422 if found else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _take_form(this: _Page, act: str) -> tuple[TakeOverForm, list[str], list[dict[str, Any]]]:
    """The form with what has to be asked at this address, and whom of the register they may be."""
    request, viewer, community = this.request, this.viewer, this.community
    today = timezone.localdate()
    data = request.POST if act == "accept" else None
    place = found_at(viewer, community.id, data.get("address", "").strip())[0] if data is not None else None
    dwelling = place.dwelling if place is not None else None
    houses: Choices = []
    if place is not None and place.building is not None and dwelling is not None:
        there = queries.houses_there(
            viewer=viewer, community=community.id, building=place.building, dwelling=dwelling, today=today
        )  # fmt: skip
        houses = [(str(house.id), _("with the household of %(name)s") % {"name": house.head or EN_DASH}) for house in there]
    meant = queries.meant_by(
        viewer=viewer, community=community.id, arrival=this.arrival, dwelling=dwelling, today=today
    )  # fmt: skip
    maybe = [
        {
            "row": line,
            "url": reverse("register:person", kwargs={"code": community.code, "person": line.id}) if line else "",
            "standing": declared_words.STANDING[one.standing],
        }
        for one, line in meant
    ]
    needs = [(need, say(Words(NAMES[Need(need)]))) for need in this.arrival.needs if need in list(Need)]
    form = TakeOverForm(
        data, needs=needs, houses=houses, asks=bool(maybe), initial={"on": this.arrival.on},
        came=[name for name in MISSING if getattr(this.arrival.said, name)],
    )  # fmt: skip
    return form, [value for value, _name in houses], maybe


def _accept(this: _Page, form: TakeOverForm, houses: list[str]) -> UUID | None:
    """Take them over; None where something is wrong, which then stands at its field."""
    given = form.cleaned_data
    found, fault = found_at(this.viewer, this.community.id, given["address"].strip())
    if fault or found.building is None:
        form.add_error("address", fault or _("Choose the building."))
        return None
    into = given.get("household", "")
    if houses and not into:
        form.add_error("household", _("Somebody lives behind this door already. Say how they live there."))
        return None
    word = given.get("relation", "")
    try:
        made = commands.accept_handover(
            by=this.viewer, community=this.community.id, declaration=this.row.id, building=found.building, unit=found.unit,
            room=found.room, address=given["address"].strip(), on=given["on"], evidence=Evidence(given["evidence"]),
            same=Same(given.get("same", "")), sure=given.get("sure", False), household=UUID(into) if into in houses else None,
            relation=relation_code(word, this.arrival.said.sex) if word else "",
            needs=[Need(need) for need in given.get("needs", [])],
            more={name: given[name] for name in MISSING if given.get(name)},
        )  # fmt: skip
    except Refused as refused:
        for one in refused.faults:
            name = one.field if one.field in form.fields else None
            form.add_error(name, " ".join(say(words) for words in (one.words, one.remedy) if words is not None))
        return None
    except Conflict as conflict:
        form.add_error(None, " ".join(say(words) for words in (conflict.words, conflict.remedy) if words))
        return None
    except NotFound:
        raise Http404 from None
    except LinliError as error:
        form.add_error(None, say(error.words))
        return None
    return made.people[0]


def _lines(arrival: Arrival) -> list[tuple[str, str]]:
    """What came along, in full."""
    said, language = arrival.said, current_language()
    region = PROVINCES.get(said.hukou_region[:2])
    hukou = " ".join(part for part in (pick({"en": region[0], "zh-Hans": region[1]}) if region else "", said.hukou_text) if part)
    rows = [
        (_("Name"), said.name),
        (_("Document number"), said.number),
        (_("Date of birth"), day(said.birth_date, language, "year") if said.birth_date else ""),
        (_("Sex"), str(names.SEX.get(said.sex, ""))),
        (_("Telephone"), said.phone),
        (_("Hukou"), hukou),
        (_("First day away"), day(arrival.on, language, "year")),
        (_("Day they agreed"), day(arrival.agreed_on, language, "year")),
    ]
    return [(str(label), value) for label, value in rows if value]
