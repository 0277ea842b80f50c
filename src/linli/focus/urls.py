from __future__ import annotations

from django.urls import path

from linli.focus.web import portal, views

app_name = "focus"
urlpatterns = [
    path("desk/<str:code>/focus/", views.board, name="board"),
    path("desk/<str:code>/focus/<uuid:finding>/", views.finding, name="finding"),
]
portal_urls = ([path("portal/<str:code>/", portal.home, name="home")], "portal")
