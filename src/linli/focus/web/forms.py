"""The decision about a finding: a task, known until a date, or dismissed with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.focus.rules.kinds import DecisionAct

CHOICES = (
    (DecisionAct.TASK.value, _("Make it a task")),
    (DecisionAct.KNOWN.value, _("Known, dealt with until a date")),
    (DecisionAct.DISMISS.value, _("Dismiss, with a reason")),
)
FIELDS = {
    DecisionAct.TASK.value: ("owner", "due", "first_step"),
    DecisionAct.KNOWN.value: ("until", "known_reason"),
    DecisionAct.DISMISS.value: ("dismiss_reason",),
}
DAYS_FOR_A_TASK, DAYS_KNOWN = 4, 28


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _words(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DecisionForm(forms.Form):
    """One form for the three answers; each answer has its own fields below it, and only those of the chosen one are asked for.

    Works without script: where the browser can, style hides the fields of the answers not chosen.
    """

    act = forms.ChoiceField(
        label=_("What happens next"), choices=CHOICES, widget=forms.RadioSelect, initial=DecisionAct.TASK.value
    )
    owner = forms.ChoiceField(label=_("Who"), required=False)
    due = forms.DateField(label=_("By"), required=False, widget=_day())
    first_step = forms.CharField(
        label=_("First step"), required=False, max_length=500, widget=_words(), help_text=_("May stay empty.")
    )
    until = forms.DateField(label=_("Until"), required=False, widget=_day(), help_text=_("Till then it stays off the board."))
    known_reason = forms.CharField(label=_("What is being done"), required=False, max_length=500, widget=_words())
    dismiss_reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=_words(), help_text=_("It is kept with the finding.")
    )

    def __init__(self, *args: Any, workers: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Choose")), *((str(a), name) for a, name in workers)]  # type: ignore[attr-defined]
        today = timezone.localdate()
        self.fields["due"].initial = today + timedelta(days=DAYS_FOR_A_TASK)
        self.fields["until"].initial = today + timedelta(days=DAYS_KNOWN)

    def answers(self) -> Iterator[tuple[str, Any, bool, list[BoundField]]]:
        """The three answers: value, words, whether chosen, and their fields."""
        chosen = self["act"].value()
        for value, name in CHOICES:
            yield value, name, value == chosen, [self[field] for field in FIELDS[value]]

    def clean(self) -> dict[str, Any]:
        """Asks for the fields of the chosen answer alone."""
        data = super().clean() or {}
        act = data.get("act")
        for value, names in FIELDS.items():
            if value != act:
                for name in names:
                    self.errors.pop(name, None)
        if act == DecisionAct.TASK:
            if not data.get("owner") and "owner" not in self.errors:
                self.add_error("owner", _("Choose who does it."))
            self._check_day("due", data)
        elif act == DecisionAct.KNOWN:
            self._check_day("until", data)
            self._check_reason("known_reason", data)
        elif act == DecisionAct.DISMISS:
            self._check_reason("dismiss_reason", data)
        return data

    def _check_day(self, name: str, data: dict[str, Any]) -> None:
        if name in self.errors:
            del self.errors[name]
        day = data.get(name)
        if not day:
            self.add_error(name, _("Enter a date, for example 2026-11-20."))
        elif day < timezone.localdate():
            self.add_error(name, _("The date must be today or later."))

    def _check_reason(self, name: str, data: dict[str, Any]) -> None:
        if not (data.get(name) or "").strip():
            self.add_error(name, _("Write the reason in a few words."))
