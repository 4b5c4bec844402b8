"""Addresses below /recommendations/; they belong to the names of `recommender`."""

from django.urls import path, re_path

from recommender.views import feature_candidates as candidates
from recommender.views import feature_choice as choice
from recommender.views import mix
from recommender.views import recommendation_ask as ask
from recommender.views import recommendation_looks as looks
from recommender.views import recommendation_rules as rules
from recommender.views import recommendations as views

urlpatterns = [
    path("", views.recommendation_list, name="recommendation_list"),
    path("look/", looks.recommendation_look, name="recommendation_look"),
    path(
        "look/state/",
        looks.recommendation_look_state,
        name="recommendation_look_state",
    ),
    path("find/", ask.recommendation_ask, name="recommendation_ask"),
    path("rules/", rules.recommendation_rules, name="recommendation_rules"),
    path("rules/weights/", rules.weights_save, name="weights_save"),
    path("rules/limits/", rules.limits_save, name="limits_save"),
    path("mix/", mix.mix, name="mix"),
    path("mix/save/", mix.mix_save, name="mix_save"),
    re_path(
        r"^export\.(?P<kind>csv|json)$",
        views.recommendation_export,
        name="recommendation_export",
    ),
    path(
        "features/<str:key>/", candidates.feature_candidates, name="feature_candidates"
    ),
    path("features/<str:key>/choice/", choice.feature_choice, name="feature_choice"),
    path(
        "features/<str:key>/choice/preview/",
        choice.feature_choice_preview,
        name="feature_choice_preview",
    ),
    path(
        "features/<str:key>/choice/save/",
        choice.feature_choice_save,
        name="feature_choice_save",
    ),
    path(
        "features/<str:key>/choice/undo/",
        choice.feature_choice_undo,
        name="feature_choice_undo",
    ),
    path("<int:pk>/", views.recommendation_detail, name="recommendation_detail"),
    path("<int:pk>/apply/", views.recommendation_apply, name="recommendation_apply"),
    path("<int:pk>/undo/", views.recommendation_undo, name="recommendation_undo"),
    path("<int:pk>/snooze/", views.recommendation_snooze, name="recommendation_snooze"),
    path(
        "<int:pk>/dismiss/", views.recommendation_dismiss, name="recommendation_dismiss"
    ),
    path("<int:pk>/reopen/", views.recommendation_reopen, name="recommendation_reopen"),
    path(
        "<int:pk>/benchmark/",
        candidates.recommendation_benchmark,
        name="recommendation_benchmark",
    ),
]
