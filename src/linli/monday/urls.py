from __future__ import annotations

from django.urls import path

from linli.monday.web import views

app_name = "monday"
urlpatterns = [
    path("desk/<str:code>/monday/", views.this_monday, name="this"),
    path("desk/<str:code>/monday/agenda/", views.agenda, name="agenda"),
    path("desk/<str:code>/shared/", views.shared, name="shared"),
    path("desk/<str:code>/monday/<str:week>/sign/", views.sign, name="sign"),
]
