"""Scores of one answer: what judges are to be asked is asked here, and all scorers
work in threads, as they may take a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from decimal import Decimal

from analytics.benchmarking.scoring import (
    Answered,
    CaseFacts,
    Reply,
    Score,
    Scorer,
    ScorerCall,
)

logger = logging.getLogger("modelhub.benchmarks")
AskJudge = Callable[[ScorerCall], Awaitable[Reply]]


@dataclass(frozen=True)
class Scored:
    """`judge_usd` is what is known of what judges cost; None: nobody was asked, or
    nothing is known."""

    scores: tuple[Score, ...]
    judge_usd: Decimal | None


@dataclass(frozen=True)
class _Begun:
    """A scorer that is done (`score`), or waits for replies to its `calls`."""

    scorer: Scorer
    calls: tuple[ScorerCall, ...] = ()
    score: Score | None = None


async def score_answer(
    scorers: Sequence[Scorer],
    facts: CaseFacts,
    answered: Answered,
    ask_judge: AskJudge,
    threads: Executor,
) -> Scored:
    loop = asyncio.get_running_loop()
    begun = await loop.run_in_executor(threads, _begin, scorers, facts, answered)
    asked = [call for one in begun for call in one.calls]
    if not asked:
        return Scored(tuple(one.score for one in begun if one.score), None)
    replies = await asyncio.gather(*(ask_judge(call) for call in asked))
    scores = await loop.run_in_executor(
        threads, _finish, begun, facts, answered, list(replies)
    )
    known = [one.cost_usd for one in replies if one.cost_usd is not None]
    return Scored(scores, sum(known, Decimal(0)) if known else None)


def _begin(
    scorers: Sequence[Scorer], facts: CaseFacts, answered: Answered
) -> list[_Begun]:
    begun = []
    for scorer in scorers:
        try:
            calls = tuple(scorer.calls(facts, answered))
        except Exception as error:  # a scorer must not end the run
            begun.append(_Begun(scorer, score=_failed(scorer, error)))
            continue
        score = None if calls else _score(scorer, facts, answered, ())
        begun.append(_Begun(scorer, calls, score))
    return begun


def _finish(
    begun: Sequence[_Begun],
    facts: CaseFacts,
    answered: Answered,
    replies: list[Reply],
) -> tuple[Score, ...]:
    scores = []
    for one in begun:
        own, replies = replies[: len(one.calls)], replies[len(one.calls) :]
        scores.append(one.score or _score(one.scorer, facts, answered, own))
    return tuple(scores)


def _score(
    scorer: Scorer, facts: CaseFacts, answered: Answered, replies: Sequence[Reply]
) -> Score:
    try:
        return scorer.score(facts, answered, replies)
    except Exception as error:  # a scorer must not end the run
        return _failed(scorer, error)


def _failed(scorer: Scorer, error: Exception) -> Score:
    logger.exception("The scorer %s failed.", scorer.kind, exc_info=error)
    note = f"This scorer failed: {type(error).__name__}."
    return Score(kind=scorer.kind, value=None, note=note, weight=scorer.weight)
