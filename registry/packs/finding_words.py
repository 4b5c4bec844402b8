"""Findings in few words: alike ones together, and a line for a card. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from registry.packs.findings import Finding

TOLD: Final = {
    # code → one model or feature, several
    "unknown_model": ("1 model is not known", "{n} models are not known"),
    "retired": ("1 model is retired", "{n} models are retired"),
    "vanished": ("1 model is gone", "{n} models are gone"),
    "not_enabled": ("1 model is not enabled", "{n} models are not enabled"),
    "no_connection": ("1 model has no connection", "{n} models have no connection"),
    "unavailable": ("1 model is unavailable", "{n} models are unavailable"),
    "retiring": ("1 model will be retired", "{n} models will be retired"),
    "deprecated": ("1 model is deprecated", "{n} models are deprecated"),
    "unpriced": ("1 model has no price", "{n} models have no price"),
}


@dataclass(frozen=True)
class Group:
    """Findings that say the same of several features."""

    tone: str
    text: str
    proposal: str
    features: tuple[str, ...]


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Those that say the same together, errors first."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in findings:
        keys = found.setdefault((one.tone, one.text, one.proposal), [])
        if one.feature and one.feature not in keys:
            keys.append(one.feature)
    groups = [
        Group(tone, text, proposal, tuple(keys))
        for (tone, text, proposal), keys in found.items()
    ]
    worst = {"danger": 0, "warning": 1}
    return tuple(sorted(groups, key=lambda one: worst.get(one.tone, 2)))


def in_words(findings: Iterable[Finding]) -> str:
    """3 models are not enabled, 2 more to look at; empty where nothing is wrong."""
    models: dict[str, set[str]] = {}
    others: set[tuple[str, str]] = set()
    for one in findings:
        if one.severity == "note":
            continue
        if one.code in TOLD and one.model:
            models.setdefault(one.code, set()).add(one.model)
        else:
            others.add((one.feature, one.text))
    said = [_count(code, len(models[code])) for code in TOLD if code in models]
    if others:
        more = " more" if said else ""
        said.append(f"{len(others)}{more} to look at")
    return ", ".join(said)


def _count(code: str, number: int) -> str:
    one, several = TOLD[code]
    return one if number == 1 else several.format(n=number)
