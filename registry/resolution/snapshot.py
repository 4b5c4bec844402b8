"""All of the configuration that a request needs, in memory. Immutable and pure; built
by `registry.resolution.loading`, held by `registry.resolution.source`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.resolution.entries import (
    ConnectionEntry,
    FeatureEntry,
    ModelEntry,
    OrganizationEntry,
    PricePeriod,
    ProfileEntry,
    PromptEntry,
    TokenEntry,
)
from registry.resolution.machine import UNKNOWN_MACHINE, Machine
from registry.resolution.plan import Candidate, Plan
from registry.resolution.price_book import PriceBook, PriceRow

Reference = tuple[int | None, str, str]
"""Organisation of a custom model (or None), provider, model name."""
AliasRow = tuple[str, str, int | None]
"""Provider, alias, the exact model behind it if that is known."""
PromptKey = tuple[int, str, str]
"""Organisation, name, label."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Models (custom ones too), their aliases and all prices."""

    models: Mapping[int, ModelEntry]
    by_reference: Mapping[Reference, ModelEntry]
    by_name: Mapping[str, tuple[ModelEntry, ...]]
    """By the bare name and by every alias of it, at any provider."""
    aliases: Mapping[tuple[str, str], int | None]
    prices: PriceBook

    @classmethod
    def of(
        cls,
        models: Iterable[ModelEntry],
        aliases: Iterable[AliasRow] = (),
        prices: Iterable[PriceRow] = (),
    ) -> Catalog:
        by_id = {model.id: model for model in models}
        named: dict[str, list[ModelEntry]] = {}
        for model in by_id.values():
            named.setdefault(model.model_name, []).append(model)
        targets = {(provider, alias): target for provider, alias, target in aliases}
        for (_, alias), target in targets.items():
            if target in by_id:
                named.setdefault(alias, []).append(by_id[target])
        return cls(
            models=by_id,
            by_reference={
                (one.organization_id, one.provider, one.model_name): one
                for one in by_id.values()
            },
            by_name={name: tuple(found) for name, found in named.items()},
            aliases=targets,
            prices=PriceBook.of(prices),
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the organisations decided."""

    organizations: Mapping[int, OrganizationEntry]
    features: Mapping[tuple[int, str], FeatureEntry]
    connections: Mapping[tuple[int, str], tuple[ConnectionEntry, ...]]
    """By organisation and provider, lowest position first."""
    tokens: Mapping[str, TokenEntry]
    """By SHA-256 digest; revoked ones are not here."""
    prompts: Mapping[PromptKey, PromptEntry] = field(default_factory=dict)
    profiles: Mapping[tuple[int, str], ProfileEntry] = field(default_factory=dict)
    """By organisation and short name; deleted ones are not here."""

    @classmethod
    def of(
        cls,
        organizations: Iterable[OrganizationEntry],
        features: Iterable[FeatureEntry] = (),
        connections: Iterable[ConnectionEntry] = (),
        tokens: Mapping[str, TokenEntry] | None = None,
        prompts: Mapping[PromptKey, PromptEntry] | None = None,
        profiles: Iterable[ProfileEntry] = (),
    ) -> Configuration:
        at_provider: dict[tuple[int, str], list[ConnectionEntry]] = {}
        for one in sorted(connections, key=lambda one: (one.position, one.id)):
            key = (one.organization_id, one.provider)
            at_provider.setdefault(key, []).append(one)
        return cls(
            organizations={one.id: one for one in organizations},
            features={(one.organization_id, one.key): one for one in features},
            connections={key: tuple(found) for key, found in at_provider.items()},
            tokens=tokens or {},
            prompts=prompts or {},
            profiles={(one.organization_id, one.slug): one for one in profiles},
        )


EMPTY_CATALOG: Final = Catalog.of(())
PlanKey = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The configuration as it was committed at one moment. `version` grows with each
    change of the configuration, in all processes alike."""

    version: int
    loaded_at: datetime.datetime
    catalog: Catalog
    configuration: Configuration
    machine: Machine = UNKNOWN_MACHINE
    plans: dict[PlanKey, Plan] = field(default_factory=dict, repr=False, compare=False)
    """What `resolve` worked out before; it lives and dies with the snapshot."""
    narrowed: dict[PlanKey, tuple[Candidate, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Candidates of those plans that some requests leave."""

    def token(self, digest: str) -> TokenEntry | None:
        return self.configuration.tokens.get(digest)

    def organization(self, organization_id: int) -> OrganizationEntry | None:
        return self.configuration.organizations.get(organization_id)

    def organization_named(self, slug: str) -> OrganizationEntry | None:
        for one in self.configuration.organizations.values():
            if one.slug == slug:
                return one
        return None

    def prompt(self, organization_id: int, name: str, label: str) -> PromptEntry | None:
        """The version that the label is on; only labelled versions are here."""
        return self.configuration.prompts.get((organization_id, name, label))

    def feature(self, organization_id: int, key: str) -> FeatureEntry | None:
        return self.configuration.features.get((organization_id, key))

    def profile(self, organization_id: int, slug: str) -> ProfileEntry | None:
        return self.configuration.profiles.get((organization_id, slug))

    def profiles_of(self, organization_id: int) -> list[ProfileEntry]:
        return [
            one
            for (owner, _), one in self.configuration.profiles.items()
            if owner == organization_id
        ]

    def features_of(self, organization_id: int) -> list[FeatureEntry]:
        """The organisation's features, archived ones too, by key."""
        found = (
            one
            for one in self.configuration.features.values()
            if one.organization_id == organization_id
        )
        return sorted(found, key=lambda one: one.key)

    def connections(
        self, organization_id: int, provider: str
    ) -> tuple[ConnectionEntry, ...]:
        """Lowest position first; with those that have a problem."""
        return self.configuration.connections.get((organization_id, provider), ())

    def connections_of(self, organization_id: int) -> list[ConnectionEntry]:
        return [
            one
            for (owner, _), found in self.configuration.connections.items()
            if owner == organization_id
            for one in found
        ]

    def model(self, model_id: int) -> ModelEntry | None:
        return self.catalog.models.get(model_id)

    def model_at(
        self, organization_id: int, provider: str, model_name: str
    ) -> ModelEntry | None:
        """The organisation's own custom model of this exact name, else the
        catalogue's."""
        by_reference = self.catalog.by_reference
        return by_reference.get(
            (organization_id, provider, model_name)
        ) or by_reference.get((None, provider, model_name))

    def models_named(
        self, organization_id: int, model_name: str
    ) -> tuple[ModelEntry, ...]:
        """Models with this bare name or alias, at any provider; one per reference."""
        found = {
            one.reference: one
            for one in sorted(
                self.catalog.by_name.get(model_name, ()),
                key=lambda one: one.organization_id is not None,
            )
            if one.organization_id in {None, organization_id}
        }
        return tuple(found.values())

    def enabled_models(self, organization_id: int) -> list[ModelEntry]:
        """What the organisation may use, by reference."""
        organization = self.organization(organization_id)
        ids = organization.enabled_model_ids if organization else frozenset()
        models = (self.catalog.models.get(model_id) for model_id in ids)
        return sorted(
            (
                one
                for one in models
                if one is not None and one.organization_id in {None, organization_id}
            ),
            key=lambda one: one.reference,
        )

    def price(
        self, organization_id: int, model_id: int, at: datetime.datetime
    ) -> PricePeriod | None:
        """The price of the model for the organisation at `at` (aware); its own price
        or discount wins over the catalogue's. None: no price is known."""
        return self.catalog.prices.price(organization_id, model_id, at)
