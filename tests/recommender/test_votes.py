"""Votes are ballots: one a person and run, changed in place, each with its trace."""

import pytest

from recommender.models import AnswerState, Vote
from recommender.services.votes import VoteRefused, rate_answer, take_vote_back, vote
from registry.models import AuditEntry
from tests.recommender.playground import answer_all, run_of


@pytest.fixture
def run(membership):
    return run_of(membership, is_blind=True)


def test_a_blind_vote_names_the_models(run, membership):
    best, *_ = answer_all(run)

    given = vote(run=run, actor=membership.user, winner=best)

    run.refresh_from_db()
    assert given.is_blind
    assert not run.hides_names


def test_a_changed_vote_replaces_the_first_and_is_not_blind_any_more(run, membership):
    first, second, _ = answer_all(run)
    vote(run=run, actor=membership.user, winner=first)

    vote(run=run, actor=membership.user, winner=second)

    given = Vote.objects.get()
    assert (given.winner, given.is_blind) == (second, False)
    entry = AuditEntry.objects.filter(action="playground.voted").latest("pk")
    assert entry.before == {"best": first.reference}
    assert entry.after == {"best": second.reference}


def test_a_vote_needs_two_answers(run, membership):
    first, second, third = answer_all(run)
    for one in (second, third):
        one.state = AnswerState.FAILED
        one.save()

    with pytest.raises(VoteRefused, match="two answers"):
        vote(run=run, actor=membership.user, winner=first)

    run.refresh_from_db()
    assert run.hides_names


def test_a_vote_waits_for_what_is_still_being_written(run, membership):
    first, *_, last = answer_all(run)
    last.state = AnswerState.ASKING
    last.save()

    with pytest.raises(VoteRefused, match="every answer has ended"):
        vote(run=run, actor=membership.user, winner=first)


def test_a_failed_answer_cannot_be_the_best(run, membership):
    *_, last = answer_all(run)
    last.state = AnswerState.FAILED
    last.save()

    with pytest.raises(VoteRefused, match="no such answer"):
        vote(run=run, actor=membership.user, winner=last)


def test_an_answer_of_another_run_cannot_be_the_best(run, membership):
    answer_all(run)
    other = answer_all(run_of(membership, "openai/x", "openai/y"))[0]

    with pytest.raises(VoteRefused, match="no such answer"):
        vote(run=run, actor=membership.user, winner=other)


def test_a_vote_can_be_taken_back(run, membership):
    answer_all(run)
    vote(run=run, actor=membership.user, winner=None)

    assert take_vote_back(run=run, actor=membership.user)

    assert not Vote.objects.exists()
    assert not take_vote_back(run=run, actor=membership.user)
    entry = AuditEntry.objects.get(action="playground.vote_taken_back")
    assert entry.before == {"best": "equal"}


def test_a_rating_and_a_note_are_kept_with_their_trace(run, membership):
    answer = answer_all(run)[0]

    rate_answer(answer=answer, actor=membership.user, rating=4, note=" Warm. ")
    rate_answer(answer=answer, actor=membership.user, rating=4, note="Warm.")

    answer.refresh_from_db()
    assert (answer.rating, answer.note) == (4, "Warm.")
    assert AuditEntry.objects.filter(action="playground.rated").count() == 1
