"""What probes may take, before anything is asked."""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analytics.budget_rules import Touched
from analytics.probes.kinds import KINDS
from analytics.probes.long_context import sizes_of
from analytics.probes.probe import ModelFacts
from analytics.queries.budget_states import states_touched
from registry.models import AIModel, Connection, Organization
from registry.queries.model_costs import model_cost
from registry.usage import Usage


@dataclass(frozen=True)
class Estimate:
    """What probes may take at most. `usd` None: no price is known."""

    calls: int
    input_tokens: int
    output_tokens: int
    usd: Decimal | None
    sizes: tuple[int, ...] = ()
    """Tokens of the texts of a long context."""
    short_budgets: tuple[str, ...] = ()
    """Budgets with less left than this may cost, as sentences."""


def estimate_probes(
    organization: Organization,
    ai_model: AIModel,
    connection: Connection,
    capabilities: Sequence[str],
    limit_tokens: int,
    at: datetime.datetime,
) -> Estimate:
    """Of all calls, each with its whole room for an answer."""
    facts = facts_of(ai_model, limit_tokens)
    # The sizes alone: a text of a million tokens is not written to be counted.
    small = ModelFacts(context_window=facts.context_window, limit_tokens=0)
    calls = [
        one
        for key in capabilities
        for one in KINDS[key].probe.calls(small, random.Random(0))  # noqa: S311
    ]
    sizes = sizes_of(facts) if "long_context" in capabilities else []
    said = sum(one.input_tokens for one in calls) + sum(sizes)
    written = sum(one.request.max_tokens or 0 for one in calls) + 200 * len(sizes)
    usage = Usage(input_tokens=said, output_tokens=written)
    usd = model_cost(ai_model, usage, (), organization, at).cost.total_usd
    count = len(calls) + len(sizes)
    short = _short_budgets(organization, ai_model, connection, usd, at)
    return Estimate(count, said, written, usd, tuple(sizes), short)


def facts_of(ai_model: AIModel, limit_tokens: int) -> ModelFacts:
    return ModelFacts(context_window=ai_model.context_window, limit_tokens=limit_tokens)


def _short_budgets(
    organization: Organization,
    ai_model: AIModel,
    connection: Connection,
    usd: Decimal | None,
    at: datetime.datetime,
) -> tuple[str, ...]:
    if not usd:
        return ()
    touched = Touched(
        organization_id=organization.pk,
        model_id=ai_model.pk,
        provider=ai_model.provider.slug,
        connection_id=connection.pk,
    )
    return tuple(
        f"{one.name}: {one.rule.title} has ${one.left_usd:,.2f} left."
        for one in states_touched(organization, touched, at)
        if usd > one.left_usd and not one.rule.is_soft_for(ai_model.pk)
    )
