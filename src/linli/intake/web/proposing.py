"""A file that no mapping fits: somebody says what its columns mean, and from then on such files are recognised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces import render as render_words
from linli.intake import commands, queries, store, taking
from linli.intake.engine import fingerprint
from linli.intake.kinds import KINDS, Kind
from linli.intake.proposing import Proposal, pattern_of
from linli.intake.recognition import Unrecognised, free_name, proposal_for
from linli.intake.web import present
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError
from linli.kernel.words import Words
from linli.trust import Permission, Zone, asked_before, keep_asked, page


def offered(viewer: Actor) -> list[Kind]:
    """The kinds of file whose mapping can be made on the page, by this person."""
    return [kind for kind in KINDS.values() if kind.choices and viewer.may(kind.permission)]


def hold(request: HttpRequest, viewer: Actor, community: UUID, path: Path, name: str) -> str | None:
    """Keep a sealed copy until its columns are told. Returns the id to ask for it by; None where nothing can be proposed."""
    try:
        proposal_for(path=path, file_name=name, kinds=offered(viewer))
    except Unrecognised:
        return None
    kept = store.keep(path, community=community, sha256=fingerprint(path))
    return keep_asked(request, community, {"kept": kept, "name": name})


@page("intake.propose", may=Permission.IMPORT_READ)
def columns(request: HttpRequest, viewer: Actor, community: Zone) -> HttpResponse:
    """What each column of the file means; answered, the file is looked at as any other."""
    held = asked_before(request, community.id, request.GET.get("s", ""))
    kinds = offered(viewer)
    if not held or not kinds:
        messages.error(request, _("This file isn't held any longer. Send it again."))
        return redirect("intake:list", code=community.code)
    name = held["name"]
    fault = None
    with store.opened(held["kept"], community=community.id, file_name=name) as path:
        found = proposal_for(path=path, file_name=name, kinds=kinds)
        kind = KINDS[found.kind]
        taken = {m.name for m in queries.mappings(viewer=viewer, community=community.id)}
        called = free_name(viewer=viewer, community=community.id, file_name=name)
        form = ColumnsForm(request.POST or None, kind=kind, proposal=found, name=called, taken=taken)
        if request.method == "POST" and form.is_valid():
            try:
                report = _declared(viewer, community.id, path, name, form)
            except LinliError as error:
                fault = present.told(error)
            else:
                return redirect("intake:detail", code=community.code, batch=report.batch)
    context = {
        "form": form,
        "fault": fault,
        "file_name": name,
        "pattern": pattern_of(name),
        "heading_row": found.heading_row,
        "sheet": found.top.sheet,
        "kind": present.say(kind.label),
    }
    return render(request, "intake/desk/columns.html", context, status=422 if fault or form.errors else 200)


def _declared(viewer: Actor, community: UUID, path: Path, file_name: str, form: ColumnsForm) -> taking.BatchReport:
    """Declare what was said and look at the file by it."""
    name = form.cleaned_data["name"]
    definition = form.proposal.definition(name=name, file_name=file_name, fields=form.fields_of_columns(), options=form.options())
    commands.declare_mapping(by=viewer, community=community, definition=definition)
    return taking.preview(by=viewer, community=community, path=path, mapping=name, file_name=file_name)


class ColumnsForm(forms.Form):
    """The name of the mapping, the field of each column, and what the kind asks beside."""

    name = forms.CharField(label=gettext_lazy("Name of this kind of file"), max_length=64)

    def __init__(self, *args: Any, kind: Kind, proposal: Proposal, name: str, taken: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.proposal, self.taken = kind, proposal, taken
        self.fields["name"].initial = name
        said = [("", _("Not read")), *((field.name, _label(field.label)) for field in kind.fields)]
        for at, column in enumerate(proposal.columns):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=column.heading, choices=said, required=False, initial=column.field
            )
        for choice in kind.choices:
            values = [(value, _label(label)) for value, label in choice.values.items()]
            self.fields[f"choice-{choice.name}"] = forms.ChoiceField(
                label=_label(choice.label), choices=values, initial=values[0][0], widget=forms.RadioSelect
            )

    def rows(self) -> Iterator[tuple[forms.BoundField, Sequence[str]]]:
        """Each column's field and the shapes of its cells."""
        for at, column in enumerate(self.proposal.columns):
            yield self[f"column-{at}"], column.shapes

    def choices(self) -> Iterator[forms.BoundField]:
        """What the kind asks beside its columns."""
        return (self[f"choice-{choice.name}"] for choice in self.kind.choices)

    def fields_of_columns(self) -> dict[str, str]:
        """Heading → field, as chosen."""
        return {c.heading: self.cleaned_data.get(f"column-{at}", "") for at, c in enumerate(self.proposal.columns)}

    def options(self) -> dict[str, str]:
        """The options of the mapping."""
        return {choice.name: self.cleaned_data[f"choice-{choice.name}"] for choice in self.kind.choices}

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if name in self.taken:
            raise ValidationError(_("There is a kind of file of this name already; choose another."))
        return name

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, str] = {}
        for at, column in enumerate(self.proposal.columns):
            field = self.cleaned_data.get(f"column-{at}", "")
            if field and field in chosen:
                told = _("“%(first)s” means this already; choose another, or “Not read”.") % {"first": chosen[field]}
                self.add_error(f"column-{at}", told)
            elif field:
                chosen[field] = column.heading
        for needed in self.kind.fields:
            if needed.required and needed.name not in chosen:
                self.add_error("column-0", _("One column must be “%(field)s”.") % {"field": _label(needed.label)})
        return self.cleaned_data


def _label(key: str) -> str:
    return render_words(Words(key))
