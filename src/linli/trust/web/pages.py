"""``@page``: the door of every page, as ``@command`` is that of every write."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from linli.kernel.errors import NotFound
from linli.trust import queries, walls
from linli.trust.clocks import clock_of
from linli.trust.rules import Permission
from linli.trust.speakers import as_themselves


@dataclass(frozen=True)
class Page:
    """One page of the house and what it takes to open it."""

    name: str
    may: Permission
    public: bool


PAGES: dict[str, Page] = {}


def page(
    name: str, *, may: Permission, public: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view a page: it is called with ``request, viewer, community`` (its Zone) and the rest of the path.

    A community out of the viewer's scope does not exist for them (404), a page their role may not open is refused (403), and
    somebody not signed in is asked to sign in. ``public`` pages are open to everybody. Local time within is the community's.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        if name in PAGES:
            raise TypeError(f"there is already a page {name}")
        PAGES[name] = Page(name, may, public)

        @functools.wraps(view)
        def show(request: HttpRequest, code: str, **rest: Any) -> HttpResponse:
            viewer = request.viewer  # type: ignore[attr-defined]
            if viewer.account is None and not public:
                return redirect_to_login(request.get_full_path())
            try:
                find = queries.public_community if public else queries.community_by_code
                community = find(viewer=viewer, code=code)
            except NotFound:
                raise Http404 from None
            if not viewer.may(may):
                raise PermissionDenied
            request.community = community  # type: ignore[attr-defined]
            with walls.within([community.id]), clock_of(community.id):
                request.viewer = viewer = as_themselves(viewer, community.id)  # type: ignore[attr-defined]
                return view(request, viewer, community, **rest)

        show.__linli_page__ = name  # type: ignore[attr-defined]
        return show

    return decorate
