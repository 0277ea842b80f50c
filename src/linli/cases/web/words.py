"""Clocks and tables in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.cases import rules
from linli.cases.queries import CaseRow
from linli.faces import components, formats


def clock_of(row: CaseRow) -> components.Clock | None:
    """The clock of a line: ``23 days over``, ``9 h left``; None where nothing runs."""
    if row.clock is None:
        return None
    return components.Clock(text=time_left(row.clock), share=row.clock.share, state="over" if row.clock.over else "")


def time_left(clock: rules.Clock) -> str:
    """Hours up to two days, then days."""
    hours = abs(clock.hours_left)
    if hours >= 48:
        days = int(hours // 24)
        if clock.over:
            text = ngettext("%(n)s day over", "%(n)s days over", days)
        else:
            text = ngettext("%(n)s day left", "%(n)s days left", days)
        return text % {"n": formats.number(days)}
    whole = int(hours)
    if whole == 0:
        return _("less than an hour over") if clock.over else _("less than an hour left")
    if clock.over:
        return ngettext("%(n)s hour over", "%(n)s hours over", whole) % {"n": whole}
    return ngettext("%(n)s hour left", "%(n)s hours left", whole) % {"n": whole}


def limit_of(hours: int | None) -> str:
    """A category's limit: ``24 hours``, ``5 days``."""
    if hours is None:
        return _("none")
    if hours % 24 == 0 and hours > 48:
        return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
