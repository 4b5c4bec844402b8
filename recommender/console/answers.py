"""Which answer belongs to which action."""

from __future__ import annotations

from typing import Any

from recommender.console.answer import Answer
from recommender.console.arguments import DECISIONS
from recommender.console.deciding import decision_answer, list_answer, look_answer
from recommender.console.mixing import mix_answer
from recommender.console.ranking import (
    budget_answer,
    feature_answer,
    features_answer,
    use_case_answer,
)
from registry.models import Organization


def answer_to(
    organization: Organization, action: str, options: dict[str, Any]
) -> Answer:
    """Raises AskedError for what makes no sense, and what services refuse."""
    if action in DECISIONS:
        return decision_answer(organization, action, options)
    if action == "features" and not options["key"]:
        return features_answer(organization)
    answers = {
        "features": feature_answer,
        "use-case": use_case_answer,
        "budget": budget_answer,
        "list": list_answer,
        "look": look_answer,
        "mix": mix_answer,
    }
    return answers[action](organization, options)
