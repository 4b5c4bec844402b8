"""What stands in the addresses of every route: rows of one organisation. A route that
is not told of here fails the walks, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from analytics import models as analytics
from recommender import models as recommender
from registry import models as registry
from tests.proof.made import NOW

World = Callable[..., Any]

NO_IDS = {
    "api:openapi-json": "no row",
    "analytics:channel_add": "a kind of channel",
    "analytics:usage_download": "kinds of files",
    "analytics:daily_download": "kinds of files",
    "analytics:forecast_download": "kinds of files",
    "analytics:roi_download": "kinds of files",
    "analytics:price_changes_download": "kinds of files",
    "analytics:quality_download": "sections of a page",
    "recommender:recommendation_export": "kinds of files",
    "registry:catalog_sync_state": "syncs of the catalogue, which is everybody's",
    "registry:pack_install": "packs that come along, which are everybody's",
    "analytics:benchmark_shared": "whoever has the link may look",
    "recommender:playground_shared": "whoever has the link may look",
    "invitation": "whoever has the link was invited",
    "account_reset_password_from_key": "whoever has the link may, see its tests",
    "account_email_confirm": "a link for one account, see its tests",
    "account_session_end": "a person's own, see tests of the account",
    "mfa_remove_webauthn": "a person's own, see tests of the account",
}
"""Routes with arguments that name no row of an organisation, with what they name."""
BEFORE_SIGN_IN = ("saml_", "openid_connect_")
"""Routes that begin so are for visitors; see tests of signing in."""


def pk(model: type, **facts: Any) -> Callable[[World], dict[str, Any]]:
    return lambda of: {"pk": of(model, **facts).pk}


def feature(of: World) -> dict[str, Any]:
    return {
        "key": of(registry.Feature).key,
        "number": 1,
        "to": 0,
        "expected": 1,
    }


def own_model(of: World) -> dict[str, Any]:
    one = of(registry.AIModel)
    return {
        "provider_slug": one.provider.slug,
        "model_name": one.model_name,
        "reference": one.reference,
        "price_id": of(registry.Price).pk,
        "batch": of(analytics.CapabilityProbe).batch,
        "pk": one.pk,
    }


def run(of: World) -> dict[str, Any]:
    return {
        "number": of(analytics.BenchmarkRun).number,
        "pk": of(analytics.BenchmarkResult).pk,
        "extension": "csv",
    }


def suite(of: World) -> dict[str, Any]:
    return {
        "key": of(analytics.BenchmarkSuite).key,
        "pk": of(analytics.BenchmarkCase).pk,
        "case": of(analytics.BenchmarkCase).key,
        "entry_id": 1,
        "kind": "csv",
    }


def prompt(of: World) -> dict[str, Any]:
    of(registry.PromptVersion, number=1)
    return {
        "name": of(registry.Prompt).name,
        "number": 1,
        "label": "live",
        "moves": 1,
        "entry_id": 1,
    }


def token(of: World) -> dict[str, Any]:
    return {"pk": of(registry.ApiToken).pk, "entry_id": 1}


def pack(of: World) -> dict[str, Any]:
    of(registry.PackVersion, number=1)
    return {"slug": of(registry.Pack).slug}


def pack_switch(of: World) -> dict[str, Any]:
    version = of(registry.PackVersion, number=1)
    return {"pk": of(registry.PackSwitch, to_version=version).pk}


def profile(of: World) -> dict[str, Any]:
    slug = of(registry.Profile).slug
    token = of(registry.ApiToken).pk
    return {"slug": slug, "part": "features", "key": "planner", "pk": token}


def budget(of: World) -> dict[str, Any]:
    return {"pk": of(analytics.BudgetDefinition).pk, "entry_id": 1}


NEED_MORE = {
    "analytics:benchmark_case": "a case of the very version that ran",
    "api:restore_suite_": "an archived suite",
    "api:get_prompt": "a version that a label is on",
    "api:promote_arm": "an arm that won",
    "analytics:benchmark_suite_restore": "an archived suite",
    "analytics:benchmark_suite_undo": "an entry of an edit",
    "analytics:budget_undo": "an entry of a change",
    "analytics:channel_secret": "a channel that signs",
    "analytics:import_rejects": "a file of refused lines",
    "recommender:experiment_promote": "an arm that won",
    "recommender:playground_diff": "two answers",
    "registry:people_restore": "an entry of a removal",
    "registry:people_role_undo": "an entry of a change of role",
    "registry:preference_edit": "a preference in the profile's document",
    "registry:preference_remove": "a preference in the profile's document",
    "registry:profile_restore": "a deleted profile",
    "registry:prompt_label_undo": "an entry of a move",
    "registry:token_undo": "an entry of an edit",
}
"""Routes that are 404 for their own organisation too, until there is this."""

FACTS: dict[type, dict[str, Any]] = {
    analytics.AlertMute: {"kind": "cost_anomaly"},
    analytics.AlertChannel: {"kind": "webhook"},
    analytics.UsageRecord: {
        "cost_state": "unpriced",
        "outcome": "ok",
        "started_at": NOW,
    },
    registry.PlannedSwitch: {"run_at": NOW},
    recommender.Recommendation: {"details": {"evidence": {"text": "Seen in calls."}}},
    recommender.PlaygroundRun: {"messages": [{"role": "user", "content": "Hi"}]},
}
"""What the database, or whoever writes such rows, asks of one besides its types."""

RULES: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    (r"api:(for_feature|.*_feature|.*_assignment|.*_choice|preview)", feature),
    (r"registry:(feature|assignment)_.*", feature),
    (r"analytics:(feature_.*|value_.*)", feature),
    (r"recommender:feature_.*", feature),
    (r"api:.*_(model|price)", own_model),
    (r"registry:(model|price)_.*", own_model),
    (r"analytics:(probe|model)_.*", own_model),
    (r"api:.*_prompt(_.*)?", prompt),
    (r"registry:prompt_.*", prompt),
    (r"api:.*_pack(_.*)?", pack),
    (r"registry:pack_roll_back", pack_switch),
    (r"(registry|analytics):pack_.*", pack),
    (r"registry:planned_switch_cancel", pk(registry.PlannedSwitch)),
    (r"api:.*_profile(_.*)?", profile),
    (r"registry:(profile|preference)_.*", profile),
    (r"registry:people_(renew|withdraw)", pk(registry.Invitation)),
    (
        r"registry:people_(restore|role_undo)",
        lambda of: {"entry_pk": of(registry.AuditEntry).pk},
    ),
    (r"registry:people_.*", pk(registry.Membership)),
    (r"registry:token_.*", token),
    (r"registry:circuit_close", pk(registry.CircuitState)),
    (
        r"registry:connection_restore",
        lambda of: {"entry_pk": of(registry.AuditEntry).pk},
    ),
    (r"registry:discovery_.*", pk(registry.DiscoveryRun)),
    (r"api:.*_connection(_.*)?", pk(registry.Connection)),
    (r"(registry|analytics):connection_.*", pk(registry.Connection)),
    (
        r"registry:organization_switch",
        lambda of: {"slug": of(registry.Organization).slug},
    ),
    (r"analytics:benchmark_schedule_.*", pk(analytics.BenchmarkSchedule)),
    (r"analytics:benchmark_(suite|case_|sample).*", suite),
    (
        r"analytics:benchmark_image",
        lambda of: {"digest": of(analytics.BenchmarkImage).digest},
    ),
    (
        r"analytics:benchmark_import.*",
        lambda of: {"key": of(analytics.BenchmarkImport).key},
    ),
    (r"analytics:benchmark_.*", run),
    (
        r"api:.*_alert",
        lambda of: {"alert_id": of(analytics.Alert).pk},
    ),
    (r"analytics:alert_.*", pk(analytics.Alert)),
    (r"analytics:delivery_retry", pk(analytics.AlertDelivery)),
    (r"analytics:mute_.*", pk(analytics.AlertMute)),
    (r"analytics:channel_.*", pk(analytics.AlertChannel)),
    (r"analytics:unpriced_take_back", pk(analytics.UnpricedSetAside)),
    (r"analytics:mapping_remove", pk(analytics.ModelAlias)),
    (r"analytics:adjustment_.*", pk(analytics.UsageAdjustment)),
    (r"analytics:import_.*", lambda of: {"key": of(analytics.UsageImport).key}),
    (
        r"analytics:request_show",
        lambda of: {"request_id": of(analytics.UsageRecord).request_id},
    ),
    (
        r"analytics:budget_repair",
        lambda of: {"window_id": of(analytics.Budget).pk},
    ),
    (r"api:.*_budget", budget),
    (r"analytics:budget_.*", budget),
    (r"(api|recommender):.*recommendation.*", pk(recommender.Recommendation)),
    (
        r"(api|recommender):.*experiment.*",
        lambda of: {"slug": of(recommender.Experiment).slug, "kind": "csv"},
    ),
    (
        r"recommender:playground_image",
        lambda of: {"digest": of(recommender.PlaygroundImage).digest},
    ),
    (
        r"recommender:playground_.*",
        lambda of: {"run_id": of(recommender.PlaygroundRun).pk},
    ),
    (
        r"(recommender:answer_.*|answer_run)",
        lambda of: {"answer_id": of(recommender.PlaygroundAnswer).pk},
    ),
]


API: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("api/alerts/", lambda of: {"alert_id": of(analytics.Alert).pk}),
    ("api/benchmarks/runs/", run),
    ("api/benchmarks/suites/", suite),
    ("api/budgets/", budget),
    ("api/custom-models/", own_model),
    ("api/experiments/", lambda of: {"slug": of(recommender.Experiment).slug}),
    ("api/features/", feature),
    ("api/model-settings/", own_model),
    ("api/prices/", own_model),
    ("api/recommend/features/", feature),
    ("api/recommendations/", pk(recommender.Recommendation)),
    ("api/tokens/", pk(registry.ApiToken)),
]
"""By the beginning of the address; what is not here goes by its name, as above."""


def arguments_of(name: str, of: World, pattern: str = "") -> dict[str, Any] | None:
    """None where nobody has said what stands in the addresses of the route."""
    for begins, arguments in API:
        if pattern.startswith(begins):
            return arguments(of)
    for known, arguments in RULES:
        if re.fullmatch(known, name):
            return arguments(of)
    return None
