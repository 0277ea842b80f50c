"""Care needs: what is hard to do, never an illness. Kept by consent or law only, from a known source, looked at again in time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from linli.kernel.words import sentence


class Need(StrEnum):
    """What help somebody needs. ``stairs``: can't manage them alone; ``power``: lives by a device that needs it."""

    STAIRS = "stairs"
    MEALS = "meals"
    HEARING = "hearing"
    SIGHT = "sight"
    WASHING = "washing"
    WAYFINDING = "wayfinding"
    POWER = "power"


NAMES = {
    Need.STAIRS: sentence("register.need.stairs", "Walking, stairs"),
    Need.MEALS: sentence("register.need.meals", "Meals"),
    Need.HEARING: sentence("register.need.hearing", "Hearing"),
    Need.SIGHT: sentence("register.need.sight", "Seeing"),
    Need.WASHING: sentence("register.need.washing", "Washing, dressing"),
    Need.WAYFINDING: sentence("register.need.wayfinding", "Finding the way"),
    Need.POWER: sentence("register.need.power", "A device that needs power"),
}

_WORDS = {
    "上下楼": Need.STAIRS, "行走": Need.STAIRS, "走路": Need.STAIRS, "用餐": Need.MEALS, "助餐": Need.MEALS, "做饭": Need.MEALS,
    "听力": Need.HEARING, "视力": Need.SIGHT, "看东西": Need.SIGHT,
    "洗浴": Need.WASHING, "助浴": Need.WASHING, "穿衣": Need.WASHING, "认路": Need.WAYFINDING,
    "用电设备": Need.POWER, "供电": Need.POWER,
    "finding_the_way": Need.WAYFINDING, "electric_device": Need.POWER,
} | {need.value: need for need in Need}  # fmt: skip


def parse(text: str) -> tuple[frozenset[Need], str]:
    """The needs named in a cell (separated by 、 , ; or /), and the first word that names none (empty where all do)."""
    found: set[Need] = set()
    for word in re.split(r"[、，,;；/\s]+", text.strip()):
        if not word or word == "无":
            continue
        need = _WORDS.get(word)
        if need is None:
            return frozenset(found), word
        found.add(need)
    return frozenset(found), ""


class Basis(StrEnum):
    """Why a need may be kept: the person (or guardian) agreed, or a law tells the committee to know it."""

    CONSENT = "consent"
    LAW = "law"


CHECK_EVERY_DAYS = dict.fromkeys(Need, 180) | {Need.POWER: 90, Need.WAYFINDING: 90}
"""How long a need counts as known. Chosen by this project, by no standard; shorter where a stale record could cost a life."""


@dataclass(frozen=True)
class Kept:
    """One need as it is kept. ``source``: one of ``rules.precedence``; ``law``: which one, where a law is the basis."""

    need: Need
    source: str
    basis: Basis
    since: date
    law: str = ""
    agreed_on: date | None = None
    withdrawn_on: date | None = None
    helper: str = ""
    checked_on: date | None = None


def may_be_kept(kept: Kept, day: date) -> bool:
    """Whether there is a basis on ``day``: a law that is named, or a consent that was given by then and not withdrawn."""
    if kept.basis is Basis.LAW:
        return bool(kept.law.strip())
    given = kept.agreed_on is not None and kept.agreed_on <= day
    return given and (kept.withdrawn_on is None or day < kept.withdrawn_on)


def next_check(kept: Kept) -> date:
    """The day by which somebody should ask again: after the last check, or the day since which it is known."""
    return (kept.checked_on or kept.since) + timedelta(days=CHECK_EVERY_DAYS[kept.need])
