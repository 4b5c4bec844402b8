"""Image tokens against figures that providers state or that were billed.

Sources of the checkpoints: OpenAI's images and vision guide (1024², 1800×2400,
2048×4096), Anthropic's vision page (200² to 3840×2160), and a public measurement of
GPT-5.5 and 6 (huggingface.co/datasets/JOHNISKING/image-token-cost).
"""

import pytest

from registry.image_families import FAMILIES
from registry.image_tokens import family_of, image_tokens
from tests.engine_prices import engine_models


def tokens(reference, width, height, detail="auto"):
    provider, _, name = reference.partition("/")
    return image_tokens(provider, name, width, height, detail).tokens


@pytest.mark.parametrize(
    ("reference", "width", "height", "detail", "expected"),
    [
        ("openai/gpt-4o", 1024, 1024, "high", 765),
        ("openai/gpt-4o", 2048, 4096, "high", 1105),
        ("openai/gpt-4o", 4096, 8192, "low", 85),
        ("openai/gpt-4.1-2025-04-14", 1024, 1024, "auto", 765),
        ("openai/gpt-4o-mini", 1024, 1024, "high", 2833 + 4 * 5667),
        ("openai/gpt-4o-mini", 1024, 1024, "low", 2833),
        ("openai/gpt-5.1", 1024, 1024, "high", 70 + 4 * 140),
        ("openai/o3", 512, 512, "high", 75 + 150),
        ("openai/o1-pro", 100, 100, "low", 75),
        ("openai/gpt-5-mini", 1024, 1024, "high", 1659),
        ("openai/gpt-5.4-nano", 1024, 1024, "high", 2520),
        ("openai/o4-mini", 1024, 1024, "high", 1762),
        ("openai/gpt-4.1-mini", 1800, 2400, "high", 2353),
        ("openai/gpt-5.4", 1024, 1024, "auto", 1229),
        ("openai/gpt-5.4", 3840, 2160, "auto", 2765),
        ("openai/gpt-5.5", 4032, 3024, "auto", 11868),
        ("openai/gpt-6-astra", 4032, 3024, "auto", 14364),
        ("openai/gpt-6-astra", 4032, 3024, "high", 2942),
        ("openai/gpt-6-astra", 3840, 2160, "high", 2931),
        ("openai/gpt-6-astra", 3840, 2160, "original", 9792),
        ("openai/gpt-5.6-sol", 640, 480, "low", 231),
        ("openai/gpt-6-astra", 256, 256, "low", 77),
        ("anthropic/claude-sonnet-4-6", 200, 200, "auto", 64),
        ("anthropic/claude-sonnet-4-6", 1000, 1000, "auto", 1296),
        ("anthropic/claude-sonnet-4-6", 1092, 1092, "auto", 1521),
        ("anthropic/claude-sonnet-4-6", 1075, 1520, "auto", 33 * 47),
        ("anthropic/claude-haiku-4-5", 3840, 2160, "auto", 1560),
        ("anthropic/claude-opus-4-7", 1920, 1080, "auto", 2691),
        ("anthropic/claude-opus-5", 3840, 2160, "auto", 4784),
        ("anthropic/claude-opus-5", 4032, 3024, "auto", 79 * 60),
        ("anthropic/claude-3-7-sonnet-latest", 200, 200, "auto", 54),
        ("anthropic/claude-3-haiku", 1000, 1000, "auto", 1334),
        ("anthropic/claude-3-haiku", 1092, 1092, "auto", 1590),
        ("anthropic/claude-3-haiku", 4000, 4000, "auto", 1600),
        ("google/gemini-2.5-flash", 384, 384, "auto", 258),
        ("google/gemini-2.5-flash", 385, 384, "auto", 258),
        ("google/gemini-2.5-flash", 1024, 1024, "auto", 4 * 258),
        ("google/gemini-1.5-pro", 4000, 4000, "auto", 258),
        ("google/gemini-3.1-pro-preview", 4000, 4000, "low", 280),
        ("google/gemini-3.1-pro-preview", 4000, 4000, "medium", 560),
        ("google/gemini-3.1-pro-preview", 4000, 4000, "auto", 1120),
        ("google/gemini-3.1-pro-preview", 4000, 4000, "original", 2240),
    ],
)
def test_an_image_costs_what_the_provider_documents(
    reference, width, height, detail, expected
):
    assert tokens(reference, width, height, detail) == expected


