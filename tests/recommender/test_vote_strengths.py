"""The ranking of an organisation's votes, in all and for one feature."""

from decimal import Decimal

import pytest

from recommender.queries.vote_strengths import vote_strengths
from recommender.services.playground_runs import Origin, ask_again
from recommender.services.votes import vote
from tests.factories import FeatureFactory, MembershipFactory
from tests.recommender.playground import MODELS, answer_all, models, run_of


def votes(membership, number, best, asked, **facts):
    """`number` runs in which the answer of `best` wins; "" is a tie."""
    for _ in range(number):
        run = run_of(membership, asked=asked, **facts)
        answers = {one.reference: one for one in answer_all(run)}
        vote(run=run, actor=membership.user, winner=answers.get(best))


def test_the_best_model_comes_first_with_what_it_took(membership, organization):
    asked = models(*MODELS)
    votes(membership, 6, MODELS[0], asked)
    votes(membership, 1, "", asked)

    found = vote_strengths(organization)

    best = found.rows[0]
    assert (best.reference, best.ai_model) == (MODELS[0], asked[0])
    assert (best.strength.wins, best.strength.games) == (13, 14)
    assert best.median_latency_ms == 100
    assert found.ranking.ballots == 7
    assert found.ranking.is_settled


def test_votes_of_another_feature_do_not_count(membership, organization):
    asked = models(*MODELS)
    tagging = FeatureFactory(organization=organization, key="tagging")
    votes(membership, 2, MODELS[1], asked, origin=Origin(feature=tagging))
    votes(membership, 3, MODELS[0], asked)

    assert vote_strengths(organization, "tagging").ranking.ballots == 2
    assert vote_strengths(organization).ranking.ballots == 5
    assert vote_strengths(organization, "gone").ranking.verdict == "No votes yet."


def test_votes_of_another_organisation_do_not_count(membership, organization):
    votes(MembershipFactory(), 3, MODELS[0], models(*MODELS))

    assert vote_strengths(organization).rows == ()


def test_an_answer_asked_again_after_the_vote_was_not_voted_on(
    membership, organization
):
    run = run_of(membership)
    first, _, failed = answer_all(run)
    failed.state = "failed"
    failed.save()
    vote(run=run, actor=membership.user, winner=first)
    assert ask_again(answer=failed)
    answer_all(run)
    failed.refresh_from_db()
    failed.finished_at = run.votes.get().voted_at.replace(year=2100)
    failed.save()

    names = [one.reference for one in vote_strengths(organization).rows]

    assert failed.reference not in names
    assert len(names) == 2


@pytest.mark.parametrize(
    ("costs", "expected"),
    [(("0.001", "0.003"), Decimal(2)), (("0.001", None), None)],
    ids=["all known", "one unknown"],
)
def test_a_cost_is_told_only_where_every_one_is_known(
    membership, organization, costs, expected
):
    asked = models(*MODELS[:2])
    votes(membership, 2, MODELS[0], asked)
    answers = [
        one
        for run in organization.playground_runs.all()
        for one in run.answers.filter(reference=MODELS[0])
    ]
    for one, usd in zip(answers, costs, strict=True):
        one.cost_usd = usd
        one.save()

    found = {one.reference: one for one in vote_strengths(organization).rows}

    assert found[MODELS[0]].usd_per_thousand == expected


def test_the_number_of_queries_does_not_grow_with_votes(
    membership, organization, django_assert_num_queries
):
    votes(membership, 4, MODELS[0], models(*MODELS))

    with django_assert_num_queries(2):
        vote_strengths(organization)
