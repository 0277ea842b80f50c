"""Dates, ages and stays as the pages of the register write them."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces.formats import EN_DASH, day
from linli.faces.words import current_language
from linli.register.queries.people import PersonRow
from linli.register.rules.documents import expiry
from linli.register.rules.regions import region_name


def short_day(value: date | None) -> str:
    """A day of this year without the year, an earlier one with it; a dash for none."""
    return day(value, current_language(), "short" if value.year == timezone.localdate().year else "year") if value else EN_DASH


def until_words(good_to: date | None, today: date) -> str:
    """Until when a document is good, in plain words: what runs out within 90 days, or has, is said so. Empty where not known."""
    stands = expiry(good_to, today)
    if good_to is None or stands.days_left is None:
        return ""
    told = {"day": day(good_to, current_language(), "year")}
    if stands.expired:
        return _("ran out on %(day)s: time for a new one") % told
    if stands.step is not None:
        return _("runs out on %(day)s: time to renew it") % told
    return _("valid until %(day)s") % told


def lives(row: PersonRow) -> str:
    """Since when somebody lives here, or since when not any more."""
    language = current_language()
    if row.until is not None:
        when = day(row.until, language, "month")
        if row.ending == "same_person":
            return _("goes on in another record")
        return _("died %(month)s") % {"month": when} if row.ending == "died" else _("moved away, %(month)s") % {"month": when}
    if row.came == "born":
        return _("since birth")
    return _("since %(month)s") % {"month": day(row.since, language, "month")}


def region_of(code: str, until: date | None = None) -> str:
    """Province, prefecture and county of a region's code, as they were called on the last day that counts."""
    return region_name(code, current_language(), until) or _("not stated")


def span_of(start: date, end: date | None) -> str:
    """``since 1 May 2019``, or from one day to another."""
    language = current_language()
    begun = day(start, language, "year")
    if end is None:
        return _("since %(day)s") % {"day": begun}
    return _("%(start)s to %(end)s") % {"start": begun, "end": day(end, language, "year")}
