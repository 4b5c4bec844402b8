"""Where in the registry a model may stand that somebody else names. Pure.

A spelling is another way to write the very same version; a date that the registry does
not know is never dropped, as `gpt-4o-2024-05-13` costs twice what `gpt-4o` does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Place = tuple[str, str]
"""Slug of a provider, exact id of a model there."""
OPENAI: Final = ("openai",)
AZURE: Final = ("azure", "openai")
GOOGLE: Final = ("google",)
BEDROCK: Final = ("aws", "anthropic")
SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("azure", "azure_openai", "azure.ai.openai"), AZURE),
    **dict.fromkeys(("az.ai.openai", "azure_ai", "azure.ai.inference"), AZURE),
    **dict.fromkeys(("az.ai.inference", "azure_text"), AZURE),
    **dict.fromkeys(("vertex_ai", "vertexai", "vertex", "gemini"), GOOGLE),
    **dict.fromkeys(("gcp.gemini", "gcp.vertex_ai", "gcp.gen_ai"), GOOGLE),
    **dict.fromkeys(("google_vertex", "google_genai", "google_ai_studio"), GOOGLE),
    **dict.fromkeys(("google_generative_ai", "google.generative-ai"), GOOGLE),
    **dict.fromkeys(("vertex_ai_anthropic", "anthropic_vertex"), GOOGLE),
    **dict.fromkeys(("bedrock", "aws.bedrock", "aws_bedrock"), BEDROCK),
    **dict.fromkeys(("amazon_bedrock", "bedrock_converse", "aws"), BEDROCK),
    **dict.fromkeys(("openai.chat", "openai.responses", "text_completion"), OPENAI),
    **dict.fromkeys(("text_completion_openai", "open_ai"), OPENAI),
    **dict.fromkeys(("xai", "x_ai", "grok"), ("x-ai",)),
    **dict.fromkeys(("mistralai", "mistral_ai", "mistral.chat"), ("mistral",)),
    **dict.fromkeys(("together_ai", "togetherai"), ("together",)),
    **dict.fromkeys(("fireworks_ai", "fireworksai"), ("fireworks",)),
    **dict.fromkeys(("cohere_chat", "cohere_v2"), ("cohere",)),
    **dict.fromkeys(("anthropic.messages", "claude"), ("anthropic",)),
    **dict.fromkeys(("perplexity_ai", "perplexityai"), ("perplexity",)),
    **dict.fromkeys(("ollama_chat",), ("ollama",)),
    **dict.fromkeys(("moonshot", "moonshot_ai"), ("moonshotai",)),
    **dict.fromkeys(("voyage", "voyage_ai"), ("voyageai",)),
    **dict.fromkeys(("github_copilot",), ("github-copilot",)),
}
"""What instrumentations, gateways and exports call a provider, with underscores for
dashes and spaces; the slugs to look at, the likeliest first."""
MAKERS: Final = ("openai", "anthropic", "google", "mistral", "cohere", "deepseek")
"""Where a model is looked for of which nobody said who serves it."""
PATHS: Final = ("models/", "publishers/google/models/", "publishers/anthropic/models/")
REGION: Final = re.compile(r"(?:us-gov|us|eu|apac|au|jp|in|ca)\.(?=[a-z0-9]+\.)")
BEDROCK_VERSION: Final = re.compile(r"(-v\d+)?(:\d+)?$")
MOST: Final = 24


def places(provider: str, model: str) -> list[Place]:
    """Where the model of `provider` (as said, may be empty) is looked for: the first
    of these that the registry has is meant."""
    found: dict[Place, None] = {}
    for slugs, name in _readings(provider, model.strip()):
        for slug in slugs:
            for spelling in _spellings(slug, name):
                found.setdefault((slug, spelling))
    return list(found)[:MOST]


def slugs_of(provider: str) -> tuple[str, ...]:
    """The registry's slugs for a provider as somebody calls it."""
    said = provider.strip().lower()
    folded = re.sub(r"[\s-]+", "_", said)
    return SYNONYMS.get(folded) or ((said,) if said else ())


def said_name(provider: str, model: str) -> str:
    """`provider/name` as it was said, for a model that nobody knows."""
    said, name = provider.strip(), model.strip()
    if not said or name.startswith(f"{said}/"):
        return name
    return f"{said}/{name}"


def _readings(provider: str, model: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """As it was said; then with its head as the provider (`openai/gpt-5`), where that
    agrees with what was said or nothing was."""
    slugs = slugs_of(provider)
    if slugs:
        yield slugs, model
    head, slash, rest = model.partition("/")
    if not slash:
        if not slugs:
            yield MAKERS, model
        return
    named = slugs_of(head)
    if not slugs or set(named) & set(slugs):
        yield named, rest


def _spellings(slug: str, name: str) -> Iterator[str]:
    bare = next((name[len(one) :] for one in PATHS if name.startswith(one)), name)
    for spelling in dict.fromkeys((name, bare, bare.lower())):
        yield spelling
        if slug == "aws":
            yield from _bedrock(spelling)
        elif slug == "anthropic":
            yield from _at_anthropic(spelling)


def _bedrock(name: str) -> Iterator[str]:
    """A geography's price is that of its regions: `eu.anthropic.…` is listed as
    `regional.anthropic.…`."""
    if not name.startswith(("global.", "regional.")):
        yield f"regional.{REGION.sub('', name, count=1)}"


def _at_anthropic(name: str) -> Iterator[str]:
    """`us.anthropic.claude-x-20250101-v1:0` and `claude-x@20250101`, as Anthropic
    itself writes them."""
    _, dot, rest = name.partition("anthropic.")
    if dot:
        yield BEDROCK_VERSION.sub("", rest)
    if "@" in name:
        yield name.replace("@", "-")
