"""Workloads to start from. The first one is what an empty address shows."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Preset:
    """A named set of form values."""

    slug: str
    name: str
    values: dict[str, str]


PRESETS: Final = (
    Preset(
        "chat",
        "Chat",
        {
            "mode": "tokens",
            "requests": "50000",
            "input_tokens": "1500",
            "output_tokens": "350",
            "cache": "50",
            "batch": "0",
        },
    ),
    Preset(
        "photo-tagging",
        "Photo tagging",
        {
            "mode": "images",
            "photos": "10000",
            "resolution": "medium",
            "calls": "1",
            "prompt_tokens": "300",
            "answer_tokens": "120",
            "batch": "0",
        },
    ),
    Preset(
        "documents",
        "Document extraction",
        {
            "mode": "tokens",
            "requests": "20000",
            "input_tokens": "6000",
            "output_tokens": "800",
            "cache": "0",
            "batch": "100",
        },
    ),
    Preset(
        "code",
        "Code",
        {
            "mode": "tokens",
            "requests": "30000",
            "input_tokens": "24000",
            "output_tokens": "1800",
            "cache": "80",
            "batch": "0",
        },
    ),
)

DEFAULTS: Final[dict[str, str]] = {
    **PRESETS[1].values,
    **PRESETS[0].values,
    "scope": "chosen",
    "cheapest": "10",
    "provider": "",
    "base": "",
    "own_name": "",
    "own_fixed": "",
    "own_item": "",
    "own_capacity": "",
    "first": "",
    "second": "",
    "value": "",
    "setup": "",
    "roi_of": "",
}
"""What each single-valued field holds where the address does not name it."""
