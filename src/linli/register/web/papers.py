"""Help that somebody needs, their residence permit, and handing them over to another community: one page at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.words import pick
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.register import commands
from linli.register.queries import doors
from linli.register.queries.guardians import adults_beside
from linli.register.queries.papers import papers
from linli.register.queries.people import person_rows
from linli.register.queries.subjects import KNOWS, subject_of
from linli.register.rules.by_hand import Evidence, Place, Refused
from linli.register.rules.needs import NAMES, Basis, Need
from linli.register.rules.permits import PAPERS, Ground, Paper, State
from linli.register.web.hand_forms import all_faults, day_widget, evidence_field, put_faults
from linli.register.web.household import about
from linli.register.web.names import age, listed
from linli.trust import Permission, page, public_communities
from linli.trust.consent.rules import Channel, Mandate, Relation, is_guarded

ELSEWHERE = "elsewhere"
_SAY = {
    "guardian": gettext_lazy("Say who decides for the child."),
    "relation": gettext_lazy("Say how they are related to the child."),
    "mandate": gettext_lazy("Say which paper was seen."),
}
STATES: dict[State, Promise] = {
    State.NOT_YET: gettext_lazy("not yet valid"),
    State.VALID: gettext_lazy("valid"),
    State.DUE: gettext_lazy("valid, to be endorsed now"),
    State.SUSPENDED: gettext_lazy("suspended: endorsement is overdue"),
    State.ENDED: gettext_lazy("ended"),
}
AGREED: dict[str, Promise] = {
    "number": gettext_lazy("Identity or document number"),
    "birth_date": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "phone": gettext_lazy("Telephone"),
    "education": gettext_lazy("Education"),
    "ethnicity": gettext_lazy("Ethnicity"),
    "hukou": gettext_lazy("Hukou"),
    "needs": gettext_lazy("Care needs"),
}


class NeedForm(forms.Form):
    """One need and the leave to keep it."""

    prefix = "need"
    use_required_attribute = False
    need = forms.ChoiceField(label=gettext_lazy("Help with"))
    helper = forms.CharField(label=gettext_lazy("Who helps"), required=False, max_length=100)
    basis = forms.ChoiceField(
        label=gettext_lazy("Why it may be kept"),
        widget=forms.RadioSelect,
        initial=Basis.CONSENT.value,
        choices=[(Basis.CONSENT.value, gettext_lazy("They agreed today")), (Basis.LAW.value, gettext_lazy("A law says so"))],
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How they agreed"),
        choices=[(Channel.PAPER.value, gettext_lazy("on paper")), (Channel.DESK.value, gettext_lazy("at the desk"))],
    )
    law = forms.CharField(label=gettext_lazy("Which law"), required=False, max_length=80)
    guardian = forms.ChoiceField(label=gettext_lazy("Who decides for the child"), required=False)
    relation = forms.ChoiceField(
        label=gettext_lazy("How they are related to the child"),
        required=False,
        choices=[
            ("", gettext_lazy("Choose")),
            (Relation.PARENT.value, gettext_lazy("father or mother")),
            (Relation.GRANDPARENT.value, gettext_lazy("grandparent")),
            (Relation.SIBLING.value, gettext_lazy("brother or sister")),
            (Relation.APPOINTED.value, gettext_lazy("appointed guardian")),
        ],
    )
    mandate = forms.ChoiceField(
        label=gettext_lazy("Paper that shows it"),
        required=False,
        choices=[
            ("", gettext_lazy("Choose")),
            (Mandate.HOUSEHOLD_BOOK.value, gettext_lazy("household book")),
            (Mandate.BIRTH_CERTIFICATE.value, gettext_lazy("birth certificate")),
            (Mandate.COURT_ORDER.value, gettext_lazy("court order")),
            (Mandate.APPOINTMENT.value, gettext_lazy("letter of appointment")),
        ],
    )

    def __init__(self, *args: Any, guardians: list[tuple[str, str]] | None, **kwargs: Any) -> None:
        """``guardians``: the adults who keep house with a child under 14; None for anybody else, who decides for themselves."""
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = [(need.value, say(Words(NAMES[need]))) for need in Need]  # type: ignore[attr-defined]
        if guardians is None:
            for name in ("guardian", "relation", "mandate"):
                del self.fields[name]
            return
        others = [("", _("Choose")), *guardians, (ELSEWHERE, _("somebody who does not live with the child"))]
        self.fields["guardian"].choices = others  # type: ignore[attr-defined]
        agreed, law = self.fields["basis"].choices  # type: ignore[attr-defined]
        self.fields["basis"].choices = [(agreed[0], _("The guardian agreed today")), law]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "guardian" in self.fields and given.get("basis") == Basis.CONSENT.value:
            # With the guardian's consent standing, nobody is asked again: then all three may stay empty, but not some.
            asked = [name for name in ("guardian", "relation", "mandate") if name not in self.errors]
            missing = [name for name in asked if not given.get(name)]
            if len(missing) < len(asked):
                for name in missing:
                    self.add_error(name, _SAY[name])
        return given


class PermitForm(forms.Form):
    """A day, and the number where one is issued."""

    prefix = "permit"
    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    on = forms.DateField(label=gettext_lazy("Day it happened"), widget=day_widget())
    number = forms.CharField(label=gettext_lazy("Number of the permit"), required=False, max_length=40)

    def __init__(self, *args: Any, held: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if held:
            del self.fields["number"]


class ApplyForm(forms.Form):
    """What is claimed, and the papers that were brought; what is missing is told at once."""

    prefix = "apply"
    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    on = forms.DateField(label=gettext_lazy("Day it was taken in"), widget=day_widget())
    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("What they claim"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (Ground.EMPLOYMENT.value, gettext_lazy("work")),
            (Ground.DWELLING.value, gettext_lazy("a home")),
            (Ground.STUDY.value, gettext_lazy("study")),
        ],
    )
    papers = forms.MultipleChoiceField(label=gettext_lazy("Papers seen"), required=False, widget=forms.CheckboxSelectMultiple)
    represented = forms.BooleanField(label=gettext_lazy("Somebody else came for them"), required=False)
    frail = forms.BooleanField(label=gettext_lazy("Old or disabled, and can’t come"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].choices = [(paper.value, say(Words(PAPERS[paper]))) for paper in Paper]  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Where to, when, and what the person agreed to hand on."""

    prefix = "over"
    use_required_attribute = False
    to = forms.ChoiceField(label=gettext_lazy("To which community"))
    on = forms.DateField(label=gettext_lazy("First day away"), widget=day_widget())
    agreed = forms.MultipleChoiceField(
        label=gettext_lazy("What may go along, besides the name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(AGREED.items()),
    )
    agreed_on = forms.DateField(label=gettext_lazy("Day they agreed"), widget=day_widget())
    hukou_too = forms.BooleanField(label=gettext_lazy("Their hukou here went with them"), required=False)
    new_head = forms.ChoiceField(
        label=gettext_lazy("Head of those who stay"), required=False, help_text=gettext_lazy("Only where the head leaves")
    )
    evidence = forms.ChoiceField(label=gettext_lazy("What it rests on"))

    def __init__(self, *args: Any, communities: list[tuple[str, str]], members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Choose")), *communities]  # type: ignore[attr-defined]
        self.fields["new_head"].choices = [("", _("Choose")), *members]  # type: ignore[attr-defined]
        self.fields["evidence"] = evidence_field()


@page("register.papers", may=Permission.REGISTER_WRITE)
def papers_page(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """Needs, permit, hand-over of one person. Opening it is logged."""
    today = timezone.localdate()
    try:
        commands.open_person(by=viewer, community=community.id, person=person)
        known = papers(viewer=viewer, community=community.id, person=person, today=today)
        row = doors.standing_of(viewer=viewer, community=community.id, person=person, today=today).row
    except NotFound:
        raise Http404 from None
    act = request.POST.get("act", "")
    others = [(zone.code, pick(zone.name)) for zone in public_communities(viewer=viewer) if zone.id != community.id]
    staying = _staying(viewer, community.id, person, today)
    shown: dict[str, forms.Form] = {
        "need": NeedForm(request.POST if act == "need" else None, guardians=_guardians(viewer, community.id, person, today)),
        "permit": PermitForm(
            request.POST if act in ("issue", "endorse", "end_permit") else None,
            held=known.permit is not None,
            initial={"key": new_id(), "on": today},
        ),
    }
    if known.permit is None and known.applied is None:
        shown["apply"] = ApplyForm(request.POST if act == "apply" else None, initial={"key": new_id(), "on": today})
    if others and viewer.may(Permission.REGISTER_HAND_OVER):
        shown["over"] = HandOverForm(
            request.POST if act == "over" else None,
            communities=others,
            members=staying,
            initial={"on": today, "agreed_on": today},
        )
    form = shown.get({"issue": "permit", "endorse": "permit", "end_permit": "permit"}.get(act, act))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _write(viewer, community.id, person, known.permit.id if known.permit else None, act, request, form)
        except Refused as refused:
            put_faults(refused.faults, [form] if form else [], form or shown["need"])
        except NotFound:
            raise Http404 from None
        except LinliError as fault:
            (form or shown["need"]).add_error(None, say(fault.words))
        else:
            messages.success(request, _("Written down."))
            return redirect("register:papers", code=community.code, person=person)
    faults = all_faults(shown.values())
    needs = [{"row": need, "name": say(Words(NAMES[need.need]))} for need in known.needs]
    consent = next((c for c in known.consents if c.purpose.key == "care"), None)
    context = {
        "consent": consent,
        "consent_words": pick(consent.text.words) if consent else "",
        "row": row,
        "needs": needs,
        "permit": known.permit,
        "faults": faults,
        "today": today,
        "need_form": shown["need"],
        "permit_form": shown["permit"],
        "applied": known.applied,
        "apply_form": shown.get("apply"),
        "over_form": shown.get("over"),
        "state": STATES[known.permit.standing.state] if known.permit else "",
    }
    return render(request, "register/desk/papers.html", context, status=422 if faults else 200)


def _write(
    viewer: Actor, community: UUID, person: UUID, permit: UUID | None, act: str, request: HttpRequest, form: forms.Form | None
) -> None:
    who: dict[str, Any] = {"by": viewer, "community": community}
    told = form.cleaned_data if form is not None else {}
    if act == "need":
        law = told["basis"] == Basis.LAW.value
        commands.add_need(
            **who,
            person=person,
            need=Need(told["need"]),
            basis=Basis(told["basis"]),
            place=Place.DESK,
            channel=Channel(told["channel"]),
            guardian=_id(told["guardian"]) if told.get("guardian", "") not in ("", ELSEWHERE) and not law else None,
            relation=Relation(told["relation"]) if told.get("relation") and not law else None,
            mandate=Mandate(told["mandate"]) if told.get("mandate") and not law else None,
            law=told["law"] if law else "",
            helper=told["helper"],
        )
    elif act in ("check", "end_need"):
        need = _id(request.POST.get("which", ""))
        (commands.check_need if act == "check" else commands.end_need)(**who, need=need)
    elif act == "apply" and form is not None:
        commands.apply_for_permit(
            **who,
            key=told["key"],
            person=person,
            on=told["on"],
            grounds=[Ground(one) for one in told["grounds"]],
            papers=[Paper(one) for one in told["papers"]],
            represented=told["represented"],
            frail=told["frail"],
        )
    elif act == "withdraw":
        commands.withdraw_application(**who, person=person)
    elif act == "issue":
        commands.issue_permit(**who, key=told["key"], person=person, on=told["on"], number=told["number"])
    elif act in ("endorse", "end_permit") and permit is not None:
        (commands.endorse_permit if act == "endorse" else commands.end_permit)(**who, permit=permit, on=told["on"])
    elif act == "over":
        commands.hand_over(
            **who,
            person=person,
            to=told["to"],
            on=told["on"],
            agreed=told["agreed"],
            agreed_on=told["agreed_on"],
            place=Place.DESK,
            evidence=Evidence(told["evidence"]),
            hukou_too=told["hukou_too"],
            new_head=_id(told["new_head"]) if told["new_head"] else None,
        )
    else:
        raise Http404


def _staying(viewer: Actor, community: UUID, person: UUID, today: date) -> list[tuple[str, str]]:
    """Those who keep house with somebody: one of them may have to become head."""
    house = doors.household_of(viewer=viewer, community=community, person=person)
    if house is None:
        return []
    members = doors.household(viewer=viewer, community=community, household=house, today=today).members
    return [(str(m.row.id), listed([m.row.name, about(m)])) for m in members if m.row.id != person]


def _guardians(viewer: Actor, community: UUID, person: UUID, today: date) -> list[tuple[str, str]] | None:
    """Among whom a child's guardian is chosen; None where the person decides for themselves."""
    if not is_guarded(KNOWS.born(community, subject_of(viewer=viewer, community=community, person=person)), today):
        return None
    adults = adults_beside(viewer=viewer, community=community, person=person, today=today)
    rows = {row.id: row for row in person_rows(viewer=viewer, community=community, people=adults, today=today)}
    return [(str(one), listed([rows[one].name, age(rows[one].age_band)])) for one in adults if one in rows]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
