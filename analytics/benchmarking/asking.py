"""What a case asks of a model, and what its scorers are told of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from analytics.benchmarking.scorers import read_scorers
from analytics.benchmarking.scoring import CaseFacts, Scorer
from registry.providers.messages import Image, Message
from registry.providers.request import ModelRequest

BYTES_PER_TOKEN: Final = 4


class Case(Protocol):
    """A BenchmarkCase, stored or not."""

    key: str
    system: str
    messages: Any
    image_digests: list[str]
    expected: Any
    rubric: str
    response_schema: Any
    scorers: Any
    tags: list[str]


def facts_of(case: Case, system: str) -> CaseFacts:
    """`system` is the suite's, for cases without one of their own."""
    return CaseFacts(
        key=case.key,
        messages=case.messages,
        system=case.system or system,
        expected=case.expected,
        rubric=case.rubric,
        response_schema=case.response_schema,
        tags=tuple(case.tags),
        has_images=bool(case.image_digests),
    )


def request_of(
    case: Case,
    system: str,
    parameters: Mapping[str, Any],
    images: Sequence[Image],
    timeout_s: float,
) -> ModelRequest:
    """`images` in the order of the case's digests. Raises InvalidRequestError for what
    cannot be asked of any model."""
    asked = ModelRequest(
        messages=tuple(
            Message.of(one["role"], one["content"]) for one in case.messages
        ),
        system=case.system or system,
        images=tuple(images),
        response_schema=case.response_schema,
        timeout_s=timeout_s,
    )
    return asked.with_defaults(parameters)


def scorers_of(case: Case, of_suite: Sequence[Mapping[str, Any]]) -> tuple[Scorer, ...]:
    """The case's own scorers, else the suite's. Raises ScorerError for those that
    cannot be read."""
    return read_scorers(case.scorers or of_suite)


def text_tokens(*texts: str) -> int:
    """About so many tokens, as the gateway estimates them."""
    return sum(len(text.encode()) for text in texts) // BYTES_PER_TOKEN
