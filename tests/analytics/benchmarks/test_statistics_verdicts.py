"""A comparison in words says which is better, or what would settle it."""

from analytics.benchmarking.statistics.verdicts import (
    Comparison,
    Outcome,
    no_worse,
    points,
    verdict,
)


def compared(**facts):
    return Comparison(
        **{
            "cases": 200,
            "difference": 0.041,
            "low": 0.012,
            "high": 0.070,
            "p_adjusted": 0.004,
            "further_cases": None,
            **facts,
        }
    )


def test_the_better_one_is_named_with_its_interval():
    found = compared()

    assert found.outcome == Outcome.A_BETTER
    assert verdict(found, "A", "B") == "A is better by 4.1 points (1.2 to 7.0)."


def test_the_other_one_is_better_the_other_way_round():
    found = compared(difference=-0.041, low=-0.070, high=-0.012)

    assert verdict(found, "A", "B") == "B is better by 4.1 points (1.2 to 7.0)."


def test_what_cannot_be_told_apart_says_what_would_settle_it():
    found = compared(
        difference=0.012, low=-0.02, high=0.044, p_adjusted=0.4, further_cases=337
    )

    assert verdict(found, "A", "B") == (
        "A and B cannot be told apart (1.2 points, −2.0 to 4.4); "
        "about 340 more cases would settle it."
    )


def test_many_comparisons_make_a_difference_less_sure():
    found = compared(p_adjusted=0.06, further_cases=80, family=15)

    assert found.outcome == Outcome.UNDECIDED
    assert "once all 15 comparisons of the run are counted" in verdict(found, "A", "B")


def test_a_tie_is_not_settled_by_any_number():
    found = compared(difference=0.0, low=-0.05, high=0.05, p_adjusted=1.0)

    assert "too small for any number of cases" in verdict(found, "A", "B")


def test_few_cases_say_nothing():
    found = compared(cases=1, low=None, high=None, p_adjusted=None)

    assert verdict(found, "A", "B").startswith("Not enough data: A and B both answered")
    assert "1 case," in verdict(found, "A", "B")


def test_not_worse_is_read_from_the_lower_end():
    assert no_worse(-0.015, 0.02, "A", "B") == (
        "A is not worse than B by more than 2.0 points."
    )
    assert no_worse(-0.02, 0.02, "A", "B").startswith("A may be worse")
    assert no_worse(None, 0.02, "A", "B").endswith("cannot be said yet.")


def test_points_have_a_true_minus_and_no_negative_zero():
    assert (points(-0.02), points(-0.0001), points(1)) == ("−2.0", "0.0", "100.0")