@pytest.mark.parametrize(
    ("hosted", "own"),
    [
        ("aws/us.anthropic.claude-opus-4-7-v1:0", "anthropic/claude-opus-4-7"),
        ("aws/regional.anthropic.claude-opus-5", "anthropic/claude-opus-5"),
        (
            "aws/anthropic.claude-sonnet-4-20250514-v1:0",
            "anthropic/claude-sonnet-4-0",
        ),
        ("google/claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4-5"),
        ("openrouter/anthropic/claude-3.5-haiku", "anthropic/claude-3-5-haiku-latest"),
        ("openrouter/openai/gpt-4o:batch", "openai/gpt-4o"),
        ("openrouter/google/gemini-2.5-pro", "google/gemini-2.5-pro"),
        ("azure/o4-mini", "openai/o4-mini"),
        ("github-copilot/gpt-5.4", "openai/gpt-5.4"),
    ],
)
def test_a_hosted_model_counts_as_its_makers(hosted, own):
    assert tokens(hosted, 1600, 1200) == tokens(own, 1600, 1200) is not None


@pytest.mark.parametrize(
    "reference",
    [
        "openai/gpt-5.3-codex",
        "openai/gpt-4o-realtime-preview",
        "openai/o3-mini",
        "openai/gpt-6.1-sol",
        "google/gemini-3-pro-image-preview",
        "mistral/pixtral-large-2411",
        "groq/openai/gpt-oss-120b",
        "anthropic/claude-2",
        "ollama/gpt-4o",
        "x/",
    ],
)
def test_an_unknown_family_is_not_known_and_never_zero(reference):
    provider, _, name = reference.partition("/")

    counted = image_tokens(provider, name, 100, 100)

    assert counted.tokens is None
    assert not counted.is_certain
    assert "Not known" in counted.note


def test_a_row_that_sources_disagree_on_says_so():
    counted = image_tokens("openai", "gpt-5.2", 1024, 1024)

    assert counted.tokens == 1229
    assert not counted.is_certain
    assert "Sources differ" in counted.note


@pytest.mark.parametrize(
    ("reference", "side"),
    [("openai/gpt-6-astra", 6000), ("anthropic/claude-opus-5", 8001)],
)
def test_an_image_the_provider_refuses_has_no_tokens(reference, side):
    provider, _, name = reference.partition("/")

    counted = image_tokens(provider, name, side, side)

    assert counted.tokens is None
    assert "Refused" in counted.note


def test_a_detail_that_a_family_does_not_have_is_said():
    assert "counted as high" in image_tokens("openai", "gpt-4o", 9, 9, "medium").note
    assert "alike" in image_tokens("anthropic", "claude-opus-5", 9, 9, "low").note
    assert image_tokens("openai", "gpt-4o", 9, 9, "high").note == ""


@pytest.mark.parametrize("size", [(0, 5), (5, -1), (5, 10**30), (True, 5), (1.5, 5)])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(ValueError, match="pixels a side"):
        image_tokens("openai", "gpt-4o", *size)


def test_an_unknown_detail_is_refused():
    with pytest.raises(ValueError, match="The detail is one of low"):
        image_tokens("openai", "gpt-4o", 5, 5, "ultra")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_rule_has_a_source_and_counts_extreme_shapes(family):
    assert family.source.startswith("https://")
    for width, height in ((1, 1), (1, 8000), (8000, 1), (7999, 8000)):
        for detail in ("low", "high", "original"):
            counted, remark = family.rule.count(width, height, detail)
            assert (counted is None and "Refused" in remark) or counted > 0


@pytest.mark.parametrize(
    ("reference", "limit"),
    [
        ("openai/gpt-5-mini", 1536),
        ("openai/gpt-5.4", 2500),
        ("anthropic/claude-opus-5", 4784),
        ("anthropic/claude-haiku-4-5", 1568),
    ],
)
def test_no_shape_exceeds_the_documented_limit(reference, limit):
    factor = {"gpt-5-mini": 1.62, "gpt-5.4": 1.2}.get(reference.partition("/")[2], 1)

    for width in range(1, 8000, 397):
        for height in range(1, 8000, 401):
            assert tokens(reference, width, height, "high") <= limit * factor + 1


def test_each_family_row_is_reached_by_a_model():
    reached = {family_of(provider.id, model.id) for provider, model in engine_models()}

    assert reached - {None} == set(FAMILIES)
