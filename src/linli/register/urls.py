from __future__ import annotations

from django.urls import path

from linli.register.web import archive, field, household, papers, people, population, registering, review, rounds

app_name = "register"
urlpatterns = [
    path("desk/<str:code>/people/", people.people, name="people"),
    path("desk/<str:code>/people/several/", people.several, name="people_several"),
    path("desk/<str:code>/people/<uuid:person>/", archive.person, name="person"),
    path("desk/<str:code>/people/<uuid:person>/shown/", archive.shown, name="person_reveal"),
    path("desk/<str:code>/people/<uuid:person>/notes/", notes.notes, name="notes"),
    path("desk/<str:code>/people/<uuid:person>/correct/", household.correct, name="correct"),
    path("desk/<str:code>/people/<uuid:person>/papers/", papers.papers_page, name="papers"),
    path("desk/<str:code>/people/<uuid:person>/household/", household.household_of, name="household_of"),
    path("desk/<str:code>/population/", population.structure_page, name="population"),
    path("desk/<str:code>/population/<str:week>.<str:form>", population.export, name="population_export"),
    path("desk/<str:code>/households/new/", registering.desk_household, name="new_household"),
    path("desk/<str:code>/households/<uuid:household>/", household.household, name="household"),
    path("desk/<str:code>/households/<uuid:household>/registered/", registering.desk_registered, name="registered"),
    path("desk/<str:code>/households/<uuid:household>/<slug:act>/", household.act, name="act"),
    path("field/<str:code>/homes/", field.homes, name="field_homes"),
    path("field/<str:code>/homes/<uuid:building>/", field.building, name="field_building"),
    path("field/<str:code>/homes/<uuid:building>/new/", registering.field_household, name="field_new_door"),
    path("field/<str:code>/homes/<uuid:building>/unplaced/", field.unplaced, name="field_unplaced"),
    path("field/<str:code>/homes/<uuid:building>/<uuid:dwelling>/", field.door, name="field_door"),
    path("field/<str:code>/homes/<uuid:building>/<uuid:dwelling>/new/", registering.field_household, name="field_household"),
    path("field/<str:code>/homes/<uuid:building>/<uuid:dwelling>/<uuid:person>/", household.field_correct, name="field_correct"),
    path("field/<str:code>/homes/households/<uuid:household>/registered/", registering.field_registered, name="field_registered"),
    path("field/<str:code>/homes/households/<uuid:household>/<slug:act>/", household.field_act, name="field_act"),
    path("desk/<str:code>/round/", rounds.monday, name="round"),
    path("desk/<str:code>/round/<uuid:grid>/", rounds.grid, name="grid_round"),
    path("field/<str:code>/round/", rounds.field_monday, name="field_round"),
    path("field/<str:code>/round/<uuid:grid>/", rounds.field_grid, name="field_grid_round"),
    path("desk/<str:code>/survey/", rounds.survey, name="survey"),
    path("desk/<str:code>/survey/plan/", rounds.survey_plan, name="survey_plan"),
    path("field/<str:code>/survey/<uuid:visit>/", rounds.blind, name="blind_visit"),
    path("desk/<str:code>/questions/", review.questions, name="questions"),
    path("desk/<str:code>/questions/<uuid:item>/", review.question, name="question"),
    path("desk/<str:code>/questions/<uuid:item>/back/", review.take_back, name="take_back"),
    path("desk/<str:code>/questions/missing/<uuid:person>/", review.missing, name="missing"),
    path("field/<str:code>/questions/", review.field_questions, name="field_questions"),
    path("field/<str:code>/questions/<uuid:item>/", review.field_question, name="field_question"),
    path("field/<str:code>/questions/missing/<uuid:person>/", review.field_missing, name="field_missing"),
]
