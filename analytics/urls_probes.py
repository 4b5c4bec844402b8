from django.urls import path

from analytics.views import capability_probes as views

PROBES = "probes/<provider:provider_slug>/<model_name:model_name>/"

urlpatterns = [
    path(
        "connections/<int:pk>/probes/",
        views.connection_probes,
        name="connection_probes",
    ),
    path(f"{PROBES}-/card/", views.probe_card, name="probe_card"),
    path(f"{PROBES}-/results/", views.probe_results, name="probe_results"),
    path(f"{PROBES}-/start/", views.probe_start, name="probe_start"),
    path(f"{PROBES}-/cancel/<uuid:batch>/", views.probe_cancel, name="probe_cancel"),
    # Last: a name of a model may hold slashes.
    path(PROBES, views.probe_list, name="probe_list"),
]
