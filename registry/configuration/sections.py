"""The sections that registry knows. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from registry.automatic_choice import clean_choice
from registry.capabilities import CAPABILITIES, MODALITIES
from registry.configuration.document_fields import (
    assignment,
    labels,
    negotiated_prices,
    pack_versions,
    preferences,
    prompt_versions,
    rates,
)
from registry.configuration.fields import (
    Field,
    FieldError,
    amount,
    choice,
    day,
    flag,
    maybe_flag,
    maybe_reference,
    parameters,
    references,
    text,
    whole,
    words,
)
from registry.configuration.section import Section
from registry.models.ai_model import ModelType
from registry.models.connection import Backoff
from registry.models.feature import (
    KEY_PATTERN,
    AccuracyLevel,
    BudgetSensitivity,
    StreamGuarantee,
    Urgency,
)
from registry.models.pack import PACK_SLUG
from registry.models.profile import PROFILE_SLUG
from registry.models.prompt import PROMPT_NAME

MODEL_KEY: Final = re.compile(r"[^\s/]+/\S(.*\S)?")
MODEL_HINT: Final = "write a model as provider/model-id"
SLUG_HINT: Final = "small letters, digits and dashes"
BIG: Final = 2**63 - 1
MOST_USD: Final = Decimal("999999999999.99")
UNASSIGNED: Final[dict[str, Any]] = {"model": None}
PACK_AT: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(@[1-9][0-9]{0,8})?")


def _active_pack(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not PACK_AT.fullmatch(value):
        raise FieldError(((), "Write the slug of a pack, or slug@version."))
    return value


CUSTOM_MODELS: Final = Section(
    "custom_models",
    "custom model",
    {
        "name": Field(text(200), ""),
        "version": Field(text(60), ""),
        "family": Field(text(80), ""),
        "description": Field(text(10_000), ""),
        "model_type": Field(choice(ModelType.values), ""),
        "input_modalities": Field(words(MODALITIES), []),
        "output_modalities": Field(words(MODALITIES), []),
        "capabilities": Field(words(CAPABILITIES), []),
        "context_window": Field(whole(1)),
        "max_output_tokens": Field(whole(1)),
        "max_images": Field(whole()),
        "requests_per_minute": Field(whole()),
        "tokens_per_minute": Field(whole(0, BIG)),
        "knowledge_cutoff": Field(text(10), ""),
        "released_on": Field(day),
        "deprecated_on": Field(day),
        "retired_on": Field(day),
        "is_open_weights": Field(maybe_flag),
        "parameter_count_billions": Field(amount(places=3, most=Decimal(9_999_999))),
        "quantisation": Field(text(30), ""),
        "min_memory_gb": Field(amount(places=2, most=Decimal(999_999))),
        "recommended_memory_gb": Field(amount(places=2, most=Decimal(999_999))),
        "rates": Field(rates, survives_pruning=True),
    },
    MODEL_KEY,
    MODEL_HINT,
    300,
)
MODELS: Final = Section(
    "models",
    "model",
    {
        "enabled": Field(flag, False),
        "parameters": Field(parameters, {}),
        "fallbacks": Field(references(4), []),
        "use_batch_price": Field(flag, False),
        "monthly_limit_usd": Field(amount(places=2, most=MOST_USD)),
        "notes": Field(text(10_000), ""),
        "negotiated_prices": Field(negotiated_prices, []),
    },
    MODEL_KEY,
    MODEL_HINT,
    300,
)
CONNECTIONS: Final = Section(
    "connections",
    "connection",
    {
        "base_url": Field(text(400), ""),
        "key_variable": Field(text(120), ""),
        "enabled": Field(flag, True),
        "position": Field(whole(1, 32_000, is_optional=False), 1),
        "requests_per_minute": Field(whole(1)),
        "tokens_per_minute": Field(whole(1, BIG)),
        "max_retries": Field(whole(0, 10, is_optional=False), 2),
        "backoff": Field(choice(Backoff.values), Backoff.EXPONENTIAL.value),
        "timeout_seconds": Field(whole(1, 3_600, is_optional=False), 120),
    },
    re.compile(r"[a-z0-9_-]+/\S(.*\S)?"),
    "write provider/label, as in openai/Main",
    160,
)
PROMPTS: Final = Section(
    "prompts",
    "prompt",
    {
        "description": Field(text(2_000), ""),
        "labels": Field(labels, {}),
        "versions": Field(prompt_versions, [], survives_pruning=True),
    },
    re.compile(PROMPT_NAME.regex),
    "letters, digits, dots, dashes and underscores",
    80,
    required=("versions",),
)
FEATURES: Final = Section(
    "features",
    "feature",
    {
        "name": Field(text(120), "", survives_pruning=True),
        "description": Field(text(2_000), ""),
        "required_capabilities": Field(words(CAPABILITIES), []),
        "min_context_tokens": Field(whole(1)),
        "accuracy_level": Field(choice(AccuracyLevel.values), "standard"),
        "urgency": Field(choice(Urgency.values), "interactive"),
        "budget_sensitivity": Field(choice(BudgetSensitivity.values), "medium"),
        "stream_guarantee": Field(choice(StreamGuarantee.values), "first-token"),
        "timeout_seconds": Field(whole(1, 3_600, is_optional=False), 120),
        "hedge_after_ms": Field(whole(1)),
        "automatic_choice": Field(clean_choice),
        "assignment": Field(assignment, UNASSIGNED, survives_pruning=True),
    },
    re.compile(KEY_PATTERN),
    "letters, digits, dots, dashes and underscores",
    80,
)
PACKS: Final = Section(
    "packs",
    "pack",
    {
        "name": Field(text(120), "", survives_pruning=True),
        "description": Field(text(2_000), ""),
        "source_url": Field(text(400), ""),
        "ready_made": Field(flag, False, is_fixed=True, survives_pruning=True),
        "versions": Field(pack_versions, [], survives_pruning=True),
    },
    re.compile(PACK_SLUG.regex),
    SLUG_HINT,
    60,
    required=("versions",),
)
PROFILES: Final = Section(
    "profiles",
    "profile",
    {
        "name": Field(text(120), "", survives_pruning=True),
        "description": Field(text(2_000), ""),
        "extends": Field(text(60), ""),
        "roles": Field(preferences("roles"), {}),
        "tasks": Field(preferences("tasks"), {}),
    },
    re.compile(PROFILE_SLUG.regex),
    SLUG_HINT,
    60,
)
ORGANIZATION: Final = Section(
    "organization",
    "setting",
    {
        "default_model": Field(maybe_reference),
        "active_pack": Field(_active_pack, survives_pruning=True),
    },
    re.compile("organization"),
    "it has fields and no keys",
    20,
    is_single=True,
)
REGISTRY_SECTIONS: Final = {
    one.name: one
    for one in (
        CUSTOM_MODELS,
        MODELS,
        CONNECTIONS,
        PROMPTS,
        FEATURES,
        PACKS,
        PROFILES,
        ORGANIZATION,
    )
}
"""In the order in which they are written and applied."""
