from __future__ import annotations

from django.urls import path

from linli.work.web import views

app_name = "work"
urlpatterns = [
    path("desk/<str:code>/work/", views.worklist, name="list"),
    path("desk/<str:code>/work/<uuid:task>/", views.task, name="task"),
    path("field/<str:code>/", views.mine, name="mine"),
    path("field/<str:code>/<uuid:task>/", views.field_task, name="field_task"),
]
