"""Can a feature be served as a pack (or a roll-back) says? Pure: facts in, findings
out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from registry.packs.findings import GONE, Finding, Severity
from registry.parameters import ParameterError, clean_parameters
from registry.requirements import ModelFacts, Reason, Requirements, check

ModelKey = tuple[int | None, str]
"""The row of a model where it is known, and how it was written."""
TOLD: Final = frozenset({"unavailable", "retiring", "deprecated", "unpriced"})
"""Warnings about a model that call for action; the others are hints for choosing."""
TOLD_WITHOUT_FEATURE: Final = GONE | {"retiring", "deprecated"}
LEAVING: Final = GONE | {"retiring", "deprecated"}
"""For these a successor is proposed."""


@dataclass(frozen=True)
class KnownModel:
    """A model as the organisation sees it. `no_connection` says why it cannot be
    called, as a sentence reads on; `is_to_enable`: the switch will enable it."""

    id: int
    reference: str
    facts: ModelFacts
    max_output_tokens: int | None = None
    no_connection: str = ""
    is_to_enable: bool = False


@dataclass(frozen=True)
class KnownPrompt:
    """A prompt's version; `text` is `NAME@7`."""

    id: int
    text: str


@dataclass(frozen=True)
class Wish:
    """What a feature shall get, as it was written."""

    key: str
    model: ModelKey
    fallbacks: tuple[ModelKey, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prompt: str = ""


@dataclass(frozen=True)
class Known:
    """What wishes are judged by. A key that is absent means that nothing is known by
    that name; `proposals` are by the reference as it was written."""

    models: Mapping[ModelKey, KnownModel]
    prompts: Mapping[str, KnownPrompt]
    today: datetime.date
    proposals: Mapping[str, str] = field(default_factory=dict)
    connections_may_follow: bool = False
    """A missing connection is told and refuses nothing."""


@dataclass(frozen=True)
class Judged:
    """What the feature would really get, and everything that speaks against it."""

    model: KnownModel | None
    fallbacks: tuple[KnownModel, ...]
    parameters: dict[str, Any]
    prompt: KnownPrompt | None
    findings: tuple[Finding, ...]

    @property
    def is_servable(self) -> bool:
        """Without errors: with one, a switch leaves the feature as it is."""
        return self.model is not None and not any(one.is_error for one in self.findings)


def judge(wish: Wish, requirements: Requirements, known: Known) -> Judged:
    """Fallbacks that cannot serve are left out, with a warning."""
    model = known.models.get(wish.model)
    fallbacks, about_fallbacks = _fallbacks(wish, requirements, known)
    findings = [*_about_model(wish, model, fallbacks, requirements, known)]
    parameters, wrong = _parameters(wish, model)
    prompt = known.prompts.get(wish.prompt)
    wrong += _about_prompt(wish, known, "error")
    return Judged(
        model, fallbacks, parameters, prompt, (*findings, *wrong, *about_fallbacks)
    )


def judge_without_feature(wish: Wish, known: Known) -> tuple[Finding, ...]:
    """What is wrong with an entry whose feature does not exist (yet): its model, and
    names that nothing is known by. It refuses nothing."""
    _, about_fallbacks = _fallbacks(wish, Requirements(), known)
    unknown = [one for one in about_fallbacks if one.code == "unknown_fallback"]
    return (
        *_about_model_alone(wish, known),
        *_about_prompt(wish, known, "warning"),
        *unknown,
    )


def _about_model_alone(wish: Wish, known: Known) -> Iterator[Finding]:
    model = known.models.get(wish.model)
    if model is None:
        yield _unknown(wish, known, "warning")
        return
    verdict = check(Requirements(), model.facts, known.today)
    for reason in (*verdict.refusals, *verdict.warnings):
        if reason.code in TOLD_WITHOUT_FEATURE:
            yield _finding("warning", wish, model, reason, known)


def _about_prompt(wish: Wish, known: Known, severity: Severity) -> Iterator[Finding]:
    if wish.prompt and wish.prompt not in known.prompts:
        text = f"There is no prompt {wish.prompt}."
        yield Finding(severity, wish.key, "unknown_prompt", text)


def _about_model(
    wish: Wish,
    model: KnownModel | None,
    fallbacks: tuple[KnownModel, ...],
    requirements: Requirements,
    known: Known,
) -> Iterator[Finding]:
    if model is None:
        yield _unknown(wish, known, "error")
        return
    verdict = check(requirements, model.facts, known.today)
    for reason in verdict.refusals:
        yield _finding("error", wish, model, reason, known)
    for reason in verdict.warnings:
        if reason.code in TOLD:
            yield _finding("warning", wish, model, reason, known)
    if model.no_connection:
        can_fall_back = any(not one.no_connection for one in fallbacks)
        reason = Reason("no_connection", model.no_connection)
        is_told = can_fall_back or known.connections_may_follow
        severity: Severity = "warning" if is_told else "error"
        yield _finding(severity, wish, model, reason, known)


def _fallbacks(
    wish: Wish, requirements: Requirements, known: Known
) -> tuple[tuple[KnownModel, ...], list[Finding]]:
    kept: list[KnownModel] = []
    findings = []
    first = known.models.get(wish.model)
    for key in wish.fallbacks:
        model = known.models.get(key)
        problem = _against(model, requirements, known)
        if model is None or problem:
            name = model.reference if model else key[1]
            code = "not_enabled" if problem == "is not enabled" else "fallback"
            code = code if model else "unknown_fallback"
            text = f"The fallback {name} {problem}: it is left out."
            proposal = known.proposals.get(key[1], "")
            findings.append(Finding("warning", wish.key, code, text, name, proposal))
        elif model not in kept and model != first:
            kept.append(model)
            if model.no_connection:
                text = f"The fallback {model.reference} {model.no_connection}."
                findings.append(
                    Finding("warning", wish.key, "fallback", text, model.reference)
                )
    return tuple(kept), findings


def _against(model: KnownModel | None, requirements: Requirements, known: Known) -> str:
    if model is None:
        return "is not in the catalog"
    return check(requirements, model.facts, known.today).text


def _parameters(
    wish: Wish, model: KnownModel | None
) -> tuple[dict[str, Any], list[Finding]]:
    limit = model.max_output_tokens if model else None
    try:
        return clean_parameters(wish.parameters, max_output_tokens=limit), []
    except ParameterError as error:
        said = [
            Finding("error", wish.key, "parameters", text)
            for text in error.errors.values()
        ]
        return dict(wish.parameters), said


def _unknown(wish: Wish, known: Known, severity: Severity) -> Finding:
    reference = wish.model[1]
    text = f"No model is called {reference}."
    proposal = known.proposals.get(reference, "")
    return Finding(severity, wish.key, "unknown_model", text, reference, proposal)


def _finding(
    severity: Severity, wish: Wish, model: KnownModel, reason: Reason, known: Known
) -> Finding:
    proposed = known.proposals.get(wish.model[1], "")
    return Finding(
        severity,
        wish.key,
        reason.code,
        f"{model.reference} {reason.text}.",
        model.reference,
        proposed if reason.code in LEAVING else "",
    )
