from __future__ import annotations

from django.urls import path

from linli.trust.web import erased, keeping, rights, views

app_name = "trust"
urlpatterns = [
    path("role/", views.choose_role, name="choose_role"),
    path("desk/<str:code>/audit/", views.audit, name="audit"),
    path("desk/<str:code>/rights/", rights.requests, name="rights"),
    path("desk/<str:code>/rights/new/", rights.new, name="rights_new"),
    path("desk/<str:code>/rights/erased/", erased.named, name="erased_named"),
    path("desk/<str:code>/rights/<uuid:asked>/", rights.detail, name="rights_request"),
    path("desk/<str:code>/rights/<uuid:asked>/answer/", rights.answer, name="rights_answer"),
    path("desk/<str:code>/purposes/", rights.purposes, name="purposes"),
    path("desk/<str:code>/retention/", keeping.kept, name="retention"),
    path("desk/<str:code>/consents/<uuid:subject>/", keeping.consents, name="consents"),
    path("portal/<str:code>/personal-data/", rights.public_notice, name="notice"),
    path("portal/<str:code>/consents/", keeping.my_consents, name="my_consents"),
]
