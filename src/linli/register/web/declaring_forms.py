"""Forms in which residents, landlords and employers declare; the same online, at the desk and on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.faces.words import render
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.register.rules.declarations import CORRECTABLE, REFUSAL_WORDS, Declared, Kind, Told
from linli.register.rules.kin_words import KinWord
from linli.register.web.declared_words import BY, CORRECT
from linli.register.web.hand_forms import Choices, PersonForm, day_widget, evidence_field, hukou_choices
from linli.register.web.names import KIN

TOKEN_SIGNS = 32


class DeclaredPersonForm(PersonForm):
    """One person, as somebody declares them."""

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("same", "sure", "document_expires"):
            del self.fields[name]
        if kind is Kind.STAFF:
            del self.fields["relation"]
        self.fields["number"].help_text = _("With it, birthday and sex follow by themselves.")

    @property
    def asks_same(self) -> bool:
        return False

    def declared(self) -> Declared:
        """What was written, with an id for the record that may come of it."""
        given = self.cleaned_data
        born = given["birth_date"]
        return Declared(
            name=given["name"].strip(),
            relation=given.get("relation", ""),
            number=given["number"].strip(),
            document_kind=given["document_kind"],
            birth_date=born.isoformat() if born else "",
            sex=given["sex"],
            phone=given["phone"].strip(),
            key=str(new_id()),
        )


class DeclarationForm(forms.Form):
    """What holds for the whole declaration."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    token = forms.CharField(widget=forms.HiddenInput, min_length=TOKEN_SIGNS, max_length=64)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=12)
    by = forms.CharField(max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    building = forms.ChoiceField(label=_("Building"), required=False)
    unit = forms.CharField(
        label=_("Stair well"), max_length=16, required=False, help_text=_("If the building has several"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    room = forms.CharField(label=_("Room"), max_length=32, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    on = forms.DateField(label=_("Since when"), required=False, widget=day_widget())
    hukou = forms.ChoiceField(label=_("Hukou"), required=False)
    landlord = forms.CharField(
        label=_("Who lets the home"), max_length=100, required=False, help_text=_("Only if you like"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Telephone for questions"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    guardian = forms.CharField(
        label=_("Name of the parent or guardian"), max_length=100, required=False,
        help_text=_("Only if a child under 14 is among them"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    guards = forms.BooleanField(label=_("I am the parent or guardian and agree that the child is written down"), required=False)

    def __init__(self, *args: Any, kind: Kind, buildings: Choices, desk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty: Choices = [("", _("Choose"))]
        self.fields["building"].choices = [*empty, *buildings]  # type: ignore[attr-defined]
        self.fields["hukou"].choices = hukou_choices()  # type: ignore[attr-defined]
        if kind is Kind.MOVE_IN:
            del self.fields["by"]
        else:
            self.fields["by"].label = BY[kind]  # type: ignore[assignment]
            del self.fields["landlord"]
        if desk:
            self.fields["guards"].label = _("The parent or guardian has signed")

    def told(self, people: list[Declared], name: str) -> Told:
        """What was declared; ``name``: the building's, to be kept as the address that was meant."""
        given = self.cleaned_data
        on = given["on"]
        door = "-".join(part for part in (given["unit"].strip(), given["room"].strip()) if part)
        return Told(
            people=tuple(people),
            address=f"{name} {door}".strip(),
            unit=given["unit"].strip(),
            room=given["room"].strip(),
            on=on.isoformat() if on else "",
            hukou=given["hukou"],
            by=given.get("by", "").strip(),
            contact=given["contact"].strip(),
            landlord=given.get("landlord", "").strip(),
            guardian=given["guardian"].strip(),
            guards=given["guards"],
        )

    @property
    def place(self) -> UUID | None:
        """The building that was chosen."""
        chosen = self.cleaned_data.get("building")
        return UUID(chosen) if chosen else None


class ProposeForm(forms.Form):
    """Another value for one field, and what shows it."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    token = forms.CharField(widget=forms.HiddenInput, min_length=TOKEN_SIGNS, max_length=64)
    field = forms.ChoiceField(label=_("What is wrong"), choices=[(name, CORRECT[name]) for name in CORRECTABLE])
    value = forms.CharField(label=_("What it should be"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    words = forms.CharField(
        label=_("What shows it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: it stands so on my new identity card. Bring it when we ask."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A day is written as a day, a sex as its code."""
        given = super().clean() or {}
        name, value = given.get("field"), (given.get("value") or "").strip()
        if name == "birth_date" and value:
            try:
                given["value"] = forms.DateField().clean(value.replace("/", "-").replace(".", "-")).isoformat()
            except forms.ValidationError:
                self.add_error("value", _("Write the day as 1954-03-07."))
        if name == "sex" and value:
            codes = {"男": "1", "m": "1", "male": "1", "女": "2", "f": "2", "female": "2"}
            if value.lower() not in codes:
                self.add_error("value", _("Write M or F."))
            given["value"] = codes.get(value.lower(), "")
        return given


class LeaveForm(forms.Form):
    """Who leaves, and when."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    token = forms.CharField(widget=forms.HiddenInput, min_length=TOKEN_SIGNS, max_length=64)
    people = forms.MultipleChoiceField(
        label=_("Who moves out"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )  # fmt: skip
    on = forms.DateField(label=_("First day away"), widget=day_widget())
    words = forms.CharField(
        label=_("Where to"), max_length=200, required=False, help_text=_("Only if you like: town and province are enough.")
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """What has to be known before a declaration is written down. Which fields it has follows from what it says."""

    use_required_attribute = False

    def __init__(self, *args: Any, asks: int, houses: Choices, staying: Choices, leaving: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = asks
        words: Choices = [("", _("Choose")), *((word.value, KIN[word]) for word in KinWord if word is not KinWord.HEAD)]
        if houses:
            own: Choices = [("", _("as a household of their own"))]
            self.fields["household"] = forms.ChoiceField(label=_("How they live there"), choices=[*own, *houses], required=False)
            for row in range(asks):
                self.fields[f"relation{row}"] = forms.ChoiceField(
                    label=_("Person %(n)s: relation to the head of that household") % {"n": row + 1},
                    choices=words,
                    required=False,
                )
        if staying:
            none: Choices = [("", _("Choose"))]
            self.fields["new_head"] = forms.ChoiceField(
                label=_("Head of those who stay"), choices=[*none, *staying], required=False,
                help_text=_("Only where the head leaves"),
            )  # fmt: skip
        if leaving:
            self.fields["hukou_too"] = forms.BooleanField(label=_("Their hukou here went with them"), required=False)
        self.fields["sure"] = forms.BooleanField(label=_("The number stands like this on the document"), required=False)
        self.fields["evidence"] = evidence_field()


class RefuseForm(forms.Form):
    """Why it isn't taken over."""

    use_required_attribute = False

    reason = forms.ChoiceField(label=_("Why not"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [(reason.value, render(Words(key))) for reason, key in REFUSAL_WORDS.items()]
        self.fields["reason"].choices = [("", _("Choose")), *reasons]  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """What is asked back."""

    use_required_attribute = False

    question = forms.CharField(
        label=_("What you would like to know"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The sender reads this. Whoever holds the link may too, so name nobody."),
    )  # fmt: skip
