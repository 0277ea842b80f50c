from __future__ import annotations

from django.urls import path

from linli.trust.web import views

app_name = "trust"
urlpatterns = [
    path("role/", views.choose_role, name="choose_role"),
    path("desk/<str:code>/audit/", views.audit, name="audit"),
]
