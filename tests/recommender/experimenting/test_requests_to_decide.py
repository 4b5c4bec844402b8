"""How many more requests would decide it."""

from recommender.experimenting.always_valid import (
    Counted,
    Sample,
    rate_difference,
)
from recommender.experimenting.deciding import requests_for_means, requests_for_rates
from tests.recommender.experimenting.looking import excludes


def test_so_many_more_requests_decide_it_and_a_tenth_fewer_do_not():
    candidate, control = Counted(470, 500), Counted(480, 500)

    more = requests_for_rates(candidate, control)

    def later(further):
        times = (1_000 + further) / 1_000
        return rate_difference(
            *(
                Counted(round(one.hits * times), round(one.count * times))
                for one in (candidate, control)
            )
        )

    assert excludes(later(more), 0)
    assert not excludes(later(0.9 * more), 0)


def test_what_is_decided_needs_none():
    assert requests_for_rates(Counted(100, 500), Counted(480, 500)) == 0


def test_a_difference_on_the_bound_is_never_decided():
    assert requests_for_rates(Counted(480, 500), Counted(480, 500)) is None


def test_a_bound_is_ruled_out_sooner_than_a_smaller_one():
    alike = Counted(480, 500), Counted(480, 500)

    assert requests_for_rates(*alike, bound=-0.02) < requests_for_rates(
        *alike, bound=-0.01
    )


def test_nothing_to_go_by_is_not_known():
    assert requests_for_rates(Counted(0, 0), Counted(1, 2)) is None
    assert requests_for_means(Sample(3, 1.0, 1.0), Sample(3, 1.0, 1.0)) is None


def test_means_are_decided_too():
    assert requests_for_means(Sample(60, 1.0, 1.0), Sample(60, 1.2, 1.0)) > 500
