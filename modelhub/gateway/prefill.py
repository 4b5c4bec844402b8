"""Which models go on with an answer that was begun: those that take an assistant's
turn as the last one and write on from it. Pure."""

from typing import Final

from registry.providers.anthropic_models import rules_of
from registry.resolution.plan import Candidate

ANSWERS_ANEW: Final = frozenset({"openai", "azure"})
"""Their own models take the turn and then write a new answer, from the start."""


def refuses_prefill(candidate: Candidate) -> bool:
    """Whether this candidate is known not to go on. One that is not known is asked; if
    it refuses, that is no error of the request."""
    if candidate.model.provider in ANSWERS_ANEW:
        return True
    is_claude = "claude" in candidate.model.model_name
    return is_claude and not rules_of(candidate.model.traits).takes_prefill
