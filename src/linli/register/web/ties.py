"""The desk ties an account to a person and prints letters; anybody asks for a letter, and uses its code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.components import Column, Entry, Table
from linli.faces.form_fields import faults
from linli.faces.formats import day
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.words import Words
from linli.register.commands import ties as commands
from linli.register.opening import open_people
from linli.register.queries.mine import LetterRow, account_of, letters, my_person
from linli.register.queries.people import person_rows
from linli.register.queries.postal import letter_address
from linli.register.rules.ties import DOES_NOT_FIT, Letter, Shown, expires
from linli.register.web import declared_words as words
from linli.register.web.declaring import qr
from linli.register.web.names import DOCUMENT
from linli.register.web.pace import too_many, visitor
from linli.trust import Permission, account_names, page


class TieForm(forms.Form):
    """Which document was seen, and which account."""

    use_required_attribute = False

    shown = forms.ChoiceField(
        label=gettext_lazy("Which document was seen"),
        choices=[("", gettext_lazy("Choose")), *((shown.value, words.SHOWN[shown]) for shown in Shown)],
    )
    account = forms.CharField(
        label=gettext_lazy("Account they have"), max_length=254, required=False,
        help_text=gettext_lazy("User name or e-mail address. Empty: one is made."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    username = forms.CharField(
        label=gettext_lazy("User name of a new account"), max_length=150, required=False,
        help_text=gettext_lazy("Letters and digits without spaces; no identity number."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("account") and not given.get("username"):
            self.add_error("account", _("Write the account they have, or the user name of a new one."))
        if any(sign.isdigit() for sign in given.get("username", "")) and len(given.get("username", "")) >= 15:
            self.add_error("username", _("This looks like an identity number. Choose another user name."))
        return given


class WantForm(forms.Form):
    """Who asks for a letter."""

    use_required_attribute = False

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    document_kind = forms.ChoiceField(label=gettext_lazy("Kind of document"), required=False)
    number = forms.CharField(
        label=gettext_lazy("Document number"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(code, name) for code, name in DOCUMENT.items() if code != "111"]
        self.fields["document_kind"].choices = [("", gettext_lazy("Identity card")), *others]  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """What stands in the letter; and a user name and password for those who have no account."""

    use_required_attribute = False

    letter = forms.CharField(
        label=gettext_lazy("Letter number"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=16, help_text=gettext_lazy("Ten signs from the letter"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, help_text=gettext_lazy("Choose one; no identity number."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Password"), max_length=200,
        help_text=gettext_lazy("At least ten signs. A few words in a row are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in:
            del self.fields["username"], self.fields["password"]


@page("register.account", may=Permission.RESIDENT_TIE)
def account(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """The person stands at the desk: tie an account, end it, or send a letter."""
    rows = person_rows(viewer=viewer, community=community.id, people=[person], today=timezone.localdate())
    if not rows:
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = TieForm(request.POST if act == "tie" else None)
    tied: commands.Tied | None = None
    try:
        if act == "tie" and form.is_valid():
            given = form.cleaned_data
            tied = commands.tie_account(
                by=viewer,
                community=community.id,
                person=person,
                shown=Shown(given["shown"]),
                account=given["account"],
                username=given["username"],
                email=given["email"],
            )
            if not tied.password:
                messages.success(request, _("The account is tied."))
                return redirect("register:account", code=community.code, person=person)
        elif act == "untie":
            commands.untie_account(by=viewer, community=community.id, person=person)
            messages.success(request, _("The account is tied no longer."))
            return redirect("register:account", code=community.code, person=person)
        elif act == "letter":
            commands.want_letter(by=viewer, community=community.id, person=person)
            messages.success(request, _("The letter stands on the list."))
            return redirect("register:letters", code=community.code)
    except NotFound:
        raise Http404 from None
    except LinliError as fault:
        if act == "tie":
            form.add_error(None, say(fault.words))
        else:
            messages.error(request, say(fault.words))
    if tied is not None:
        link = request.build_absolute_uri(reverse("account_login"))
        slip = {"tied": tied, "name": rows[0].name, "link": link, "person": person}
        response = render(request, "register/print/account.html", slip)
        response["Cache-Control"] = "no-store"
        return response
    known = account_of(viewer=viewer, community=community.id, person=person)
    named = account_names(viewer=viewer, accounts=[known.account]) if known.account else {}
    context = {
        "row": rows[0],
        "known": known,
        "account": named.get(known.account, "") if known.account else "",
        "how": words.HOW.get(known.how, "") if known.how else "",  # type: ignore[call-overload]
        "form": form,
        "faults": faults(form) if form.is_bound else [],
    }
    return render(request, "register/desk/account.html", context, status=422 if form.errors else 200)


@page("register.letters", may=Permission.RESIDENT_TIE)
def letter_list(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Letters to print and those under way."""
    rows = letters(viewer=viewer, community=community.id, now=timezone.now())
    today = timezone.localdate()
    people = {p.id: p for p in person_rows(viewer=viewer, community=community.id, people={r.person for r in rows}, today=today)}
    waiting = [row for row in rows if row.state is Letter.WANTED]
    context = {
        "waiting": [{"row": row, "name": people[row.person].name} for row in waiting if row.person in people],
        "sent": _sent([row for row in rows if row.state is Letter.GOOD and row.person in people], people),
    }
    return render(request, "register/desk/letters.html", context)


