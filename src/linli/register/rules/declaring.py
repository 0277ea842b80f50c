"""Declaring a stay and a birth: what must be told to the police station, and by when.

Source: 户口登记条例 (1958) art. 7 (birth: one month), 8 (death: in cities before the burial), 15 (staying
outside the city or county of one's hukou for more than three days: within three days of arrival, and cancelled before leaving),
16 (longer than three months: extended or moved). Cities with a residence permit take a declaration for it in place of the old
temporary residence certificate. A hukou that moves (art. 13) is known here once the police station has moved it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from linli.kernel.periods import months_later
from linli.register.rules.residence import Status


class Duty(StrEnum):
    """What is to be declared."""

    BIRTH = "birth"
    STAY = "stay"
    LEAVE = "leave"


DECLARE_WITHIN_DAYS = 3
EXTEND_AFTER_MONTHS = 3


@dataclass(frozen=True)
class Due:
    """One declaration and its last day. ``days_left`` below 0: late. Telling somebody is a service: no right hangs on it here."""

    duty: Duty
    by: date
    days_left: int


def of_stay(status: Status, came: date, day: date, *, declared: date | None = None, leaves: date | None = None) -> Due | None:
    """What is due for somebody who came to live here; None where nothing is, or all was done.

    Lodging people (hukou elsewhere in the same city) and permanent ones owe no declaration of a stay. Overseas people declare
    under another law (24 hours, 出境入境管理法 art. 39) that :func:`of_overseas` knows. ``leaves``: the last day of the stay.
    """
    if status not in (Status.FLOATING, Status.UNSTATED):
        return None
    if declared is None:
        if leaves is not None and (leaves - came).days <= DECLARE_WITHIN_DAYS:
            return None
        return _due(Duty.STAY, came + timedelta(days=DECLARE_WITHIN_DAYS), day)
    return _due(Duty.LEAVE, leaves, day) if leaves is not None else None


def of_overseas(came: date, day: date, *, declared: date | None = None) -> Due | None:
    """出境入境管理法 art. 39: within 24 hours of arrival, here the next day."""
    return None if declared is not None else _due(Duty.STAY, came + timedelta(days=1), day)


def of_birth(born: date, day: date, *, registered: date | None = None) -> Due | None:
    """Within one month of the birth."""
    return None if registered is not None else _due(Duty.BIRTH, months_later(born, 1), day)


def _due(duty: Duty, by: date, day: date) -> Due:
    return Due(duty, by, (by - day).days)
