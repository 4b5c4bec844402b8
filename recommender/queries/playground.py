"""Runs of the playground for pages: one's own, those shared, and their history."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from recommender.models import AnswerState, PlaygroundAnswer, PlaygroundRun, Vote
from registry.models import Organization, User

SHOWN_RUNS = 50


@dataclass(frozen=True)
class Column:
    """One answer as a person may see it: while names are hidden, without anything
    that tells who wrote it."""

    answer: PlaygroundAnswer
    hides_name: bool
    is_best: bool
    is_mine: bool
    is_compared: bool

    @property
    def title(self) -> str:
        return self.answer.letter if self.hides_name else self.answer.reference


@dataclass(frozen=True)
class RunView:
    """A run with its columns. `is_mine` may vote, rate and share."""

    run: PlaygroundRun
    columns: Sequence[Column]
    vote: Vote | None
    is_mine: bool

    @property
    def hides_names(self) -> bool:
        return self.run.hides_names

    @property
    def done(self) -> list[Column]:
        return [one for one in self.columns if one.answer.is_done]

    @property
    def may_vote(self) -> bool:
        return self.is_mine and len(self.done) > 1 and not self.is_open

    @property
    def is_open(self) -> bool:
        """Something is waiting or being written."""
        return any(
            one.answer.state == AnswerState.ASKING and not one.answer.is_lost
            for one in self.columns
        )


def runs_of(organization: Organization, person: User) -> QuerySet[PlaygroundRun]:
    return PlaygroundRun.objects.filter(
        organization=organization, created_by=person
    ).select_related("organization", "feature", "prompt_version__prompt", "created_by")


def own_run(
    organization: Organization, person: User, run_id: uuid.UUID
) -> PlaygroundRun | None:
    return runs_of(organization, person).filter(pk=run_id).first()


def shared_run(organization: Organization, key: str) -> PlaygroundRun | None:
    if not key or "\x00" in key:
        return None
    return (
        PlaygroundRun.objects.filter(organization=organization, share_key=key)
        .select_related(
            "organization", "feature", "prompt_version__prompt", "created_by"
        )
        .first()
    )


def run_view(run: PlaygroundRun, person: User, *, is_mine: bool) -> RunView:
    """Three queries."""
    answers = list(run.answers.select_related("ai_model__provider"))
    given = Vote.objects.filter(run=run, by=run.created_by).first()
    number = sum(one.is_done for one in answers)
    columns = [
        _column(one, run, given, is_mine=is_mine, number=number) for one in answers
    ]
    return RunView(run, columns, given, is_mine)


def column_of(answer: PlaygroundAnswer) -> Column:
    """One of a run of one's own, while the others may still be written."""
    return _column(answer, answer.run, None, is_mine=True, number=0)


def _column(
    answer: PlaygroundAnswer,
    run: PlaygroundRun,
    given: Vote | None,
    *,
    is_mine: bool,
    number: int,
) -> Column:
    answer.run = run
    return Column(
        answer=answer,
        hides_name=run.hides_names,
        is_best=given is not None and given.winner_id == answer.pk,
        is_mine=is_mine,
        is_compared=number > 1 and answer.is_done,
    )


def history(
    organization: Organization, person: User, words: str
) -> list[PlaygroundRun]:
    """The newest runs of `person` whose prompt or models hold all `words`. Two
    queries."""
    found = runs_of(organization, person)
    for word in words.replace("\x00", "").lower().split():
        found = found.filter(search_text__contains=word)
    answers = PlaygroundAnswer.objects.defer("text", "trace")
    votes = Vote.objects.filter(by=person).select_related("winner")
    return list(
        found.prefetch_related(Prefetch("answers", answers), Prefetch("votes", votes))[
            :SHOWN_RUNS
        ]
    )
