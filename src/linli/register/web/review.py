"""The list of questions: what files leave open, set side by side, answered by mouse, finger or keys, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.faces.formats import day, number
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.actor import Actor
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.words import Words
from linli.register.commands import review
from linli.register.queries.comparing import Missed, Sides, missed, sides
from linli.register.queries.questions import Queue, Waiting, last_answer, queue
from linli.register.rules.by_hand import Place, Refused
from linli.register.rules.codes import HEADS
from linli.register.rules.comparing import SIGNS, WORDS, Agreement, Line
from linli.register.rules.kin_words import KinWord
from linli.register.rules.precedence import Source
from linli.register.rules.review import MATTER_WORDS, Matter, State, parse_day
from linli.register.web import names
from linli.register.web.answering import answered
from linli.trust import Permission, page

FIELDS: Mapping[str, Promise] = {
    "name": gettext_lazy("Name"),
    "sex": gettext_lazy("Sex"),
    "birth": gettext_lazy("Born"),
    "number": gettext_lazy("Document number"),
    "document": gettext_lazy("Document"),
    "phone": gettext_lazy("Telephone"),
    "address": gettext_lazy("Address"),
    "since": gettext_lazy("Lives here since"),
    "relation": gettext_lazy("Relation to the head"),
    "residence": gettext_lazy("Kind of residence"),
    "hukou_region": gettext_lazy("Hukou"),
    "hukou_address": gettext_lazy("Hukou address"),
    "ethnic": gettext_lazy("Ethnicity"),
    "education": gettext_lazy("Education"),
    "head": gettext_lazy("Head of the household"),
}
SOURCES: Mapping[str, Promise] = {
    Source.DOOR: gettext_lazy("seen at the door"),
    Source.DOCUMENT: gettext_lazy("a document seen at the desk"),
    Source.POLICE: gettext_lazy("the police file"),
    Source.RESIDENT: gettext_lazy("they told it themselves"),
    Source.LANDLORD: gettext_lazy("the landlord"),
    Source.EMPLOYER: gettext_lazy("the employer"),
    Source.FILE: gettext_lazy("a file"),
}
MATTERS: Mapping[Matter, Promise] = {
    Matter.SAME_PERSON: gettext_lazy("Same person?"),
    Matter.CONFLICT: gettext_lazy("Two values"),
    Matter.ADDRESS: gettext_lazy("Addresses"),
    Matter.RELATION: gettext_lazy("Relations"),
    Matter.LEFT: gettext_lazy("Has left?"),
}
ASIDE = 7
_TONES = {Agreement.SAME: "done", Agreement.NEAR: "due", Agreement.DIFFERENT: "high", Agreement.UNKNOWN: "due"}


@page("register.questions", may=Permission.REGISTER_WRITE)
def questions(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """Everything that waits, masked, with counts by matter and grid."""
    return _list(request, viewer, community, "desk")


@page("register.field_questions", may=Permission.REGISTER_WRITE)
def field_questions(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """The same on a telephone."""
    return _list(request, viewer, community, "field")


@page("register.question", may=Permission.REGISTER_WRITE)
def question(request: HttpRequest, viewer: Actor, community: Any, item: UUID) -> HttpResponse:
    """One question, both sides. Opening it is logged; the person can read who looked."""
    return _question(request, viewer, community, item, "desk")


@page("register.field_question", may=Permission.REGISTER_WRITE)
def field_question(request: HttpRequest, viewer: Actor, community: Any, item: UUID) -> HttpResponse:
    """The same on a telephone."""
    return _question(request, viewer, community, item, "field")


@page("register.missing", may=Permission.REGISTER_WRITE)
def missing(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """Somebody whom the files no longer show: left, and when, or still here."""
    return _missing(request, viewer, community, person, "desk")


@page("register.field_missing", may=Permission.REGISTER_WRITE)
def field_missing(request: HttpRequest, viewer: Actor, community: Any, person: UUID) -> HttpResponse:
    """The same on a telephone."""
    return _missing(request, viewer, community, person, "field")


@require_POST
@page("register.take_back", may=Permission.REGISTER_WRITE)
def take_back(request: HttpRequest, viewer: Actor, community: Any, item: UUID) -> HttpResponse:
    """An answer is taken back; everything stands as before."""
    shell = "field" if request.POST.get("shell") == "field" else "desk"
    try:
        state = review.take_back(by=viewer, community=community.id, item=item)
        if state is State.OPEN:
            messages.success(request, _("Taken back: everything stands as before, and the question is open again."))
        else:
            messages.success(request, _("Taken back: everything stands as before. The question itself has gone with its file."))
    except NotFound:
        raise Http404 from None
    except LinliError as fault:
        messages.error(request, _fault(fault))
    return redirect(_address("questions", shell, community.code))


def _address(name: str, shell: str, code: str, **rest: Any) -> str:
    return reverse(f"register:{'field_' if shell == 'field' else ''}{name}", kwargs={"code": code, **rest})


def _asked(request: HttpRequest) -> tuple[Matter | None, str]:
    wanted = request.GET.get("matter", "")
    return (Matter(wanted) if wanted in set(Matter) else None), request.GET.get("grid", "")[:8]


def _query(matter: Matter | None, grid: str) -> str:
    asked = {"matter": matter.value if matter else "", "grid": grid}
    told = urlencode({name: value for name, value in asked.items() if value})
    return f"?{told}" if told else ""


def _list(request: HttpRequest, viewer: Actor, community: Any, shell: str) -> HttpResponse:
    matter, grid = _asked(request)
    found = queue(viewer=viewer, community=community.id, matter=matter, grid=grid)
    total = sum(found.counts.values())
    context = _common(request, viewer, community, shell) | {
        "rows": [_row(row, shell, community.code, _query(matter, grid)) for row in found.rows[:200]],
        "more": max(0, len(found.rows) - 200),
        "total": total,
        "listed": len(found.rows),
        "matters": _matters(found, shell, community.code, matter, grid),
        "grids": _grids(found, shell, community.code, matter, grid),
    }
    return render(request, "register/questions.html", context)


def _common(request: HttpRequest, viewer: Actor, community: Any, shell: str) -> dict[str, Any]:
    done = last_answer(viewer=viewer, community=community.id)
    return {
        "shell_template": f"faces/{shell}.html",
        "shell_name": shell,
        "list_url": _address("questions", shell, community.code),
        "last": {"id": done.id, "text": _told(done.matter, done.accepted)} if done else None,
    }


def _told(matter: Matter, accepted: bool) -> str:
    words = {
        (Matter.SAME_PERSON, True): _("one person."),
        (Matter.SAME_PERSON, False): _("two people. Nothing was merged."),
        (Matter.CONFLICT, True): _("the new value holds."),
        (Matter.CONFLICT, False): _("the value on the register stays."),
        (Matter.ADDRESS, True): _("the address has its building."),
        (Matter.ADDRESS, False): _("the address is not here."),
        (Matter.RELATION, True): _("the relation is written down."),
        (Matter.RELATION, False): _("what was written down stays."),
        (Matter.LEFT, True): _("has left."),
        (Matter.LEFT, False): _("still lives here."),
    }
    return words.get((matter, accepted), "")


def _row(row: Waiting, shell: str, code: str, query: str) -> dict[str, Any]:
    who = " / ".join(part for part in (row.name, row.other) if part)
    place = " ".join(part for part in (row.building, _("grid %(grid)s") % {"grid": row.grid} if row.grid else "") if part)
    about = str(FIELDS.get(row.field, "")) if row.matter is Matter.CONFLICT else ""
    return {
        "url": _url(row, shell, code) + query,
        "matter": MATTERS[row.matter],
        "who": who,
        "place": place,
        "about": about,
        "sure": _sure(row.probability),
        "later": row.later,
        "id": row.id,
    }


def _url(row: Waiting, shell: str, code: str) -> str:
    if row.matter is Matter.LEFT:
        return _address("missing", shell, code, person=row.id)
    return _address("question", shell, code, item=row.id)


def _matters(found: Queue, shell: str, code: str, here: Matter | None, grid: str) -> list[dict[str, Any]]:
    base = _address("questions", shell, code)
    links: list[dict[str, Any]] = [
        {"name": _("All matters"), "url": base + _query(None, grid), "count": sum(found.counts.values()), "here": here is None}
    ]
    for matter in MATTERS:
        if found.counts.get(matter):
            name, count = MATTERS[matter], found.counts[matter]
            links.append({"name": name, "url": base + _query(matter, grid), "count": count, "here": here is matter})
    return links


def _grids(found: Queue, shell: str, code: str, matter: Matter | None, here: str) -> list[dict[str, Any]]:
    base = _address("questions", shell, code)
    if len(found.grids) < 2 and not here:
        return []
    links: list[dict[str, Any]] = [{"name": _("All grids"), "url": base + _query(matter, ""), "count": None, "here": not here}]
    for grid, count in found.grids.items():
        name = _("Grid %(grid)s") % {"grid": grid}
        links.append({"name": name, "url": base + _query(matter, grid), "count": count, "here": here == grid})
    return links


def _next(viewer: Actor, community: Any, shell: str, done: UUID, matter: Matter | None, grid: str) -> str:
    """Where the next question stands; the list where there is none."""
    rows = [row for row in queue(viewer=viewer, community=community.id, matter=matter, grid=grid).rows if row.id != done]
    asked = _query(matter, grid)
    return _url(rows[0], shell, community.code) + asked if rows else _address("questions", shell, community.code) + asked


def _question(request: HttpRequest, viewer: Actor, community: Any, item: UUID, shell: str) -> HttpResponse:
    matter, grid = _asked(request)
    fault = ""
    try:
        if request.method == "POST":
            try:
                told = answered(request, viewer, community, item)
                messages.success(request, told)
                return redirect(_next(viewer, community, shell, item, matter, grid))
            except NotFound:
                raise
            except LinliError as error:
                fault = _fault(error)
        else:
            review.open_to_answer(by=viewer, community=community.id, item=item)
        found = sides(viewer=viewer, community=community.id, item=item)
    except NotFound:
        raise Http404 from None
    except LinliError as error:
        # Somebody answered it in the meantime.
        messages.info(request, _fault(error))
        return redirect(_address("questions", shell, community.code) + _query(matter, grid))
    if found is None:
        raise Http404
    context = _common(request, viewer, community, shell) | _beside(viewer, community, shell, item, matter, grid)
    context |= {"sides": found, "sees_all": viewer.grids is None, "title": say(Words(MATTER_WORDS[found.matter])), "fault": fault}
    context |= _words(found)
    context["household_url"] = (
        reverse("register:household", kwargs={"code": community.code, "household": found.household}) if found.household else ""
    )
    return render(request, "register/question.html", context, status=422 if fault else 200)


def _beside(viewer: Actor, community: Any, shell: str, here: UUID, matter: Matter | None, grid: str) -> dict[str, Any]:
    """The list beside a question: where it stands in it, what comes before and after."""
    rows = queue(viewer=viewer, community=community.id, matter=matter, grid=grid).rows
    query = _query(matter, grid)
    at = next((place for place, row in enumerate(rows) if row.id == here), 0)
    start = max(0, min(at - 1, len(rows) - ASIDE))
    return {
        "place": at + 1,
        "total": len(rows),
        "aside": [_row(row, shell, community.code, query) | {"here": row.id == here} for row in rows[start : start + ASIDE]],
        "before": _url(rows[at - 1], shell, community.code) + query if at > 0 else "",
        "after": _url(rows[at + 1], shell, community.code) + query if at + 1 < len(rows) else "",
        "back": _address("questions", shell, community.code) + query,
    }


def _words(found: Sides) -> dict[str, Any]:
    """The comparison in words."""
    language = current_language()
    said_on = day(found.said_on, language, "year") if found.said_on else ""
    known_on = day(found.known_on, language, "year") if found.known_on else ""
    return {
        "lines": [_line(line) for line in found.lines],
        "source": _source(found.source, said_on),
        "known_source": _source(found.known_source, known_on) if found.known_source else "",
        "sure": _sure(found.probability),
        "field": FIELDS.get(found.field, found.field),
        "since": [day(one, language, "year") for one in found.since or ()],
        "kin": _kin(found),
    }


def _kin(found: Sides) -> dict[str, Any] | None:
    """What a question about a household offers, in words."""
    if found.kin is None:
        return None
    likely = found.kin.likely if found.kin.likely != found.kin.code else ""
    return {
        "now": names.relation_exact(found.kin.code) if found.kin.code else "",
        "code": found.kin.code,
        "likely": likely,
        "likely_word": names.relation_exact(likely),
        "head": found.kin.head,
        "members": found.kin.members,
        "words": [(word.value, told) for word, told in names.KIN.items() if word is not KinWord.HEAD],
    }


def _source(source: str, on: str) -> str:
    name = str(SOURCES.get(source, SOURCES[Source.FILE]))
    return _("%(source)s, %(day)s") % {"source": name, "day": on} if on else name


def _line(line: Line) -> dict[str, Any]:
    return {
        "name": FIELDS.get(line.name, line.name),
        "first": _value(line.name, line.first),
        "second": _value(line.name, line.second),
        "sign": SIGNS[line.agreement],
        "tone": _TONES[line.agreement],
        "why": say(Words(WORDS[line.why])),
        "differs": line.agreement in (Agreement.DIFFERENT, Agreement.NEAR),
    }


def _value(name: str, text: str) -> str:
    if not text:
        return _("not given")
    if name == "sex":
        return str(names.SEX.get(text, text))
    if name == "relation":
        return str(_("head of household") if text in HEADS else names.relation(text) or text)
    if name == "residence":
        return str({status.value: told for status, told in names.STATUS.items()}.get(text, text))
    if name in ("birth", "since", "document"):
        try:
            return day(date.fromisoformat(text), current_language(), "year")
        except ValueError:
            return str(names.DOCUMENT.get(text, text))
    return text


def _missing(request: HttpRequest, viewer: Actor, community: Any, person: UUID, shell: str) -> HttpResponse:
    matter, grid = _asked(request)
    today = timezone.localdate()
    fault = ""
    try:
        if request.method == "POST":
            try:
                left = request.POST.get("answer") == "left"
                head = request.POST.get("new_head", "")
                review.answer_left(
                    by=viewer, community=community.id, person=person,
                    left_on=parse_day(request.POST.get("on", "")) if left else None,
                    place=Place.DOOR if shell == "field" else Place.DESK, new_head=UUID(head) if head else None,
                )  # fmt: skip
                messages.success(request, _("Has left: written down.") if left else _("Still lives here: verified today."))
                return redirect(_next(viewer, community, shell, person, matter, grid))
            except NotFound:
                raise
            except Refused as refused:
                fault = " ".join(say(one.words) for one in refused.faults)
            except LinliError as error:
                fault = _fault(error)
        else:
            review.open_to_answer(by=viewer, community=community.id, person=person)
        found: Missed | None = missed(viewer=viewer, community=community.id, person=person)
    except (NotFound, ValueError):
        raise Http404 from None
    if found is None:
        raise Http404
    context = _common(request, viewer, community, shell) | _beside(viewer, community, shell, person, matter, grid)
    context |= {"missed": found, "title": say(Words(MATTER_WORDS[Matter.LEFT])), "fault": fault, "today": today.isoformat()}
    return render(request, "register/missing.html", context, status=422 if fault else 200)


def _sure(probability: float | None) -> str:
    """A probability as a share; never the whole hundred, because nobody knows for certain."""
    return "" if probability is None else f"{number(min(probability, 0.999) * 100, 1 if probability > 0.99 else 0)}%"


def _fault(error: LinliError) -> str:
    told = say(error.words)
    return f"{told} {say(error.remedy)}" if error.remedy else told
