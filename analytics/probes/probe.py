"""What a probe is: questions whose answers tell whether a model can do something."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from registry.providers.request import ModelRequest

SHORTEST_ANSWER_TOKENS: Final = 200
"""Room for an answer, and for what a model that reasons thinks before it."""
UNSUPPORTED: Final = frozenset({"unsupported"})
NO_ROOM: Final = "The room for the answer ran out before it said anything."
CUT: Final = "The room for the answer ran out before it was whole."


class Verdict(StrEnum):
    VERIFIED = "verified"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """What is documented of the model that is probed. None: not known."""

    context_window: int | None = None
    limit_tokens: int = 0
    """At most so many input tokens may be spent on a long context."""


@dataclass(frozen=True, kw_only=True)
class ProbeCall:
    """One question. `asked` is it for people, shortened; `expected` is what the answer
    is held against; `input_tokens` about what it takes."""

    request: ModelRequest
    asked: str
    expected: Any = None
    is_stream: bool = False
    input_tokens: int = 100
    output_tokens: int = 50


@dataclass(frozen=True, kw_only=True)
class Said:
    """The answer to a call. `error` is set where there was none, and `error_code` where
    the provider said why: `unsupported` (the model cannot do what was asked) or
    `context_length`. `chunk_ms` are the times at which pieces of a stream came, since
    its beginning."""

    text: str = ""
    tool_calls: tuple[tuple[str, str], ...] = ()
    """Names and arguments, as JSON text."""
    finish_reason: str = ""
    chunk_ms: tuple[float, ...] = ()
    error: str = ""
    error_code: str = ""
    input_tokens: int | None = None


@dataclass(frozen=True)
class Exchange:
    call: ProbeCall
    said: Said


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`note` is why, as a sentence. `facts` are figures worth keeping."""

    verdict: Verdict
    note: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Probe(Protocol):
    """One capability. `calls` are asked one after the other, until `read` is no
    longer None for what was answered; after the last one it never is."""

    def calls(
        self, facts: ModelFacts, chance: random.Random
    ) -> Sequence[ProbeCall]: ...

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        """`planned` is how many calls there are in all."""


def verified(note: str, **facts: Any) -> Finding:
    return Finding(verdict=Verdict.VERIFIED, note=note, facts=facts)


def failed(note: str, **facts: Any) -> Finding:
    return Finding(verdict=Verdict.FAILED, note=note, facts=facts)


def inconclusive(note: str, **facts: Any) -> Finding:
    return Finding(verdict=Verdict.INCONCLUSIVE, note=note, facts=facts)


def unanswered(
    exchanges: Sequence[Exchange], refusals: frozenset[str] = UNSUPPORTED
) -> Finding | None:
    """What follows from the first call that was not answered, if there is one. An
    error that does not speak of the capability decides nothing."""
    for one in exchanges:
        if not one.said.error:
            continue
        if one.said.error_code in refusals:
            return failed(f"The provider refuses it: {one.said.error}")
        return inconclusive(f"It could not be asked: {one.said.error}")
    return None


def ended_early(said: Said) -> bool:
    """Whether the room for the answer ran out before anything was said."""
    return said.finish_reason == "length" and not said.text.strip()
