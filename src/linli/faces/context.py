"""What every page's shell needs: who looks, where, in which language, and the ways on from here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from linli.faces import navigation, words
from linli.faces.navigation import Link, address
from linli.kernel.actor import Actor
from linli.trust import roles_of

LARGE_COOKIE = "linli_large"

ROLE_NAMES = {
    "resident": _("resident"),
    "grid_worker": _("grid worker"),
    "building_head": _("building head"),
    "volunteer": _("volunteer"),
    "desk_clerk": _("desk clerk"),
    "community_manager": _("community manager"),
    "department_officer": _("department officer"),
    "supervisor": _("supervisor"),
    "subdistrict_analyst": _("sub-district analyst"),
    "privacy_officer": _("privacy officer"),
    "auditor": _("auditor"),
    "system_administrator": _("system administrator"),
    "system": _("the system itself"),
    "public": _("visitor"),
}


@dataclass(frozen=True)
class Shell:
    """``language`` is ``"en"`` or ``"zh-Hans"``; addresses are None where the installation has no such page."""

    viewer: Actor | None
    code: str | None
    community: str
    language: str
    large: bool
    path: str
    desk: list[Link] = dataclasses.field(default_factory=list)
    field: list[Link] = dataclasses.field(default_factory=list)
    roles: list[str] = dataclasses.field(default_factory=list)
    menu_url: str | None = None
    people_url: str | None = None
    portal_url: str | None = None
    start_url: str = "/"
    language_url: str | None = None
    large_url: str | None = None
    sign_in_url: str | None = None
    sign_out_url: str | None = None
    role_url: str | None = None
    account_url: str | None = None

    @property
    def signed_in(self) -> bool:
        return self.viewer is not None and self.viewer.account is not None

    @property
    def several(self) -> bool:
        """Whether the viewer has more than one community to choose from."""
        return (
            self.signed_in and self.viewer is not None and (self.viewer.communities is None or len(self.viewer.communities) > 1)
        )

    @property
    def role(self) -> Any:
        """The name of the role now in use, in words."""
        return ROLE_NAMES.get(self.viewer.role, self.viewer.role) if self.viewer else ""


def shell_of(request: HttpRequest) -> Shell:
    """The shell of one request. Reads ``request.viewer`` and ``request.community``; both may be missing."""
    viewer: Actor | None = getattr(request, "viewer", None)
    community = getattr(request, "community", None)
    code = community.code if community is not None else None
    parts = {"code": code} if code else {}
    signed_in = viewer is not None and viewer.account is not None
    return Shell(
        viewer=viewer,
        code=code,
        community=words.pick(community.name) if community is not None else "",
        language=words.current_language(),
        large=request.COOKIES.get(LARGE_COOKIE) == "1",
        path=request.get_full_path(),
        desk=navigation.links(navigation.PLACES, viewer=viewer, code=code, path=request.path),
        field=navigation.links(navigation.FIELD, viewer=viewer, code=code, path=request.path),
        roles=[str(role) for role in roles_of(account=viewer.account)] if viewer and viewer.account else [],
        menu_url=address("faces:menu", **parts) if code else None,
        people_url=address("register:people", **parts) if code and viewer and viewer.may("person.search") else None,
        portal_url=address("portal:home", **parts) if code else None,
        start_url="/start/" if signed_in else "/",
        language_url=address("set_language"),
        large_url=address("faces:large"),
        sign_in_url=address("account_login"),
        sign_out_url=address("account_logout"),
        role_url=address("trust:choose_role"),
        account_url=address("mfa_index"),
    )


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` (worked out only if a template asks for it)."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


__all__ = ["LARGE_COOKIE", "ROLE_NAMES", "Shell", "shell", "shell_of"]
