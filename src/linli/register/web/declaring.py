"""The open form: whoever moved in, lets a home or houses staff tells it with a telephone, or a clerk writes it from paper."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import segno
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.register.commands import declarations as commands
from linli.register.queries.declarations import public_followed
from linli.register.queries.places import ground
from linli.register.rules.by_hand import Refused
from linli.register.rules.declarations import PUBLIC_KINDS, REFUSAL_WORDS, Channel, Kind, Refusal, Step
from linli.register.web import declared_words as words
from linli.register.web.declaring_forms import DeclarationForm, DeclaredPersonForm
from linli.register.web.hand_forms import all_faults, put_faults
from linli.register.web.pace import count, is_full, visitor
from linli.trust import Permission, page

FIRST_ROWS = {Kind.MOVE_IN: 2, Kind.TENANCY: 2, Kind.STAFF: 4}
SLUGS = {"moved-in": Kind.MOVE_IN, "tenants": Kind.TENANCY, "staff": Kind.STAFF}
SLUG = {kind: slug for slug, kind in SLUGS.items()}
MOST = 12


class DeclarationPage:
    """The forms of one request."""

    def __init__(self, request: HttpRequest, sender: Actor, community: Any, kind: Kind, *, desk: bool) -> None:
        self.request, self.sender, self.community, self.kind, self.desk = request, sender, community, kind, desk
        self.places = ground(viewer=sender, community=community.id).names
        self.today = timezone.localdate()
        post = request.POST if request.method == "POST" else None
        asked = request.GET.get("building", "")
        start = {
            "key": new_id(),
            "token": secrets.token_urlsafe(24),
            "rows": FIRST_ROWS[kind],
            "on": self.today,
            "building": asked if asked in {str(key) for key in self.places} else "",
        }
        count = post.get("rows", "") if post is not None else ""
        self.count = min(max(int(count), 1), MOST) if count.isascii() and count.isdigit() else FIRST_ROWS[kind]
        self.choices = [(str(key), name) for key, name in sorted(self.places.items(), key=lambda pair: _natural(pair[1]))]
        self._make(post, start)

    def _make(self, data: Any, start: dict[str, Any]) -> None:
        self.head = DeclarationForm(data, initial=start, kind=self.kind, buildings=self.choices, desk=self.desk)
        alone = self.kind is Kind.STAFF
        self.people = [
            DeclaredPersonForm(data, prefix=f"p{row}", head=row == 0 and not alone, kind=self.kind) for row in range(self.count)
        ]

    def with_another(self) -> None:
        """One block more; what was written stays, and nothing is called wrong yet."""
        self.count = min(self.count + 1, MOST)
        data = self.request.POST.copy()
        data["rows"] = str(self.count)
        self._make(data, {})
        for form in (self.head, *self.people):
            form._errors = ErrorDict()  # type: ignore[attr-defined]
            form.cleaned_data = {}

    @property
    def told(self) -> list[DeclaredPersonForm]:
        return [form for row, form in enumerate(self.people) if row == 0 or form.told]

    def send(self, channel: Channel, person: UUID | None = None) -> str | None:
        """The token by which it can be followed; None where something is wrong, which then stands at its field."""
        told = self.told
        valid = [form.is_valid() for form in (self.head, *told)]
        if not all(valid):
            return None
        place = self.head.place
        declared = self.head.told([form.declared() for form in told], self.places.get(place, "") if place else "")
        given = self.head.cleaned_data
        try:
            commands.declare(
                by=self.sender,
                community=self.community.id,
                key=given["key"],
                token=given["token"],
                kind=self.kind,
                channel=channel,
                told=declared,
                building=place,
                person=person,
            )
        except Refused as refused:
            put_faults(refused.faults, told, self.head)
            return None
        except LinliError as fault:
            self.head.add_error(None, say(fault.words))
            return None
        return str(given["token"])

    @property
    def faults(self) -> list[dict[str, str]]:
        return all_faults([self.head, *self.told])

    def context(self) -> dict[str, Any]:
        return {
            "form": self.head,
            "people": self.people,
            "faults": self.faults,
            "kind": self.kind,
            "title": words.TITLE[self.kind],
            "others": [(SLUG[kind], words.TITLE[kind]) for kind in PUBLIC_KINDS if kind is not self.kind],
        }


@page("register.declare", may=Permission.PORTAL_READ, public=True)
def declare(request: HttpRequest, viewer: Actor, community: Any, what: str) -> HttpResponse:
    """The open form, without an account and without a script."""
    kind = SLUGS.get(what)
    if kind is None:
        raise Http404
    own = viewer.subject is not None
    forms = DeclarationPage(request, viewer if own else visitor(community.id), community, kind, desk=False)
    status = 200
    if request.method == "POST":
        if "more" in request.POST:
            forms.with_another()
        elif is_full(request, community.id, "declared_an_hour_here"):
            forms.head.is_valid()
            forms.head.add_error(None, say(Words(commands.TOO_MANY)))
            status = 429
        else:
            token = forms.send(Channel.PORTAL)
            if token is not None:
                # Only what was taken in counts: nobody is shut out for mistyping.
                count(request, community.id, "declared_an_hour_here")
                return redirect("register:declared", code=community.code, token=token)
            status = 422
    return render(request, "register/portal/declare.html", forms.context(), status=status)


@page("register.declared", may=Permission.PORTAL_READ, public=True)
def declared(request: HttpRequest, viewer: Actor, community: Any, token: str) -> HttpResponse:
    """The receipt, and where the declaration stands; opened by the unguessable link alone."""
    guest = visitor(community.id)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "take_back":
                commands.take_back_declaration(by=guest, community=community.id, token=token)
            else:
                commands.answer_question(
                    by=guest, community=community.id, token=token, answer=request.POST.get("answer", "")
                )  # fmt: skip
        except NotFound:
            raise Http404 from None
        except LinliError:
            pass  # decided in the meantime: the page below says so
        return redirect("register:declared", code=community.code, token=token)
    try:
        found = public_followed(viewer=guest, community=community.id, token=token)
    except NotFound:
        raise Http404 from None
    context = {
        "found": found,
        "kind": words.KIND[found.kind],
        "state": words.FOLLOW[found.step],
        "waits": found.step in (Step.OPEN, Step.ASKED),
        "reason": say(Words(REFUSAL_WORDS[Refusal(found.reason)])) if found.reason in list(Refusal) else "",
        "link": request.build_absolute_uri(),
    }
    response = render(request, "register/portal/declared.html", context)
    # The address is the key: it must not travel to another site with a click.
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


@page("register.declare_on_paper", may=Permission.REGISTER_WRITE)
def on_paper(request: HttpRequest, viewer: Actor, community: Any, what: str) -> HttpResponse:
    """A clerk writes down what somebody declares on paper, or prints the form to fill in with a pen."""
    kind = SLUGS.get(what)
    if kind is None:
        raise Http404
    forms = DeclarationPage(request, viewer, community, kind, desk=True)
    if request.GET.get("print") == "1":
        return render(request, "register/print/declare.html", forms.context())
    status = 200
    if request.method == "POST":
        if "more" in request.POST:
            forms.with_another()
        else:
            token = forms.send(Channel.PAPER)
            if token is not None:
                found = public_followed(viewer=viewer, community=community.id, token=token)
                link = request.build_absolute_uri(reverse("register:declared", kwargs={"code": community.code, "token": token}))
                context = {"found": found, "link": link, "code_image": qr(link), "kind": words.KIND[kind]}
                return render(request, "register/print/receipt.html", context)
            status = 422
    return render(request, "register/desk/declare.html", forms.context(), status=status)


@page("register.posters", may=Permission.REGISTER_WRITE)
def posters(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """A sheet with the code for one building, or for the community: to hang in the stair well or lie on the desk."""
    places = ground(viewer=viewer, community=community.id).names
    asked = request.GET.get("building", "")
    chosen = next((key for key in places if str(key) == asked), None)
    path = reverse("register:declare", kwargs={"code": community.code, "what": SLUG[Kind.MOVE_IN]})
    link = request.build_absolute_uri(f"{path}?building={chosen}" if chosen else path)
    context = {
        "places": sorted(((str(key), name) for key, name in places.items()), key=lambda pair: _natural(pair[1])),
        "chosen": str(chosen) if chosen else "",
        "place": places[chosen] if chosen else "",
        "link": link,
        "code_image": qr(link),
    }
    return render(request, "register/print/poster.html", context)


def qr(text: str) -> SafeString:
    """A QR code as one SVG path, in modules, with the quiet zone of four that ISO/IEC 18004 asks for."""
    code = segno.make(text, error="m", micro=False)
    rows = [list(row) for row in code.matrix]
    side = len(rows) + 8
    path = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )  # fmt: skip
    return SafeString(
        f'<svg class="qr" viewBox="0 0 {side} {side}" width="240" height="240" role="img" aria-hidden="true" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{path}"/></svg>'
    )


def _natural(text: str) -> list[tuple[int, str]]:
    """柳荫苑3号楼 before 柳荫苑12号楼."""
    parts, digits = list[tuple[int, str]](), ""
    for sign in f"{text}\0":
        if sign.isascii() and sign.isdigit():
            digits += sign
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, sign))
    return parts
