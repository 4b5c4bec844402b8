from django.urls import path

from modelhub.gateway.trials import answers, views

urlpatterns = [
    path("form/", views.trial_form, name="trial_form"),
    path("run/", views.trial_run, name="trial_run"),
    path("answers/<uuid:answer_id>/", answers.answer_run, name="answer_run"),
]
