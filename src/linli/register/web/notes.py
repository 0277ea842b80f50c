"""Sealed notes about one person: what is kept apart on minors, Party membership and health, for those who may open it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.register.queries.people import person_rows
from linli.register.queries.subjects import subject_of
from linli.trust import Compartment, Permission, notes_about, open_note, page, seal_note

COMPARTMENTS: dict[Compartment, str | Promise] = {
    Compartment.MINORS: gettext_lazy("A child or young person"),
    Compartment.PARTY: gettext_lazy("Party membership"),
    Compartment.HEALTH: gettext_lazy("Health"),
}


def compartments_of(viewer: Actor) -> list[Compartment]:
    """Those that the viewer may write into and open; a page shows the way to the notes where there is one."""
    return [one for one in COMPARTMENTS if viewer.may(Permission(f"compartment.{one.value}"))]


class NoteForm(forms.Form):
    """A new note."""

    use_required_attribute = False

    compartment = forms.ChoiceField(
        label=gettext_lazy("What it is about"), error_messages={"required": gettext_lazy("Choose what it is about.")}
    )
    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=10_000,
        help_text=gettext_lazy("Only what a law tells you to know, or the person agreed to."),
        error_messages={"required": gettext_lazy("Write the note.")},
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )

    def __init__(self, mine: list[Compartment], *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        names = [(one.value, COMPARTMENTS[one]) for one in mine]
        self.fields["compartment"].choices = [("", gettext_lazy("Choose")), *names]  # type: ignore[attr-defined]


class OpenForm(forms.Form):
    """Why a note is opened."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why you open it"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in a few words what it is needed for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@page("register.notes", may=Permission.COMPARTMENT_LIST)
def notes(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """The list, a form for a new note, and one note opened at a time, shown on that answer alone."""
    mine = compartments_of(viewer)
    if not mine:
        raise PermissionDenied
    try:
        subject = subject_of(viewer=viewer, community=community.id, person=person)
    except NotFound:
        raise Http404 from None
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = NoteForm(mine, request.POST if act == "add" else None)
    reason = OpenForm(request.POST if act == "open" else None, auto_id="open_%s")
    told, status = "", 200
    heads = {str(head.id): head for head in notes_about(viewer=viewer, community=community.id, subject=subject)}
    which = heads.get(request.POST.get("note", "")) if act == "open" else None
    if act == "open" and which is None:
        raise Http404
    bound = {"add": form, "open": reason}.get(act)
    if bound is not None and not bound.is_valid():
        status = 422
    elif bound is not None:
        try:
            if which is not None:
                told = open_note(
                    by=viewer, community=community.id, note=which.id, compartment=which.compartment,
                    reason=reason.cleaned_data["reason"],
                )  # fmt: skip
            else:
                kind = Compartment(form.cleaned_data["compartment"])
                text = form.cleaned_data["text"]
                seal_note(by=viewer, community=community.id, subject=subject, compartment=kind, text=text)
                messages.success(request, _("The note is sealed."))
                return redirect("register:notes", code=community.code, person=person)
        except LinliError as fault:
            bound.add_error(None, " ".join(say(words) for words in (fault.words, fault.remedy) if words))
            status = fault.status
    rows = person_rows(viewer=viewer, community=community.id, people=[person], today=timezone.localdate())
    context = {
        "row": rows[0] if rows else None,
        "person": person,
        "notes": [(head, COMPARTMENTS[head.compartment], head == which) for head in heads.values()],
        "form": form,
        "reason": reason,
        "wrong": bound if status != 200 else None,
        "told": told,
    }
    answer = render(request, "register/desk/notes.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
