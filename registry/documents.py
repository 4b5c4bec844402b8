"""Rows as the documents that the management API answers with."""

from typing import Any

from registry.model_status import ModelStatus
from registry.models import AIModel, Assignment, Feature
from registry.queries.assignments import prompt_words
from registry.queries.prices import Quote
from registry.rates import base_rate

SUMMARY_FIELDS = (
    "reference",
    "name",
    "version",
    "family",
    "capabilities",
    "context_window",
    "max_output_tokens",
    "released_on",
)
DETAIL_FIELDS = (
    "description",
    "input_modalities",
    "output_modalities",
    "max_images",
    "requests_per_minute",
    "tokens_per_minute",
    "deprecated_on",
    "retired_on",
    "is_open_weights",
    "parameter_count_billions",
    "min_memory_gb",
    "recommended_memory_gb",
    "ratings",
)
PRICE_FIELDS = (
    "discount_percent",
    "effective_from",
    "effective_to",
    "source",
    "read_on",
)


def price_document(quote: Quote | None) -> dict[str, Any] | None:
    """The price in force. A discount's rates are those that result from it."""
    if quote is None:
        return None
    document = {field: getattr(quote.price, field) for field in PRICE_FIELDS}
    rates = quote.rates
    document |= {
        "id": quote.price.pk,
        "is_negotiated": quote.price.organization_id is not None,
        "input_usd_per_million": base_rate(rates.document, "input_mtok"),
        "output_usd_per_million": base_rate(rates.document, "output_mtok"),
        "cache_read_usd_per_million": base_rate(rates.document, "cache_read_mtok"),
        "cache_write_usd_per_million": base_rate(rates.document, "cache_write_mtok"),
    }
    return document


def model_summary(
    ai_model: AIModel, quote: Quote | None, status: ModelStatus
) -> dict[str, Any]:
    document = {field: getattr(ai_model, field) for field in SUMMARY_FIELDS}
    return document | {
        "provider": ai_model.provider.slug,
        "type": ai_model.model_type or "unknown",
        "is_custom": ai_model.organization_id is not None,
        "is_enabled": status.is_enabled,
        "status": status.word or None,
        "status_reason": status.reason or None,
        "status_since": status.since,
        "price": price_document(quote),
    }


def model_detail(
    ai_model: AIModel,
    quote: Quote | None,
    status: ModelStatus,
    *,
    resolved_from: str = "",
) -> dict[str, Any]:
    """Everything known of a model. An empty text is not known, hence null."""
    document = {field: getattr(ai_model, field) for field in DETAIL_FIELDS}
    return (
        document
        | model_summary(ai_model, quote, status)
        | {
            "knowledge_cutoff": ai_model.knowledge_cutoff or None,
            "quantisation": ai_model.quantisation or None,
            "sources": ai_model.fact_sources,
            "aliases": sorted(alias.alias for alias in ai_model.aliases.all()),
            "resolved_from": resolved_from or None,
            "rates": quote and quote.rates.document,
        }
    )


def feature_document(feature: Feature) -> dict[str, Any]:
    document = {
        field: getattr(feature, field)
        for field in (
            "key",
            "name",
            "description",
            "required_capabilities",
            "min_context_tokens",
            "accuracy_level",
            "urgency",
            "budget_sensitivity",
            "stream_guarantee",
            "timeout_seconds",
            "hedge_after_ms",
            "version",
            "automatic_choice",
        )
    }
    return document | {"assignment": _assignment(feature)}


def _assignment(feature: Feature) -> dict[str, Any] | None:
    assignment: Assignment | None = getattr(feature, "assignment", None)
    if assignment is None:
        return None
    revision = assignment.revision
    steps = revision.fallback_steps.all()
    return {
        "revision": revision.number,
        "model": revision.ai_model and revision.ai_model.reference,
        "fallbacks": [step.ai_model.reference for step in steps],
        "parameters": revision.parameters,
        "prompt": prompt_words(revision.prompt_version),
        "changed_by": revision.actor_label,
        "changed_at": revision.created_at,
    }
