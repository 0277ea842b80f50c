from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from linli.faces.web import gallery, views

app_name = "faces"
urlpatterns: list[URLPattern] = [
    path("faces/large/", views.large_text, name="large"),
    path("desk/<str:code>/menu/", views.menu, name="menu"),
]
if settings.DEBUG:
    urlpatterns += [
        path("faces/gallery/", gallery.desk, name="gallery"),
        path("faces/gallery/<str:face>/", gallery.other, name="gallery_face"),
    ]
