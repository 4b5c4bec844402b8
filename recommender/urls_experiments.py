"""Addresses below /experiments/; they belong to the names of `recommender`."""

from django.urls import path, re_path

from recommender.views import experiment_actions as actions
from recommender.views import experiment_forms as forms
from recommender.views import experiments as views

urlpatterns = [
    path("", views.experiment_list, name="experiment_list"),
    path("new/", forms.experiment_new, name="experiment_new"),
    path("<slug:slug>/", views.experiment_detail, name="experiment_detail"),
    path("<slug:slug>/edit/", forms.experiment_edit, name="experiment_edit"),
    path("<slug:slug>/delete/", actions.experiment_delete, name="experiment_delete"),
    path("<slug:slug>/start/", actions.experiment_start, name="experiment_start"),
    path("<slug:slug>/pause/", actions.experiment_pause, name="experiment_pause"),
    path("<slug:slug>/resume/", actions.experiment_resume, name="experiment_resume"),
    path("<slug:slug>/step/", actions.experiment_step, name="experiment_step"),
    path("<slug:slug>/back/", actions.experiment_back, name="experiment_back"),
    path("<slug:slug>/stop/", actions.experiment_stop, name="experiment_stop"),
    path("<slug:slug>/promote/", actions.experiment_promote, name="experiment_promote"),
    path("<slug:slug>/undo/", actions.experiment_undo, name="experiment_undo"),
    re_path(
        r"^(?P<slug>[-a-zA-Z0-9_]+)/readings\.(?P<kind>csv|json)$",
        views.experiment_export,
        name="experiment_export",
    ),
]
