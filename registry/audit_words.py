"""Audit entries in words for people. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse

from registry.assignment_state import AssignmentState, Change, changes
from registry.changes import told_changes

TITLES: Final = {
    "assignment.changed": "Assignment changed",
    "assignment.removed": "Model taken away",
    "assignment.rolled_back": "Assignment rolled back",
    "circuit.closed": "Circuit closed by hand",
    "feature.created": "Feature created",
    "feature.edited": "Requirements edited",
    "feature.choice_set": "Automatic choice of a feature changed",
    "feature.archived": "Feature archived",
    "feature.restored": "Feature restored",
    "model_alias.mapped": "Name of a model mapped",
    "model_alias.removed": "Mapping of a name taken away",
    "organization.added": "Organisation added",
    "playground.rated": "Answer rated in the playground",
    "playground.vote_taken_back": "Vote taken back",
    "playground.voted": "Best answer voted for",
    "price.added": "Price added",
    "price.ended": "Price ended",
    "price.negotiated": "Own price agreed",
    "price.taken_back": "Price that had not begun withdrawn",
    "recommendation_limits.changed": "Limits of recommendations changed",
    "recording.changed": "Keeping of texts changed",
    "scoring_weights.changed": "Weights of the scores changed",
    "unpriced.set_aside": "Calls without a price set aside",
    "unpriced.taken_back": "Calls without a price looked at again",
    "usage.imported": "File of usage imported",
    "feedback.given": "Answer of a call rated",
    "feature.valued": "Value of a call stated",
    "model.discovered": "Model discovered",
    "model.rediscovered": "Facts discovered",
    "model.enabled": "Model enabled",
    "model.disabled": "Model disabled",
    "model.configured": "Model configured",
    "pack.created": "Pack created",
    "pack.edited": "New version of a pack",
    "pack.described": "Pack renamed or described",
    "pack.archived": "Pack archived",
    "pack.restored": "Pack restored",
    "pack.switched": "Pack switched",
    "pack.rolled_back": "Switch of packs taken back",
    "pack.planned": "Switch of packs planned",
    "pack.plan_cancelled": "Planned switch cancelled",
    "configuration.applied": "Configuration files applied",
    "organization.default_model": "Default rule changed",
    "model.probed": "Capabilities probed",
    "model.probes_cancelled": "Probes cancelled",
    "organization.capability_trust": "Trust in documented capabilities changed",
    "organization.time_zone": "Time zone changed",
    "profile.created": "Profile created",
    "profile.edited": "Profile edited",
    "profile.deleted": "Profile deleted",
    "profile.restored": "Profile restored",
    "profile.activated": "Profile activated",
    "token.profile_changed": "Profile of an API token changed",
    "membership.added": "Member added",
    "membership.changed": "Role changed",
    "membership.removed": "Member removed",
    "membership.link_made": "Sign-in link of a member made",
    "membership.kept": "Last admin kept in spite of their groups",
    "invitation.made": "Person invited",
    "invitation.renewed": "New link of an invitation",
    "invitation.withdrawn": "Invitation withdrawn",
    "invitation.accepted": "Invitation accepted",
    "user.signed_in": "Signed in",
    "user.sign_in_failed": "Wrong attempt to sign in",
    "user.factor_added": "Second factor added",
    "user.factor_removed": "Second factor removed",
    "user.password_set": "Password set",
    "user.email_changed": "Email address changed",
    "user.email_verified": "Email address verified",
    "user.session_ended": "Signed out in one browser",
    "user.sessions_ended": "Signed out everywhere else",
    "user.edited": "Personal settings changed",
    "prompt.created": "Prompt created",
    "prompt.version_added": "New version of a prompt",
    "prompt.label_moved": "Label of a prompt moved",
    "prompt.label_removed": "Label of a prompt taken away",
    "prompt.label_rolled_back": "Label of a prompt rolled back",
    "prompt.described": "Prompt described",
    "prompt.archived": "Prompt archived",
    "prompt.restored": "Prompt restored",
    "alert.acknowledged": "Alert acknowledged",
    "alert.delivery_retried": "Message of an alert sent again",
    "alert.reopened": "Alert reopened",
    "alert_rule.changed": "Rule of alerts changed",
    "alert_mute.added": "Alerts muted",
    "alert_mute.ended": "Alerts no longer muted",
    "alert_mute.restored": "Alerts muted again",
    "alert_channel.added": "Channel of alerts added",
    "alert_channel.edited": "Channel of alerts changed",
    "alert_channel.deleted": "Channel of alerts removed",
    "alert_channel.secret_replaced": "Signing secret replaced",
    "benchmark_suite.created": "Benchmark suite created",
    "benchmark_suite.edited": "Benchmark suite edited",
    "benchmark_suite.archived": "Benchmark suite archived",
    "benchmark_suite.restored": "Benchmark suite restored",
    "benchmark_suite.imported": "Benchmark cases imported",
    "benchmark_suite.import_undone": "Import of benchmark cases taken back",
    "benchmark_run.shared": "Benchmark results shared by a link",
    "benchmark_run.unshared": "Link to benchmark results withdrawn",
    "benchmark_case.added": "Benchmark case added",
    "benchmark_case.edited": "Benchmark case edited",
    "benchmark_case.removed": "Benchmark case removed",
    "benchmark_case.restored": "Benchmark case taken back",
    "benchmark_case.moved": "Benchmark case moved",
    "benchmark_schedule.created": "Benchmark schedule made",
    "benchmark_schedule.paused": "Benchmark schedule paused",
    "benchmark_schedule.resumed": "Benchmark schedule resumed",
    "benchmark_schedule.deleted": "Benchmark schedule deleted",
    "benchmark_run.started": "Benchmark started",
    "benchmark_run.paused": "Benchmark paused",
    "benchmark_run.resumed": "Benchmark resumed",
    "benchmark_run.cancelled": "Benchmark cancelled",
    "token.created": "API token created",
    "token.edited": "API token edited",
    "token.renamed": "API token renamed",
    "token.revoked": "API token revoked",
    "connection.added": "Connection added",
    "connection.edited": "Connection edited",
    "connection.key_replaced": "Key replaced",
    "connection.paused": "Connection paused",
    "connection.resumed": "Connection resumed",
    "connection.deleted": "Connection deleted",
    "connection.restored": "Connection restored",
    "experiment.created": "Experiment drafted",
    "experiment.edited": "Draft of an experiment edited",
    "experiment.deleted": "Draft of an experiment deleted",
    "experiment.started": "Experiment started",
    "experiment.paused": "Experiment paused",
    "experiment.resumed": "Experiment resumed",
    "experiment.stepped": "Canary stepped forward",
    "experiment.stepped_back": "Canary stepped back",
    "experiment.stopped": "Experiment stopped",
    "experiment.promoted": "Winner of an experiment promoted",
    "experiment.taken_back": "Promotion of a winner taken back",
}
SELF_EXPLAINING: Final = frozenset(
    {"feature.created", "feature.archived", "feature.restored"}
    | {"prompt.archived", "prompt.restored"}
    | {"alert.acknowledged", "alert.reopened"}
    | {"model.enabled", "model.disabled", "token.revoked"}
    | {"connection.added", "connection.paused", "connection.resumed"}
    | {"connection.deleted", "connection.restored"}
)
"""Actions whose title says everything that changed."""


@dataclass(frozen=True)
class Told:
    """One audit entry, told. `href` is empty where the object has no page."""

    title: str
    label: str
    href: str
    changes: list[Change]


def tell(
    action: str,
    object_type: str,
    label: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> Told:
    """What an entry says; an action that is not known here is shown as it is."""
    plain = action.replace(".", " ").replace("_", " ").capitalize()
    return Told(
        title=TITLES.get(action, plain),
        label=label,
        href=_page_of(object_type, label),
        changes=_changes(action, before or {}, after or {}),
    )


def _changes(
    action: str, before: dict[str, Any], after: dict[str, Any]
) -> list[Change]:
    if action in SELF_EXPLAINING:
        return []
    if action.startswith("assignment."):
        return changes(_state(before), _state(after))
    if action in {"pack.switched", "pack.rolled_back"}:
        return _switch_changes(before, after)
    return [
        Change(line.label, line.before or None, line.after or None)
        for line in told_changes(before, after, action)
    ]


def _switch_changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The pack, and how many features; which they are stands in the audit log."""
    changed = len((before | after).keys() - {"pack"})
    features = f"{changed} feature{'s' * (changed != 1)}" if changed else None
    lines = [Change("Pack", before.get("pack"), after.get("pack"))]
    return [*lines, Change("Changed", None, features)] if features else lines


def _state(document: dict[str, Any]) -> AssignmentState:
    return AssignmentState(
        model=document.get("model"),
        fallbacks=tuple(document.get("fallbacks", ())),
        parameters=document.get("parameters", {}),
        prompt=document.get("prompt"),
    )


def _page_of(object_type: str, label: str) -> str:
    try:
        if object_type == "profile":
            return reverse("registry:profile_detail", args=[label])
        if object_type == "feature":
            return reverse("registry:feature_detail", args=[label])
        if object_type == "pack":
            return reverse("registry:pack_detail", args=[label])
        if object_type == "prompt":
            return reverse("registry:prompt_detail", args=[label])
        if object_type == "aimodel":
            return reverse("registry:model_detail", args=label.split("/", 1))
    except NoReverseMatch:
        return ""
    return ""
