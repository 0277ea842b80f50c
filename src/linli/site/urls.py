"""Every address of the house. Each flat keeps its own in its ``urls.py``."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from linli.focus.urls import portal_urls
from linli.site import views
from linli.site.api import api

FLATS = ("trust", "faces", "intake", "work", "territory", "register", "flows", "cases", "focus", "monday")

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("", views.front, name="front"),
    path("start/", views.start, name="start"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    *(path("", include(f"linli.{flat}.urls")) for flat in FLATS if find_spec(f"linli.{flat}.urls")),
    path("", include(portal_urls)),
    path("api/v1/", api.urls),
]
