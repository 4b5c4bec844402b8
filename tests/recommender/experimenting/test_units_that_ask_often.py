"""Many requests of one user say less than as many of different users: intervals know
it, at every look."""

import math

import numpy as np
import pytest

from analytics.arm_sql import GROUPS
from recommender.experimenting.always_valid import (
    Counted,
    Sample,
    mean_difference,
    rate_difference,
)
from recommender.experimenting.unit_groups import (
    effect_of_mean,
    effect_of_share,
    effect_of_sizes,
)
from tests.recommender.experimenting.asking import looks
from tests.recommender.experimenting.looking import excludes

RUNS = 30
ALLOWED = 0.05 + 2.33 * math.sqrt(0.05 * 0.95 / RUNS)
"""So many of them may go wrong when 5 % do, in 99 of 100 cases."""


def rate_of(arm, *, knows_units=True):
    effect = effect_of_share(arm.hits, arm.counts) if knows_units else 1.0
    return Counted(round(arm.hits.sum()), round(arm.counts.sum()), effect)


def cost_of(arm, *, knows_units=True):
    count, total = round(arm.counts.sum()), float(arm.totals.sum())
    plain = Sample.of_sums(count, total, arm.squares)
    if not knows_units:
        return plain
    effect = effect_of_mean(arm.totals, arm.counts, plain.variance)
    return Sample(plain.count, plain.mean, plain.variance, effect)


def naive_excludes(one, other):
    if min(one.count, other.count) < 30:
        return False
    spread = sum(arm.share * (1 - arm.share) / arm.count for arm in (one, other))
    return abs(one.share - other.share) > 1.96 * math.sqrt(spread) > 0


@pytest.mark.parametrize(
    ("rate", "alike", "share"), [(0.95, 0.3, 0.25), (0.99, 0.3, 0.5), (0.99, 0.8, 0.25)]
)
def test_looking_after_every_batch_finds_no_difference_among_users(rate, alike, share):
    wrong = blind = naive = 0
    for seed in range(RUNS):
        pairs = list(looks(seed, rate=rate, alike=alike, share=share))
        known = [tuple(map(rate_of, pair)) for pair in pairs]
        plain = [
            tuple(rate_of(arm, knows_units=False) for arm in pair) for pair in pairs
        ]
        wrong += any(excludes(rate_difference(*pair), 0) for pair in known)
        blind += any(excludes(rate_difference(*pair), 0) for pair in plain)
        naive += any(naive_excludes(*pair) for pair in plain)

    assert wrong / RUNS <= ALLOWED
    assert blind / RUNS > 0.4
    assert naive / RUNS > 0.8


def test_costs_of_users_show_no_difference_where_there_is_none():
    wrong = blind = 0
    for seed in range(RUNS):
        pairs = list(looks(seed, rate=0.9, alike=0.3, share=0.25))
        wrong += any(
            excludes(mean_difference(*map(cost_of, pair)), 0) for pair in pairs
        )
        blind += any(
            excludes(
                mean_difference(*(cost_of(arm, knows_units=False) for arm in pair)), 0
            )
            for pair in pairs
        )

    assert wrong / RUNS <= ALLOWED
    assert blind / RUNS > 0.4


def drawn(seed, requests_each, users=6_000, rate=0.9):
    """Sums by group of users who succeed with everything or with nothing."""
    random = np.random.default_rng(seed)
    groups = random.integers(0, GROUPS, users)
    is_good = random.random(users) < rate
    counts = requests_each * np.bincount(groups, minlength=GROUPS)
    hits = requests_each * np.bincount(groups, is_good, minlength=GROUPS)
    return hits, counts.astype(float)


def test_users_who_always_fare_alike_count_once():
    hits, counts = drawn(1, requests_each=8)

    assert effect_of_share(hits, counts) == pytest.approx(8, rel=0.4)
    assert effect_of_sizes(counts) == pytest.approx(8, rel=0.4)


def test_requests_of_different_users_count_each():
    effects = [effect_of_share(*drawn(seed, requests_each=1)) for seed in range(30)]

    assert min(effects) >= 1
    assert sum(effects) / len(effects) == pytest.approx(1.15, abs=0.15)


def test_while_nothing_failed_a_user_is_taken_to_fare_alike():
    _, counts = drawn(2, requests_each=8)

    assert effect_of_share(counts, counts) == pytest.approx(8, rel=0.4)


def test_one_user_alone_is_one_observation():
    counts = np.zeros(GROUPS)
    counts[7] = 900.0

    assert effect_of_share(counts / 2, counts) == 900
    assert effect_of_mean(counts, counts, 1.0) == 900


def test_few_users_widen_the_interval_more():
    few, many = drawn(3, 1, users=8), drawn(3, 1, users=6_000)

    assert effect_of_share(*few) > effect_of_share(*many)


@pytest.mark.parametrize("variance", [0.0, math.nan, math.inf])
def test_nothing_and_what_does_not_spread_have_no_effect(variance):
    nothing, counts = np.zeros(GROUPS), np.ones(GROUPS)

    assert effect_of_share(nothing, nothing) == 1
    assert effect_of_mean(counts, counts, variance) == 1
