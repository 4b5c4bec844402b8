"""What a process knows of the configuration: immutable, built from the database by
`registry.resolution.loading`, read by every request. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from registry.automatic_choice import ChoiceRules
from registry.profiles.document import ProfileDocument
from registry.prompts.template import Template
from registry.providers.adapter import Endpoint, ModelTraits
from registry.rates import Rates


@dataclass(frozen=True, slots=True)
class PricePeriod:
    """One price of a model for one period, as `registry.queries.prices` would quote
    it to the organisation. `price_id` is frozen into the usage row."""

    price_id: int
    rates: Rates
    effective_from: datetime.datetime | None
    effective_to: datetime.datetime | None

    def holds_at(self, moment: datetime.datetime) -> bool:
        return (self.effective_from is None or self.effective_from <= moment) and (
            self.effective_to is None or moment < self.effective_to
        )


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """An AIModel. `organization_id` is set for a custom one. What it costs depends on
    who asks and when: `Snapshot.price`."""

    id: int
    provider: str
    model_name: str
    organization_id: int | None
    traits: ModelTraits
    retired_on: datetime.date | None = None
    strengths: Mapping[str, float] = field(default_factory=dict)
    """By kind of work, 0 to 1, where a rating says so (registry.profiles.strengths)."""
    min_memory_gb: float | None = None

    @property
    def reference(self) -> str:
        return f"{self.provider}/{self.model_name}"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    max_retries: int = 2
    is_linear: bool = False
    timeout_s: float = 120.0


class Probed(NamedTuple):
    """What the last probe said of a capability, and on which day."""

    is_verified: bool
    on: datetime.date


@dataclass(frozen=True, slots=True)
class ConnectionEntry:
    """A usable connection. `problem` says why it cannot be used (switched off, key
    unreadable), in words; then `endpoint` has no key."""

    id: int
    organization_id: int
    label: str
    endpoint: Endpoint
    position: int = 1
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    retry: RetryPolicy = RetryPolicy()
    problem: str = ""
    is_local: bool = False
    """Whether its address is loopback or private: the selection "local only"."""
    offers: Mapping[int, bool] = field(default_factory=dict)
    """By model id: whether the last discovery found the model there."""
    memory_gb: Mapping[int, float] = field(default_factory=dict)
    """By model id: what the model takes on this machine; only where it runs here."""
    probed: Mapping[int, Mapping[str, Probed]] = field(default_factory=dict)
    """By model id and capability: what probes found at this connection."""
    loaded_ids: frozenset[int] = frozenset()
    """Models that were in the memory of this machine already."""
    runs_here: bool = False
    """Whether its models run on this very machine."""

    @property
    def provider(self) -> str:
        return self.endpoint.provider


@dataclass(frozen=True, slots=True)
class PromptEntry:
    """One version of a system prompt, taken apart already."""

    version_id: int
    name: str
    number: int
    text: str = field(repr=False)
    template: Template = field(repr=False)

    @property
    def title(self) -> str:
        return f"{self.name} v{self.number}"


@dataclass(frozen=True, slots=True)
class PackMark:
    """A version of a pack; `title` is `mixed-pack v3`."""

    version_id: int
    title: str


@dataclass(frozen=True, slots=True)
class FeatureEntry:
    """A feature with the assignment in force: `model_ids` are the model and its
    fallbacks in order (empty: nothing is assigned)."""

    id: int
    key: str
    organization_id: int
    model_ids: tuple[int, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    revision_number: int = 0
    required_capabilities: frozenset[str] = frozenset()
    min_context_tokens: int | None = None
    stream_guarantee: str = "first-token"
    timeout_s: float = 120.0
    hedge_after_ms: int | None = None
    is_archived: bool = False
    prompt: PromptEntry | None = None
    """The system prompt of the assignment in force."""
    pack: PackMark | None = None
    """The pack that says so; None for an assignment of its own."""
    is_unassigned: bool = False
    """Whether it follows the active pack for want of an assignment."""
    accuracy_level: str = "standard"
    urgency: str = "interactive"
    choice: ChoiceRules | None = None
    """How the model is chosen for each request; None: the assignment decides."""


@dataclass(frozen=True, slots=True)
class TokenEntry:
    """An ApiToken. Whether it has expired depends on the moment it is used."""

    id: int
    organization_id: int
    label: str
    scopes: frozenset[str]
    expires_at: datetime.datetime | None = None
    profile: str = ""
    """The profile of whoever calls with it, unless the request names one."""
    features: frozenset[str] = frozenset()
    """Keys of the only features that it may call; empty: every call."""


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """A Profile over all that it extends. One with a `problem` cannot be used: what it
    forbids is not known."""

    id: int
    organization_id: int
    slug: str
    name: str
    document: ProfileDocument = field(default_factory=ProfileDocument)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationEntry:
    """An organisation and, by model id, what it decided about models.

    `monthly_limits_usd` are Decimals, `default_parameters` hold below those of an
    assignment, `default_fallbacks` serve where the model itself is asked for, and
    `use_counts` say how many features have it as (model, fallback)."""

    id: int
    slug: str
    name: str = ""
    keep_payloads: bool = False
    payload_days: int = 14
    enabled_model_ids: frozenset[int] = frozenset()
    monthly_limits_usd: Mapping[int, Decimal] = field(default_factory=dict)
    default_parameters: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    default_fallbacks: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    use_counts: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    default_model_id: int | None = None
    """Answers for a feature that nothing else decides about."""
    active_pack: PackMark | None = None
    capability_trust: str = "documented"
    is_sample: bool = False

    @property
    def title(self) -> str:
        return self.name or self.slug
