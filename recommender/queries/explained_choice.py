"""An automatic choice outside of the gateway, from what the database knows."""

from __future__ import annotations

import datetime

from analytics.budget_rules import Touched
from analytics.queries.budget_states import is_hard, states_touched
from recommender.routing.asked import Asked
from recommender.routing.feature_goals import BudgetLeft
from recommender.routing.measuring import found_of
from recommender.routing.selecting import Selector
from recommender.routing.shortlists import Known, Shortlists
from registry.circuit import Phase
from registry.models import Organization
from registry.queries.circuits import all_circuits
from registry.resolution.plan import Plan
from registry.resolution.snapshot import Snapshot


def explaining_selector(
    snapshot: Snapshot, organization: Organization, now: datetime.datetime
) -> Selector:
    """Reads measurements and circuits at once; budgets where a feature asks."""
    known = Known(1, found_of(organization.pk, now))
    shut = {
        pair
        for pair, circuit in all_circuits().items()
        if circuit.phase is not Phase.CLOSED
    }
    return Selector(
        Shortlists(snapshot.price, lambda organization_id: known, lambda: now),
        is_quiet=lambda one: (one.connection.id, one.model.id) not in shut,
        budget=lambda plan, asked: _budget_left(organization, plan, asked, now),
    )


def _budget_left(
    organization: Organization, plan: Plan, asked: Asked, now: datetime.datetime
) -> BudgetLeft | None:
    """Of the budgets of the feature and of the organisation the scarcest."""
    feature = plan.feature
    if feature is None or feature.choice is None:
        return None
    touched = Touched(organization_id=organization.pk, feature_id=feature.id)
    left = [
        BudgetLeft(float(one.left_usd), float(one.left_usd / one.limit_usd), one.name)
        for one in states_touched(organization, touched, now)
        if is_hard(one) and one.limit_usd
    ]
    return min(left, key=lambda one: one.share, default=None)
