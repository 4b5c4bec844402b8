"""Models as text for a person and as JSON for a program (decimals as text)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from registry.facts import FACT_FIELDS
from registry.models import AIModel
from registry.plain_text import DASH, columns, dollars, plain
from registry.queries.model_lines import ModelLine
from registry.queries.references import Resolution

FACTS: Final = tuple(field for field in FACT_FIELDS if field != "description")
HEAD: Final = ("Model", "Context", "Input $/M", "Output $/M")


def line_json(line: ModelLine) -> dict[str, Any]:
    model = line.ai_model
    return {
        "model": model.reference,
        "name": model.name,
        "type": model.model_type or None,
        "context_window": model.context_window,
        "input_usd_per_million": _text(line.rate("input_mtok")),
        "output_usd_per_million": _text(line.rate("output_mtok")),
        "is_listed": model.is_listed,
    }


def lines_text(lines: Sequence[ModelLine]) -> str:
    if not lines:
        return "No model matches."
    rows = [
        (
            line.ai_model.reference,
            f"{line.ai_model.context_window:,}"
            if line.ai_model.context_window
            else DASH,
            dollars(line.rate("input_mtok")),
            dollars(line.rate("output_mtok")),
        )
        for line in lines
    ]
    return "\n".join(columns([HEAD, *rows], right=frozenset({1, 2, 3})))


def model_json(resolution: Resolution, line: ModelLine) -> dict[str, Any]:
    model = line.ai_model
    price = line.quote.price if line.quote else None
    return {
        "model": model.reference,
        "requested": resolution.requested,
        "alias": str(resolution.alias) if resolution.alias else None,
        **{fact: _fact(model, fact) for fact in FACTS},
        "fact_sources": model.fact_sources,
        "price": price.pk if price else None,
        "price_source": price.source if price else None,
        "rates": line.quote.rates.document if line.quote else None,
    }


def model_text(resolution: Resolution, line: ModelLine) -> str:
    model = line.ai_model
    title = model.reference
    if resolution.alias:
        title = f"{resolution.requested} → {title}"
    facts = [
        (fact.replace("_", " "), _shown(_fact(model, fact)), _source(model, fact))
        for fact in FACTS
    ]
    rates = line.quote.rates.document.get("standard", {}) if line.quote else {}
    prices = [(key, _rate_text(rate), "") for key, rate in rates.items()]
    if not prices:
        prices = [("price", DASH, "")]
    return "\n".join([title, "", *columns([*facts, *prices], right=frozenset())])


def _fact(model: AIModel, fact: str) -> Any:
    value = getattr(model, fact)
    if value in ("", []):
        return None
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _shown(value: Any) -> str:
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _source(model: AIModel, fact: str) -> str:
    stated = model.fact_sources.get(fact)
    return " ".join(str(stated[key]) for key in ("source", "read_on")) if stated else ""


def _rate_text(rate: Any) -> str:
    if not isinstance(rate, dict):
        return f"${rate}"
    steps = (f"${tier['price']} above {tier['start']:,}" for tier in rate["tiers"])
    return ", ".join([f"${rate['base']}", *steps])


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
