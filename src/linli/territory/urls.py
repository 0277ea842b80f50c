from __future__ import annotations

from django.urls import path

from linli.territory.web import cards, duties, views

app_name = "territory"
urlpatterns = [
    path("desk/<str:code>/grids/", views.grids, name="grids"),
    path("desk/<str:code>/grids/workers/", duties.workers, name="workers"),
    path("desk/<str:code>/grids/workers/assign/", duties.assign, name="assign"),
    path("desk/<str:code>/grids/workers/<uuid:account>/", duties.worker, name="worker"),
    path("desk/<str:code>/grids/<str:label>/", views.grid, name="grid"),
    path("portal/<str:code>/grids/", cards.cards, name="cards"),
    path("portal/<str:code>/grids/<str:label>/", cards.card, name="card"),
]
