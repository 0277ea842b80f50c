"""What is asked on the Imports pages: a file, and a reason for an undo."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.intake.queries import MappingRow


class UploadForm(forms.Form):
    """A file and the mapping to read it by; by default it is recognised."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or Parquet. It is looked at first; nothing is written yet."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    mapping = forms.ChoiceField(label=_("Mapping"), required=False)

    def __init__(self, *args: object, mappings: Sequence[MappingRow] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["mapping"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Recognise it by its name and headings")), *((m.name, m.name) for m in mappings)]


class ReasonForm(forms.Form):
    """Why an import is undone."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It stays with the import, for everybody who may see it."),
        error_messages={"required": _("Say why, for example: file of the wrong month.")},
    )
