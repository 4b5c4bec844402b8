"""What each generation of Google's models takes, read from the model's name. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

NAME: Final = re.compile(r"gemini-(\d+)(?:[.-](\d+)(?!\d))?")
NEWEST: Final = (99, 0)
LEVELS_FROM: Final = (3, 0)
THINKS_FROM: Final = (2, 5)


@dataclass(frozen=True, slots=True)
class GoogleRules:
    """`thinking` is level, budget or none. `smallest_budget` switches it off where it
    is 0; `lowest_level` is as near to that as a model with levels comes."""

    thinking: str = "level"
    lowest_level: str = "low"
    smallest_budget: int = 0
    largest_budget: int = 24_576
    takes_penalties: bool = False
    wants_signature: bool = True
    takes_schema_with_tools: bool = True
    takes_system: bool = True


def rules_of(model_name: str) -> GoogleRules:
    """A Gemini that is not known counts as the newest generation."""
    name = model_name.lower()
    if "gemini" not in name:
        return GoogleRules(
            thinking="none",
            wants_signature=False,
            takes_schema_with_tools=False,
            takes_system=not re.search(r"gemma-[23]", name),
        )
    found = NAME.search(name)
    version = (int(found[1]), int(found[2] or 0)) if found else NEWEST
    is_pro = "pro" in name
    return GoogleRules(
        thinking=_thinking(version, name),
        lowest_level="low" if is_pro else "minimal",
        smallest_budget=128 if is_pro else 0,
        largest_budget=32_768 if is_pro else 24_576,
        takes_penalties=version == (2, 0),
        wants_signature=version >= LEVELS_FROM,
        takes_schema_with_tools=version >= LEVELS_FROM,
    )


def _thinking(version: tuple[int, int], name: str) -> str:
    if version >= LEVELS_FROM:
        return "level"
    thinks = version >= THINKS_FROM and "image" not in name
    return "budget" if thinks else "none"
