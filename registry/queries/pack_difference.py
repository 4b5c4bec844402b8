"""What switching an organisation to a version of a pack would change, now."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from registry.models import ActivePack, Organization, PackVersion
from registry.packs.difference import (
    Difference,
    FeatureChange,
    Setting,
    State,
    state_between,
)
from registry.packs.examples import feature_to_make
from registry.packs.findings import Finding
from registry.packs.judging import (
    Known,
    KnownModel,
    ModelKey,
    Wish,
    judge,
    judge_without_feature,
)
from registry.queries.pack_models import known_models, known_prompts, proposals
from registry.queries.pack_situation import (
    Held,
    InForce,
    active_pack,
    fingerprint,
    in_force,
    wishes_of,
)
from registry.requirements import Requirements


@dataclass(frozen=True)
class SwitchPlan:
    """A switch before anybody does it. `expected` says what it was worked out from: it
    is handed back with the switch. `to_write` are the features that get a revision."""

    version: PackVersion
    difference: Difference
    expected: str
    active: ActivePack | None
    to_write: tuple[tuple[InForce, Setting], ...] = ()

    @property
    def is_allowed(self) -> bool:
        return not self.difference.errors

    @property
    def is_active(self) -> bool:
        return self.active is not None and self.active.version_id == self.version.pk

    @property
    def is_needed(self) -> bool:
        """Whether a switch would do anything."""
        return bool(self.to_write) or not self.is_active

    @property
    def enables(self) -> tuple[KnownModel, ...]:
        """Models that the switch will enable, if that was asked for."""
        found = {
            model.id: model
            for _, setting in self.to_write
            for model in (setting.model, *setting.fallbacks)
            if model and model.is_to_enable
        }
        return tuple(sorted(found.values(), key=lambda one: one.reference))


def pack_difference(
    version: PackVersion,
    at: datetime.datetime,
    *,
    keep: Collection[str] = (),
    enable_models: bool = False,
    create_missing_features: bool = False,
    connections_may_follow: bool = False,
) -> SwitchPlan:
    """`keep` are keys of features that stay as they are. With `enable_models`, what
    only lacks enabling counts as enabled; with `create_missing_features`, features
    that do not exist count as made; with `connections_may_follow` a model without a
    connection is told and refuses nothing. A dozen queries, however many features."""
    ground = _Ground.of(
        version.pack.organization,
        [version],
        at,
        enable_models=enable_models,
        create_missing_features=create_missing_features,
        connections_may_follow=connections_may_follow,
    )
    return ground.plan(version, keep)


def pack_differences(
    versions: Sequence[PackVersion], at: datetime.datetime
) -> dict[int, SwitchPlan]:
    """The same for many versions of one organisation's packs, by their keys, in as few
    queries."""
    if not versions:
        return {}
    ground = _Ground.of(versions[0].pack.organization, versions, at)
    return {one.pk: ground.plan(one, ()) for one in versions}


def setting_of(held: Held, models: Mapping[ModelKey, KnownModel]) -> Setting:
    """What a revision says, as differences show it."""
    first, *rest = (models.get(key) for key in held.model_keys or ((None, ""),))
    return Setting(
        first,
        tuple(one for one in rest if one),
        held.parameters if first else {},
        held.prompt if first else None,
    )


@dataclass(frozen=True)
class _Ground:
    """What an organisation has, and what is known of everything that versions name."""

    features: Mapping[str, InForce]
    active: ActivePack | None
    wishes: Mapping[int, Sequence[Wish]]
    known: Known
    followed: Mapping[str, Wish]
    """Of the active pack, for features without an assignment."""

    @classmethod
    def of(
        cls,
        organization: Organization,
        versions: Sequence[PackVersion],
        at: datetime.datetime,
        *,
        enable_models: bool = False,
        create_missing_features: bool = False,
        connections_may_follow: bool = False,
    ) -> _Ground:
        features = in_force(organization)
        active = active_pack(organization)
        in_use = [active.version] if active and active.version else []
        wishes, pinned = wishes_of([*versions, *in_use])
        everything = [wish for said in wishes.values() for wish in said]
        if create_missing_features:
            features |= _made(everything, features)
        held = (
            key for one in features.values() if one.held for key in one.held.model_keys
        )
        keys = {key for wish in everything for key in (wish.model, *wish.fallbacks)}
        models = known_models(
            organization, {*keys, *held}, at, enable_models=enable_models
        )
        loose = {wish.prompt for wish in everything if wish.prompt} - set(pinned)
        known = Known(
            models,
            {**known_prompts(organization, loose), **pinned},
            at.date(),
            proposals(_needs(everything, features), models, at.date()),
            connections_may_follow,
        )
        followed = wishes[in_use[0].pk] if in_use else []
        return cls(features, active, wishes, known, {one.key: one for one in followed})

    def plan(self, version: PackVersion, keep: Collection[str]) -> SwitchPlan:
        wishes = {one.key: one for one in self.wishes[version.pk]}
        rows, to_write = [], []
        for key in sorted({*self.features, *wishes}):
            feature, wish = self.features.get(key), wishes.get(key)
            if feature is None or feature.is_archived:
                if wish is not None:
                    rows.append(self._no_feature(wish, feature))
            elif wish is None:
                rows.append(self._not_in_pack(feature))
            else:
                row = self._row(feature, wish, key in keep)
                rows.append(row)
                if row.after and _is_to_write(row.state, feature, version):
                    to_write.append((feature, row.after))
        return SwitchPlan(
            version=version,
            difference=Difference(tuple(rows)),
            expected=fingerprint(self.active, self.features.values()),
            active=self.active,
            to_write=tuple(to_write),
        )

    def _row(self, feature: InForce, wish: Wish, is_to_keep: bool) -> FeatureChange:
        before = self._before(feature)
        if is_to_keep and feature.has_model:
            return self._change(feature, "kept", before)
        judged = judge(wish, feature.requirements, self.known)
        after = Setting.of(judged)
        state = state_between(before, after) if judged.is_servable else "skipped"
        return self._change(feature, state, before, after, judged.findings)

    def _not_in_pack(self, feature: InForce) -> FeatureChange:
        return self._change(feature, "not_in_pack", self._before(feature))

    def _no_feature(self, wish: Wish, feature: InForce | None) -> FeatureChange:
        said = "is archived" if feature else "does not exist"
        text = f"The feature {said}: the entry waits for it."
        waits = Finding("note", wish.key, "no_feature", text)
        return FeatureChange(
            wish.key,
            feature.name if feature else wish.key,
            "no_feature",
            after=Setting.of(judge(wish, Requirements(), self.known)),
            findings=(waits, *judge_without_feature(wish, self.known)),
        )

    def _change(
        self,
        feature: InForce,
        state: State,
        before: Setting | None,
        after: Setting | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> FeatureChange:
        return FeatureChange(
            feature.key,
            feature.name,
            state,
            before,
            after,
            feature.is_own,
            self._pack_of(feature),
            findings,
            can_be_kept=feature.has_model,
        )

    def _before(self, feature: InForce) -> Setting | None:
        if feature.held is not None and feature.has_model:
            return setting_of(feature.held, self.known.models)
        wish = self.followed.get(feature.key)
        if wish is None:
            return None
        judged = judge(wish, feature.requirements, self.known)
        return Setting.of(judged) if judged.model else None

    def _pack_of(self, feature: InForce) -> str:
        if feature.held is not None and feature.has_model:
            return feature.held.pack
        is_followed = feature.key in self.followed and self.active is not None
        return str(self.active.version) if is_followed and self.active else ""


def _is_to_write(state: State, feature: InForce, version: PackVersion) -> bool:
    """What already follows this very version needs no revision."""
    follows = feature.held is not None and feature.held.pack_version_id == version.pk
    return state in {"changed", "new"} or (state == "unchanged" and not follows)


def _made(
    wishes: Sequence[Wish], features: Mapping[str, InForce]
) -> dict[str, InForce]:
    """The features that would be created."""
    examples = [feature_to_make(one.key) for one in wishes if one.key not in features]
    return {
        one.key: InForce(
            0,
            one.key,
            one.name,
            Requirements(one.required_capabilities, one.min_context_tokens),
        )
        for one in examples
    }


def _needs(
    wishes: Sequence[Wish], features: Mapping[str, InForce]
) -> dict[ModelKey, frozenset[str]]:
    """What all features that name a model require of it together."""
    needs: dict[ModelKey, frozenset[str]] = {}
    for wish in wishes:
        feature = features.get(wish.key)
        required = frozenset(feature.requirements.capabilities if feature else ())
        for key in (wish.model, *wish.fallbacks):
            needs[key] = needs.get(key, frozenset()) | required
    return needs
