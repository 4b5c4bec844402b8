"""Addresses of what decides which model answers: packs, profiles and prompts."""

from django.urls import path

from registry.views import (
    pack_detail,
    pack_editor,
    pack_roll_back,
    packs,
    profile_forms,
    profiles,
    prompt_editor,
    prompt_labels,
    prompts,
)

PROMPT = "prompts/<prompt_name:name>/"

urlpatterns = [
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
        "profiles/<slug:slug>/<str:part>/<str:key>/fits/",
        profile_forms.preference_fits,
        name="preference_fits",
    ),
    path(
        "profiles/<slug:slug>/<str:part>/<str:key>/remove/",
        profile_forms.preference_remove,
        name="preference_remove",
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
    path(
        PROMPT + "-/labels/undo/<int:entry_id>/",
        prompt_labels.prompt_label_undo,
        name="prompt_label_undo",
    ),
    # Last: a name may hold slashes, and what ends with a verb is matched before.
    path(PROMPT, prompts.prompt_detail, name="prompt_detail"),
]
