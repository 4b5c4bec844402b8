"""Ways of scoring an answer. Pure: no scorer calls a model, reads a row or changes
anything; one kind runs a program, and only where the operator allows it."""

from analytics.benchmarking.scorers.fields import (
    FieldType,
    ScorerError,
    ScorerField,
    ScorerKind,
)
from analytics.benchmarking.scorers.kinds import SCORER_KINDS
from analytics.benchmarking.scorers.reading import (
    can_score,
    lacking,
    read_scorer,
    read_scorers,
)

__all__ = (
    "SCORER_KINDS",
    "FieldType",
    "ScorerError",
    "ScorerField",
    "ScorerKind",
    "can_score",
    "lacking",
    "read_scorer",
    "read_scorers",
)
