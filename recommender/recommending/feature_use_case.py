"""Which use case a feature is, from what it says of itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from recommender.kinds_of_work import USE_CASES
from recommender.use_cases import UseCase

LONG_TOKENS: Final = 200_000
"""A feature that requires such a window reads long documents."""
PICTURES: Final = frozenset({"image_analysis", "video_analysis"})
CODE_WORDS: Final = frozenset({"code", "coding", "patch", "sql", "program"})
CODE_TASKS: Final = {
    "refactoring": frozenset({"refactor", "refactoring", "rename", "cleanup"}),
    "code_review": frozenset({"review", "reviewer", "lint", "audit"}),
    "code_explanation": frozenset({"explain", "explainer", "explanation"}),
    "testing": frozenset({"tests", "testing", "tester", "unittest"}),
    "documentation": frozenset({"documentation", "docstring", "docstrings", "readme"}),
    "code_generation": frozenset({"generate", "generator", "generation", "writer"}),
}
"""Words of a key that tell which task of the classifier it is, where it is about code.
Some tell it alone."""
ALONE: Final = frozenset({"refactoring", "testing", "documentation"})
PURPOSES: Final = {
    "planning": frozenset({"plan", "planner", "planning", "roadmap"}),
    "search": frozenset({"search", "retrieval", "rag", "lookup"}),
    "quality_control": frozenset({"qc", "inspection", "inspector"}),
}
WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
BY_KEY: Final = {one.key: one for one in USE_CASES}
DEFAULT: Final = "chat"


def use_case_named(key: str) -> UseCase | None:
    return BY_KEY.get(key)


def use_case_of(
    key: str,
    capabilities: Collection[str] = (),
    min_context_tokens: int | None = None,
    urgency: str = "",
) -> str:
    """The key of a use case. What is required tells most, then words of the feature's
    key, then how urgent it is."""
    required = set(capabilities)
    words = {one.lower() for one in WORD.findall(key)}
    if required & PICTURES:
        return "vision"
    is_code = "code" in required or bool(words & CODE_WORDS)
    task = _named(words, CODE_TASKS)
    if task and (is_code or task in ALONE):
        return task
    if is_code:
        return "code"
    purpose = _named(words, PURPOSES)
    if purpose:
        return purpose
    if "tools" in required:
        return "agents"
    if "structured_output" in required:
        return "extraction"
    if "document_analysis" in required or (min_context_tokens or 0) >= LONG_TOKENS:
        return "long_documents"
    return {"background": "batch", "realtime": "real_time"}.get(urgency, DEFAULT)


def _named(words: set[str], groups: Mapping[str, frozenset[str]]) -> str:
    return next((name for name, known in groups.items() if words & known), "")
