"""The facts of a person's timeline in words."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.faces.components import Event
from linli.faces.formats import day
from linli.faces.words import current_language
from linli.faces.words import render as say
from linli.kernel.words import Words
from linli.register.queries.timeline import Fact
from linli.register.rules.review import CLOSED_WORDS, MATTER_WORDS, Closed, Matter
from linli.register.web import names
from linli.register.web.writing import region_of, span_of


def event_of(fact: Fact) -> Event:
    """One fact as the timeline shows it: when, what, and when it was recorded."""
    language = current_language()
    known = timezone.localtime(fact.known_from).date() if fact.known_from else None
    told = _("recorded %(day)s") % {"day": day(known, language, "year")} if known else ""
    once = fact.to_date == fact.from_date
    at = day(fact.from_date, language, "year") if once else span_of(fact.from_date, fact.to_date)
    title, text = _said(fact)
    return Event(at, title, text, told, _state(fact, once=once))


def _state(fact: Fact, *, once: bool) -> str:
    if fact.kind == "lapse" or (fact.kind == "question" and fact.ended == "open"):
        return "unsure"
    if fact.kind == "document" and fact.from_date > timezone.localdate():
        return "next"
    return "ended" if fact.to_date and not once else ""


def _said(fact: Fact) -> tuple[str, str]:
    """Title and text of a fact."""
    match fact.kind:
        case "residence":
            return _("Residence: %(building)s") % {"building": fact.place or _("outside your grids")}, _ending(fact)
        case "hukou":
            place = _("this community") if fact.detail == "here" else region_of(fact.place, fact.to_date)
            return _("Hukou: %(place)s") % {"place": place}, ""
        case "household":
            return _("Member of a household"), str(names.relation_exact(fact.detail))
        case "needs":
            text = ngettext("One need, sealed", "%(count)s needs, sealed", fact.count) % {"count": fact.count}
            return _("Help is kept in mind"), text
        case "lapse":
            verified = day(date.fromisoformat(fact.detail), current_language(), "year")
            return _("Not in the files"), _("Last verified %(day)s.") % {"day": verified}
        case "document":
            return _("Document valid until this day"), str(names.DOCUMENT.get(fact.detail, ""))
        case "question":
            asked = say(Words(MATTER_WORDS[Matter(fact.detail)]))
            return _("A question was asked"), f"{asked} {say(Words(CLOSED_WORDS[Closed(fact.why)]))}" if fact.why else asked
        case "visit":
            return _("Somebody was at the door"), str(names.OUTCOME.get(fact.detail, ""))
        case "declaration":
            return _("Something was declared"), str(names.DECIDED.get(fact.ended, ""))
        case "link":
            return _("Two records held to be one person"), ""
    return str(names.HAPPENED.get(fact.kind, fact.kind)), ""


def _ending(fact: Fact) -> str:
    if fact.ended == "died":
        return _("Died.")
    if fact.ended == "moved_within":
        return _("Moved within the community.")
    if fact.ended == "corrected":
        return _("Corrected.")
    if fact.ended == "same_person":
        return _("Goes on in another record of the same person.")
    return _("Moved away.") if fact.to_date else ""
