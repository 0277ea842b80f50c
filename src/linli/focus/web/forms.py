"""The decision about a finding: a task, known until a date, or dismissed with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.focus.rules.kinds import DecisionAct

CHOICES = (
    (DecisionAct.TASK.value, _("Make it a task")),
    (DecisionAct.KNOWN.value, _("Known, dealt with until a date")),
    (DecisionAct.DISMISS.value, _("Dismiss, with a reason")),
)


class DecisionForm(forms.Form):
    """One form for the three answers; only the fields of the chosen one are asked for. Works without script."""

    act = forms.ChoiceField(label=_("What happens next"), choices=CHOICES, widget=forms.RadioSelect, initial=DecisionAct.TASK.value)
    owner = forms.ChoiceField(label=_("Who"), required=False)
    due = forms.DateField(label=_("By, or known until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    first_step = forms.CharField(
        label=_("First step"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("For a task; may stay empty.")
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("For “known” and “dismiss”.")
    )

    def __init__(self, *args: Any, workers: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Choose"))] + [(str(a), name) for a, name in workers]  # type: ignore[attr-defined]
        self.fields["due"].initial = timezone.localdate() + timedelta(days=4)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        act = data.get("act")
        if act == DecisionAct.TASK and not data.get("owner"):
            self.add_error("owner", _("Choose who does it."))
        if act in (DecisionAct.TASK, DecisionAct.KNOWN):
            due = data.get("due")
            if not due:
                self.add_error("due", _("Enter a date, for example 2026-11-20."))
            elif due < timezone.localdate():
                self.add_error("due", _("The date must be today or later."))
        if act in (DecisionAct.KNOWN, DecisionAct.DISMISS) and not (data.get("reason") or "").strip():
            self.add_error("reason", _("Write the reason in a few words."))
        return data
