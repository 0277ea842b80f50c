"""Form fields: label, hint and fault belong to their control."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.utils import translation

from linli.faces import form_fields
from linli.faces.web.sample import ReportForm


class Ask(forms.Form):
    name = forms.CharField(label="Name?", help_text="As on the door", widget=forms.TextInput(attrs={"placeholder": "x"}))
    size = forms.IntegerField(min_value=1, error_messages={"min_value": "Write 1 or more"})
    many = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(required=False)


def test_a_field_names_its_hint_and_its_fault() -> None:
    form = Ask({"name": "", "size": "0"})
    html = form_fields.render(form["name"])
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'id="id_name-hint"' in html
    assert 'id="id_name-error"' in html
    assert '<label class="govuk-label" for="id_name">' in html
    assert "govuk-input--error" in html
    assert "placeholder" not in html
    assert "Still missing: Name" in html


def test_without_fault_there_is_no_trace_of_one() -> None:
    html = form_fields.render(Ask()["name"], hint="", size="10")
    assert "aria-describedby" not in html
    assert "error" not in html
    assert "govuk-input--width-10" in html


@pytest.mark.parametrize(
    ("name", "kind"),
    [("where", "input"), ("what", "textarea"), ("kind", "select"), ("who", "radios"), ("until", "input"), ("public", "checkbox")],
)
def test_every_kind_of_control_has_its_label(name: str, kind: str) -> None:
    form = ReportForm({})
    assert form_fields.kind_of(form[name].field.widget) == kind
    html = form_fields.render(form[name])
    controls = re.findall(r'<(?:input|select|textarea)[^>]*\sid="([^"]+)"', html)
    assert controls
    assert all(f'for="{control}"' in html for control in controls)
    assert ("<fieldset" in html) == (kind == "radios")


def test_the_summary_leads_to_the_first_control_at_fault() -> None:
    form = Ask({"name": "", "size": "0"})
    assert form_fields.faults(form) == [
        {"text": "Still missing: Name", "id": "id_name"},
        {"text": "Write 1 or more", "id": "id_size"},
        {"text": "Still missing: Many", "id": "id_many_0"},
    ]
    assert 'id="id_many_0"' in form_fields.render(form["many"])


def test_hidden_fields_stay_hidden_and_faults_are_told_in_chinese() -> None:
    assert "govuk" not in form_fields.render(Ask()["hidden"])
    with translation.override("zh-hans"):
        assert form_fields.faults(ReportForm({}))[0]["id"] == "id_where"


def test_a_form_that_was_not_sent_has_no_faults() -> None:
    assert form_fields.faults(Ask()) == []
