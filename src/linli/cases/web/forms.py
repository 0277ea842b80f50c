"""What people write about a case on the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.rules import CHANNEL_NAMES, CHANNELS, NEXT, EventKind, State, may_close
from linli.faces.words import render
from linli.kernel.words import Words

ACTS = {
    EventKind.TAKEN: _("It is taken in hand"),
    EventKind.DONE: _("It is done; somebody else should check"),
    EventKind.CLOSED: _("I have checked it: close it"),
    EventKind.SENT_BACK: _("I have checked it: it is not done"),
    EventKind.REOPENED: _("It has come back: open it again"),
    EventKind.NOTE: _("Only a note"),
}


class StepForm(forms.Form):
    """The next step of a case: only what its state allows."""

    act = forms.ChoiceField(label=_("What happens next"), widget=forms.RadioSelect)
    agency = forms.CharField(label=_("Who has it"), required=False, max_length=150)
    text = forms.CharField(
        label=_("In a sentence"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Closing needs a reason: what you saw."),
    )  # fmt: skip

    def __init__(self, *args: Any, state: State, done_by: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = not may_close(done_by=done_by, closer=viewer)
        possible = [kind for kind in ACTS if NEXT[state, kind] and not (own and kind is EventKind.CLOSED)]
        self.fields["act"].choices = [(kind.value, ACTS[kind]) for kind in possible]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text = (data.get("text") or "").strip()
        if data.get("act") == EventKind.CLOSED and not text:
            self.add_error("text", _("Write what you saw when you checked."))
        if data.get("act") == EventKind.NOTE and not text:
            self.add_error("text", _("Write the note."))
        return data


class ReportForm(forms.Form):
    """A report that a clerk writes down for someone."""

    title = forms.CharField(
        label=_("What is it"), max_length=300, help_text=_("What there is to see, for example: lamp out at gate 3")
    )
    category = forms.ChoiceField(label=_("Kind"), required=False)
    text = forms.CharField(label=_("More about it"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    address = forms.CharField(
        label=_("Where"), required=False, max_length=500, help_text=_("Building, gate or street, as people say it")
    )
    grid = forms.ChoiceField(label=_("Grid, if the place does not say it"), required=False)
    channel = forms.ChoiceField(label=_("How it reached us"), initial="counter")
    reporter_name = forms.CharField(label=_("Reported by"), required=False, max_length=100, help_text=_("May stay empty"))
    reporter_phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)

    def __init__(self, *args: Any, categories: list[tuple[str, str]], grids: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("Not sorted yet")), *categories]  # type: ignore[attr-defined]
        self.fields["grid"].choices = [("", _("Not known")), *grids]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (channel, render(Words(CHANNEL_NAMES[channel]))) for channel in CHANNELS
        ]
