from __future__ import annotations

from django.urls import path

from linli.territory.web import cards, draft_fate, draft_steps, drafts, duties, views

app_name = "territory"
urlpatterns = [
    path("desk/<str:code>/grids/", views.grids, name="grids"),
    path("desk/<str:code>/grids/workers/", duties.workers, name="workers"),
    path("desk/<str:code>/grids/workers/assign/", duties.assign, name="assign"),
    path("desk/<str:code>/grids/workers/<uuid:account>/", duties.worker, name="worker"),
    path("portal/<str:code>/grids/", cards.cards, name="cards"),
    path("portal/<str:code>/grids/<str:label>/", cards.card, name="card"),
    path("desk/<str:code>/grids/divisions/", drafts.divisions, name="divisions"),
    path("desk/<str:code>/grids/divisions/new/", drafts.new_division, name="new_division"),
    path("desk/<str:code>/grids/divisions/<uuid:version>/", drafts.division, name="division"),
    path("desk/<str:code>/grids/divisions/<uuid:version>/step/", draft_steps.draft_step, name="draft_step"),
    path("desk/<str:code>/grids/divisions/<uuid:version>/grids/<int:part>/", draft_steps.draft_grid, name="draft_grid"),
    path("desk/<str:code>/grids/divisions/<uuid:version>/proposal/", draft_fate.draft_proposal, name="draft_proposal"),
    path("desk/<str:code>/grids/divisions/<uuid:version>/fate/", draft_fate.draft_fate, name="draft_fate"),
    path("desk/<str:code>/grids/<str:label>/", views.grid, name="grid"),
]
