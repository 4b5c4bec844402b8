from django.urls import path

from analytics.views import budgets, recording, requests

app_name = "analytics"
urlpatterns = [
    path("requests/", requests.request_list, name="request_list"),
    path("requests/<uuid:request_id>/", requests.request_show, name="request_show"),
    path("features/<str:key>/calls/", requests.feature_calls, name="feature_calls"),
    path("settings/recording/", recording.recording, name="recording"),
    path("settings/recording/save/", recording.recording_save, name="recording_save"),
    path(
        "budgets/models/<provider:provider_slug>/<model_name:model_name>/",
        budgets.spending,
        name="model_spending",
    ),
]
