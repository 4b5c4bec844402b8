"""Two workers look at the same experiment in the same moment."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from recommender.models import Experiment
from recommender.services.experiment_evaluation import evaluate_running
from tests.recommender.experiments.laboratory import make_laboratory
from tests.recommender.experiments.traffic import AN_HOUR, traffic

WORKERS = 4
PATIENCE_S = 60


@pytest.fixture
def canary(transactional_db: None) -> Experiment:
    made = make_laboratory().canary(min_requests_per_step=40)
    traffic(made)
    made.refresh_from_db()
    return made


def test_it_steps_once(canary):
    together = Barrier(WORKERS)

    def work(now: datetime.datetime) -> int:
        try:
            together.wait(PATIENCE_S)
            return evaluate_running(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        now = canary.step_started_at + AN_HOUR
        done = list(pool.map(work, [now] * WORKERS))

    canary.refresh_from_db()
    assert canary.step_percent == 25
    assert canary.events.filter(kind="stepped").count() == 1
    assert sum(done) == 1
