"""One household and what happens to it: every act looked at first, then written. The same acts at the desk and at the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.components import Column, Entry, Table
from linli.faces.formats import EN_DASH, day
from linli.faces.words import current_language, pick
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.commands.rehearsing import ACTS, Difference, rehearse
from linli.register.queries import doors
from linli.register.rules.by_hand import Evidence, Place, Refused, Said, Same
from linli.register.rules.codes import PROVINCES
from linli.register.rules.kin_words import hukou_of, relation_code
from linli.register.rules.residence import Status
from linli.register.web import names
from linli.register.web.hand_forms import ActForm, CorrectForm, all_faults, put_faults, sex_of
from linli.register.web.places import found_at, suggestions
from linli.trust import Permission, page

TITLES: dict[str, Promise] = {
    "came": gettext_lazy("Somebody moved in"),
    "born": gettext_lazy("A child was born"),
    "left": gettext_lazy("Somebody moved out"),
    "moved": gettext_lazy("Moved within the community"),
    "died": gettext_lazy("Somebody died"),
    "split": gettext_lazy("Split the household"),
    "joined": gettext_lazy("Join another household"),
    "head": gettext_lazy("Another head"),
}
WHAT: dict[str, Promise] = {
    "home": gettext_lazy("Lives at"),
    "household": gettext_lazy("Household"),
    "relation": gettext_lazy("Relation to the head"),
    "hukou": gettext_lazy("Hukou"),
    "needs": gettext_lazy("Care needs"),
    "life": gettext_lazy("Died"),
}


@page("register.household", may=Permission.REGISTER_WRITE)
def household(request: HttpRequest, viewer: Actor, community: Any, household: UUID) -> HttpResponse:
    """The tree of a household, and what can happen to it."""
    found = _household(viewer, community, household)
    rows = [
        [
            Entry(m.row.name, href=reverse("register:person", kwargs={"code": community.code, "person": m.row.id})),
            names.relation(m.relation),
            names.SEX.get(m.row.sex, ""),
            names.age(m.row.age_band),
            day(m.row.since, current_language(), "year"),
            Entry(_("Correct"), href=reverse("register:correct", kwargs={"code": community.code, "person": m.row.id})),
        ]
        for m in found.members
    ]
    heads = (_("Name"), _("Relation to the head"), _("Sex"), _("Age"), _("Here since"), _("Change"))
    acts = [
        {"name": title, "url": reverse("register:act", kwargs={"code": community.code, "household": household, "act": act})}
        for act, title in TITLES.items()
        if found.members or act in ("came", "born")
    ]
    table = Table(columns=[Column(head) for head in heads], rows=rows, narrow="flow") if rows else None
    return render(request, "register/desk/household.html", {"household": found, "table": table, "acts": acts})


@page("register.household_of", may=Permission.REGISTER_WRITE)
def household_of(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """From a person to the household they keep house in; who keeps none anywhere is registered with one."""
    found = doors.household_of(viewer=viewer, community=community.id, person=person)
    if found is None:
        return redirect("register:new_household", code=community.code)
    return redirect("register:household", code=community.code, household=found)


@page("register.act", may=Permission.REGISTER_WRITE)
def act(request: HttpRequest, viewer: Actor, community: Any, household: UUID, act: str) -> HttpResponse:
    """One act at the desk."""
    back = reverse("register:household", kwargs={"code": community.code, "household": household})
    return _act(request, viewer, community, household, act, place=Place.DESK, shell="desk", back=back)


@page("register.field_act", may=Permission.REGISTER_WRITE)
def field_act(request: HttpRequest, viewer: Actor, community: Any, household: UUID, act: str) -> HttpResponse:
    """One act at the door."""
    found = _household(viewer, community, household)
    kwargs = {"code": community.code, "building": found.building}
    back = (
        reverse("register:field_door", kwargs={**kwargs, "dwelling": found.dwelling})
        if found.dwelling
        else reverse("register:field_building", kwargs=kwargs)
    )
    return _act(request, viewer, community, household, act, place=Place.DOOR, shell="field", back=back)


def _household(viewer: Actor, community: Any, household: UUID) -> doors.HouseholdPage:
    try:
        return doors.household(viewer=viewer, community=community.id, household=household, today=timezone.localdate())
    except NotFound:
        raise Http404 from None


def _act(
    request: HttpRequest, viewer: Actor, community: Any, household: UUID, act: str, *, place: Place, shell: str, back: str
) -> HttpResponse:
    if act not in TITLES:
        raise Http404
    found = _household(viewer, community, household)
    members = [(str(m.row.id), _member(m)) for m in found.members]
    form = ActForm(request.POST or None, act=act, members=members, today=timezone.localdate(), initial={"key": new_id()})
    preview: list[Difference] | None = None
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        try:
            given = _given(viewer, community, found, form, place)
            if given is not None and "write" in request.POST:
                ACTS[act](by=viewer, community=community.id, **given)
                messages.success(request, _("Written down."))
                return redirect(back)
            if given is not None:
                people = [m.row.id for m in found.members]
                preview = rehearse(by=viewer, community=community.id, act=act, people=people, given=given)
        except Refused as refused:
            put_faults(refused.faults, [form], form)
        except NotFound:
            raise Http404 from None
        except LinliError as fault:
            form.add_error(None, say(fault.words))
    context = {
        "shell_template": f"faces/{shell}.html",
        "title": TITLES[act],
        "form": form,
        "faults": all_faults([form]),
        "back": back,
        "household": found,
        "suggested": suggestions(viewer, community.id) if "address" in form.fields else [],
        "preview": preview is not None,
        "table": _table(preview, found.id) if preview else None,
    }
    if request.GET.get("print") == "1":
        return render(request, "register/print/act.html", context)
    return render(request, "register/act.html", context, status=422 if context["faults"] else 200)


def _member(member: doors.MemberRow) -> str:
    return names.listed([member.row.name, about(member)])


def about(member: doors.MemberRow) -> str:
    """What tells members apart: head of household, 50–54."""
    return names.listed([part for part in (names.relation(member.relation), names.age(member.row.age_band)) if part])


def _given(viewer: Actor, community: Any, found: doors.HouseholdPage, form: ActForm, place: Place) -> dict[str, Any] | None:
    """What the command takes; None where an address means nothing, which then stands at its field."""
    told = dict(form.cleaned_data)
    common: dict[str, Any] = {"on": told.pop("on"), "place": place, "evidence": Evidence(told.pop("evidence"))}
    key = told.pop("key")
    address = told.pop("address", None)
    for name in ("new_head", "head", "stays_head", "person"):
        if name in told:
            told[name] = UUID(told[name]) if told[name] else None
    if "people" in told:
        told["people"] = [UUID(person) for person in told["people"]]
    if form.act in ("came", "born"):
        return common | _newcomer(community, found, told, form.act) | {"key": key, "household": found.id}
    if form.act in ("split", "head", "joined"):
        common["household"] = found.id
    if form.act in ("split", "moved"):
        common["key"] = key
    if address is None:
        return common | told
    meant, fault = found_at(viewer, community.id, address)
    if fault or meant.building is None:
        form.add_error("address", fault)
        return None
    if form.act == "moved":
        return common | told | {"building": meant.building, "unit": meant.unit, "room": meant.room}
    there = doors.households_at(viewer=viewer, community=community.id, building=meant.building, dwelling=meant.dwelling)
    there = [one for one in there if one != found.id]
    if meant.dwelling is None or len(there) != 1:
        form.add_error("address", _("No household, or more than one, keeps house behind this door."))
        return None
    head = next((m.row.sex for m in found.members if m.head), "")
    return common | {"into": there[0], "relation": relation_code(told["relation"], head)}


def _newcomer(community: Any, found: doors.HouseholdPage, told: dict[str, Any], act: str) -> dict[str, Any]:
    head_sex = next((m.row.sex for m in found.members if m.head), "")
    region, status = hukou_of(told.get("hukou", ""), community.code)
    sex = told.get("sex") or sex_of(told.get("number", ""))
    said = Said(
        name=told["name"],
        relation=relation_code(told["relation"], sex, head_sex),
        number=told.get("number", ""),
        document_kind=told.get("document_kind", ""),
        document_expires=told.get("document_expires"),
        birth_date=told.get("birth_date"),
        sex=sex,
        phone=told.get("phone", ""),
        hukou_region=region,
        status=Status(status) if status else None,
        sure=told.get("sure", False),
        same=Same(told.get("same") or ""),
    )
    return {"said": said, "born_here": act == "born"}


def _table(differences: list[Difference], household: UUID) -> Table:
    return Table(
        columns=[Column(head) for head in (_("Name"), _("What"), _("Now"), _("Then"))],
        rows=[[d.name, WHAT[d.what], *(_value(d.what, text, household) for text in (d.before, d.after))] for d in differences],
        narrow="flow",
        light=True,
    )


def _value(what: str, text: str, household: UUID) -> Any:
    if not text or text == "-":
        return EN_DASH
    if what == "relation":
        return names.relation(text)
    if what == "household":
        return _("this household") if text == str(household) else _("another household")
    if what == "hukou" and text[:2] in PROVINCES:
        english, chinese = PROVINCES[text[:2]]
        return pick({"en": english, "zh-Hans": chinese})
    return text


@page("register.correct", may=Permission.REGISTER_WRITE)
def correct(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """Correct one person at the desk."""
    back = reverse("register:person", kwargs={"code": community.code, "person": person})
    return _correct(request, viewer, community, person, place=Place.DESK, shell="desk", back=back)


@page("register.field_correct", may=Permission.REGISTER_WRITE)
def field_correct(
    request: HttpRequest, viewer: Actor, community: Any, building: UUID, dwelling: UUID, person: UUID
) -> HttpResponse:
    """Correct one person at the door."""
    kwargs = {"code": community.code, "building": building, "dwelling": dwelling}
    back = reverse("register:field_door", kwargs=kwargs)
    return _correct(request, viewer, community, person, place=Place.DOOR, shell="field", back=back)


def _correct(
    request: HttpRequest, viewer: Actor, community: Any, person: UUID, *, place: Place, shell: str, back: str
) -> HttpResponse:
    try:
        now = doors.standing_of(viewer=viewer, community=community.id, person=person, today=timezone.localdate())
    except NotFound:
        raise Http404 from None
    shown = {
        "name": _("Now: %(value)s") % {"value": now.row.name},
        "number": _("Now: %(value)s") % {"value": now.number} if now.number else "",
        "phone": _("Now: %(value)s") % {"value": now.phone} if now.phone else "",
    }
    form = CorrectForm(request.POST or None, now=shown, head=now.head)
    if request.method == "POST" and form.is_valid():
        try:
            found = commands.amend_person(
                by=viewer,
                community=community.id,
                person=person,
                values=form.values(community.code, now.row.sex, now.head_sex),
                place=place,
                evidence=Evidence(form.cleaned_data["evidence"]),
                since=form.cleaned_data["since"],
                sure=form.cleaned_data["sure"],
            )
        except Refused as refused:
            put_faults(refused.faults, [form], form)
        except NotFound:
            raise Http404 from None
        else:
            messages.success(request, _("Written down."))
            if found.asked:
                messages.warning(request, _("Something better vouched for says otherwise: somebody will look at both."))
            return redirect(back)
    context = {
        "shell_template": f"faces/{shell}.html", "title": _("Correct"), "form": form, "faults": all_faults([form]), "back": back,
        "row": now.row, "correcting": True,
    }  # fmt: skip
    if request.GET.get("print") == "1":
        return render(request, "register/print/act.html", context)
    return render(request, "register/act.html", context, status=422 if context["faults"] else 200)
