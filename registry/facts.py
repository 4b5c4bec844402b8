"""Which facts of a model a person has stated, so that no sync overwrites them."""

import datetime
from collections.abc import Iterable
from typing import Final

from registry.models import AIModel

EDITED: Final = "edited"
FACT_FIELDS: Final = (
    "name",
    "version",
    "family",
    "description",
    "model_type",
    "input_modalities",
    "output_modalities",
    "capabilities",
    "context_window",
    "max_output_tokens",
    "max_images",
    "requests_per_minute",
    "tokens_per_minute",
    "knowledge_cutoff",
    "released_on",
    "deprecated_on",
    "retired_on",
    "is_open_weights",
    "parameter_count_billions",
    "quantisation",
    "min_memory_gb",
    "recommended_memory_gb",
)
"""What people may state about a model, in the order of its form."""


def mark_edited(
    ai_model: AIModel, fields: Iterable[str], *, by: str, on: datetime.date
) -> list[str]:
    """Note on `ai_model` (unsaved) that the person `by` stated `fields`; returns those
    that are facts. From then on a sync leaves them alone."""
    marked = [field for field in fields if field in FACT_FIELDS]
    for field in marked:
        ai_model.fact_sources[field] = {
            "source": EDITED,
            "by": by,
            "read_on": on.isoformat(),
        }
    return marked


def forget_edits(ai_model: AIModel) -> list[str]:
    """Remove the marks of edited facts from `ai_model` (unsaved) and return them; the
    next sync writes what the catalogue says."""
    edited = edited_facts(ai_model)
    for field in edited:
        del ai_model.fact_sources[field]
    return edited


def edited_facts(ai_model: AIModel) -> list[str]:
    return [
        field
        for field, source in ai_model.fact_sources.items()
        if source.get("source") == EDITED
    ]
