"""What a run measured stands on its models once the worker is done with it."""

from modelhub.gateway.benchmarking.worker import perform
from registry.measured import Indicator
from registry.queries.model_measurements import measured_of
from tests.gateway.benchmarking.suites import new_suite, started


def test_a_run_tells_how_good_fast_and_reliable_its_models_are(staged):
    stage = staged()
    suite = new_suite(stage.organization, 12)
    for case in suite.cases.all():
        suite.cases.filter(pk=case.pk).update(digest=f"{case.pk:064d}")
    run = started(suite, *stage.places)

    perform(run.pk)

    for contender in run.contenders.all():
        pk = contender.ai_model_id
        found = {
            one.indicator: one for one in measured_of(stage.organization, [pk])[pk]
        }
        assert found[Indicator.ACCURACY].value == 100
        assert found[Indicator.ACCURACY].count == 12
        assert found[Indicator.SPEED].low is not None
        assert found[Indicator.RELIABILITY].value == 1
