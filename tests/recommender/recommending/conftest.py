"""A feature on a dear model, and a cheap one that benchmarks show to be as good."""

import pytest

from recommender.models import Recommendation
from recommender.services.recommendation_writing import write_recommendations
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.recommender.recommending.working import at_work, priced


@pytest.fixture
def dear(organization):
    return priced(organization, "dear", "2", "10", rating=1400)


@pytest.fixture
def cheap(organization):
    return priced(organization, "cheap", "0.5", "1", rating=1400)


@pytest.fixture
def support(organization, dear, cheap):
    return at_work(organization, dear)


@pytest.fixture
def as_good(organization, dear, cheap):
    """Sixty cases that both models answer alike but for one."""
    alike = [1.0, 0.75, 0.5, 1.0] * 15
    run = a_run(a_suite(organization, 60))
    answered(run, {dear: alike, cheap: [*alike[:-1], 0.95]})


@pytest.fixture
def suggestion(organization, support, as_good):
    """The open recommendation of `support`."""
    write_recommendations(organization)
    return Recommendation.objects.get()
