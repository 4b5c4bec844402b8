"""What a feature says of itself, in words. Pure."""

from typing import Any, Final

from registry.assignment_state import ThreeWay
from registry.capabilities import CAPABILITIES

LABELS: Final = {
    "name": "Name",
    "description": "Description",
    "required_capabilities": "Required capabilities",
    "min_context_tokens": "Minimum context",
    "accuracy_level": "Accuracy level",
    "urgency": "Urgency",
    "budget_sensitivity": "Budget sensitivity",
    "stream_guarantee": "When a stream breaks",
    "timeout_seconds": "Time limit (s)",
    "hedge_after_ms": "Second model after (ms)",
    "automatic_choice": "Automatic choice",
    "key": "Key",
    "archived": "Archived",
}


def fact_text(value: Any) -> str | None:
    """A field's value for a person; None where it is not set."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_item_text(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(
            f"{name.replace('_', ' ')}: {fact_text(one) or 'none'}"
            for name, one in value.items()
        )
    return f"{value:,}" if isinstance(value, int) else str(value)


def _item_text(item: Any) -> str:
    """A capability by its label; of an object, such as a scorer, its parts."""
    if isinstance(item, dict):
        return " ".join(str(part) for part in item.values())
    return CAPABILITIES[item][0] if item in CAPABILITIES else str(item)


def conflict_lines(theirs: dict[str, Any], mine: dict[str, Any]) -> list[ThreeWay]:
    """Fields in which two edits differ. What stood before both is not known here."""
    return [
        ThreeWay(LABELS[name], None, fact_text(theirs[name]), fact_text(mine[name]))
        for name in mine
        if theirs[name] != mine[name]
    ]
