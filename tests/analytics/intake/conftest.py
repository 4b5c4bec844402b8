import pytest

from registry.models import AIModel, Organization
from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory


@pytest.fixture
def organization(db) -> Organization:
    return OrganizationFactory()


@pytest.fixture
def gpt(db) -> AIModel:
    """`openai/gpt-9`, a dollar per million tokens in and three out."""
    model: AIModel = AIModelFactory(model_name="gpt-9")
    PriceFactory(ai_model=model)
    return model
