from django.urls import path, register_converter

from registry.converters import (
    ModelNameConverter,
    PromptNameConverter,
    ProviderConverter,
)
from registry.views import (
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
    organizations,
    overview,
    pack_detail,
    pack_editor,
    pack_roll_back,
    packs,
    palette,
    people,
    prices,
    profile_forms,
    profiles,
    prompt_editor,
    prompt_labels,
    prompts,
)

register_converter(ProviderConverter, "provider")
register_converter(ModelNameConverter, "model_name")
register_converter(PromptNameConverter, "prompt_name")

MODEL = "models/<provider:provider_slug>/<model_name:model_name>/"
PROMPT = "prompts/<prompt_name:name>/"

app_name = "registry"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("palette/", palette.palette, name="palette"),
    path(
        "organizations/<slug:slug>/switch/",
        organizations.organization_switch,
        name="organization_switch",
    ),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.people_invite, name="people_invite"),
    path("settings/people/<int:pk>/role/", people.people_role, name="people_role"),
    path(
        "settings/people/<int:pk>/remove/", people.people_remove, name="people_remove"
    ),
    path("settings/people/<int:pk>/link/", people.people_link, name="people_link"),
    path("settings/tokens/", api_tokens.api_tokens, name="api_tokens"),
    path("settings/tokens/create/", api_tokens.token_create, name="token_create"),
    path(
        "settings/tokens/<int:pk>/rename/", api_tokens.token_rename, name="token_rename"
    ),
    path(
        "settings/tokens/<int:pk>/revoke/", api_tokens.token_revoke, name="token_revoke"
    ),
    path("settings/audit/", audit_log.audit_log, name="audit_log"),
    path("settings/audit/export/", audit_log.audit_export, name="audit_export"),
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
    path("profiles/", profiles.profile_list, name="profile_list"),
    path("profiles/new/", profile_forms.profile_create, name="profile_create"),
    path("profiles/import/", profiles.profile_import, name="profile_import"),
    path(
        "profiles/default-model/", profiles.default_model_set, name="default_model_set"
    ),
    path("profiles/<slug:slug>/", profiles.profile_detail, name="profile_detail"),
    path("profiles/<slug:slug>/edit/", profile_forms.profile_edit, name="profile_edit"),
    path(
        "profiles/<slug:slug>/activate/",
        profiles.profile_activate,
        name="profile_activate",
    ),
    path(
        "profiles/<slug:slug>/tokens/<int:pk>/",
        profiles.profile_token,
        name="profile_token",
    ),
    path("profiles/<slug:slug>/copy/", profiles.profile_copy, name="profile_copy"),
    path(
        "profiles/<slug:slug>/delete/", profiles.profile_delete, name="profile_delete"
    ),
    path(
        "profiles/<slug:slug>/restore/",
        profiles.profile_restore,
        name="profile_restore",
    ),
    path(
        "profiles/<slug:slug>/export/", profiles.profile_export, name="profile_export"
    ),
    path(
        "profiles/<slug:slug>/add/", profile_forms.preference_add, name="preference_add"
    ),
    path(
        "profiles/<slug:slug>/<str:part>/<str:key>/",
        profile_forms.preference_edit,
        name="preference_edit",
    ),
    path(
        "profiles/<slug:slug>/<str:part>/<str:key>/remove/",
        profile_forms.preference_remove,
        name="preference_remove",
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
    path("packs/", packs.pack_list, name="pack_list"),
    path("packs/new/", pack_editor.pack_new, name="pack_new"),
    path("packs/new/file/", pack_editor.pack_file, name="pack_file"),
    path("packs/-/draft/", pack_editor.pack_draft, name="pack_draft"),
    path("packs/-/candidates/", pack_editor.pack_candidates, name="pack_candidates"),
    path(
        "packs/-/example-features/",
        packs.pack_example_features,
        name="pack_example_features",
    ),
    path(
        "packs/-/ready-made/<slug:slug>/add/", packs.pack_install, name="pack_install"
    ),
    path(
        "packs/-/planned/<int:pk>/cancel/",
        packs.planned_switch_cancel,
        name="planned_switch_cancel",
    ),
    path("packs/-/undo/", pack_roll_back.pack_undo, name="pack_undo"),
    path(
        "packs/-/undo/<int:pk>/", pack_roll_back.pack_roll_back, name="pack_roll_back"
    ),
    path("packs/<slug:slug>/", pack_detail.pack_detail, name="pack_detail"),
    path("packs/<slug:slug>/edit/", pack_editor.pack_edit, name="pack_edit"),
    path("packs/<slug:slug>/export/", pack_detail.pack_export, name="pack_export"),
    path(
        "packs/<slug:slug>/successors/", pack_detail.pack_succeed, name="pack_succeed"
    ),
    path("packs/<slug:slug>/archive/", pack_detail.pack_archive, name="pack_archive"),
    path("packs/<slug:slug>/restore/", pack_detail.pack_restore, name="pack_restore"),
    path("packs/<slug:slug>/load/", pack_detail.pack_load, name="pack_load"),
    path("prompts/", prompts.prompt_list, name="prompt_list"),
    path("prompts/-/new/", prompt_editor.prompt_create, name="prompt_create"),
    path("prompts/-/check/", prompt_editor.prompt_check, name="prompt_check"),
    path("prompts/-/starting/", prompts.prompt_starting, name="prompt_starting"),
    path(PROMPT + "-/edit/", prompt_editor.prompt_edit, name="prompt_edit"),
    path(PROMPT + "-/try/<int:number>/", prompts.prompt_try, name="prompt_try"),
    path(PROMPT + "-/describe/", prompts.prompt_describe, name="prompt_describe"),
    path(PROMPT + "-/archive/", prompts.prompt_archive, name="prompt_archive"),
    path(PROMPT + "-/restore/", prompts.prompt_restore, name="prompt_restore"),
    path(PROMPT + "-/labels/", prompt_labels.prompt_label, name="prompt_label"),
    path(
        PROMPT + "-/labels/<slug:label>/roll-back/<int:moves>/",
        prompt_labels.prompt_label_roll_back,
        name="prompt_label_roll_back",
    ),
    # Last: a name may hold slashes, and what ends with a verb is matched before.
    path(PROMPT, prompts.prompt_detail, name="prompt_detail"),
]
