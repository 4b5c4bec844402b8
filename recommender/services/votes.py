"""Keeps what people say of answers: votes, ratings and notes."""

from __future__ import annotations

from django.db import transaction

from recommender.models import AnswerState, PlaygroundAnswer, PlaygroundRun, Vote
from recommender.services.playground_runs import reveal_names
from registry.audit import record_change
from registry.models import User

LONGEST_NOTE = 2_000


class VoteRefused(ValueError):
    """The vote does not count; the message says why."""


@transaction.atomic
def vote(*, run: PlaygroundRun, actor: User, winner: PlaygroundAnswer | None) -> Vote:
    """`winner` is the best answer, None says that they are equal. Names the models of
    a blind run. Raises VoteRefused."""
    locked = PlaygroundRun.objects.select_for_update().get(pk=run.pk)
    answers = list(locked.answers.all())
    answered = {one.pk for one in answers if one.is_done}
    if any(one.state == AnswerState.ASKING and not one.is_lost for one in answers):
        raise VoteRefused("Wait until every answer has ended, or stop them.")
    if len(answered) < 2:
        raise VoteRefused("A vote needs two answers to compare.")
    if winner is not None and winner.pk not in answered:
        raise VoteRefused("There is no such answer to vote for.")
    earlier = Vote.objects.filter(run=locked, by=actor).select_related("winner").first()
    given, _ = Vote.objects.update_or_create(
        run=locked,
        by=actor,
        defaults={"winner": winner, "is_blind": locked.hides_names},
    )
    reveal_names(run=locked)
    record_change(
        organization=locked.organization,
        actor=actor,
        action="playground.voted",
        target=locked,
        before={"best": _named(earlier.winner)} if earlier else None,
        after={"best": _named(winner)},
    )
    return given


@transaction.atomic
def take_vote_back(*, run: PlaygroundRun, actor: User) -> bool:
    """Whether there was one. The names stay known."""
    given = Vote.objects.filter(run=run, by=actor).select_related("winner").first()
    if given is None:
        return False
    record_change(
        organization=run.organization,
        actor=actor,
        action="playground.vote_taken_back",
        target=run,
        before={"best": _named(given.winner)},
        after=None,
    )
    given.delete()
    return True


@transaction.atomic
def rate_answer(
    *, answer: PlaygroundAnswer, actor: User, rating: int | None, note: str
) -> PlaygroundAnswer:
    """Stars from 1 to 5 (None: none) and a note."""
    before = {"rating": answer.rating, "note": answer.note}
    after = {"rating": rating, "note": note.strip()[:LONGEST_NOTE]}
    if before == after:
        return answer
    answer.rating, answer.note = rating, note.strip()[:LONGEST_NOTE]
    answer.full_clean(exclude=["run", "ai_model"])
    answer.save(update_fields=["rating", "note"])
    record_change(
        organization=answer.run.organization,
        actor=actor,
        action="playground.rated",
        target=answer.run,
        before=before,
        after={**after, "answer": answer.letter},
    )
    return answer


def _named(winner: PlaygroundAnswer | None) -> str:
    return winner.reference if winner else "equal"
