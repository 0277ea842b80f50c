"""Form fields as the design system draws them: label, hint, what is wrong, control. Works with any Django form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    # Several boxes are a kind of radio buttons to Django: asked for first, or one could tick one only.
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.SelectMultiple, "select"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file-upload"),
)


def kind_of(widget: forms.Widget) -> str:
    """radios, checkboxes, checkbox, select, textarea, file-upload or input."""
    return next((kind for widget_type, kind in KINDS if isinstance(widget, widget_type)), "input")


def render(bound: BoundField, *, label: Any = None, hint: Any = None, size: str = "") -> SafeString:
    """One field with everything that belongs to it. Ids: the field's own, ``<id>-hint``, ``<id>-error``."""
    widget = bound.field.widget
    if widget.is_hidden:
        return bound.as_hidden()
    kind = kind_of(widget)
    own = str(bound.id_for_label or bound.auto_id or bound.html_name)
    hint = hint if hint is not None else bound.help_text
    described = " ".join(part for part in (f"{own}-hint" if hint else "", f"{own}-error" if bound.errors else "") if part)
    context = {
        "bound": bound,
        "kind": kind,
        "id": own,
        "label": label if label is not None else bound.label,
        "hint": hint,
        "errors": errors_of(bound, label),
        "described": described,
    }
    if kind in {"radios", "checkboxes"}:
        context["choices"] = [_choice(choice, first=i == 0, own=own) for i, choice in enumerate(bound.subwidgets)]
        context["id"] = bound.auto_id or own
    else:
        context["control"] = _control(bound, kind, described, size)
    return SafeString(render_to_string("faces/components/field.html", context))


def faults(form: forms.BaseForm) -> list[dict[str, str]]:
    """Every fault of a bound form: its text and the id of the control it speaks of (``""``: the whole form)."""
    found = [{"text": str(error), "id": ""} for error in form.non_field_errors()] if form.is_bound else []
    for bound in form:
        found += [{"text": error, "id": _first_id(bound)} for error in errors_of(bound)]
    return found


def errors_of(bound: BoundField, label: Any = None) -> list[str]:
    """What is wrong with a field. Where a form gives no words of its own for an empty field, they name what is missing."""
    return [_said(error, bound, label) for error in bound.form.errors.as_data().get(bound.name, [])]


def _said(error: ValidationError, bound: BoundField, label: Any) -> str:
    if error.code == "required" and error.message == forms.Field.default_error_messages["required"]:
        return _("Still missing: %(label)s") % {"label": str(label or bound.label).rstrip("?？:：. ")}
    return "".join(error.messages)


def _control(bound: BoundField, kind: str, described: str, size: str) -> SafeString:
    css = {"checkbox": "govuk-checkboxes__input"}.get(kind, f"govuk-{kind}")
    classes = [css, bound.field.widget.attrs.get("class", "")]
    if size:
        classes.append(f"govuk-input--width-{size}" if size.isdigit() else f"govuk-!-width-{size}")
    if bound.errors and kind != "checkbox":
        classes.append(f"{css}--error")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    # A placeholder vanishes when one writes; the label and the hint stay.
    attrs["placeholder"] = False
    if bound.errors:
        attrs["aria-invalid"] = "true"
    widget = bound.field.widget
    attrs = bound.build_widget_attrs(attrs, widget)
    # Django would point to ids of its own; here hint and fault have others, or are not there.
    attrs["aria-describedby"] = described or False
    attrs.setdefault("id", widget.attrs.get("id") or bound.auto_id)
    return SafeString(widget.render(name=bound.html_name, value=bound.value(), attrs=attrs, renderer=bound.form.renderer))


def _choice(choice: Any, *, first: bool, own: str) -> dict[str, Any]:
    data = choice.data
    value = data["value"]
    return {
        # The summary of faults leads to the first box, so that one carries the field's own id.
        "id": data["attrs"].get("id") or f"{own}_{data['index']}",
        "name": data["name"],
        "value": getattr(value, "value", value) if value is not None else "",
        "label": data["label"],
        "chosen": data["selected"],
        "disabled": bool(data["attrs"].get("disabled")),
        "first": first,
    }


def _first_id(bound: BoundField) -> str:
    if kind_of(bound.field.widget) in {"radios", "checkboxes"}:
        first = next(iter(bound.subwidgets), None)
        return str(first.data["attrs"].get("id", "")) if first else ""
    return str(bound.id_for_label or bound.auto_id or "")
