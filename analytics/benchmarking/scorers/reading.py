"""Scorers from the JSON of a suite or a case, and whether they fit a case. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analytics.benchmarking.scorers.fields import WEIGHT, ScorerError, ScorerKind
from analytics.benchmarking.scorers.kinds import SCORER_KINDS
from analytics.benchmarking.scoring import CaseFacts, Scorer

# JSON as Python holds it.
Json = Any
MOST_SCORERS: Final = 20


def read_scorer(value: Mapping[str, Json]) -> Scorer:
    """The scorer that `value` describes: {"kind": …, "weight": …, and the fields of its
    kind}. Raises ScorerError with a sentence for each thing that is wrong."""
    if not isinstance(value, Mapping):
        raise ScorerError("A scorer is an object with a kind.")
    kind = _kind(value)
    fields = {one.name: one for one in (WEIGHT, *kind.fields)}
    unknown = sorted(str(one) for one in value if one not in {"kind", *fields})
    complaints = []
    if unknown:
        has = ", ".join(fields)
        complaints.append(
            f"{kind.label} has no “{'”, “'.join(unknown)}”; it has {has}."
        )
    values = {}
    for name, field in fields.items():
        try:
            values[name] = field.read(value.get(name))
        except ScorerError as error:
            complaints.append(f"{kind.label}: {error}")
    if complaints:
        raise ScorerError(*complaints)
    try:
        return kind.make(**values)
    except ScorerError as error:
        raise ScorerError(f"{kind.label}: {error}") from error


def _kind(value: Mapping[str, Json]) -> ScorerKind:
    name = value.get("kind")
    if not name:
        raise ScorerError("The scorer says no kind.")
    if not isinstance(name, str) or name not in SCORER_KINDS:
        raise ScorerError(
            f"There is no kind of scorer “{name}”; there are {', '.join(SCORER_KINDS)}."
        )
    return SCORER_KINDS[name]


def read_scorers(values: Sequence[Mapping[str, Json]]) -> tuple[Scorer, ...]:
    """All scorers of a list. Raises ScorerError whose `complaints` say of each what is
    wrong and where: “Scorer 2: …”."""
    if not isinstance(values, list | tuple):
        raise ScorerError("Scorers are a list.")
    if len(values) > MOST_SCORERS:
        raise ScorerError(f"There are at most {MOST_SCORERS} scorers.")
    scorers, complaints = [], []
    for number, value in enumerate(values, 1):
        try:
            scorers.append(read_scorer(value))
        except ScorerError as error:
            complaints += [f"Scorer {number}: {one}" for one in error.complaints]
    if complaints:
        raise ScorerError(*complaints)
    return tuple(scorers)


def lacking(case: CaseFacts, scorers: Sequence[Scorer]) -> list[str]:
    """What each scorer that cannot score this case lacks, each a sentence."""
    labelled = ((SCORER_KINDS[one.kind].label, one.lacks(case)) for one in scorers)
    return [f"{label}: {lack}" for label, lack in labelled if lack]


def can_score(case: CaseFacts, scorers: Sequence[Scorer]) -> str:
    """Why nothing can score this case, or nothing where at least one scorer can."""
    if not any(one.weight > 0 for one in scorers):
        return "There is no scorer with a weight."
    counted = [one for one in scorers if one.weight > 0]
    lacks = lacking(case, counted)
    return "" if len(lacks) < len(counted) else " ".join(lacks)
