"""Dwellings that are let: the list by grid, and one dwelling with its leases, where one is written down or ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.faces.components import Column, Entry, Table
from linli.faces.formats import EN_DASH
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.code_tables import table
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.queries.lettings import Letting, letting, lettings
from linli.register.queries.people import PersonRow
from linli.register.rules.by_hand import Refused
from linli.register.web import names
from linli.register.web.hand_forms import all_faults, day_widget, put_faults
from linli.register.web.places import found_at, suggestions
from linli.register.web.writing import short_day, span_of
from linli.territory.queries import grids
from linli.trust import Permission, page

UNSEEN_WEEKS = 8
USES, HAZARDS = "GB/T 31000 use of rented home", "GB/T 31000 kind of hazard"


class AddressForm(forms.Form):
    """Which dwelling is meant."""

    prefix = "at"
    use_required_attribute = False
    address = forms.CharField(
        label=gettext_lazy("Address of the home"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "buildings", "autocomplete": "off"}),
        help_text=gettext_lazy("With stair well and room, for example 柳荫苑3号楼2单元501室"),
    )


class LeaseForm(forms.Form):
    """To whom, by whom, since when, for what."""

    prefix = "lease"
    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    tenant = forms.ChoiceField(label=gettext_lazy("Tenant"), required=False)
    landlord_name = forms.CharField(
        label=gettext_lazy("Landlord’s name"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Kept sealed with the tenant’s record, so only where the tenant is known"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    on = forms.DateField(label=gettext_lazy("Let since"), widget=day_widget())
    use = forms.ChoiceField(label=gettext_lazy("Let as"), required=False)
    hazard = forms.ChoiceField(label=gettext_lazy("What is not safe there"), required=False)

    def __init__(self, *args: Any, living: list[PersonRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(str(row.id), names.listed([row.name, names.age(row.age_band)])) for row in living]
        self.fields["tenant"].choices = [("", _("not on the register yet")), *told]  # type: ignore[attr-defined]
        for name, standard in (("use", USES), ("hazard", HAZARDS)):
            codes = table(standard)
            self.fields[name].choices = [("", _("not asked")), *((c, _called(standard, c)) for c in codes.codes())]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """From which day on it is let no longer; a form for each lease that runs."""

    use_required_attribute = False
    on = forms.DateField(label=gettext_lazy("First day it is no longer let"), widget=day_widget())


@page("register.lettings", may=Permission.REGISTER_WRITE)
def let_homes(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Every dwelling that is let, by grid; an address leads to a dwelling that isn't on the list yet."""
    today = timezone.localdate()
    labels = [row.label for row in grids(viewer=viewer, community=community.id)]
    grid = request.GET.get("grid", "")
    grid = grid if grid in labels else ""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found, why = found_at(viewer, community.id, form.cleaned_data["address"])
        if found.dwelling is not None:
            return redirect("register:letting", code=community.code, dwelling=found.dwelling)
        form.add_error("address", why or _("This door is not known yet. Register who lives there first."))
    rows = lettings(viewer=viewer, community=community.id, today=today, grid=grid)
    only = request.GET.get("only", "")
    chosen = [row for row in rows if only != "look" or _to_look_at(row)]
    commands.note_search(by=viewer, community=community.id, found=sum(len(row.open) for row in chosen))
    context = {
        "table": _table(chosen, community.code) if chosen else None,
        "count": len(rows),
        "look": sum(_to_look_at(row) for row in rows),
        "only": only == "look",
        "grids": labels,
        "grid": grid,
        "form": form,
        "faults": all_faults([form]),
        "buildings": suggestions(viewer, community.id),
        "open": form.is_bound,
    }
    return render(request, "register/desk/lettings.html", context, status=422 if form.is_bound else 200)


