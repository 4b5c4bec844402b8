"""A unit keeps its arm, arms get their shares, and a canary that grows takes from the
control alone."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from recommender.experimenting.running import RunningArm, RunningExperiment
from recommender.experimenting.sticky import BUCKETS, draw, upper_buckets

UNITS = 20_000
TOO_UNLIKELY = 1e-6

salts = st.text(min_size=1, max_size=16)
units = st.text(max_size=60)


def experiment(*shares, salt="salt"):
    ends = upper_buckets([Decimal(one) for one in shares])
    arms = [
        RunningArm(number, f"arm-{number}", number, "", upper_bucket=end)
        for number, end in enumerate(ends, start=1)
    ]
    control = RunningArm(0, "control", 9, "")
    return RunningExperiment(1, "E", 1, "user", salt, control, tuple(arms))


def arm_of(one, unit):
    return one.arm_of(one.draw(unit).bucket).id


@given(salts, units)
def test_a_draw_is_the_same_every_time_and_within_the_buckets(salt, unit):
    first = draw(salt, unit)

    assert first == draw(salt, unit)
    assert 0 <= first.bucket < BUCKETS
    assert -(2**63) <= first.unit_hash < 2**63


def test_a_draw_is_the_same_in_every_version():
    # Whoever runs an experiment while ModelHub is updated keeps the arms.
    assert draw("salt", "user-42").bucket == 5058


def test_half_a_surrogate_pair_can_be_drawn():
    assert draw("salt", "\ud800") == draw("salt", "\ud800")


@settings(max_examples=25, deadline=None)
@given(
    salts,
    st.lists(st.integers(1, 40), min_size=1, max_size=4).filter(lambda x: sum(x) < 100),
)
def test_every_arm_gets_its_share(salt, shares):
    one = experiment(*shares, salt=salt)
    counts = [0] * (len(shares) + 1)
    for number in range(UNITS):
        counts[arm_of(one, f"user-{number}")] += 1

    planned = [100 - sum(shares), *shares]
    expected = [UNITS * share / 100 for share in planned]
    assert chisquare(counts, expected).pvalue > TOO_UNLIKELY


@given(salts, units, st.lists(st.integers(1, 100), min_size=2, max_size=6, unique=True))
def test_whoever_is_in_the_candidate_arm_stays_in_it(salt, unit, steps):
    arms = [arm_of(experiment(step, salt=salt), unit) for step in sorted(steps)]

    assert arms == sorted(arms)


@given(units)
def test_two_experiments_divide_the_same_people_differently(unit):
    # Not of one unit alone, but of many: else all experiments meet the same people.
    ones = [draw("first", f"{unit}{n}").bucket for n in range(50)]
    others = [draw("second", f"{unit}{n}").bucket for n in range(50)]

    assert ones != others


def test_all_traffic_is_the_candidates_at_its_last_step():
    assert upper_buckets([Decimal(100)]) == [BUCKETS]


def test_shares_of_a_hundredth_of_a_percent_are_kept():
    shares = [Decimal("33.33"), Decimal("33.33")]

    assert upper_buckets(shares) == [3333, 6666]
