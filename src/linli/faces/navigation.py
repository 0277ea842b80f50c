"""The places of each face, written out. A place shows when its page exists and the viewer's role may open it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.kernel.actor import Actor


@dataclass(frozen=True)
class Place:
    """One entry: the page's URL name (takes ``code``), its name, one line of what waits there, the permission for it.

    ``unless``: those who hold this permission reach the page from another one, and are spared the entry.
    """

    key: str
    url_name: str
    name: Promise
    line: Promise
    permission: str
    icon: str = ""
    unless: str = ""


PLACES = (
    Place("monday", "monday:this", _("This Monday"), _("What came in, what changed, sign-off"), "monday.read"),
    Place("focus", "focus:board", _("Focus"), _("What deserves attention this week"), "focus.read"),
    Place("grids", "territory:grids", _("Grids"), _("Map and list of grids"), "territory.read"),
    Place("people", "register:people", _("People"), _("Find, check, correct"), "person.search"),
    Place(
        "population",
        "register:population",
        _("Population"),
        _("Who lives here, grid by grid"),
        "register.read",
        unless="person.search",
    ),
    Place("declarations", "register:declarations", _("Declarations"), _("What people told, to take over"), "register.write"),
    Place("cases", "cases:list", _("Cases"), _("What was reported, until it is solved"), "case.read"),
    Place("imports", "intake:list", _("Imports"), _("Files, every row, undo"), "import.read"),
    Place("work", "work:list", _("Worklist"), _("What is yours to do"), "task.read"),
    Place(
        "shared",
        "monday:shared",
        _("Shared figures"),
        _("Counts that a level above may read"),
        "shared.read",
        unless="monday.read",
    ),
    Place("rights", "trust:rights", _("Data requests"), _("What people ask about their own data"), "rights.receive"),
    Place("retention", "trust:retention", _("Deletion"), _("What has had its time, what the law holds"), "retention.manage"),
    Place("audit", "trust:audit", _("Audit"), _("Who did what"), "audit.read"),
)

FIELD = (
    Place("list", "work:mine", _("My list"), _("What is yours to do"), "task.read", "list"),
    Place("homes", "register:field_homes", _("Homes"), _("Who lives where, door by door"), "register.write", "visit"),
    Place("near", "work:near", _("Nearby"), _("What lies close to here"), "task.read", "near"),
    Place("contacts", "work:contacts", _("Contacts"), _("Whom to ring"), "task.read", "people"),
)


@dataclass(frozen=True)
class Link:
    """A place that this viewer can go to; ``here`` where they are now."""

    key: str
    url: str
    name: Promise
    line: Promise
    icon: str
    here: bool


def links(places: tuple[Place, ...], *, viewer: Actor | None, code: str | None, path: str) -> list[Link]:
    """The places open to ``viewer`` in community ``code``, in order. The longest address that begins ``path`` is here."""
    if viewer is None or code is None:
        return []
    mine = (p for p in places if viewer.may(p.permission) and not (p.unless and viewer.may(p.unless)))
    open_to = [(place, url) for place in mine if (url := address(place.url_name, code=code))]
    here = max((url for _, url in open_to if path.startswith(url)), key=len, default=None)
    return [Link(place.key, url, place.name, place.line, place.icon, url == here) for place, url in open_to]


def address(url_name: str, **parts: str) -> str | None:
    """The path of a page by its URL name, or None where this installation has no such page."""
    try:
        return reverse(url_name, kwargs=parts or None)
    except NoReverseMatch:
        return None
