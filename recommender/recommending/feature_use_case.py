"""Which use case a feature is, from what it says of itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from recommender.use_cases import USE_CASES, UseCase

LONG_TOKENS: Final = 200_000
"""A feature that requires such a window reads long documents."""
PICTURES: Final = frozenset({"image_analysis", "video_analysis"})
CODE_WORDS: Final = frozenset({"code", "coding", "refactor", "patch", "review", "sql"})
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
    if "code" in required or words & CODE_WORDS:
        return "code"
    if "tools" in required:
        return "agents"
    if "structured_output" in required:
        return "extraction"
    if "document_analysis" in required or (min_context_tokens or 0) >= LONG_TOKENS:
        return "long_documents"
    return {"background": "batch", "realtime": "real_time"}.get(urgency, DEFAULT)
