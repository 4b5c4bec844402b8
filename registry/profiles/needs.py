"""What a profile requires of a model, and what speaks against one. Pure.

A capability or a context window that no source states is not assumed, as everywhere
(`registry.requirements`). A strength or an amount of memory that nobody knows passes,
unless the profile says `known_only`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from registry.capabilities import CAPABILITIES
from registry.profiles.document import NEEDS
from registry.profiles.strengths import SCALES, SUFFIX
from registry.requirements import lower

Unmet = tuple[str, str]
"""A code for programs, and words that read on after the model's name."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Strengths are 0 to 1; memory is of this machine, so that it binds only models
    that run here. Of the latency classes only `realtime` binds: a model that reasons
    before it answers is too slow for it."""

    strengths: Mapping[str, float] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    min_context_tokens: int | None = None
    max_memory_gb: float | None = None
    latency_class: str = ""
    known_only: bool = False

    @classmethod
    def of(cls, requirements: Mapping[str, Any]) -> Needs:
        words = [*(requirements.get("capabilities") or ())]
        for name, capabilities in NEEDS.items():
            words += capabilities if requirements.get(name) else ()
        return cls(
            strengths={
                name: requirements[f"{name}{SUFFIX}"]
                for name in SCALES
                if requirements.get(f"{name}{SUFFIX}") is not None
            },
            capabilities=tuple(dict.fromkeys(words)),
            min_context_tokens=requirements.get("min_context_tokens"),
            max_memory_gb=requirements.get("max_memory_gb"),
            latency_class=requirements.get("latency_class") or "",
            known_only=bool(requirements.get("known_only")),
        )

    @property
    def words(self) -> tuple[str, ...]:
        """Each requirement, as a sentence lists it."""
        said = [f"{name} {least:g} or more" for name, least in self.strengths.items()]
        if self.min_context_tokens:
            said.append(f"a context of {self.min_context_tokens:,} tokens")
        if self.max_memory_gb is not None:
            said.append(f"at most {self.max_memory_gb:g} GB of memory")
        said += [_label(word) for word in self.capabilities]
        if self.latency_class:
            said.append(f"{self.latency_class} latency")
        return tuple(said)


NO_NEEDS: Final = Needs()


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a model. An empty set of capabilities says nothing of them."""

    capabilities: frozenset[str] = frozenset()
    context_window: int | None = None
    strengths: Mapping[str, float] = field(default_factory=dict)


def unmet(needs: Needs, traits: Traits) -> Iterator[Unmet]:
    """Everything that speaks against a model, wherever it runs."""
    for name, least in needs.strengths.items():
        strength = traits.strengths.get(name)
        if strength is None and needs.known_only:
            yield "unknown_strength", f"has no known {name} strength"
        elif strength is not None and strength < least:
            yield (
                "weak",
                f"has a {name} strength of {strength:.2f}, and {least:.2f} is required",
            )
    for word in needs.capabilities:
        if word not in traits.capabilities:
            yield "missing_capability", f"is not known to offer {_label(word)}"
    least_tokens = needs.min_context_tokens
    window = traits.context_window
    if least_tokens and window is None:
        yield (
            "unknown_window",
            f"has no known context window ({least_tokens:,} tokens are required)",
        )
    elif least_tokens and window is not None and window < least_tokens:
        yield (
            "small_window",
            f"has a context window of {window:,} tokens "
            f"({least_tokens:,} are required)",
        )
    if needs.latency_class == "realtime" and "reasoning" in traits.capabilities:
        yield "slow", "reasons before it answers, and real time is required"


def unmet_memory(needs: Needs, memory_gb: float | None) -> Iterator[Unmet]:
    """What speaks against a model that runs here and takes `memory_gb`."""
    most = needs.max_memory_gb
    if most is None:
        return
    if memory_gb is None and needs.known_only:
        yield "unknown_memory", "takes an unknown amount of memory"
    elif memory_gb is not None and memory_gb > most:
        yield (
            "memory",
            f"needs {memory_gb:.1f} GB of memory, and {most:g} GB is allowed",
        )


def unknown(needs: Needs, traits: Traits) -> tuple[str, ...]:
    """Strengths that are asked for and of which nobody knows."""
    return tuple(name for name in needs.strengths if name not in traits.strengths)


def _label(word: str) -> str:
    return lower(CAPABILITIES[word][0]) if word in CAPABILITIES else word
