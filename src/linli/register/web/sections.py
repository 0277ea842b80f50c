"""What the register adds to the page of one grid."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.faces import charts
from linli.faces.components import Column, Entry, Table
from linli.faces.formats import EN_DASH, signed
from linli.faces.words import pick, render
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.kernel.words import Words
from linli.register.queries.figures import Portrait, headcount, portrait
from linli.register.rules.codes import PROVINCES
from linli.register.rules.needs import NAMES
from linli.register.web.names import LEFT_BEHIND
from linli.territory.rules.sections import Section
from linli.trust import Permission

NAMED = 6
"""So many provinces are named, the rest is summed."""

Pair = tuple[Portrait, Portrait]
_last: ContextVar[tuple[Actor, Any, Week, Pair] | None] = ContextVar("linli_register_portrait", default=None)


def _pair(viewer: Actor, community: UUID, grid: Any, week: Week) -> Pair:
    """The Monday's portrait and the headcount of the one before. A page's sections share them: they get the same grid row."""
    last = _last.get()
    if last is not None and last[0] is viewer and last[1] is grid and last[2] == week:
        return last[3]
    now = portrait(viewer=viewer, community=community, week=week, grid=grid.id)
    before = headcount(viewer=viewer, community=community, week=week.back(), grid=grid.id)
    _last.set((viewer, grid, week, (now, before)))
    return now, before


def figures(viewer: Actor, community: UUID, grid: Any, week: Week) -> Mapping[str, Any] | None:
    """The line of figures at the top; None where nobody is known: a row of noughts asks for nothing."""
    now, before = _pair(viewer, community, grid, week)
    if not now.residents:
        return None
    known = bool(before.residents)
    return {
        "now": now,
        "residents": now.residents - before.residents if known else None,
        "households": now.households - before.households if known else None,
        "floating": now.floating - before.floating if known else None,
        "floating_share": now.floating / now.residents if now.residents else None,
        "fresh_share": (now.residents - now.stale) / now.residents if now.residents else None,
    }


def people(viewer: Actor, community: UUID, grid: Any, week: Week) -> Mapping[str, Any]:
    """Pyramid, households by size, and where floating residents come from."""
    return people_of(*_pair(viewer, community, grid, week))


def people_of(now: Portrait, before: Portrait) -> Mapping[str, Any]:
    """What ``grid/people.html`` shows of a portrait, against another Monday's."""
    rows = [(_band(name), men, women) for name, men, women in now.pyramid]
    return {
        "now": now,
        "others": sum(men[1] + women[1] for _name, men, women in now.pyramid) - now.floating,
        "pyramid": charts.pyramid(rows),
        "sizes": charts.bars([(_size(size), now.sizes.get(size, 0), _change(now, before, size)) for size in range(1, 6)]),
        "origins": _origins(now, before),
        "left_behind": _left_behind(now),
    }


def needs(viewer: Actor, community: UUID, grid: Any, week: Week) -> Mapping[str, Any] | None:
    """Care needs, and how their counts may be shown outside; None where nobody is known."""
    now, _before = _pair(viewer, community, grid, week)
    return needs_of(now)


def needs_of(now: Portrait) -> Mapping[str, Any] | None:
    """What ``grid/needs.html`` shows of a portrait; None where nobody is known."""
    if not now.residents:
        return None
    rows = [
        [
            render(Words(NAMES[row.need])),
            row.people,
            row.alone,
            Entry(EN_DASH, tone="withheld") if row.outside is None else row.outside,
        ]
        for row in now.needs
    ]
    heads = [Column(_("Help with")), *(Column(head, "number") for head in (_("People"), _("Living alone"), _("Shown outside")))]
    return {"now": now, "table": Table(columns=heads, rows=rows, light=True, narrow="keep") if rows else None}


def _band(name: str) -> str:
    low, _dash, high = name.partition("-")
    return f"{int(low)}{EN_DASH}{int(high)}" if high else name


def _size(size: int) -> str:
    if size >= 5:
        return _("5 and more")
    return ngettext("%(count)s person", "%(count)s people", size) % {"count": size}


def _change(now: Portrait, before: Portrait, size: int) -> str:
    return signed(now.sizes.get(size, 0) - before.sizes.get(size, 0)) if before.residents else ""


def _origins(now: Portrait, before: Portrait) -> Table | None:
    if not now.origins:
        return None
    named = [code for code in now.origins if code in PROVINCES][:NAMED]
    rest = [code for code in now.origins if code in PROVINCES and code not in named]
    rows: list[list[Any]] = [[_province(code), now.origins[code], _difference(now, before, [code])] for code in named]
    if rest:
        label = ngettext("Elsewhere, one province", "Elsewhere, %(count)s provinces", len(rest)) % {"count": len(rest)}
        rows.append([label, sum(now.origins[code] for code in rest), _difference(now, before, rest)])
    if "00" in now.origins:
        rows.append([_("Not stated"), now.origins["00"], _difference(now, before, ["00"])])
    return Table(
        columns=[Column(_("Province")), Column(_("Now"), "number"), Column(_("Change"), "number")],
        rows=rows,
        light=True,
        narrow="keep",
    )


def _left_behind(now: Portrait) -> Table | None:
    """How many are left behind; few are not told, here as outside."""
    if not now.left_behind:
        return None
    rows: list[list[Any]] = [
        [LEFT_BEHIND[row.how], Entry(EN_DASH, tone="withheld") if row.people is None else row.people] for row in now.left_behind
    ]
    return Table(columns=[Column(_("Left behind")), Column(_("People"), "number")], rows=rows, light=True, narrow="keep")


def _province(code: str) -> str:
    english, chinese = PROVINCES[code]
    return pick({"en": english, "zh-Hans": chinese})


def _difference(now: Portrait, before: Portrait, codes: list[str]) -> str:
    if not before.residents:
        return ""
    return signed(sum(now.origins.get(code, 0) - before.origins.get(code, 0) for code in codes))


SECTIONS = (
    Section("register.figures", "register/desk/grid/figures.html", figures, Permission.REGISTER_READ.value, 10, "figures"),
    Section("register.people", "register/desk/grid/people.html", people, Permission.REGISTER_READ.value, 10, "left"),
    Section("register.needs", "register/desk/grid/needs.html", needs, Permission.REGISTER_READ.value, 10, "right"),
)
