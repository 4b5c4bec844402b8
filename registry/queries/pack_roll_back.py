"""What taking back the last switch would change, now."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F

from registry.models import (
    ActivePack,
    AssignmentFallback,
    AssignmentRevision,
    Organization,
    PackSwitch,
)
from registry.packs.difference import (
    NOTHING,
    Difference,
    FeatureChange,
    Setting,
    state_between,
)
from registry.packs.findings import Finding
from registry.packs.judging import (
    Known,
    KnownModel,
    KnownPrompt,
    ModelKey,
    Wish,
    judge,
)
from registry.queries.pack_difference import setting_of
from registry.queries.pack_models import known_models
from registry.queries.pack_situation import (
    REVISION,
    Held,
    InForce,
    active_pack,
    fingerprint,
    grouped,
    in_force,
)


@dataclass(frozen=True)
class Restored:
    """A feature and what it held before the switch; None: it had nothing."""

    feature: InForce
    setting: Setting
    held: Held | None


@dataclass(frozen=True)
class RollBackPlan:
    """A roll-back before anybody does it. `left_alone` are features that were changed
    since, or are archived, each with the reason."""

    switch: PackSwitch
    difference: Difference
    expected: str
    active: ActivePack | None
    to_write: tuple[Restored, ...]
    left_alone: tuple[tuple[str, str], ...]

    @property
    def is_allowed(self) -> bool:
        return not self.difference.errors


def last_switch(organization: Organization) -> PackSwitch | None:
    """The newest switch that is not undone; roll-backs are no switches."""
    return (
        PackSwitch.objects.filter(
            organization=organization, undoes=None, undone_by=None
        )
        .select_related("from_version__pack", "to_version__pack", "organization")
        .order_by("-at", "-id")
        .first()
    )


def roll_back_plan(
    organization: Organization, at: datetime.datetime
) -> RollBackPlan | None:
    """None where there is nothing to undo. A dozen queries, however many features."""
    switch = last_switch(organization)
    if switch is None:
        return None
    features = in_force(organization)
    by_id = {one.id: one for one in features.values()}
    written = dict(
        AssignmentRevision.objects.filter(pack_switch=switch).values_list(
            "feature_id", "number"
        )
    )
    earlier = _held_before(switch)
    models = known_models(
        organization,
        {key for one in [*_now(features), *earlier.values()] for key in one.model_keys},
        at,
    )
    rows, to_write, left_alone = [], [], []
    for feature_id in sorted(written, key=lambda pk: by_id[pk].key):
        feature, held = by_id[feature_id], earlier.get(feature_id)
        why = _changed_since(feature, switch)
        if why:
            left_alone.append((feature.key, why))
            continue
        row = _row(feature, held, models, at)
        rows.append(row)
        if row.state != "skipped" and row.after:
            to_write.append(Restored(feature, row.after, held))
    active = active_pack(organization)
    return RollBackPlan(
        switch=switch,
        difference=Difference(tuple(rows)),
        expected=fingerprint(active, features.values()),
        active=active,
        to_write=tuple(to_write),
        left_alone=tuple(left_alone),
    )


def _now(features: Mapping[str, InForce]) -> list[Held]:
    return [one.held for one in features.values() if one.held]


def _changed_since(feature: InForce, switch: PackSwitch) -> str:
    """Why the feature is not as the switch left it; empty where it is."""
    if feature.is_archived:
        return "it is archived"
    if feature.held is None or not feature.held.comes_from(switch.pk):
        return "it was assigned anew after the switch"
    return ""


def _row(
    feature: InForce,
    held: Held | None,
    models: Mapping[ModelKey, KnownModel],
    at: datetime.datetime,
) -> FeatureChange:
    before = setting_of(feature.held, models) if feature.held else None
    if held is None or held.model_id is None:
        return _change(feature, before, NOTHING)
    prompts: dict[str, KnownPrompt] = {}
    if held.prompt:
        prompts[held.prompt.text] = held.prompt
    first, *rest = held.model_keys
    wish = Wish(
        feature.key,
        first,
        tuple(rest),
        held.parameters,
        held.prompt.text if held.prompt else "",
    )
    judged = judge(wish, feature.requirements, Known(models, prompts, at.date()))
    is_gone = any(
        one.is_error for one in judged.findings if one.code != "no_connection"
    )
    return _change(
        feature,
        before,
        Setting.of(judged),
        # What was allowed then needs no connection now to be taken back.
        tuple(_softened(one) for one in judged.findings),
        is_gone=is_gone,
    )


def _change(
    feature: InForce,
    before: Setting | None,
    after: Setting,
    findings: tuple[Finding, ...] = (),
    *,
    is_gone: bool = False,
) -> FeatureChange:
    return FeatureChange(
        feature.key,
        feature.name,
        "skipped" if is_gone else state_between(before, after),
        before,
        after,
        feature.is_own,
        feature.held.pack if feature.held else "",
        findings,
    )


def _softened(finding: Finding) -> Finding:
    if finding.code != "no_connection":
        return finding
    return Finding(
        "warning", finding.feature, finding.code, finding.text, finding.model
    )


def _held_before(switch: PackSwitch) -> dict[int, Held]:
    """What each feature held when the switch came, by the key of the feature. Two
    queries."""
    earlier = AssignmentRevision.objects.filter(
        feature__revisions__pack_switch=switch,
        number=F("feature__revisions__number") - 1,
    ).order_by("pk")
    rows = list(earlier.values_list("feature_id", *REVISION))
    steps = grouped(
        AssignmentFallback.objects.filter(revision__in=[row[1] for row in rows])
        .order_by("revision", "position")
        .values_list("revision_id", "ai_model_id")
    )
    return {row[0]: Held.of(row[1:], steps) for row in rows}
