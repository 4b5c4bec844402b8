"""The best of many candidates is chosen: “not worse” counts how many were tried."""

import numpy as np

from recommender.recommending.family import within_family
from recommender.recommending.standing import Judgement, Pairing, Standing, judge

MARGIN = 0.02
ERROR = 0.01
CASES = 100


def tried(difference: float) -> Judgement:
    """A candidate seen to be so much better, with a standard error of one point."""
    low, high = difference - 1.96 * ERROR, difference + 1.96 * ERROR
    return judge(Pairing(CASES, difference, low, high, 0.01, ("texts",)), MARGIN)


def standings(*judgements: Judgement | None) -> list[Standing | None]:
    return [one and one.standing for one in within_family(judgements, MARGIN)]


def test_one_that_was_tried_alone_stands_as_it_is():
    alone = tried(0.001)

    assert alone.standing is Standing.NOT_WORSE
    assert within_family([alone], MARGIN) == [alone]


def test_one_of_twelve_that_does_as_well_may_do_so_by_chance():
    found = within_family([tried(0.001), *[tried(-0.02)] * 11], MARGIN)[0]

    assert found.standing is Standing.UNDECIDED
    assert found.text == (
        "It may be worse by more than 2.0 points: 0.1 points (−1.9 to 2.1) over 100 "
        "cases of texts. Alone that would do; of 12 candidates tried, one may look so "
        "by chance. About 87 more cases would decide it."
    )


def test_as_many_cases_as_it_says_decide_it():
    found = within_family([tried(0.001), *[tried(-0.02)] * 11], MARGIN)[0]
    half = 1.96 * ERROR * (CASES / (CASES + found.further_cases)) ** 0.5
    later = judge(
        Pairing(CASES + found.further_cases, 0.001, 0.001 - half, 0.001 + half, 0.01),
        MARGIN,
    )

    assert standings(later, *[tried(-0.02)] * 11)[0] is Standing.NOT_WORSE


def test_those_with_strong_evidence_leave_more_room_for_the_others():
    assert standings(tried(0.05), tried(0.05), tried(0.001)) == [Standing.NOT_WORSE] * 3


def test_what_was_never_tried_does_not_count():
    alone = tried(0.001)

    assert standings(alone, None, judge(None, MARGIN)) == [
        Standing.NOT_WORSE,
        None,
        Standing.UNTESTED,
    ]


def test_cases_that_never_differ_pass_among_any_number():
    same = Judgement(
        Standing.NOT_WORSE, "", Pairing(CASES, 0.0, 0.0, 0.0, 0.0, ("texts",))
    )

    assert standings(same, *[tried(-0.05)] * 11)[0] is Standing.NOT_WORSE


def test_of_twelve_that_are_all_worse_by_the_limit_one_passes_as_seldom_as_one_alone():
    rng = np.random.default_rng(20261122)
    rounds = rng.normal(-MARGIN, ERROR, size=(2_000, 12))
    alone = together = 0
    for differences in rounds:
        judgements = [tried(float(one)) for one in differences]
        alone += any(one.standing is Standing.NOT_WORSE for one in judgements)
        together += Standing.NOT_WORSE in standings(*judgements)

    assert alone / len(rounds) > 0.2
    assert together / len(rounds) < 0.035
