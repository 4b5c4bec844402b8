"""A stage whose models are benchmarked by this process."""

from unittest.mock import patch

import pytest

from tests.gateway.stage import gateway_here, know, new_stage


@pytest.fixture
def woken():
    """Runs that a worker was woken for: no broker in these tests."""
    numbers = []
    with patch("analytics.services.benchmark_runs.wake", numbers.append):
        yield numbers


@pytest.fixture
def staged(transactional_db, woken):
    made = []

    def make(*handlers, **facts):
        made.append(new_stage(*handlers, **facts))
        know()
        return made[-1]

    with gateway_here():
        yield make
    for stage in made:
        stage.close()
