"""One person's archive: what is known of them and from whom, who looked, and what is shown for a reason."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.components import Column, Entry, Table
from linli.faces.context import ROLE_NAMES
from linli.faces.formats import EN_DASH, day, when
from linli.faces.words import current_language, pick
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.register.commands import open_person, reveal
from linli.register.queries.record import Record, person_record
from linli.register.queries.sources import SourceRow
from linli.register.rules.revealing import REASONS, Group, Reason, enough
from linli.register.web import names
from linli.register.web.events import event_of
from linli.register.web.joined import joined_to
from linli.register.web.notes import compartments_of
from linli.register.web.people import opened_lately
from linli.register.web.writing import lives, short_day, until_words
from linli.trust import Permission, page, who_looked

LOOKS = 12
GROUPS = {
    Group.NAME: gettext_lazy("Name"),
    Group.NUMBER: gettext_lazy("Document number"),
    Group.PHONE: gettext_lazy("Telephone"),
    Group.ADDRESS: gettext_lazy("Door"),
    Group.BIRTH: gettext_lazy("Date of birth"),
}


class RevealForm(forms.Form):
    """What is to be shown, and what for."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("What to show"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(group.value, name) for group, name in GROUPS.items()],
        error_messages={"required": gettext_lazy("Choose what is to be shown.")},
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    words = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=200,
        help_text=gettext_lazy("The person reads this. Name nobody else."),
        error_messages={"required": gettext_lazy("Say in a few words what it is needed for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["reason"].choices = [("", "")] + [(r.value, pick(told)) for r, told in REASONS.items()]  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not enough(words):
            raise forms.ValidationError(_("Say in a few words what it is needed for."))
        return words


@page("register.person", may=Permission.PERSON_SEARCH)
def person(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """One record, masked. Out of scope it does not exist."""
    try:
        open_person(by=viewer, community=community.id, person=person)
    except NotFound:
        raise Http404 from None
    opened_lately(request, community.id, person)
    return _page(request, viewer, community, person, RevealForm() if viewer.may(Permission.PERSON_REVEAL) else None)


@page("register.person_reveal", may=Permission.PERSON_REVEAL)
def shown(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """The record with what was asked to be shown, on this one answer; asked again, a reason is asked for again."""
    if request.method != "POST":
        return redirect("register:person", code=community.code, person=person)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, community, person, form, status=422)
    groups = [Group(one) for one in form.cleaned_data["groups"]]
    try:
        told = reveal(
            by=viewer, community=community.id, person=person, groups=groups,
            reason=Reason(form.cleaned_data["reason"]), words=form.cleaned_data["words"],
        )  # fmt: skip
    except NotFound:
        raise Http404 from None
    except LinliError as fault:
        form.add_error(None, " ".join(say(words) for words in (fault.words, fault.remedy) if words))
        return _page(request, viewer, community, person, form, status=fault.status)
    answer = _page(request, viewer, community, person, RevealForm(), told.values, form.cleaned_data)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(
    request: HttpRequest,
    viewer: Actor,
    community: Any,
    person: UUID,
    form: RevealForm | None,
    told: dict[Group, str] | None = None,
    why: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    try:
        record = person_record(viewer=viewer, community=community.id, person=person, today=today)
    except NotFound:
        raise Http404 from None
    if record.erased or record.row is None:
        return render(request, "register/desk/person_erased.html", {"looks": None})
    told = told or {}
    joined = joined_to(viewer, community, person, today)
    context = {
        "record": record,
        "row": record.row,
        "sex": names.SEX.get(record.row.sex, ""),
        "age": names.age(record.row.age_band),
        "status": names.listed(_standing(record)),
        "good_until": until_words(record.expires, timezone.localdate()),
        "document": names.DOCUMENT.get(record.document, ""),
        "events": [event_of(fact) for fact in record.facts],
        "tree": _tree(record, person, community.code),
        "sources": _sources(record.sources),
        "looks": _looks(viewer, community.id, person, record.subject),
        "form": form,
        "told": [(GROUPS[group], _written(group, value)) for group, value in told.items()],
        "told_name": told.get(Group.NAME, ""),
        "told_why": f"{pick(REASONS[Reason(why['reason'])])}: {why['words']}" if why else "",
        "told_at": timezone.now(),
        "joined": joined,
        "led": any(one["leads"] for one in joined),
        "may_write": viewer.may(Permission.REGISTER_WRITE),
        "may_tie": viewer.may(Permission.RESIDENT_TIE),
        "may_open_notes": bool(compartments_of(viewer)),
    }
    return render(request, "register/desk/person.html", context, status=status)


def _status(record: Record) -> Any:
    here = record.row is not None and record.row.until is None
    if record.row is not None and not here and record.row.ending == "same_person":
        return _("goes on in another record")
    return names.STATUS[record.status] if here else _("no longer lives here")


def _standing(record: Record) -> list[Any]:
    """Status, and what stands beside it."""
    return [
        _status(record),
        *([_("a minor")] if record.minor else []),
        *([names.LEFT_BEHIND[record.left_behind]] if record.left_behind else []),
    ]


def _written(group: Group, value: str) -> str:
    if not value:
        return EN_DASH
    if group is Group.BIRTH:
        return day(date.fromisoformat(value), current_language(), "full")
    return value


def _tree(record: Record, me: UUID, code: str) -> list[dict[str, Any]]:
    """The household, the head first, each a step further in than whom they hang on."""
    if len(record.household) < 2:
        return []
    return [
        {
            "depth": one.depth,
            "name": one.row.name,
            "url": None if one.row.id == me else reverse("register:person", kwargs={"code": code, "person": one.row.id}),
            "said": names.listed([word for word in (names.relation_exact(one.relation), names.age(one.row.age_band)) if word]),
            "lives": lives(one.row),
        }
        for one in record.household
    ]


def _sources(rows: list[SourceRow]) -> Table:
    return Table(
        columns=[Column(_("Source")), Column(_("What it told")), Column(_("Last time"))],
        rows=[
            [
                names.SOURCE.get(row.source, names.SOURCE["file"]),
                names.listed([names.FIELD[field] for field in row.fields]),
                short_day(row.on),
            ]
            for row in rows
        ],
        narrow="flow",
    )


def _looks(viewer: Actor, community: UUID, person: UUID, subject: UUID | None) -> Table | None:
    """Who looked, in which role and unit, and what for; the trail names no colleague."""
    if subject is None:
        return None
    found = who_looked(viewer=viewer, community=community, subject=subject, objects=[person], limit=LOOKS, in_scope=True)
    if not found:
        return None
    return Table(
        columns=[Column(_("When")), Column(_("By whom")), Column(_("What for"))],
        rows=[
            [
                when(timezone.localtime(look.at), current_language()),
                Entry(ROLE_NAMES.get(look.role, look.role), small=pick(look.unit) if look.unit else ""),
                Entry(pick(look.act), small=look.reason),
            ]
            for look in found
        ],
        light=True,
    )
