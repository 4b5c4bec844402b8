from django.urls import path

from analytics.views import budgets, pack_costs, pack_switch, recording, requests

app_name = "analytics"
urlpatterns = [
    path("requests/", requests.request_list, name="request_list"),
    path("requests/<uuid:request_id>/", requests.request_show, name="request_show"),
    path("features/<str:key>/calls/", requests.feature_calls, name="feature_calls"),
    path("packs/-/costs/", pack_costs.pack_costs, name="pack_costs"),
    path("packs/<slug:slug>/use/", pack_costs.pack_used, name="pack_use"),
    path("packs/<slug:slug>/switch/", pack_switch.pack_switch, name="pack_switch"),
    path(
        "packs/<slug:slug>/switch/preview/",
        pack_switch.pack_switch_preview,
        name="pack_switch_preview",
    ),
    path(
        "packs/<slug:slug>/switch/now/",
        pack_switch.pack_switch_now,
        name="pack_switch_now",
    ),
    path(
        "packs/<slug:slug>/switch/plan/",
        pack_switch.pack_switch_plan,
        name="pack_switch_plan",
    ),
    path("settings/recording/", recording.recording, name="recording"),
    path("settings/recording/save/", recording.recording_save, name="recording_save"),
    path(
        "budgets/models/<provider:provider_slug>/<model_name:model_name>/",
        budgets.spending,
        name="model_spending",
    ),
]
