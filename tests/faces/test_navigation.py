"""The places: only those that exist and that the role may open."""

from __future__ import annotations

from uuid import UUID

from linli.faces import navigation
from linli.faces.navigation import Place, links
from linli.kernel.actor import PUBLIC, Actor
from linli.trust import Permission

MANAGER = Actor(account=UUID(int=1), role="community_manager", permissions=frozenset({"portal.read", "audit.read"}))
MENU = Place("menu", "faces:menu", "Menu", "Line", "portal.read")  # type: ignore[arg-type]
AUDIT = Place("audit", "trust:audit", "Audit", "Line", "audit.read")  # type: ignore[arg-type]
NOWHERE = Place("x", "nowhere:page", "X", "Line", "portal.read")  # type: ignore[arg-type]


def test_a_place_without_a_page_or_a_permission_is_left_out() -> None:
    found = links((MENU, NOWHERE, AUDIT), viewer=MANAGER, code="999901001001", path="/desk/999901001001/menu/")
    assert [(link.key, link.here) for link in found] == [("menu", True), ("audit", False)]
    clerk = Actor(account=UUID(int=2), role="desk_clerk", permissions=frozenset({"portal.read"}))
    assert [link.key for link in links((MENU, AUDIT), viewer=clerk, code="999901001001", path="/")] == ["menu"]


def test_a_page_below_a_place_belongs_to_it() -> None:
    found = links((MENU, AUDIT), viewer=MANAGER, code="1", path="/desk/1/audit/older/")
    assert [link.key for link in found if link.here] == ["audit"]


def test_nobody_and_nowhere_have_no_places() -> None:
    assert links((MENU,), viewer=None, code="1", path="/") == []
    assert links((MENU,), viewer=MANAGER, code=None, path="/") == []
    assert links((AUDIT,), viewer=PUBLIC, code="1", path="/") == []


def test_every_place_asks_for_a_permission_that_exists() -> None:
    known = {permission.value for permission in Permission}
    assert {place.permission for place in (*navigation.PLACES, *navigation.FIELD)} <= known
