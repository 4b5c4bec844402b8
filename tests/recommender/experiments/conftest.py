import pytest

from tests.recommender.experiments.laboratory import Laboratory, make_laboratory


@pytest.fixture
def lab(db: None) -> Laboratory:
    return make_laboratory()
