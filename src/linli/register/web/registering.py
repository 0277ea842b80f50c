"""A household on one page, at the desk and at the door; what came of it; a form to fill in with a pen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.queries import doors
from linli.register.queries.duties import duties
from linli.register.rules.by_hand import Evidence, Place, Refused, completed, household_faults
from linli.register.rules.kin_words import KinWord, hukou_of
from linli.register.web import names
from linli.register.web.hand_forms import HouseholdForm, PersonForm, all_faults, put_faults, sex_of
from linli.register.web.household import about
from linli.register.web.places import found_at, suggestions
from linli.trust import Permission, page

FIRST_ROWS = 3


class HouseholdPage:
    """The forms of one request: the household and as many people as asked for."""

    def __init__(self, request: HttpRequest, viewer: Actor, community: Any, *, without: tuple[str, ...]) -> None:
        self.request, self.viewer, self.community = request, viewer, community
        post = request.POST if request.method == "POST" else None
        start = {"key": new_id(), "on": timezone.localdate(), "rows": FIRST_ROWS}
        self.head = HouseholdForm(post, initial=start).without(*without)
        more = 1 if post is not None and "more" in post else 0
        count = int(post["rows"]) if post is not None and post.get("rows", "").isdecimal() else FIRST_ROWS
        self.count = min(max(count, 1), 20)
        self.people = [PersonForm(post, prefix=f"p{row}", head=row == 0) for row in range(self.count)]
        self.adds = bool(more)

    def with_another(self) -> None:
        """One block more; what was written so far stays, and nothing is called wrong yet."""
        data = self.request.POST.copy()
        data["rows"] = str(min(self.count + 1, 20))
        self.head.data = data
        self.people = [PersonForm(data, prefix=f"p{row}", head=row == 0) for row in range(min(self.count + 1, 20))]
        for form in (self.head, *self.people):
            form._errors = ErrorDict()  # type: ignore[attr-defined]
            form.cleaned_data = {}

    @property
    def told(self) -> list[PersonForm]:
        return [form for row, form in enumerate(self.people) if row == 0 or form.told]

    def write(self, place: Place, at: tuple[UUID, str, str] | None, address: str = "") -> commands.Registered | None:
        """Register what was told; None where something is wrong, which then stands at its field."""
        told = self.told
        valid = [form.is_valid() for form in (self.head, *told)]
        if not all(valid[1:]):
            return None
        region, status = hukou_of(self.head.data.get("hukou", ""), self.community.code)
        first = next((form for form in told if form.cleaned_data["relation"] == KinWord.HEAD.value), told[0])
        head_sex = first.cleaned_data["sex"] or sex_of(first.cleaned_data["number"])
        people = [form.said(region, status, head_sex) for form in told]
        if not valid[0] or at is None:
            # What is wrong with the people is told together with what is wrong with the door.
            today = timezone.localdate()
            put_faults(household_faults([completed(said) for said in people], today, today), told, self.head)
            return None
        given = self.head.cleaned_data
        try:
            return commands.register_household(
                by=self.viewer,
                community=self.community.id,
                key=given["key"],
                building=at[0],
                unit=at[1],
                room=at[2],
                people=people,
                on=given["on"],
                place=place,
                evidence=Evidence(given["evidence"]),
                address=address,
            )
        except Refused as refused:
            put_faults(refused.faults, told, self.head)
        except NotFound:
            raise Http404 from None
        except LinliError as fault:
            self.head.add_error(None, say(fault.words))
        return None

    def context(self) -> dict[str, Any]:
        return {"form": self.head, "people": self.people, "faults": all_faults([self.head, *self.told])}


@page("register.new_household", may=Permission.REGISTER_WRITE)
def desk_household(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """A household at the desk: address and people on one page."""
    forms = HouseholdPage(request, viewer, community, without=("unit", "room"))
    if request.method == "POST":
        if forms.adds:
            forms.with_another()
        else:
            made = _from_address(forms, viewer, community)
            if made is not None:
                return _after(made, community, "register:registered")
    context = forms.context() | {
        "suggested": suggestions(viewer, community.id),
        "back": reverse("register:people", kwargs={"code": community.code}),
    }
    if request.GET.get("print") == "1":
        return render(request, "register/print/household.html", context)
    return render(request, "register/desk/household_form.html", context, status=422 if context["faults"] else 200)


def _from_address(forms: HouseholdPage, viewer: Actor, community: Any) -> commands.Registered | None:
    text = forms.head.data.get("address", "").strip()
    found, fault = found_at(viewer, community.id, text)
    if fault:
        forms.head.add_error("address", fault)
    at = (found.building, found.unit, found.room) if found.building is not None else None
    return forms.write(Place.DESK, at, text)


@page("register.field_household", may=Permission.REGISTER_WRITE)
def field_household(
    request: HttpRequest, viewer: Actor, community: Any, building: UUID, dwelling: UUID | None = None
) -> HttpResponse:
    """Somebody moved in behind a door: the same page, the address is known."""
    at, known = _door(viewer, community, building, dwelling)
    forms = HouseholdPage(request, viewer, community, without=("address", *(("unit", "room") if dwelling else ())))
    if request.method == "POST":
        if forms.adds:
            forms.with_another()
        else:
            unit = at[1] if dwelling else forms.head.data.get("unit", "").strip()
            room = at[2] if dwelling else forms.head.data.get("room", "").strip()
            made = forms.write(Place.DOOR, (building, unit, room))
            if made is not None:
                return _after(made, community, "register:field_registered")
    if not forms.head.is_bound:
        # One tap less: whoever opened this page writes a name next.
        forms.people[0].fields["name"].widget.attrs["autofocus"] = True
    context = forms.context() | {"name": known.name, "label": known.door.label, "back": _back(community, building, dwelling)}
    return render(request, "register/field/household_form.html", context, status=422 if context["faults"] else 200)


def _door(viewer: Actor, community: Any, building: UUID, dwelling: UUID | None) -> tuple[tuple[UUID, str, str], doors.DoorPage]:
    try:
        known = doors.door(
            viewer=viewer, community=community.id, building=building, dwelling=dwelling, today=timezone.localdate()
        )
    except NotFound:
        raise Http404 from None
    return (building, known.door.unit, known.door.room), known


def _back(community: Any, building: UUID, dwelling: UUID | None) -> str:
    kwargs: dict[str, Any] = {"code": community.code, "building": building}
    if dwelling is None:
        return reverse("register:field_building", kwargs=kwargs)
    return reverse("register:field_door", kwargs=kwargs | {"dwelling": dwelling})


def _after(made: commands.Registered, community: Any, onward: str) -> HttpResponse:
    return redirect(onward, code=community.code, household=made.household)


@page("register.registered", may=Permission.REGISTER_WRITE)
def desk_registered(request: HttpRequest, viewer: Actor, community: Any, household: UUID) -> HttpResponse:
    """What was registered, to be read back to those who stand there, and printed."""
    return _registered(request, viewer, community, household, "register/desk/registered.html")


@page("register.field_registered", may=Permission.REGISTER_WRITE)
def field_registered(request: HttpRequest, viewer: Actor, community: Any, household: UUID) -> HttpResponse:
    """The same at the door."""
    return _registered(request, viewer, community, household, "register/field/registered.html")


def _registered(request: HttpRequest, viewer: Actor, community: Any, household: UUID, template: str) -> HttpResponse:
    try:
        found = doors.household(viewer=viewer, community=community.id, household=household, today=timezone.localdate())
    except NotFound:
        raise Http404 from None
    people = [member.row.id for member in found.members]
    due = duties(viewer=viewer, community=community.id, people=people, today=timezone.localdate())
    members = [
        {
            "row": member.row,
            "about": about(member),
            "duty": names.DUTY[told.duty] if (told := due.get(member.row.id)) else "",
            "by": told.by if told else None,
        }
        for member in found.members
    ]
    context = {"household": found, "members": members}
    return render(request, template, context)