@page("register.letting", may=Permission.REGISTER_WRITE)
def let_home(request: HttpRequest, viewer: Actor, community: Any, dwelling: UUID) -> HttpResponse:
    """One dwelling: its leases, who lives there, another lease, the end of one."""
    today = timezone.localdate()
    try:
        found, living = letting(viewer=viewer, community=community.id, dwelling=dwelling, today=today)
    except NotFound:
        raise Http404 from None
    act = request.POST.get("act", "")
    lease = LeaseForm(request.POST if act == "let" else None, living=living, initial={"key": new_id(), "on": today})
    which = request.POST.get("which", "") if act == "end" else ""
    ends = {
        str(one.id): EndForm(request.POST if which == str(one.id) else None, prefix=f"end-{one.id}", initial={"on": today})
        for one in found.open
    }
    form: forms.Form | None = lease if act == "let" else ends.get(which)
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        try:
            _write(viewer, community.id, dwelling, which, form.cleaned_data)
        except Refused as refused:
            put_faults(refused.faults, [], form)
        except NotFound:
            raise Http404 from None
        except LinliError as fault:
            form.add_error(None, say(fault.words))
        else:
            messages.success(request, _("Written down."))
            return redirect("register:letting", code=community.code, dwelling=dwelling)
    commands.note_search(by=viewer, community=community.id, found=len(living))
    faults = all_faults([lease, *ends.values()])
    context = {
        "home": found,
        "leases": [_told(one, community.code) | {"end": ends.get(str(one.id))} for one in found.leases],
        "living": [
            {
                "row": row,
                "url": reverse("register:person", kwargs={"code": community.code, "person": row.id}),
                "age": names.age(row.age_band),
            }
            for row in living
        ],
        "beside": _beside(found),
        "lease_form": lease,
        "faults": faults,
    }
    return render(request, "register/desk/letting.html", context, status=422 if faults else 200)


def _write(viewer: Actor, community: UUID, dwelling: UUID, ended: str, told: dict[str, Any]) -> None:
    if ended:
        commands.end_tenancy(by=viewer, community=community, tenancy=UUID(ended), on=told["on"])
        return
    commands.let_dwelling(
        by=viewer,
        community=community,
        key=told["key"],
        dwelling=dwelling,
        on=told["on"],
        tenant=UUID(told["tenant"]) if told["tenant"] else None,
        landlord_name=told["landlord_name"],
        use=told["use"],
        hazard=told["hazard"],
    )


def _to_look_at(row: Letting) -> bool:
    return bool(row.beside) or row.weeks >= UNSEEN_WEEKS or not row.living


def _table(rows: list[Letting], code: str) -> Table:
    heads = (_("Home"), _("Tenant"), _("Landlord"), _("Since"), _("Living there"), _("Last seen"))
    return Table(
        columns=[Column(head, said=at in (3, 5)) for at, head in enumerate(heads)],
        narrow="flow",
        rows=[
            [
                Entry(
                    f"{row.building} {row.room}",
                    href=reverse("register:letting", kwargs={"code": code, "dwelling": row.dwelling}),
                    small=_("Grid %(grid)s") % {"grid": row.grid} if row.grid else "",
                ),
                names.listed(dict.fromkeys(lease.tenant for lease in row.open if lease.tenant)) or _("not known"),
                names.listed(dict.fromkeys(lease.landlord for lease in row.open if lease.landlord)) or EN_DASH,
                short_day(min(lease.since for lease in row.open)),
                Entry(
                    names.listed(part for part in (_people(row.living), _beside(row)) if part),
                    tone="due" if row.beside or not row.living else "",
                ),
                Entry(short_day(row.seen), tone="due" if row.weeks >= UNSEEN_WEEKS else ""),
            ]
            for row in rows
        ],
    )  # fmt: skip


def _people(count: int) -> str:
    return ngettext("one person", "%(n)s people", count) % {"n": count} if count else _("nobody registered")


def _beside(row: Letting) -> str:
    if row.beside is None or not row.beside:
        return ""
    return ngettext("one is of no tenant’s household", "%(count)s are of no tenant’s household", row.beside) % {
        "count": row.beside
    }


def _told(lease: Any, code: str) -> dict[str, Any]:
    hazard = _called(HAZARDS, lease.hazard) if lease.hazard not in ("", "00") else ""
    return {
        "row": lease,
        "url": reverse("register:person", kwargs={"code": code, "person": lease.person}) if lease.person and lease.tenant else "",
        "when": span_of(lease.since, lease.until),
        "use": _called(USES, lease.use) if lease.use else "",
        "hazard": hazard,
    }


def _called(standard: str, code: str) -> str:
    return table(standard).name(code, "en" if current_language() == "en" else "zh")
