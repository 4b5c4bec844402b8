import pytest

from registry.models import AIModel, ModelAlias
from registry.services.catalog_sync import sync_catalog
from tests.catalog_data import document, full_document, model_entry

KNOWN = {
    "anthropic": {
        "claude-3-5-haiku-latest": "claude-3-5-haiku-20241022",
        "claude-opus-4-5": "claude-opus-4-5-20251101",
        "claude-sonnet-4-0": "claude-sonnet-4-20250514",
        "claude-opus-5-latest": "claude-opus-5",
    },
    "mistral": {
        "mistral-large-latest": "mistral-large-2512",
        "mistral-medium-latest": "mistral-medium-2604",
        "ministral-8b-latest": "ministral-8b-2512",
    },
    "x-ai": {"grok-latest": "grok-4.7", "grok-4-latest": "grok-4-0709"},
    "google": {"gemini-flash-latest": "gemini-3.8-flash"},
    "openai": {"chatgpt-4o-latest": None, "gpt-5-1": "gpt-5.1"},
}


@pytest.mark.parametrize(
    ("provider", "alias", "target"),
    [
        (provider, alias, target)
        for provider, aliases in KNOWN.items()
        for alias, target in aliases.items()
    ],
)
def test_a_moving_name_stands_for_the_newest_exact_version(provider, alias, target):
    (found,) = [
        one
        for one in full_document().aliases
        if (one.provider, one.alias) == (provider, alias)
    ]

    assert found.target == target


def test_no_moving_name_is_a_row_and_none_is_priced():
    names = [entry.model_name for entry in full_document().models]

    assert [name for name in names if name.lower().endswith("latest")] == []


def test_no_name_is_both_a_row_and_an_alias():
    rows = {entry.key for entry in full_document().models}

    assert rows.isdisjoint(
        {(one.provider, one.alias) for one in full_document().aliases}
    )


def test_every_alias_with_a_target_points_to_a_row():
    rows = {entry.key for entry in full_document().models}
    targets = {
        (one.provider, one.target) for one in full_document().aliases if one.target
    }

    assert targets <= rows


def test_mistral_large_latest_costs_what_its_exact_version_costs():
    (entry,) = [
        one
        for one in full_document().models
        if one.key == ("mistral", "mistral-large-2512")
    ]

    assert entry.prices[-1].rates["standard"]["input_mtok"] == "0.5"
    assert entry.price_reference == "mistral/mistral-large-2512"


def test_a_dated_version_says_which_entry_priced_it():
    (entry,) = [
        one
        for one in full_document().models
        if one.key == ("anthropic", "claude-3-5-haiku-20241022")
    ]

    assert entry.price_reference == "anthropic/claude-3-5-haiku-latest"
    assert entry.prices[0].rates["matched"] == {
        "provider_id": "anthropic",
        "model_id": "claude-3-5-haiku-latest",
    }


def test_an_alias_moves_to_the_next_version(db):
    first = document(model_entry("m-1"), aliases={"m-latest": "m-1"})
    second = document(
        model_entry("m-1"), model_entry("m-2"), aliases={"m-latest": "m-2"}
    )
    sync_catalog(document=first)

    report = sync_catalog(document=second)

    assert ModelAlias.objects.get().ai_model.model_name == "m-2"
    assert report.aliases_changed == {"openai/m-latest": "openai/m-2"}


def test_an_alias_without_a_known_version_has_no_target_and_is_reported(db):
    report = sync_catalog(
        document=document(model_entry(), aliases={"chat-latest": None})
    )

    assert ModelAlias.objects.get().ai_model is None
    assert report.aliases_unresolved == ["openai/chat-latest"]


def test_an_alias_that_a_person_set_stays(db):
    sync_catalog(document=document(model_entry(), aliases={"a": "gpt-test"}))
    ModelAlias.objects.update(source="edited", ai_model=None)

    sync_catalog(document=document(model_entry(), aliases={"a": "gpt-test"}))

    assert ModelAlias.objects.get().ai_model is None


def test_a_name_that_became_an_exact_version_is_no_alias_any_more(db):
    sync_catalog(document=document(model_entry(), aliases={"m": "gpt-test"}))

    report = sync_catalog(document=document(model_entry(), model_entry("m")))

    assert not ModelAlias.objects.exists()
    assert AIModel.objects.filter(model_name="m").exists()
    assert report.aliases_removed == ["openai/m"]
