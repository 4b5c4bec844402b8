"""What a provider says of a model it offers, as facts that a row can hold. Pure.

A provider's list is somebody else's text: what does not fit is left out.
"""

import datetime
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError

from registry.capabilities import CAPABILITIES, LONG_CONTEXT_TOKENS, MODALITIES
from registry.catalog.facts import INPUT_CAPABILITIES, OUTPUT_CAPABILITIES, type_of
from registry.model_ids import check_model_name
from registry.models import ModelType
from registry.providers.adapter import OfferedModel

EDITED: Final = "edited"
LARGEST_INTEGER: Final = 2**31 - 1
LARGEST_BIGINT: Final = 2**63 - 1
MOST_PARAMETERS_BILLIONS: Final = 1_000_000
MOST_MEMORY_GB: Final = 100_000
TEXT_LENGTHS: Final = {"name": 200, "family": 80, "quantisation": 30}
SPECIAL_TYPES: Final = {
    "embedding": ModelType.EMBEDDING,
    "image_generation": ModelType.IMAGE,
}


def has_usable_name(offered: OfferedModel, provider_slug: str) -> bool:
    """Whether the id can be kept: not too long, printable, with an address."""
    try:
        check_model_name(provider_slug, offered.model_name)
    except ValidationError:
        return False
    return True


def facts_of(offered: OfferedModel) -> dict[str, Any]:
    """Facts by field of AIModel; a field that the provider does not state, or states
    in a way that cannot be true, is absent."""
    inputs = _known(offered.input_modalities, MODALITIES)
    outputs = _known(offered.output_modalities, MODALITIES)
    capabilities = _capabilities(offered, inputs, outputs)
    found: dict[str, Any] = {
        "name": _text("name", offered.name),
        "family": _text("family", offered.family),
        "quantisation": _text("quantisation", offered.quantisation),
        "context_window": _tokens(offered.context_window),
        "max_output_tokens": _tokens(offered.max_output_tokens),
        "released_on": _day(offered.released_on),
        "parameter_count_billions": _amount(
            offered.parameter_count_billions, MOST_PARAMETERS_BILLIONS, "0.001"
        ),
        "min_memory_gb": _amount(offered.memory_gb, MOST_MEMORY_GB, "0.01"),
        "input_modalities": inputs,
        "output_modalities": outputs,
        "capabilities": capabilities,
        "model_type": _type(capabilities, inputs, outputs),
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def size_of(offered: OfferedModel) -> int | None:
    size = offered.size_bytes
    return size if size is not None and 0 <= size <= LARGEST_BIGINT else None


def changed_facts(
    current: Mapping[str, Any], sources: Mapping[str, Any], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Those of `facts` that differ from `current` and that no person has edited."""
    return {
        name: value
        for name, value in facts.items()
        if (sources.get(name) or {}).get("source") != EDITED and current[name] != value
    }


def _capabilities(
    offered: OfferedModel, inputs: list[str], outputs: list[str]
) -> list[str]:
    stated = set(offered.capabilities or ())
    stated |= {
        INPUT_CAPABILITIES[word] for word in inputs if word in INPUT_CAPABILITIES
    }
    stated |= {
        OUTPUT_CAPABILITIES[word] for word in outputs if word in OUTPUT_CAPABILITIES
    }
    if (_tokens(offered.context_window) or 0) >= LONG_CONTEXT_TOKENS:
        stated.add("long_context")
    return _known(stated, CAPABILITIES)


def _type(capabilities: list[str], inputs: list[str], outputs: list[str]) -> str:
    if outputs:
        return type_of(inputs, outputs)
    for word, kind in SPECIAL_TYPES.items():
        if word in capabilities and "text_generation" not in capabilities:
            return kind.value
    if "text_generation" not in capabilities:
        return ""
    if {"audio", "video_analysis"} & set(capabilities):
        return ModelType.MULTIMODAL.value
    reads_images = "image_analysis" in capabilities
    return (ModelType.VISION if reads_images else ModelType.LANGUAGE).value


def _known(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """Those of `words` that are known, in the order of `known`."""
    stated = set(words)
    return [word for word in known if word in stated]


def _text(field: str, value: str) -> str:
    text = "".join(one for one in value if one.isprintable()).strip()
    return text[: TEXT_LENGTHS[field]].strip()


def _tokens(value: int | None) -> int | None:
    return value if value is not None and 0 < value <= LARGEST_INTEGER else None


def _amount(value: float | None, most: int, step: str) -> Decimal | None:
    if value is None or not math.isfinite(value) or not 0 < value < most:
        return None
    return Decimal(str(value)).quantize(Decimal(step)) or None


def _day(value: datetime.date | None) -> datetime.date | None:
    return value if value is not None and value.year >= 2000 else None
