from django.urls import include, path, register_converter

from registry.converters import (
    ModelNameConverter,
    PromptNameConverter,
    ProviderConverter,
)
from registry.views import (
    api_token_changes,
    api_tokens,
    audit_log,
    catalog_sync,
    circuits,
    connection_forms,
    connections,
    custom_models,
    discovery,
    feature_detail,
    feature_switch,
    features,
    model_detail,
    model_settings,
    models,
    organization_settings,
    organizations,
    palette,
    people,
    prices,
    roles,
)

register_converter(ProviderConverter, "provider")
register_converter(ModelNameConverter, "model_name")
register_converter(PromptNameConverter, "prompt_name")

MODEL = "models/<provider:provider_slug>/<model_name:model_name>/"

app_name = "registry"
urlpatterns = [
    path("palette/", palette.palette, name="palette"),
    path(
        "organizations/<slug:slug>/switch/",
        organizations.organization_switch,
        name="organization_switch",
    ),
    path(
        "settings/organization/",
        organization_settings.organization_settings,
        name="organization_settings",
    ),
    path(
        "settings/organization/save/",
        organization_settings.organization_save,
        name="organization_save",
    ),
    path(
        "settings/organization/capabilities/",
        organization_settings.capability_trust_save,
        name="capability_trust_save",
    ),
    path("settings/roles/", roles.role_list, name="role_list"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.people_invite, name="people_invite"),
    path(
        "settings/people/invitations/<int:pk>/renew/",
        people.people_renew,
        name="people_renew",
    ),
    path(
        "settings/people/invitations/<int:pk>/withdraw/",
        people.people_withdraw,
        name="people_withdraw",
    ),
    path(
        "settings/people/restore/<int:entry_pk>/",
        people.people_restore,
        name="people_restore",
    ),
    path(
        "settings/people/roles/<int:entry_pk>/undo/",
        people.people_role_undo,
        name="people_role_undo",
    ),
    path("settings/people/<int:pk>/role/", people.people_role, name="people_role"),
    path(
        "settings/people/<int:pk>/remove/", people.people_remove, name="people_remove"
    ),
    path("settings/people/<int:pk>/link/", people.people_link, name="people_link"),
    path("settings/tokens/", api_tokens.api_tokens, name="api_tokens"),
    path("settings/tokens/create/", api_tokens.token_create, name="token_create"),
    path(
        "settings/tokens/<int:pk>/edit/",
        api_token_changes.token_edit,
        name="token_edit",
    ),
    path(
        "settings/tokens/<int:pk>/undo/<int:entry_id>/",
        api_token_changes.token_undo,
        name="token_undo",
    ),
    path(
        "settings/tokens/<int:pk>/revoke/", api_tokens.token_revoke, name="token_revoke"
    ),
    path("settings/audit/", audit_log.audit_log, name="audit_log"),
    path("settings/audit/export/", audit_log.audit_export, name="audit_export"),
    path(
        "settings/audit/export/json/",
        audit_log.audit_export,
        {"extension": "json"},
        name="audit_export_json",
    ),
    path("models/", models.model_list, name="model_list"),
    path("models/add/", custom_models.model_add, name="model_add"),
    path("models/custom/<int:pk>/edit/", custom_models.model_edit, name="model_edit"),
    path(
        "models/custom/<int:pk>/retire/",
        custom_models.model_retire,
        name="model_retire",
    ),
    path(
        "models/custom/<int:pk>/delete/",
        custom_models.model_delete,
        name="model_delete",
    ),
    path("models/-/sync/", catalog_sync.catalog_sync, name="catalog_sync"),
    path(
        "models/-/sync/<int:after>/",
        catalog_sync.catalog_sync_state,
        name="catalog_sync_state",
    ),
    # `/-/` parts the verb from a model id, which may hold slashes itself.
    path(MODEL + "-/enable/", model_settings.model_enable, name="model_enable"),
    path(MODEL + "-/disable/", model_settings.model_disable, name="model_disable"),
    path(
        MODEL + "-/configure/", model_settings.model_configure, name="model_configure"
    ),
    path(MODEL + "-/price/", prices.price_edit, name="price_edit"),
    path(MODEL + "-/prices/<int:price_id>/end/", prices.price_end, name="price_end"),
    path(
        MODEL,
        model_detail.model_detail,
        name="model_detail",
    ),
    path("circuits/<int:pk>/close/", circuits.circuit_close, name="circuit_close"),
    path("connections/", connections.connection_list, name="connection_list"),
    path("connections/add/", connection_forms.connection_add, name="connection_add"),
    path(
        "connections/check/",
        connections.connection_check_all,
        name="connection_check_all",
    ),
    path(
        "connections/restore/<int:entry_pk>/",
        connections.connection_restore,
        name="connection_restore",
    ),
    path(
        "connections/discover/",
        discovery.connection_discover_all,
        name="connection_discover_all",
    ),
    path("connections/discovery/", discovery.discovery_state, name="discovery_state"),
    path(
        "connections/discovery/<int:pk>/enable/",
        discovery.discovery_enable,
        name="discovery_enable",
    ),
    path(
        "connections/discovery/<int:pk>/dismiss/",
        discovery.discovery_dismiss,
        name="discovery_dismiss",
    ),
    path(
        "connections/<int:pk>/discover/",
        discovery.connection_discover,
        name="connection_discover",
    ),
    path(
        "connections/<int:pk>/",
        connections.connection_detail,
        name="connection_detail",
    ),
    path(
        "connections/<int:pk>/edit/",
        connection_forms.connection_edit,
        name="connection_edit",
    ),
    path(
        "connections/<int:pk>/key/",
        connection_forms.connection_key,
        name="connection_key",
    ),
    path(
        "connections/<int:pk>/check/",
        connections.connection_check,
        name="connection_check",
    ),
    path(
        "connections/<int:pk>/pause/",
        connections.connection_pause,
        name="connection_pause",
    ),
    path(
        "connections/<int:pk>/resume/",
        connections.connection_resume,
        name="connection_resume",
    ),
    path(
        "connections/<int:pk>/delete/",
        connections.connection_delete,
        name="connection_delete",
    ),
    path("features/", features.feature_list, name="feature_list"),
    path("features/new/", features.feature_create, name="feature_create"),
    path("features/<str:key>/", feature_detail.feature_detail, name="feature_detail"),
    path("features/<str:key>/edit/", features.feature_edit, name="feature_edit"),
    path(
        "features/<str:key>/archive/", features.feature_archive, name="feature_archive"
    ),
    path(
        "features/<str:key>/restore/", features.feature_restore, name="feature_restore"
    ),
    path(
        "features/<str:key>/switch/",
        feature_switch.feature_switch,
        name="feature_switch",
    ),
    path(
        "features/<str:key>/assignment/draft/",
        feature_detail.assignment_draft,
        name="assignment_draft",
    ),
    path(
        "features/<str:key>/assignment/",
        feature_detail.assignment_save,
        name="assignment_save",
    ),
    path(
        "features/<str:key>/assignment/remove/",
        feature_switch.assignment_remove,
        name="assignment_remove",
    ),
    path(
        "features/<str:key>/assignment/<int:number>/restore/",
        feature_switch.assignment_roll_back,
        name="assignment_roll_back",
    ),
    path(
        "features/<str:key>/assignment/undo/<int:to>/<int:expected>/",
        feature_switch.assignment_undo,
        name="assignment_undo",
    ),
    path("", include("registry.urls_routing")),
]
