from __future__ import annotations

from django.urls import path

from linli.territory.web import views

app_name = "territory"
urlpatterns = [
    path("desk/<str:code>/grids/", views.grids, name="grids"),
    path("desk/<str:code>/grids/<str:label>/", views.grid, name="grid"),
]
