"""What the sums of an arm say, with how much less many requests of the same users tell
than as many of different ones. No query: sums come from `analytics`."""

from __future__ import annotations

import numpy as np

from analytics.histogram import bucket_of
from analytics.queries.arm_readings import ArmSums
from recommender.experimenting.always_valid import Sample
from recommender.experimenting.percentile_ratio import PERCENT
from recommender.experimenting.readings import ArmReading
from recommender.experimenting.unit_groups import effect_of_mean, effect_of_share


def reading_of(sums: ArmSums, units: int) -> ArmReading:
    """`units` are the different ones in the arm."""
    is_single = units >= sums.number("requests")
    groups = sums.by_group
    return ArmReading(
        requests=sums.number("told"),
        successes=sums.number("good"),
        latency=sums.latency,
        rated=sums.number("rated"),
        thumbs_down=sums.number("disliked"),
        cost_usd=sums.usd if sums.number("priced") else None,
        success_effect=1.0
        if is_single
        else effect_of_share(groups["good"], groups["told"]),
        rating_effect=1.0
        if is_single
        else effect_of_share(groups["disliked"], groups["rated"]),
        latency_effect=1.0 if is_single else _latency_effect(sums),
    )


def cost_of(sums: ArmSums, units: int) -> Sample:
    """Dollars of the requests whose cost is known."""
    priced, usd = sums.number("priced"), sums.usd
    found = Sample.of_sums(priced, usd, sums.squared_usd)
    if units >= sums.number("requests"):
        return found
    groups = sums.by_group
    effect = effect_of_mean(groups["usd"], groups["priced"], found.variance)
    return Sample(found.count, found.mean, found.variance, effect)


def _latency_effect(sums: ArmSums) -> float:
    """Of the share that is slower than the percentile that is compared."""
    at_ms = sums.latency.percentile_ms(PERCENT)
    if at_ms is None:
        return 1.0
    counts = sums.latencies
    slow = counts[:, bucket_of(round(at_ms)) + 1 :].sum(axis=1)
    return effect_of_share(np.asarray(slow), np.asarray(counts.sum(axis=1)))
