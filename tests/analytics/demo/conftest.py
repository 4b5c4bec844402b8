"""A sample organisation, small enough for a test."""

import datetime
from collections.abc import Callable

import pytest

from analytics.models import SampleLoad
from analytics.services.demo_loads import claim_load, perform_load, request_load
from registry.models import User
from tests.factories import UserFactory

ENDS_AT = datetime.datetime(2026, 11, 20, 15, 0, tzinfo=datetime.UTC)


@pytest.fixture
def load_sample(full_catalog) -> Callable[..., SampleLoad]:
    """Loads seven days until a Friday afternoon."""

    def load(user: User | None = None, **facts) -> SampleLoad:
        wished = {"days": 7, "requests_per_day": 60, "seed": 5, "ends_at": ENDS_AT}
        asked = request_load(user=user or UserFactory(), **(wished | facts))
        claimed = claim_load(asked)
        assert claimed is not None
        return perform_load(claimed)

    return load
