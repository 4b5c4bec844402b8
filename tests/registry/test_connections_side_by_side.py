"""Two servers at one provider: a spare, or a place for other models."""

import pytest

from registry.queries.connections import connection_rows, connections_of
from tests.factories import (
    ConnectionFactory,
    ConnectionModelFactory,
    FeatureFactory,
    ProviderFactory,
    enabled_model,
)
from tests.registry.assigning import assigned


@pytest.fixture
def provider():
    return ProviderFactory(slug="openai-compatible")


@pytest.fixture
def racks(organization, provider):
    return [
        ConnectionFactory(
            organization=organization, provider=provider, label=f"Rack {n}", position=n
        )
        for n in (1, 2)
    ]


def rows_of(organization):
    rows = connection_rows(connections_of(organization), organization)
    return {row.connection.label: row for row in rows}


def offered(organization, provider, *racks):
    model = enabled_model(organization, provider=provider)
    for rack in racks:
        ConnectionModelFactory(connection=rack, ai_model=model)
    return model


def test_a_second_server_with_the_same_models_is_a_spare(organization, provider, racks):
    offered(organization, provider, *racks)

    rows = rows_of(organization)

    assert not rows["Rack 1"].is_spare
    assert rows["Rack 2"].is_spare


def test_a_second_server_with_a_model_of_its_own_is_none(organization, provider, racks):
    offered(organization, provider, racks[0])
    offered(organization, provider, racks[1])

    assert not rows_of(organization)["Rack 2"].is_spare


def test_a_server_that_was_never_asked_is_a_spare(organization, provider, racks):
    offered(organization, provider, racks[0])

    assert rows_of(organization)["Rack 2"].is_spare


def test_features_count_where_their_models_are(organization, provider, racks):
    first = offered(organization, provider, racks[0])
    second = offered(organization, provider, racks[1])
    assigned(FeatureFactory(organization=organization, name="Tagging"), first, second)

    rows = rows_of(organization)

    assert rows["Rack 1"].affected.words == "Tagging has it as primary."
    assert rows["Rack 2"].affected.fallback == ("Tagging",)
    assert rows["Rack 2"].affected.primary == ()
