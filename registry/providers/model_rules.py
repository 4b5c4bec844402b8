"""Which families of models do not take which parameters: the first row that matches a
model holds. Read in providers' references and error reports in November 2026."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from registry.providers.parameter_rule import ParameterRule

OPENAI: Final = frozenset({"openai"})
SAMPLING: Final = frozenset(
    {"temperature", "top_p", "frequency_penalty", "presence_penalty"}
)
REASONER: Final = SAMPLING | {"stop", "parallel_tool_calls"}
FIVE: Final = SAMPLING | {"stop"}
THREE_EFFORTS: Final = ("low", "medium", "high")
FIVE_EFFORTS: Final = ("minimal", *THREE_EFFORTS)
NEW_EFFORTS: Final = ("none", *THREE_EFFORTS)
WIDE_EFFORTS: Final = (*NEW_EFFORTS, "xhigh")

OPENAI_RULES: Final = (
    ParameterRule(
        pattern=r"o1-(?:mini|preview)",
        dialects=OPENAI,
        refuses=REASONER,
        efforts=(),
        has_tools=False,
        has_images=False,
        has_system=False,
    ),
    ParameterRule(
        pattern=r"(?:o3|o4-mini)-deep-research",
        dialects=OPENAI,
        refuses=REASONER,
        efforts=("medium",),
    ),
    ParameterRule(
        pattern=r"o3-mini",
        dialects=OPENAI,
        refuses=REASONER,
        efforts=THREE_EFFORTS,
        has_images=False,
    ),
    ParameterRule(
        pattern=r"o[1-9](?:$|-)",
        dialects=OPENAI,
        refuses=REASONER,
        efforts=THREE_EFFORTS,
    ),
    ParameterRule(
        pattern=r"gpt-[45]o?(?:-mini)?-search",
        dialects=OPENAI,
        refuses=REASONER,
        efforts=(),
    ),
    ParameterRule(pattern=r"gpt-5-chat", dialects=OPENAI, efforts=()),
    ParameterRule(
        pattern=r"gpt-5\.\d-chat|gpt-chat|chat-latest",
        dialects=OPENAI,
        refuses=FIVE,
        efforts=("medium",),
    ),
    ParameterRule(
        pattern=r"gpt-5-pro", dialects=OPENAI, refuses=FIVE, efforts=("high",)
    ),
    ParameterRule(
        pattern=r"gpt-5(?:\.\d+)?-pro",
        dialects=OPENAI,
        refuses=FIVE,
        efforts=("medium", "high", "xhigh"),
    ),
    ParameterRule(
        pattern=r"gpt-5(?:\.1)?-codex(?!-max)|codex-mini",
        dialects=OPENAI,
        refuses=FIVE,
        efforts=THREE_EFFORTS,
    ),
    ParameterRule(
        pattern=r"gpt-5\.\d+-codex",
        dialects=OPENAI,
        refuses=FIVE,
        efforts=(*THREE_EFFORTS, "xhigh"),
    ),
    ParameterRule(
        pattern=r"gpt-5(?:$|-)", dialects=OPENAI, refuses=FIVE, efforts=FIVE_EFFORTS
    ),
    ParameterRule(
        pattern=r"gpt-5\.1(?:$|-)",
        dialects=OPENAI,
        refuses=frozenset({"frequency_penalty", "presence_penalty", "stop"}),
        refuses_thinking=frozenset({"temperature", "top_p"}),
        efforts=NEW_EFFORTS,
        default_effort="none",
    ),
    ParameterRule(
        pattern=r"gpt-5\.[24](?:$|-)",
        dialects=OPENAI,
        refuses=frozenset({"frequency_penalty", "presence_penalty", "stop"}),
        refuses_thinking=frozenset({"temperature", "top_p"}),
        efforts=WIDE_EFFORTS,
        default_effort="none",
    ),
    ParameterRule(
        pattern=r"gpt-(?:5\.\d|[6-9])",
        dialects=OPENAI,
        refuses=FIVE,
        efforts=WIDE_EFFORTS,
    ),
    ParameterRule(
        pattern=r"gpt-oss", dialects=OPENAI, efforts=THREE_EFFORTS, has_images=False
    ),
    ParameterRule(
        pattern=r"(?:ft:)?(?:chatgpt-|gpt-)(?:3\.5|4)", dialects=OPENAI, efforts=()
    ),
)
"""From gpt-5.1 on, sampling is possible only without reasoning."""

OTHER_RULES: Final = (
    ParameterRule(
        pattern=r"grok-3-mini",
        refuses=frozenset({"frequency_penalty", "presence_penalty", "stop"}),
        efforts=("low", "high"),
    ),
    ParameterRule(pattern=r"grok-[23]", efforts=()),
    ParameterRule(pattern=r"grok-.*non-reasoning", efforts=()),
    ParameterRule(
        pattern=r"grok-(?:4(?:$|-)|code)",
        refuses=frozenset({"frequency_penalty", "presence_penalty", "stop"}),
        efforts=(),
    ),
    ParameterRule(
        pattern=r"grok-",
        refuses=frozenset({"frequency_penalty", "presence_penalty", "stop"}),
    ),
    ParameterRule(pattern=r"sonar", has_tools=False),
)

RULES: Final[tuple[ParameterRule, ...]] = (*OPENAI_RULES, *OTHER_RULES)
NO_RULE: Final = ParameterRule(pattern="")
HOST_PREFIX: Final = re.compile(r"^(?:.*/)?(?:(?:[a-z]{2,6}\.)?[a-z]+\.(?=[a-z]))?")


def family_id(model_name: str) -> str:
    """`us.anthropic.claude-…` and `openai/gpt-5:free` without what the host added."""
    return HOST_PREFIX.sub("", model_name.lower())


@cache
def rule_for(provider: str, dialect: str, model_name: str) -> ParameterRule:
    """The rule that holds for a model; one without limits where none is known."""
    name = family_id(model_name)
    for rule in RULES:
        if rule.dialects and dialect not in rule.dialects:
            continue
        if rule.providers and provider not in rule.providers:
            continue
        if re.match(rule.pattern, name):
            return rule
    return NO_RULE
