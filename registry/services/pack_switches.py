"""Switching all features to a version of a pack at once, and taking that back. One
transaction: the guarded UPDATE of the active pack lets one of two people win."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from registry.models import (
    AIModel,
    Feature,
    Organization,
    PackSwitch,
    PackVersion,
    User,
)
from registry.queries.pack_difference import SwitchPlan, pack_difference
from registry.queries.pack_roll_back import roll_back_plan
from registry.services.model_settings import enable_model
from registry.services.pack_revisions import NewRevision, put_in_force
from registry.services.pack_switching import (
    NOTE_LENGTH,
    DoneAlready,
    Person,
    StaleSwitch,
    SwitchOutcome,
    SwitchRefused,
    check_unchanged,
    claim,
    finish,
    guarded,
    why_left,
)
from registry.services.ready_made_packs import create_features

__all__ = [
    "StaleSwitch",
    "SwitchOutcome",
    "SwitchRefused",
    "roll_back_switch",
    "switch_pack",
]


def switch_pack(
    *,
    version: PackVersion,
    actor: User | None,
    actor_label: str = "",
    keep: Collection[str] = (),
    expected: str | None = None,
    force_reason: str = "",
    enable_models: bool = False,
    create_missing_features: bool = False,
    connections_may_follow: bool = False,
    note: str = "",
) -> SwitchOutcome:
    """Make `version` say what every feature that it names gets, but for those in
    `keep`. `expected` is `SwitchPlan.expected` as the person saw it; None: whatever is
    in force now. With `force_reason` features that cannot be served are left as they
    are, and the others switched. With `connections_may_follow` a model without a
    connection refuses nothing. Raises SwitchRefused and StaleSwitch."""
    if version.pack.archived_at is not None:
        raise SwitchRefused(message="This pack is archived. Restore it first.")
    wish = _Wish(
        version,
        frozenset(keep),
        is_forced=bool(force_reason.strip()),
        enable_models=enable_models,
        create_missing_features=create_missing_features,
        connections_may_follow=connections_may_follow,
        reason=(force_reason.strip() or note.strip())[:NOTE_LENGTH],
    )
    by = Person(actor, actor_label)
    return guarded(version.pack.organization, lambda: _switch(wish, by, expected))


def roll_back_switch(
    *,
    organization: Organization,
    actor: User | None,
    actor_label: str = "",
    expected: str | None = None,
    force_reason: str = "",
) -> SwitchOutcome:
    """Take back the last switch that is not undone: each feature that is still as it
    left it gets what it had before. Refused where a model of then is gone, unless there
    is a `force_reason`; then those features are left alone. Raises SwitchRefused and
    StaleSwitch."""
    by = Person(actor, actor_label)
    return guarded(
        organization, lambda: _roll_back(organization, by, expected, force_reason)
    )


@dataclass(frozen=True)
class _Wish:
    """What somebody asked for."""

    version: PackVersion
    keep: frozenset[str]
    is_forced: bool
    enable_models: bool
    create_missing_features: bool
    connections_may_follow: bool
    reason: str

    def plan(self) -> SwitchPlan:
        return pack_difference(
            self.version,
            timezone.now(),
            keep=self.keep,
            enable_models=self.enable_models,
            create_missing_features=self.create_missing_features,
            connections_may_follow=self.connections_may_follow,
        )


def _switch(wish: _Wish, by: Person, expected: str | None) -> SwitchOutcome:
    version, organization = wish.version, wish.version.pack.organization
    is_claimed = claim(organization, expected)
    plan = wish.plan()
    if not plan.is_needed:
        # Also where the same switch was sent twice: the second finds it done.
        raise DoneAlready(plan)
    check_unchanged(is_claimed, plan, expected)
    _check_kept(wish, plan)
    if not plan.is_allowed and not wish.is_forced:
        raise SwitchRefused(plan.difference.errors)
    created: list[Feature] = []
    if wish.create_missing_features:
        created = _create_features(wish, by)
        plan = wish.plan()
    switch = PackSwitch.objects.create(
        organization=organization,
        from_version=plan.active.version if plan.active else None,
        to_version=version,
        kept_features=[row.key for row in plan.difference.kept],
        was_forced=not plan.is_allowed,
        reason=wish.reason,
        actor=by.user,
        actor_label=by.name,
    )
    enabled = _enable_models(organization, plan, by)
    revisions = [NewRevision(*line, version.pk) for line in plan.to_write]
    put_in_force(revisions, switch, note=wish.reason)
    finish("pack.switched", switch, by, plan.difference)
    return SwitchOutcome(
        switch,
        True,
        plan.difference,
        version,
        enabled,
        tuple(one.key for one in created),
        tuple((row.key, why_left(row)) for row in plan.difference.skipped),
    )


def _roll_back(
    organization: Organization, by: Person, expected: str | None, force_reason: str
) -> SwitchOutcome:
    is_claimed = claim(organization, expected)
    plan = roll_back_plan(organization, timezone.now())
    if plan is None:
        raise SwitchRefused(message="There is no switch to take back.")
    check_unchanged(is_claimed, plan, expected)
    if not plan.is_allowed and not force_reason.strip():
        raise SwitchRefused(plan.difference.errors)
    undone = plan.switch
    switch = PackSwitch.objects.create(
        organization=organization,
        from_version=undone.to_version,
        to_version=undone.from_version,
        undoes=undone,
        was_forced=not plan.is_allowed,
        reason=force_reason.strip()[:NOTE_LENGTH],
        actor=by.user,
        actor_label=by.name,
    )
    revisions = [
        NewRevision(
            one.feature,
            one.setting,
            one.held.pack_version_id if one.held else None,
            one.held.origin_id if one.held else None,
        )
        for one in plan.to_write
    ]
    put_in_force(revisions, switch, note=switch.reason)
    finish("pack.rolled_back", switch, by, plan.difference)
    skipped = tuple((row.key, why_left(row)) for row in plan.difference.skipped)
    return SwitchOutcome(
        switch,
        True,
        plan.difference,
        switch.to_version,
        left_alone=(*plan.left_alone, *skipped),
    )


def _check_kept(wish: _Wish, plan: SwitchPlan) -> None:
    keys = {row.key for row in plan.difference.rows}
    unknown = sorted(wish.keep - keys)
    if unknown:
        message = f"There is no feature {', '.join(unknown)[:200]} to keep as it is."
        raise SwitchRefused(message=message)


def _create_features(wish: _Wish, by: Person) -> list[Feature]:
    keys = wish.version.entries.values_list("feature_key", flat=True)
    return create_features(
        organization=wish.version.pack.organization,
        keys=list(keys),
        actor=by.user,
        actor_label=by.name,
    )


def _enable_models(
    organization: Organization, plan: SwitchPlan, by: Person
) -> tuple[str, ...]:
    wanted = {one.id: one.reference for one in plan.enables}
    models = AIModel.objects.select_related("provider").in_bulk(list(wanted))
    for ai_model in models.values():
        enable_model(organization=organization, ai_model=ai_model, actor=by.user)
    return tuple(wanted.values())
