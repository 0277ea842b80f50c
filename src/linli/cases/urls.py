from __future__ import annotations

from django.urls import path

from linli.cases.web import views

app_name = "cases"
urlpatterns = [
    path("desk/<str:code>/cases/", views.listing, name="list"),
    path("desk/<str:code>/cases/new/", views.add, name="add"),
    path("desk/<str:code>/cases/<uuid:case>/", views.detail, name="detail"),
]
