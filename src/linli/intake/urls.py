from __future__ import annotations

from django.urls import path

from linli.intake.web import proposing, views

app_name = "intake"
urlpatterns = [
    path("desk/<str:code>/imports/", views.imports, name="list"),
    path("desk/<str:code>/imports/columns/", proposing.columns, name="propose"),
    path("desk/<str:code>/imports/<uuid:batch>/", views.detail, name="detail"),
    path("desk/<str:code>/imports/<uuid:batch>/results.csv", views.results, name="results"),
    path("desk/<str:code>/imports/<uuid:batch>/receipt/", views.receipt, name="receipt"),
]
