"""What the fields of audit entries are called and what stands in them, in words: money
with its currency, measures with their unit, days as pages write them. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from registry.capabilities import CAPABILITIES
from registry.models.api_token import TokenScope
from registry.models.organization import Role
from registry.money import exact_text
from registry.price_table import UNITS, price_label, price_unit

BETWEEN: Final = " · "
"""Stands between a field and the field inside it."""
LABELS: Final = {
    "amount_usd": "Amount",
    "at_hour": "At",
    "label": "Name",
    "base_url": "Address",
    "candidate_percent": "Share of the candidate",
    "capability_trust": "Trust in documented capabilities",
    "discount_percent": "Discount",
    "effective_from": "Holds from",
    "effective_to": "Holds until",
    "estimate_usd": "Estimated cost",
    "expires_at": "Expires",
    "hedge_after_ms": "Second model after",
    "is_active": "Active",
    "is_enabled": "On",
    "is_on": "On",
    "is_shared": "Shared by a link",
    "keep_payloads": "Texts of calls are kept",
    "least_severity": "From severity",
    "min_context_tokens": "Minimum context",
    "monthly_limit_usd": "Budget a month",
    "on_limit": "At the limit",
    "payload_days": "Texts are kept for",
    "rolls_over": "What is left is carried over",
    "scope_kind": "For",
    "size_bytes": "Size",
    "source_url": "Address it came from",
    "stream_guarantee": "When a stream breaks",
    "thresholds": "Tells at",
    "timeout_seconds": "Time limit",
    "value_usd": "Value of a call",
}
PARTS: Final = {"rates", "standard"}
"""Fields whose name says nothing beside that of the field inside them."""
HIDDEN: Final = frozenset(
    {"account", "fingerprint", "organization", "scope_id", "matched"}
)
"""Numbers and marks that mean nothing to a person."""
ENDINGS: Final = ("_usd", "_ms", "_seconds", "_s", "_bytes", "_gb", "_percent", "_on")
"""Units in the names of fields; they stand at the value instead."""
WORDS: Final = frozenset(
    [
        "accuracy_level",
        "backoff",
        "budget_sensitivity",
        "capability_trust",
        "design",
        "kind",
        "kinds",
        "least_severity",
        "method",
        "on_limit",
        "period",
        "scope_kind",
        "state",
        "stream_guarantee",
        "urgency",
        "use_case",
        "processing",
    ]
)
"""Fields whose values are words of ours, with _ for a space."""
LABELLED: Final[dict[str, Mapping[str, str]]] = {
    "role": {str(one): str(one.label) for one in Role},
    "scopes": {str(one): str(one.label) for one in TokenScope},
    "required_capabilities": {one: said[0] for one, said in CAPABILITIES.items()},
    "capabilities": {one: said[0] for one, said in CAPABILITIES.items()},
    "probes": {one: said[0] for one, said in CAPABILITIES.items()},
}
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"
)
CENTS: Final = 2
MB: Final = 1_000_000


def is_told(name: str, value: Any) -> bool:
    """Whether a person learns anything from the field. The number of a price's row says
    nothing beside its rates."""
    is_hidden = not HIDDEN.isdisjoint(name.split(BETWEEN))
    return not is_hidden and not (key_of(name) == "price" and isinstance(value, int))


def key_of(name: str) -> str:
    """The innermost field of `rates · standard · input_mtok`."""
    return name.rsplit(BETWEEN, 1)[-1]


def field_label(name: str) -> str:
    """`rates · standard · input_mtok` → Input; `cost_usd` → Cost."""
    *outer, key = [one for one in name.split(BETWEEN) if one not in PARTS] or [name]
    if is_rate(key):
        label = price_label(key)
    elif key in LABELS:
        label = LABELS[key]
    else:
        label = _without_unit(key).replace("_", " ")
    before = [one.replace("_", " ") for one in outer]
    whole = BETWEEN.join([*before, label])
    return whole[:1].upper() + whole[1:]


def is_rate(key: str) -> bool:
    """Whether it is a rate of a price: `input_mtok`, `requests_kcount`, …"""
    return any(key.endswith(ending) for ending in UNITS) or key == "per_image_usd"


def value_text(name: str, value: Any) -> str:
    """The value for a person; empty where there is none."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    key = key_of(name)
    if isinstance(value, list):
        return _list_text(key, value)
    if isinstance(value, dict):
        told = ((field_label(one), value_text(one, value[one])) for one in value)
        return ", ".join(f"{label} {text or 'nothing'}" for label, text in told)
    if key in LABELLED:
        return LABELLED[key].get(str(value), str(value))
    if key in WORDS:
        return str(value).replace("_", " ")
    number = _number(value)
    if number is not None and (said := _measured(key, number)):
        return said
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:g}"
    return _moment_text(str(value)) or str(value)


def _list_text(key: str, values: list[Any]) -> str:
    if key == "images":
        return f"{len(values)} image{'s' * (len(values) != 1)}"
    if key == "weekdays" and all(one in range(7) for one in values):
        return ", ".join(DAYS[one] for one in values)
    between = "; " if any(isinstance(one, dict) for one in values) else ", "
    return between.join(value_text(key, one) or "nothing" for one in values)


def _measured(key: str, number: Decimal) -> str:
    """The number with the unit that the field's name says; empty where it says none."""
    if is_rate(key):
        return f"{money(number)} {price_unit(key)}"
    if key.endswith("_per_million"):
        return f"{money(number)} per 1M tokens"
    if key == "usd" or key.endswith("_usd"):
        return money(number)
    if key == "thresholds" or key.endswith("_share"):
        return f"{exact_text(number * 100)} %"
    if key == "at_hour":
        return f"{int(number):02}:00"
    if key.endswith("_bytes"):
        return f"{number / MB:.1f} MB"
    for ending, unit in (
        (("_percent", "percent"), "%"),
        (("_ms",), "ms"),
        (("_seconds", "_s"), "s"),
        (("_gb",), "GB"),
        (("_days", "days"), "days"),
    ):
        if key.endswith(ending):
            return f"{_grouped(number)} {unit}"
    return ""


def money(number: Decimal) -> str:
    """Every digit, and at least two after the point: 1234.5 → $1,234.50."""
    whole, _, rest = exact_text(abs(number)).partition(".")
    sign = "−" if number < 0 else ""
    return f"{sign}${int(whole):,}.{rest:0<{CENTS}}"


def _grouped(number: Decimal) -> str:
    whole, point, rest = exact_text(number).partition(".")
    return f"{int(whole):,}{point}{rest}"


def _without_unit(key: str) -> str:
    key = key.removesuffix("_per_million")
    for ending in ENDINGS:
        if key.endswith(ending) and key != ending:
            return key.removesuffix(ending)
    return key


def _number(value: Any) -> Decimal | None:
    """Of numbers, and of texts that are one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment_text(text: str) -> str:
    """A day as 7 Aug 2025, a moment as 7 Aug 2025, 14:05 UTC; else empty."""
    try:
        if DAY.fullmatch(text):
            return day_text(datetime.date.fromisoformat(text))
        if not MOMENT.fullmatch(text):
            return ""
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return ""
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC)
    is_day = moment.time() == datetime.time()
    return day_text(moment) + ("" if is_day else f", {moment:%H:%M} UTC")


def day_text(day: datetime.date) -> str:
    return f"{day.day} {day:%b %Y}"
