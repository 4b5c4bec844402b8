"""Judges of a suite that nobody can ask, told before a run is paid for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analytics.benchmarking.judging import JUDGE
from registry.models import Feature, Organization
from registry.queries.references import resolve_references
from registry.resolution.plan import Selection


def unknown_judges(
    organization: Organization, scorers: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Names of judges that are neither a model nor a feature here, as they were
    written. Three queries at most, none without a judge."""
    named = {
        str(name): Selection.parse(str(name))
        for one in scorers
        if one.get("kind") == JUDGE
        for name in _models(one)
    }
    keys = {one.feature for one in named.values() if one.feature}
    features = Feature.objects.filter(
        organization=organization, archived_at=None, key__in=keys
    )
    known_keys = set(features.values_list("key", flat=True)) if keys else set()
    models = {one.model for one in named.values() if one.model}
    known_models = set(resolve_references(models, organization)) if models else set()
    return [
        name
        for name, one in named.items()
        if (one.feature and one.feature not in known_keys)
        or (one.model and one.model not in known_models)
    ]


def _models(scorer: Mapping[str, Any]) -> list[Any]:
    """A single text stands for a list of one."""
    models = scorer.get("models", [])
    return [models] if isinstance(models, str) else list(models)
