"""Scores of texts in one line."""

from typing import Any

from analytics.benchmarking.scorers import read_scorer
from analytics.benchmarking.scoring import Answered, CaseFacts, Score

ASKED = ({"role": "user", "content": "What is the capital of France?"},)


def case(expected: Any = None, **facts: Any) -> CaseFacts:
    return CaseFacts(key="one", messages=ASKED, expected=expected, **facts)


def scored(kind: str, text: str, expected: Any = None, **fields: Any) -> Score:
    scorer = read_scorer({"kind": kind, **fields})
    return scorer.score(case(expected), Answered(text=text), ())
