"""Forms for what is told at a door or a desk. Nothing is shown of what stands sealed; what is left empty stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.faces import form_fields
from linli.faces.formats import CHINESE
from linli.faces.words import current_language, pick, render
from linli.kernel.words import Words
from linli.register.rules.by_hand import EVIDENCE, Evidence, HandFault, Said, Same
from linli.register.rules.codes import PROVINCES
from linli.register.rules.kin_words import KinWord, hukou_of, relation_code
from linli.register.rules.residence import Status
from linli.register.web.names import DOCUMENT, KIN, SEX

Choices = list[tuple[str, Any]]


def day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def hukou_choices() -> Choices:
    """Here, elsewhere in the city, a province, overseas; first: not asked."""
    provinces = [(code, pick({"en": english, "zh-Hans": chinese})) for code, (english, chinese) in PROVINCES.items()]
    first: Choices = [("", _("Not asked")), ("here", _("In this community")), ("city", _("Elsewhere in this city"))]
    return [*first, ("overseas", _("None, from overseas")), *provinces]


def evidence_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("What it rests on"),
        initial=Evidence.TOLD.value,
        choices=[(e.value, render(Words(EVIDENCE[e]))) for e in Evidence],
    )


class PersonForm(forms.Form):
    """One person of a household. The number alone gives the birthday and the sex."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    number = forms.CharField(
        label=_("Identity number"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    relation = forms.ChoiceField(label=_("Relation to the head"), required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    document_kind = forms.ChoiceField(label=_("Kind of document"), required=False)
    document_expires = forms.DateField(label=_("Valid until"), required=False, widget=day_widget())
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=day_widget())
    sex = forms.ChoiceField(label=_("Sex"), required=False)
    sure = forms.BooleanField(label=_("The number stands like this on the document"), required=False)
    same = forms.ChoiceField(
        label=_("Is it the same person?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(Same.YES.value, _("Yes, the same person")), (Same.NO.value, _("No, somebody else"))],
    )

    def __init__(self, *args: Any, head: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.head = head
        words: Choices = [(word.value, KIN[word]) for word in KinWord]
        self.fields["relation"].choices = [("", _("Choose")), *words]  # type: ignore[attr-defined]
        self.fields["document_kind"].choices = [("", _("Identity card")), *DOCUMENT.items()]  # type: ignore[attr-defined]
        self.fields["sex"].choices = [("", _("Choose")), ("1", SEX["1"]), ("2", SEX["2"])]  # type: ignore[attr-defined]
        if head:
            self.fields["relation"].initial = KinWord.HEAD.value
        for field in ("name", "number", "phone"):
            self.fields[field].widget.attrs["autocomplete"] = "off"

    @property
    def told(self) -> bool:
        """Whether anything was written here: an empty block is nobody."""
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("name", "number", "phone", "birth_date", "sex"))

    @property
    def asks_same(self) -> bool:
        """Whether somebody of the register may be meant, and it has to be said."""
        return bool(self.errors.get("same")) or bool(self.data.get(self.add_prefix("same")))

    @property
    def unfolded(self) -> bool:
        """Whether the fields for those without an identity number are open: something is written there, or wrong."""
        names = ("document_kind", "document_expires", "birth_date", "sex", "sure")
        return any(self.data.get(self.add_prefix(name)) for name in names) or any(name in self.errors for name in names)

    def said(self, region: str, status: str, head_sex: str = "") -> Said:
        """What was told, with the hukou that holds for the household."""
        given = self.cleaned_data
        sex = given["sex"] or sex_of(given["number"])
        return Said(
            name=given["name"],
            relation=relation_code(given["relation"], sex, head_sex),
            number=given["number"],
            document_kind=given["document_kind"],
            document_expires=given["document_expires"],
            birth_date=given["birth_date"],
            sex=given["sex"],
            phone=given["phone"],
            hukou_region=region,
            status=Status(status) if status else None,
            sure=given["sure"],
            same=Same(given["same"]),
        )


def sex_of(number: str) -> str:
    """The sex that a number of eighteen signs tells; empty for others."""
    bare = number.replace(" ", "")
    return ("1" if int(bare[16]) % 2 else "2") if len(bare) == 18 and bare[:17].isascii() and bare[:17].isdigit() else ""


class HouseholdForm(forms.Form):
    """What holds for the whole household. ``address`` at the desk, ``unit`` and ``room`` where the building is known."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=20, initial=3)
    address = forms.CharField(
        label=_("Address"), max_length=200, required=False, help_text=_("As people write it, for example 柳荫苑3号楼2单元501室"),
        widget=forms.TextInput(attrs={"list": "addresses", "autocomplete": "off"}),
    )  # fmt: skip
    unit = forms.CharField(label=_("Stair well"), max_length=16, required=False)
    room = forms.CharField(label=_("Room"), max_length=32, required=False)
    on = forms.DateField(label=_("Here since"), widget=day_widget())
    hukou = forms.ChoiceField(label=_("Hukou"), required=False)
    evidence = forms.ChoiceField(label=_("What it rests on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hukou"].choices = hukou_choices()  # type: ignore[attr-defined]
        self.fields["evidence"] = evidence_field()

    def without(self, *names: str) -> HouseholdForm:
        """The same without fields that are known already."""
        for name in names:
            del self.fields[name]
        return self


class CorrectForm(forms.Form):
    """New values; what is left empty stays as it is."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    number = forms.CharField(label=_("Identity or document number"), max_length=40, required=False)
    document_kind = forms.ChoiceField(label=_("Kind of document"), required=False)
    document_expires = forms.DateField(label=_("Valid until"), required=False, widget=day_widget())
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=day_widget())
    sex = forms.ChoiceField(label=_("Sex"), required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    relation = forms.ChoiceField(label=_("Relation to the head"), required=False)
    hukou = forms.ChoiceField(label=_("Hukou"), required=False)
    since = forms.DateField(
        label=_("Since when"), required=False, widget=day_widget(),
        help_text=_("For hukou and relation. Empty: it was never otherwise."),
    )  # fmt: skip
    evidence = forms.ChoiceField(label=_("What it rests on"))
    sure = forms.BooleanField(label=_("The number stands like this on the document"), required=False)

    def __init__(self, *args: Any, now: dict[str, str], head: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        same = _("As it is")
        self.fields["document_kind"].choices = [("", same), *DOCUMENT.items()]  # type: ignore[attr-defined]
        self.fields["sex"].choices = [("", same), ("1", SEX["1"]), ("2", SEX["2"])]  # type: ignore[attr-defined]
        self.fields["relation"].choices = [  # type: ignore[attr-defined]
            ("", same), *((word.value, KIN[word]) for word in KinWord if word is not KinWord.HEAD)
        ]  # fmt: skip
        self.fields["hukou"].choices = [("", same), *hukou_choices()[1:]]  # type: ignore[attr-defined]
        self.fields["evidence"] = evidence_field()
        for name, text in now.items():
            if text:
                self.fields[name].help_text = text
        if head:
            # Whoever is head becomes something else only by another one becoming head.
            del self.fields["relation"]

    def values(self, code: str, sex: str, head_sex: str) -> dict[str, Any]:
        """What is to be written: columns of the register."""
        given = {name: value for name, value in self.cleaned_data.items() if value and name not in ("evidence", "since", "sure")}
        region, status = hukou_of(given.pop("hukou", ""), code)
        given |= {name: value for name, value in (("hukou_region", region), ("status", status)) if value}
        if "relation" in given:
            given["relation"] = relation_code(given["relation"], given.get("sex", sex), head_sex)
        return given


class ActForm(forms.Form):
    """Something that happens to a household. Which fields it has follows from the act."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, act: str, members: Choices, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.act, self.members, self.today = act, members, today
        getattr(self, f"_{act}")()
        self.fields["on"] = forms.DateField(label=self._day, initial=today, widget=day_widget())
        self.fields["evidence"] = evidence_field()

    _day: Any = _("Day it happened")

    def _people(self, label: Any) -> None:
        self.fields["people"] = forms.MultipleChoiceField(
            label=label, choices=self.members, widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one person.")},
        )  # fmt: skip

    def _one(self, name: str, label: Any, *, required: bool = False, hint: Any = "") -> None:
        empty: Choices = [("", _("Choose"))]
        self.fields[name] = forms.ChoiceField(label=label, choices=[*empty, *self.members], required=required, help_text=hint)

    def _left(self) -> None:
        self._people(_("Who has left"))
        self.fields["hukou_too"] = forms.BooleanField(label=_("Their hukou here went with them"), required=False)
        self._one("new_head", _("Head of those who stay"), hint=_("Only where the head leaves"))

    def _moved(self) -> None:
        self._people(_("Who moves"))
        self.fields["address"] = forms.CharField(
            label=_("New address"), max_length=200, widget=forms.TextInput(attrs={"list": "addresses", "autocomplete": "off"})
        )
        self._one("new_head", _("Head of those who stay"), hint=_("Only where the head leaves"))

    def _died(self) -> None:
        self._one("person", _("Who died"), required=True)
        self._one("new_head", _("Head of those who stay"), hint=_("Only where the head died"))
        self._day = _("Day of death")

    def _split(self) -> None:
        self._people(_("Who keeps house by themselves now"))
        self._one("head", _("Head of the new household"))
        self._one("stays_head", _("Head of those who stay"), hint=_("Only where the head leaves"))

    def _joined(self) -> None:
        self.fields["address"] = forms.CharField(
            label=_("Address of the household they join"), max_length=200,
            widget=forms.TextInput(attrs={"list": "addresses", "autocomplete": "off"}),
        )  # fmt: skip
        words: Choices = [(word.value, KIN[word]) for word in KinWord if word is not KinWord.HEAD]
        self.fields["relation"] = forms.ChoiceField(
            label=_("What this household’s head is to the head there"), choices=[("", _("Choose")), *words]
        )

    def _head(self) -> None:
        self._one("head", _("Who is head now"), required=True)

    def _person(self) -> None:
        words: Choices = [(word.value, KIN[word]) for word in KinWord]
        base = PersonForm()
        for name in ("name", "number", "relation", "phone", "document_kind", "document_expires", "birth_date", "sex", "sure"):
            self.fields[name] = base.fields[name]
        self.fields["relation"].choices = [("", _("Choose")), *words]  # type: ignore[attr-defined]
        self.fields["hukou"] = forms.ChoiceField(label=_("Hukou"), choices=hukou_choices(), required=False)
        self.fields["same"] = base.fields["same"]

    def _came(self) -> None:
        self._person()
        self._day = _("Here since")

    def _born(self) -> None:
        self._person()
        for name in ("document_kind", "document_expires", "birth_date", "phone", "same", "sure"):
            del self.fields[name]
        self.fields["number"].help_text = _("A newborn may have none yet.")
        self._day = _("Date of birth")


def put_faults(faults: Sequence[HandFault], rows: Sequence[forms.Form], whole: forms.Form) -> None:
    """Each fault at its person and field; one whose field isn't on the form stands above it."""
    for fault in faults:
        text = gap().join(render(words) for words in (fault.words, fault.remedy) if words is not None)
        form = rows[fault.row] if fault.row is not None and fault.row < len(rows) else whole
        form.add_error(fault.field if fault.field in form.fields else None, text)


def gap() -> str:
    """What stands between two sentences."""
    return "" if current_language() == CHINESE else " "


def all_faults(forms_: Iterable[forms.Form]) -> list[dict[str, str]]:
    """The faults of several forms for one summary."""
    return [fault for form in forms_ if form.is_bound for fault in form_fields.faults(form)]
