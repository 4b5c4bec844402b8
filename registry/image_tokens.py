"""How many input tokens an image costs a model. Pure; see `registry.image_families`
for the rule of each family and its source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from registry.image_families import FAMILIES, Family
from registry.image_rules import DETAILS, Detail

MAX_SIDE_PX: Final = 1_000_000
UNKNOWN: Final = "Not known how this model counts images."
HOST_PREFIX: Final = re.compile(
    r"^(?:(?:us|us-gov|eu|apac|jp|au|ca|sa|global|regional)\.)?"
    r"(?:publishers/google/models/|models/|(?:openai|anthropic|google)[./])"
)
"""What Bedrock, Vertex AI and OpenRouter put before the maker's own id."""
HOST_SUFFIX: Final = re.compile(r"(?:-v\d+(?::\d+)?|@[\w-]+|:[\w-]+)$")
"""What they put after it: `-v1:0`, `@20250514`, `:free`."""
SELF_HOSTED: Final = frozenset(
    {"ollama", "lm-studio", "llama-cpp", "localai", "vllm", "custom"}
)
"""Where people name models as they like, so that an id says nothing."""


@dataclass(frozen=True)
class ImageTokens:
    """The tokens of one image; None is "not known" (or refused), never 0. `rule` names
    the family, `source` is where its rule is documented."""

    tokens: int | None
    rule: str
    source: str
    note: str = ""
    is_certain: bool = True


def image_tokens(
    provider_slug: str,
    model_name: str,
    width_px: int,
    height_px: int,
    detail: Detail = "auto",
) -> ImageTokens:
    """The input tokens of an image of `width_px` × `height_px` at `detail`. Providers
    without a detail of that name count it as the note says.

    Raises ValueError for a size that is none and for an unknown detail.
    """
    if detail not in DETAILS:
        raise ValueError(f"The detail is one of {', '.join(DETAILS)}.")
    for side in (width_px, height_px):
        if type(side) is not int or not 0 < side <= MAX_SIDE_PX:
            raise ValueError(f"An image has 1 to {MAX_SIDE_PX:,} pixels a side.")
    family = family_of(provider_slug, model_name)
    if family is None:
        return ImageTokens(None, "", "", UNKNOWN, is_certain=False)
    tokens, remark = family.rule.count(width_px, height_px, detail)
    note = " ".join(filter(None, (family.doubt, remark)))
    return ImageTokens(tokens, family.name, family.source, note, not family.doubt)


@lru_cache(maxsize=8192)
def family_of(provider_slug: str, model_name: str) -> Family | None:
    """The family whose rule holds for a model, also where another company hosts it
    under an id that says what it is (`anthropic.claude-…`, `openai/gpt-4o`)."""
    if provider_slug in SELF_HOSTED:
        return None
    name = HOST_PREFIX.sub("", model_name.lower())
    name = HOST_SUFFIX.sub("", name)
    return next((one for one in FAMILIES if re.match(one.pattern, name)), None)
