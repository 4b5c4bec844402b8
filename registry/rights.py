"""Who may do what: one table for pages, the API, the manual and the tests.

A view is guarded by the decorators of `registry.access`; a test compares the guard of
every address with this table, so that no new address is forgotten here.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from registry.models import Role

VIEWER, ANALYST, EDITOR, ADMIN = Role.VIEWER, Role.ANALYST, Role.EDITOR, Role.ADMIN


@dataclass(frozen=True)
class Right:
    """Something a person may do from the role `least` on. `routes` are URL names, with
    `*` for any ending; what no right names is for looking, which every member may."""

    words: str
    least: Role
    routes: tuple[str, ...]

    def covers(self, route: str) -> bool:
        return any(fnmatchcase(route, pattern) for pattern in self.routes)


def _named(app: str, names: str) -> tuple[str, ...]:
    return tuple(f"{app}:{name}" for name in names.split())


RIGHTS = (
    Right("See everything, compare, calculate, export", VIEWER, ()),
    Right("Choose a profile for oneself", VIEWER, ("registry:profile_activate",)),
    Right(
        "Ask models in the playground and rate answers",
        ANALYST,
        _named(
            "recommender",
            "playground_start playground_vote playground_reveal playground_again "
            "playground_share answer_rate answer_again answer_case",
        ),
    ),
    Right(
        "Try a feature, a prompt or a model",
        ANALYST,
        ("trial_form", "trial_run", "answer_run"),
    ),
    Right(
        "Write suites of benchmarks, import them, mark answers",
        ANALYST,
        _named(
            "analytics",
            "benchmark_suite_create benchmark_suite_edit benchmark_suite_copy "
            "benchmark_suite_archive benchmark_suite_restore benchmark_suite_undo "
            "benchmark_case_create benchmark_case_edit benchmark_case_remove "
            "benchmark_case_restore benchmark_case_move benchmark_sample "
            "benchmark_install benchmark_import benchmark_import_* benchmark_verdict",
        ),
    ),
    Right(
        "Run benchmarks and probes within the budgets",
        ANALYST,
        _named(
            "analytics",
            "benchmark_run_new benchmark_run_pause benchmark_run_resume "
            "benchmark_run_cancel probe_start probe_cancel",
        ),
    ),
    Right("Look for recommendations", ANALYST, ("recommender:recommendation_look",)),
    Right(
        "Enable, configure and price models, add own ones",
        EDITOR,
        _named(
            "registry",
            "model_add model_edit model_retire model_delete model_enable "
            "model_disable model_configure price_edit price_end discovery_enable "
            "discovery_dismiss",
        ),
    ),
    Right(
        "Edit and assign features, close circuits",
        EDITOR,
        _named(
            "registry",
            "feature_create feature_edit feature_archive feature_restore "
            "feature_switch assignment_* circuit_close",
        ),
    ),
    Right(
        "Edit and switch packs",
        EDITOR,
        (
            *_named(
                "registry",
                "pack_new pack_file pack_draft pack_candidates pack_example_features "
                "pack_install planned_switch_cancel pack_roll_back pack_edit "
                "pack_succeed pack_archive pack_restore pack_load",
            ),
            *_named("analytics", "pack_switch_now pack_switch_plan"),
            "recommender:mix_save",
        ),
    ),
    Right(
        "Edit profiles and prompts",
        EDITOR,
        _named(
            "registry",
            "profile_create profile_import default_model_set profile_edit "
            "profile_copy profile_delete profile_restore preference_* "
            "prompt_create prompt_check prompt_starting prompt_edit prompt_describe "
            "prompt_archive prompt_restore prompt_label prompt_label_roll_back "
            "prompt_label_undo",
        ),
    ),
    Right(
        "Test, discover and pause connections",
        EDITOR,
        _named(
            "registry",
            "connection_check connection_check_all connection_discover "
            "connection_discover_all connection_pause connection_resume",
        ),
    ),
    Right(
        "Set budgets, values of requests and what is done about alerts",
        EDITOR,
        _named(
            "analytics",
            "budget_create budget_edit budget_pause budget_delete budget_restore "
            "budget_undo budget_repair value_save value_undo alert_acknowledge "
            "alert_reopen alert_mute delivery_retry mute_end mute_restore",
        ),
    ),
    Right(
        "Import usage, name unknown models, set calls aside",
        EDITOR,
        _named(
            "analytics",
            "import_upload import_read import_start unpriced_set_aside "
            "unpriced_take_back mapping_remove name_map adjustment_new",
        ),
    ),
    Right(
        "Apply, put off and dismiss recommendations, set their rules",
        EDITOR,
        _named(
            "recommender",
            "recommendation_apply recommendation_undo recommendation_snooze "
            "recommendation_dismiss recommendation_reopen weights_save limits_save "
            "feature_choice_save feature_choice_undo",
        ),
    ),
    Right(
        "Write, run, stop and promote experiments",
        EDITOR,
        _named(
            "recommender",
            "experiment_new experiment_edit experiment_delete experiment_start "
            "experiment_pause experiment_resume experiment_step experiment_back "
            "experiment_stop experiment_promote experiment_undo",
        ),
    ),
    Right(
        "Let benchmarks begin by themselves, share results with outsiders",
        EDITOR,
        _named(
            "analytics",
            "benchmark_schedule_create benchmark_schedule_switch "
            "benchmark_schedule_delete benchmark_share benchmark_unshare",
        ),
    ),
    Right("Load sample data", EDITOR, ("analytics:demo_load",)),
    Right(
        "Add and edit connections, replace keys",
        ADMIN,
        _named(
            "registry",
            "connection_add connection_edit connection_key connection_delete "
            "connection_restore",
        ),
    ),
    Right(
        "Create, edit and revoke API tokens",
        ADMIN,
        _named("registry", "token_* profile_token"),
    ),
    Right(
        "Invite and remove people, change roles",
        ADMIN,
        _named("registry", "people people_*"),
    ),
    Right(
        "Set what holds for the organisation, sync the catalogue",
        ADMIN,
        (
            *_named(
                "registry",
                "organization_settings organization_save capability_trust_save "
                "catalog_sync catalog_sync_state",
            ),
            *_named("analytics", "recording recording_save demo_remove"),
        ),
    ),
    Right(
        "Set rules and channels of alerts",
        ADMIN,
        _named("analytics", "alert_rules_save channel_*"),
    ),
    Right(
        "Adjust recorded costs",
        ADMIN,
        _named("analytics", "adjustment_start adjustment_undo"),
    ),
)


def least_role_of(route: str) -> Role:
    """The least role that may use the page with this URL name."""
    return next((right.least for right in RIGHTS if right.covers(route)), VIEWER)
