"""`modelhub models list` and `show`, and which model a reference means."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.models import ModelAlias
from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory


@pytest.fixture
def gpt(db):
    return PriceFactory(
        ai_model__model_name="gpt-5.4", input_usd="2.5", output_usd="15"
    ).ai_model


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("models", *arguments, stdout=output)
    return output.getvalue()


def run_json(*arguments: str):
    return json.loads(run(*arguments, "--json"))


def test_the_list_aligns_models_with_their_prices(gpt):
    AIModelFactory(model_name="unpriced-1", context_window=None)

    head, first, second = run("list").splitlines()

    assert head.split("  ")[0] == "Model"
    assert first.split() == ["openai/gpt-5.4", "128,000", "$2.5", "$15"]
    assert second.split() == ["openai/unpriced-1", "–", "–", "–"]


def test_the_list_is_searched_by_words_and_by_provider(gpt):
    AIModelFactory(provider__slug="anthropic", model_name="claude-opus-5")

    assert [one["model"] for one in run_json("list", "--q", "OPUS claude")] == [
        "anthropic/claude-opus-5"
    ]
    assert [one["model"] for one in run_json("list", "--provider", "openai")] == [
        "openai/gpt-5.4"
    ]
    assert run("list", "--q", "nothing like it").strip() == "No model matches."
    assert run_json("list", "--q", "nothing like it") == []


def test_the_list_takes_as_many_queries_for_many_models_as_for_one(
    gpt, django_assert_num_queries
):
    with django_assert_num_queries(2):
        run("list")
    PriceFactory.create_batch(5)
    with django_assert_num_queries(2):
        run("list")


def test_a_model_is_shown_with_its_facts_and_rates(gpt):
    text = run("show", "openai/gpt-5.4")
    shown = run_json("show", "openai/gpt-5.4")

    assert "input_mtok" in text
    assert "$2.5" in text
    assert shown["context_window"] == 128_000
    assert shown["knowledge_cutoff"] is None
    assert shown["rates"]["standard"]["input_mtok"] == "2.5"


def test_an_alias_names_what_it_resolved_to(gpt):
    ModelAlias.objects.create(provider=gpt.provider, alias="gpt-latest", ai_model=gpt)

    shown = run_json("show", "openai/gpt-latest")

    assert (shown["requested"], shown["model"]) == (
        "openai/gpt-latest",
        "openai/gpt-5.4",
    )
    assert run("show", "openai/gpt-latest").startswith(
        "openai/gpt-latest → openai/gpt-5.4"
    )


def test_an_organisation_sees_its_own_models(gpt, organization):
    AIModelFactory(model_name="ours", organization=organization)
    AIModelFactory(model_name="theirs", organization=OrganizationFactory())

    seen = run_json("list", "--organization", organization.slug)

    assert [one["model"] for one in seen] == ["openai/gpt-5.4", "openai/ours"]


@pytest.mark.parametrize("action", ["show", "cost"])
def test_an_unknown_model_fails_with_near_misses(gpt, action):
    with pytest.raises(CommandError) as failure:
        run(action, "openai/gpt-5.5")

    assert str(failure.value) == (
        "There is no model 'openai/gpt-5.5'. Did you mean openai/gpt-5.4?"
    )
    assert failure.value.returncode == 1


def test_a_moving_name_without_a_version_fails(gpt):
    ModelAlias.objects.create(provider=gpt.provider, alias="gpt-latest")

    with pytest.raises(CommandError, match="no exact version is known"):
        run("cost", "openai/gpt-latest")


def test_an_unknown_organisation_fails(gpt):
    with pytest.raises(CommandError, match="There is no organisation “nobody”"):
        run("show", "openai/gpt-5.4", "--organization", "nobody")


def test_a_model_is_enabled_and_disabled_by_its_name(gpt, organization):
    name = gpt.reference

    assert run("enable", name).strip() == f"{name} is now enabled."
    assert gpt.settings.get(organization=organization).is_enabled
    assert run("enable", name).strip() == f"{name} is already enabled."
    assert run_json("disable", name) == {"model": name, "is_enabled": False}
    assert not gpt.settings.get(organization=organization).is_enabled


def test_what_cannot_be_enabled_is_said(gpt):
    with pytest.raises(CommandError, match="no organisation yet"):
        run("enable", gpt.reference)
    OrganizationFactory(slug="one")
    with pytest.raises(CommandError, match="no model"):
        run("enable", "openai/gpt-nothing")
    with pytest.raises(CommandError, match="'two'"):
        run("enable", gpt.reference, "--organization", "two")
