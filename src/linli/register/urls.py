from __future__ import annotations

from django.urls import path

from linli.register.web import views

app_name = "register"
urlpatterns = [
    path("desk/<str:code>/people/", views.people, name="people"),
    path("desk/<str:code>/people/<uuid:person>/", views.person, name="person"),
]
