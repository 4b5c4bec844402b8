"""What several attempts cost together: unknown is not zero."""

from decimal import Decimal

from modelhub.gateway.totals import total_cost
from registry.cost import Cost, CostState

NOTHING = Cost(CostState.COMPUTED, Decimal(0))
UNPRICED = Cost(CostState.UNPRICED, None)


def computed(usd):
    return Cost(CostState.COMPUTED, Decimal(usd))


def test_attempts_add_up():
    assert total_cost([computed("0.1"), computed("0.2")]).total_usd == Decimal("0.3")


def test_a_failure_that_cost_nothing_makes_an_unpriced_answer_not_free():
    total = total_cost([NOTHING, NOTHING, UNPRICED])

    assert (total.state, total.total_usd) == (CostState.UNPRICED, None)


def test_what_is_known_beside_an_unpriced_attempt_is_an_estimate():
    total = total_cost([computed("0.1"), UNPRICED])

    assert (total.state, total.total_usd) == (CostState.ESTIMATED, Decimal("0.1"))
    assert any("not in the sum" in note for note in total.notes)


def test_failures_alone_cost_nothing():
    assert total_cost([NOTHING, NOTHING]).total_usd == 0