def _sent(rows: list[LetterRow], people: Any) -> Table | None:
    language = current_language()
    lines = [
        [
            Entry(row.reference),
            people[row.person].name,
            people[row.person].building,
            day(timezone.localdate(row.made_at), language, "year"),
            day(timezone.localdate(row.expires_at), language, "year"),
        ]
        for row in rows
    ]
    heads = (_("Letter"), _("Name"), _("Building"), _("Printed"), _("Good until"))
    return (
        Table(columns=[Column(head, said=at > 2) for at, head in enumerate(heads)], rows=lines, narrow="flow") if lines else None
    )


@page("register.print_letter", may=Permission.RESIDENT_TIE)
def print_letter(request: HttpRequest, viewer: Actor, community: Any, letter: UUID) -> HttpResponse:
    """The letter with its code: shown once, by POST, and kept nowhere."""
    if request.method != "POST":
        return redirect("register:letters", code=community.code)
    try:
        if request.POST.get("act") == "drop":
            commands.drop_letter(by=viewer, community=community.id, letter=letter)
            messages.success(request, _("The letter is not sent, and its code opens nothing."))
            return redirect("register:letters", code=community.code)
        made = commands.print_letter(by=viewer, community=community.id, letter=letter)
    except NotFound:
        raise Http404 from None
    name = open_people(community.id, [made.person])[made.person].name
    path = reverse("register:letter_code", kwargs={"code": community.code})
    link = request.build_absolute_uri(f"{path}?letter={made.reference}")
    context = {
        "made": made,
        "name": name,
        "address": letter_address(viewer=viewer, community=community.id, person=made.person),
        "link": link,
        "code_image": qr(link),
        "until": expires(timezone.now()),
    }
    response = render(request, "register/print/letter.html", context)
    response["Cache-Control"] = "no-store"
    return response


@page("register.want_letter", may=Permission.PORTAL_READ, public=True)
def want(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Ask for a letter. The answer is the same whether or not there is such a person."""
    form = WantForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        # Above the limit the answer is the same, too: nothing is done, and nothing is told.
        if not too_many(request, community.id, "letters_asked_an_hour"):
            given = form.cleaned_data
            commands.ask_for_letter(
                by=visitor(community.id),
                community=community.id,
                name=given["name"],
                number=given["number"],
                document_kind=given["document_kind"],
            )
        return render(request, "register/portal/letter_asked.html")
    context = {"form": form, "faults": faults(form) if form.is_bound else []}
    return render(request, "register/portal/letter_want.html", context, status=422 if form.is_bound else 200)


@page("register.letter_code", may=Permission.PORTAL_READ, public=True)
def code(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Use the code from a letter, with the account that is signed in or a new one."""
    signed_in = viewer.account is not None
    if viewer.subject is not None and my_person(viewer=viewer, community=community.id):
        return redirect("register:me", code=community.code)
    start = {"letter": request.GET.get("letter", "")[:12]}
    form = CodeForm(request.POST if request.method == "POST" else None, initial=start, signed_in=signed_in)
    if form.is_valid():
        given = form.cleaned_data
        by = _sender(viewer, community.id)
        tied = None
        try:
            if not too_many(request, community.id, "codes_tried_an_hour"):
                tied = commands.redeem_letter(
                    by=by,
                    community=community.id,
                    letter=given["letter"],
                    code=given["code"],
                    username=given.get("username", ""),
                    password=given.get("password", ""),
                )
            if tied is None:
                form.add_error(None, say(Words(DOES_NOT_FIT)))
        except LinliError as fault:
            form.add_error(None, " ".join(say(text) for text in (fault.words, fault.remedy) if text))
        if tied is not None:
            messages.success(request, _("Your account is tied to you now."))
            return redirect("register:me", code=community.code)
    context = {"form": form, "faults": faults(form) if form.is_bound else [], "signed_in": signed_in}
    return render(request, "register/portal/letter_code.html", context, status=422 if form.errors else 200)


def _sender(viewer: Actor, community: UUID) -> Actor:
    """The account that is signed in may be new in this community: it acts at its open door."""
    return replace(visitor(community), account=viewer.account, role=viewer.role) if viewer.account else visitor(community)
