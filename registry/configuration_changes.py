"""Two configurations of a model side by side, in words. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from registry.parameters import LABELS
from registry.templatetags.display import DASH

OPTIONS: Final = {
    "fallbacks": "Fallbacks",
    "use_batch_price": "Batch price",
    "monthly_limit_usd": "Monthly limit in USD",
    "notes": "Notes",
    "is_enabled": "Enabled",
}


ACTIONS: Final = {
    "model.enabled": "Enabled",
    "model.disabled": "Disabled",
    "model.configured": "Configured",
    "price.negotiated": "Own price agreed",
    "price.ended": "Own price ended",
    "price.taken_back": "Planned price taken back",
}


@dataclass(frozen=True)
class ConfigurationChange:
    label: str
    before: str
    after: str


def action_words(action: str) -> str:
    """What was done, for a person: model.enabled → Enabled."""
    return ACTIONS.get(action, action.replace(".", " ").replace("_", " ").capitalize())


def configuration_changes(
    before: dict[str, Any], after: dict[str, Any]
) -> list[ConfigurationChange]:
    """What differs between two records of `Configuration.as_record`, or between the
    two sides of an audit entry, which hold only what was touched."""
    old, new = _flat(before), _flat(after)
    return [
        ConfigurationChange(
            LABELS.get(name, OPTIONS.get(name, name.replace("_", " ").capitalize())),
            _shown(old.get(name)),
            _shown(new.get(name)),
        )
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in record.items() if name != "parameters"}
    return {**(record.get("parameters") or {}), **rest}


def _shown(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) or (isinstance(value, list) and _is_nested(value)):
        # A whole document (rates, ratings): the admin shows it, a line cannot.
        return f"{len(value)} value{'' if len(value) == 1 else 's'}"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def _is_nested(values: list[Any]) -> bool:
    return any(isinstance(one, dict | list) for one in values)
