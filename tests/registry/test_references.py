import pytest

from registry.models import ModelAlias
from registry.queries.references import resolve_reference, similar_references
from tests.factories import AIModelFactory, OrganizationFactory, ProviderFactory


@pytest.fixture
def gpt(db):
    return AIModelFactory(model_name="gpt-5.4")


def test_a_reference_names_one_exact_model(gpt):
    resolution = resolve_reference(" openai/gpt-5.4 ", None)

    assert resolution.ai_model == gpt
    assert resolution.alias is None
    assert resolution.requested == "openai/gpt-5.4"


def test_ids_may_hold_slashes_dots_and_colons(db):
    model = AIModelFactory(
        provider__slug="openrouter", model_name="meta/llama-3.1:free"
    )

    assert resolve_reference("openrouter/meta/llama-3.1:free", None).ai_model == model


def test_an_organisations_own_model_comes_before_the_catalogues(gpt, organization):
    own = AIModelFactory(model_name="gpt-5.4", organization=organization)

    assert resolve_reference("openai/gpt-5.4", organization).ai_model == own
    assert resolve_reference("openai/gpt-5.4", None).ai_model == gpt


def test_another_organisations_model_is_not_found(db, organization):
    AIModelFactory(model_name="secret-1", organization=OrganizationFactory())

    assert resolve_reference("openai/secret-1", organization).ai_model is None
    assert similar_references("openai/secret-2", organization) == []


def test_an_alias_leads_to_the_model_behind_it(gpt):
    alias = ModelAlias.objects.create(
        provider=gpt.provider, alias="gpt-latest", ai_model=gpt
    )

    resolution = resolve_reference("openai/gpt-latest", None)

    assert (resolution.ai_model, resolution.alias) == (gpt, alias)


def test_an_alias_of_an_unknown_version_is_still_recognised(db):
    alias = ModelAlias.objects.create(provider=ProviderFactory(), alias="gpt-latest")

    resolution = resolve_reference("openai/gpt-latest", None)

    assert (resolution.ai_model, resolution.alias) == (None, alias)


@pytest.mark.parametrize(
    "reference", ["", "/", "openai", "openai/", "openai/\x00", "x" * 5_000_000]
)
def test_nonsense_is_simply_not_found(gpt, reference):
    assert resolve_reference(reference, None).ai_model is None


@pytest.mark.parametrize(
    "typed", ["openai/gpt-5.5", "OpenAI/GPT-5.4", "gpt-5.4", "opnai/gpt-5.4"]
)
def test_near_misses_are_suggested(gpt, typed):
    AIModelFactory(model_name="whisper-1")

    assert similar_references(typed, None) == ["openai/gpt-5.4"]


def test_resolving_takes_one_query_for_a_model_and_two_for_an_alias(
    gpt, django_assert_num_queries
):
    ModelAlias.objects.create(provider=gpt.provider, alias="gpt-latest", ai_model=gpt)

    with django_assert_num_queries(1):
        assert resolve_reference("openai/gpt-5.4", None).ai_model.reference
    with django_assert_num_queries(2):
        assert resolve_reference("openai/gpt-latest", None).ai_model.reference
