import datetime
from decimal import Decimal

from genai_prices import types as genai

from registry.catalog.build import build_document
from registry.catalog.facts import type_of
from registry.catalog.genai import PriceCatalog
from registry.catalog.inputs import Inputs
from registry.catalog.sheets import FactCatalog, Sheet

DAY = datetime.date(2026, 11, 1)
OLD = datetime.date(2026, 5, 21)


def facts_of(models_dev=None, litellm=None, **entry):
    model = genai.ModelInfo(
        id="m",
        match=genai.ClauseEquals(equals="m"),
        **{"prices": genai.ModelPrice(input_mtok=Decimal(1)), **entry},
    )
    provider = genai.Provider(
        id="openai", name="OpenAI", api_pattern="", models=[model]
    )
    catalogs = [
        FactCatalog(source, day, {"openai": {"m": sheet}})
        for source, day, sheet in (
            ("models.dev", OLD, models_dev),
            ("LiteLLM", DAY, litellm),
        )
        if sheet
    ]
    document = build_document(Inputs(PriceCatalog((provider,), DAY), catalogs))
    return document.models[0].facts


def test_models_dev_wins_where_both_state_a_fact():
    facts = facts_of(Sheet(context_window=100), Sheet(context_window=200))

    assert facts["context_window"].value == 100
    assert facts["context_window"].source == "models.dev"
    assert facts["context_window"].read_on == OLD


def test_litellm_fills_what_models_dev_leaves_open():
    facts = facts_of(Sheet(context_window=100), Sheet(max_output_tokens=50))

    assert facts["max_output_tokens"].source == "LiteLLM"


def test_the_rounded_window_of_genai_prices_comes_last():
    assert (
        facts_of(None, Sheet(context_window=1_047_576), context_window=1_000_000)[
            "context_window"
        ].value
        == 1_047_576
    )
    alone = facts_of(context_window=1_000_000)["context_window"]
    assert (alone.value, alone.source) == (1_000_000, "genai-prices")


def test_capabilities_add_up_and_each_keeps_its_source():
    fact = facts_of(
        Sheet(capabilities=("tools",), output_modalities=("text",)),
        Sheet(capabilities=("web_search", "tools")),
        prices=genai.ModelPrice(input_mtok=Decimal(1), cache_read_mtok=Decimal("0.1")),
        price_variants=[
            genai.PriceVariant(
                when={"processing": "batch"},
                prices=genai.ModelPrice(input_mtok=Decimal("0.5")),
            )
        ],
    )["capabilities"]

    assert fact.value == ["text_generation", "tools", "caching", "batch", "web_search"]
    assert fact.by == {
        "text_generation": "models.dev",
        "tools": "models.dev",
        "caching": "genai-prices",
        "batch": "genai-prices",
        "web_search": "LiteLLM",
    }


def test_a_long_window_is_a_capability():
    assert facts_of(Sheet(context_window=200_000))["capabilities"].value == [
        "long_context"
    ]
    assert "capabilities" not in facts_of(Sheet(context_window=199_999))


def test_what_nobody_states_is_absent():
    assert set(facts_of()) == {"model_name"}


def test_the_type_follows_from_what_goes_in_and_out():
    assert type_of(["text"], ["text"]) == "language"
    assert type_of(["text", "pdf"], ["text"]) == "language"
    assert type_of(["text", "image"], ["text"]) == "vision"
    assert type_of(["text", "image", "audio"], ["text"]) == "multimodal"
    assert type_of(["text"], ["text", "image"]) == "multimodal"
    assert type_of(["text"], ["image"]) == "image"
    assert type_of(["text"], ["embedding"]) == "embedding"
    assert type_of(["text"], []) == ""


def test_a_type_that_a_source_states_wins():
    facts = facts_of(None, Sheet(model_type="rerank", output_modalities=("text",)))

    assert facts["model_type"].value == "rerank"
