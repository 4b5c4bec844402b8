"""The facts of a model as a page lists them, each with its source and day. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from registry.capabilities import CAPABILITIES
from registry.models import AIModel
from registry.templatetags.display import count, dash, day, yes_no


@dataclass(frozen=True)
class Fact:
    """One fact; `value` is a dash where nothing is known. `read_on` is a day as
    written by the source's import, or empty."""

    label: str
    value: str
    source: str
    read_on: str


def _words(values: list[str]) -> str:
    return ", ".join(values) or str(dash(None))


def _number(unit: str) -> Callable[[Any], str]:
    def shown(value: Any) -> str:
        return str(dash(None)) if value is None else f"{count(value)} {unit}".strip()

    return shown


def _amount(unit: str) -> Callable[[Any], str]:
    def shown(value: Any) -> str:
        return str(dash(None)) if value is None else f"{value.normalize():f} {unit}"

    return shown


def _text(value: Any) -> str:
    return str(dash(value))


# field → (label, how it is shown)
FACTS: Final[dict[str, tuple[str, Callable[[Any], str]]]] = {
    "version": ("Version", _text),
    "family": ("Family", _text),
    "model_type": ("Type", _text),
    "input_modalities": ("Reads", _words),
    "output_modalities": ("Writes", _words),
    "context_window": ("Context window", _number("tokens")),
    "max_output_tokens": ("Maximum output", _number("tokens")),
    "max_images": ("Images per request", _number("")),
    "requests_per_minute": ("Requests per minute", _number("")),
    "tokens_per_minute": ("Tokens per minute", _number("")),
    "knowledge_cutoff": ("Knowledge cutoff", _text),
    "released_on": ("Released", day),
    "deprecated_on": ("Deprecation", day),
    "retired_on": ("Retirement", day),
    "is_open_weights": ("Open weights", yes_no),
    "parameter_count_billions": ("Parameters", _amount("billion")),
    "quantisation": ("Quantisation", _text),
    "min_memory_gb": ("Minimum memory", _amount("GB")),
    "recommended_memory_gb": ("Recommended memory", _amount("GB")),
}


def facts_of(ai_model: AIModel) -> list[Fact]:
    """Every fact, unknown ones too: a gap is worth seeing."""
    return [
        _fact(ai_model, name, label, shown) for name, (label, shown) in FACTS.items()
    ]


def capabilities_of(ai_model: AIModel) -> list[str]:
    """Its capabilities in the order of the closed set."""
    return [word for word in CAPABILITIES if word in ai_model.capabilities]


def source_of(ai_model: AIModel, field: str) -> tuple[str, str]:
    """(source, day it was read) of one field; empty texts where nothing is stated."""
    stated = ai_model.fact_sources.get(field) or {}
    return str(stated.get("source") or ""), str(stated.get("read_on") or "")


def _fact(
    ai_model: AIModel, name: str, label: str, shown: Callable[[Any], str]
) -> Fact:
    value = getattr(ai_model, name)
    if name == "model_type":
        value = ai_model.get_model_type_display() if value else None
    source, read_on = source_of(ai_model, name)
    return Fact(label, shown(value), source, read_on)
