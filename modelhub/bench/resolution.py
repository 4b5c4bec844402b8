"""How long one plan takes, from a snapshot of many models and features."""

from __future__ import annotations

import datetime
import itertools
from typing import Final

from modelhub.bench.timing import Measurement, Timing, measure
from registry.profiles.document import ProfileDocument
from registry.providers.adapter import Endpoint, ModelTraits
from registry.resolution.entries import (
    ConnectionEntry,
    FeatureEntry,
    ModelEntry,
    OrganizationEntry,
    ProfileEntry,
)
from registry.resolution.plan import Selection
from registry.resolution.resolving import resolve
from registry.resolution.snapshot import Catalog, Configuration, Snapshot

MODELS: Final = 2_000
FEATURES: Final = 200
PROVIDERS: Final = 10
OWNER: Final = 1
EACH: Final = 2_000
CAREFUL: Final = {
    "models": ["provider-5/model-5"],
    "requirements": {"needs_tools": True, "min_context_tokens": 8000},
}
TARGET_MS: Final = 0.01
"""100,000 plans a second in one process."""


def measure_resolution(runs: int) -> list[Measurement]:
    """Plans that were asked for before, and those that are worked out."""
    snapshot = large_snapshot()
    asked = itertools.cycle(
        [
            Selection(feature=f"feature-{number}", profile=profile)
            for number in range(FEATURES)
            for profile in ("", "careful")
        ]
    )
    known = measure(
        lambda: resolve(snapshot, OWNER, next(asked), input_tokens=500),
        runs=runs,
        each=EACH,
    )
    first = measure(
        lambda: resolve(snapshot, OWNER, next(asked), input_tokens=500),
        runs=runs,
        each=2 * FEATURES,
        prepare=snapshot.plans.clear,
    )
    sizes = f"{MODELS:,} models, {FEATURES} features"
    return [
        Measurement("A plan", known, TARGET_MS, note=f"{sizes}, {_rate(known)}"),
        Measurement("A plan for the first time", first, note=_rate(first)),
    ]


def large_snapshot() -> Snapshot:
    """An organisation that has enabled all models, with two fallbacks a feature and a
    profile that prefers and requires something of everything."""
    models = [_model(number) for number in range(1, MODELS + 1)]
    organization = OrganizationEntry(
        OWNER, "bench", enabled_model_ids=frozenset(one.id for one in models)
    )
    careful = ProfileDocument.of({"roles": {"*": CAREFUL}})
    return Snapshot(
        version=1,
        loaded_at=datetime.datetime.now(datetime.UTC),
        catalog=Catalog.of(models),
        configuration=Configuration.of(
            [organization],
            [_feature(number) for number in range(FEATURES)],
            [_connection(number) for number in range(PROVIDERS)],
            profiles=[ProfileEntry(1, OWNER, "careful", "Careful", careful)],
        ),
    )


def _model(number: int) -> ModelEntry:
    name = f"model-{number}"
    traits = ModelTraits(name, frozenset({"tools"}), 128_000)
    return ModelEntry(number, f"provider-{number % PROVIDERS}", name, None, traits)


def _feature(number: int) -> FeatureEntry:
    model_ids = (number * 10 + 1, number * 10 + 2, number * 10 + 3)
    parameters = {"temperature": 0.2}
    return FeatureEntry(number, f"feature-{number}", OWNER, model_ids, parameters)


def _connection(number: int) -> ConnectionEntry:
    endpoint = Endpoint(f"provider-{number}", "openai", "https://models.example")
    return ConnectionEntry(number, OWNER, "main", endpoint)


def _rate(timing: Timing) -> str:
    return f"{1000 / timing.median_ms:,.0f} a second"
