"""What each generation of Anthropic's models takes, read from the model's name. Pure.

The provider lists capabilities, but not which parameters a model refuses; these rules
come from its migration guides. An unknown Claude counts as the newest generation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from registry.providers.adapter import ModelTraits

NAME: Final = re.compile(
    r"claude-(?:(?P<line>[a-z]+)-)?(?P<major>\d{1,2})(?:[-.](?P<minor>\d{1,2}))?"
    r"(?!\d)(?:-(?P<late_line>[a-z]+))?"
)
NEWEST: Final = (99, 0)
NO_SAMPLING_FROM: Final = (4, 7)
ONE_SAMPLING_FROM: Final = (4, 1)
ADAPTIVE_FROM: Final = (4, 6)
BUDGET_FROM: Final = (3, 7)
ALWAYS_THINKING: Final = frozenset({"fable", "mythos"})
# The models of generation 5 of which it is known that thinking can be switched off.
CAN_STOP_THINKING: Final = frozenset(
    {("opus", (5, 0)), ("sonnet", (5, 0)), ("haiku", (5, 5))}
)
XHIGH_LINES: Final = frozenset({"opus", "fable", "mythos"})


@dataclass(frozen=True, slots=True)
class ModelRules:
    """`thinking` is adaptive, budget or none (the model does not think). `efforts` are
    the words of `output_config.effort`. `thinks_unasked`: without a word about it.
    `takes_prefill`: a conversation may end with the beginning of the answer."""

    takes_sampling: bool = True
    takes_both_samplings: bool = True
    thinking: str = "none"
    efforts: frozenset[str] = frozenset()
    thinks_unasked: bool = False
    can_stop_thinking: bool = True
    takes_forced_tool: bool = True
    takes_prefill: bool = True


def rules_of(model: ModelTraits) -> ModelRules:
    """The rules for Claude by generation; another model behind the same interface
    takes everything, and a thinking budget where it is known to reason."""
    name = model.model_name.lower()
    if "claude" not in name:
        thinks = "reasoning" in model.capabilities
        return ModelRules(thinking="budget" if thinks else "none")
    line, version = line_and_version(name)
    is_adaptive = version >= ADAPTIVE_FROM
    return ModelRules(
        takes_sampling=version < NO_SAMPLING_FROM,
        takes_both_samplings=version < ONE_SAMPLING_FROM,
        thinking=_thinking(version),
        efforts=_efforts(line, version) if is_adaptive else frozenset(),
        thinks_unasked=version >= (5, 0),
        can_stop_thinking=version < (5, 0) or (line, version) in CAN_STOP_THINKING,
        takes_prefill=not is_adaptive,
        takes_forced_tool=not (line in ALWAYS_THINKING and version >= (5, 1)),
    )


def line_and_version(name: str) -> tuple[str, tuple[int, int]]:
    """`claude-opus-4-1-20250805` → ("opus", (4, 1))."""
    found = NAME.search(name)
    if found is None:
        return "", NEWEST
    line = found["line"] or found["late_line"] or ""
    return line, (int(found["major"]), int(found["minor"] or 0))


def _thinking(version: tuple[int, int]) -> str:
    if version >= ADAPTIVE_FROM:
        return "adaptive"
    return "budget" if version >= BUDGET_FROM else "none"


def _efforts(line: str, version: tuple[int, int]) -> frozenset[str]:
    has_xhigh = version >= NO_SAMPLING_FROM and line in XHIGH_LINES
    return frozenset({"low", "medium", "high"} | ({"xhigh"} if has_xhigh else set()))
