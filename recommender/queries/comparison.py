"""The models of a comparison, read with a constant number of queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Length

from recommender.comparison import MOST_MODELS
from recommender.queries.candidates import Chosen, named_models
from recommender.subject import Subject
from registry.models import AIModel, ModelSetting, Organization
from registry.queries.model_measurements import measured_of
from registry.queries.model_status import statuses
from registry.queries.prices import quotes

SUGGESTIONS = 8
READ_REFERENCES = 40
"""References that a link may name before the rest is not even looked at."""
SHOWN = 100
"""Characters of a reference that a message repeats."""


@dataclass(frozen=True)
class Note:
    """Something to say about the list of models asked for."""

    tone: str
    text: str


@dataclass(frozen=True)
class Line:
    """The models that a list of references stands for, in its order, and what there
    is to say about the list. `unknown` are references that name nothing here."""

    subjects: tuple[Subject, ...]
    notes: tuple[Note, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def references(self) -> list[str]:
        return [subject.reference for subject in self.subjects]


def line_up(
    organization: Organization, references: Sequence[str], at: datetime.datetime
) -> Line:
    """The first six models that `references` name, with their prices at `at`. Six
    queries at most. Aliases are resolved and said; whatever is left out is named."""
    asked = [reference for reference in references if reference][:READ_REFERENCES]
    chosen = named_models(organization, asked)
    kept = [model.pk for model in chosen.ai_models[:MOST_MODELS]]
    # `named_models` reads only the columns of the calculator.
    rows = AIModel.objects.select_related("provider").in_bulk(kept)
    models = [rows[pk] for pk in kept if pk in rows]
    return Line(
        _subjects(models, organization, at, _alias_names(chosen)),
        tuple(_notes(chosen)),
        chosen.unknown,
    )


def _alias_names(chosen: Chosen) -> dict[str, str]:
    return {reference: alias for alias, reference in chosen.aliases.items()}


def _subjects(
    models: list[AIModel],
    organization: Organization,
    at: datetime.datetime,
    asked_as: dict[str, str],
) -> tuple[Subject, ...]:
    if not models:
        return ()
    found = quotes(models, organization, at)
    enabled = set(
        ModelSetting.objects.filter(
            organization=organization, ai_model__in=models, is_enabled=True
        ).values_list("ai_model_id", flat=True)
    )
    known = statuses(organization, models, at, enabled)
    measured = measured_of(organization, [model.pk for model in models])
    return tuple(
        Subject(
            model,
            found.get(model.pk),
            at,
            is_enabled=model.pk in enabled,
            asked_as=asked_as.get(model.reference, ""),
            availability=known[model.pk],
            measured=measured[model.pk],
        )
        for model in models
    )


def _notes(chosen: Chosen) -> Iterator[Note]:
    if chosen.unknown:
        yield Note("warning", f"Not known here: {_named(chosen.unknown)}.")
    if chosen.repeated:
        repeated = _named(chosen.repeated)
        yield Note("info", f"Named twice, compared once: {repeated}.")
    beyond = [model.reference for model in chosen.ai_models[MOST_MODELS:]]
    beyond += chosen.beyond_limit
    if beyond:
        text = f"Six models fit side by side. Left out: {_named(beyond)}."
        yield Note("warning", text)
    if chosen.aliases:
        pairs = (f"{alias} → {name}" for alias, name in chosen.aliases.items())
        yield Note("info", f"Names of exact versions: {'; '.join(pairs)}.")


def _named(references: Sequence[str]) -> str:
    return ", ".join(f"“{reference[:SHOWN]}”" for reference in references)


def suggestions(
    organization: Organization, words: str, without: Sequence[str]
) -> list[AIModel]:
    """Models to add: of those that match all `words` first what the organisation
    enabled; without words only that. Never one of the references `without`."""
    found = AIModel.objects.visible_to(organization).filter(is_listed=True)
    enabled = _enabled(organization)
    for word in words.lower().split():
        found = found.filter(search_text__contains=word)
    if not words.strip():
        found = found.filter(pk__in=enabled)
    rank = Case(
        When(pk__in=enabled, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    # The shortest name is the likeliest to be meant.
    rows = found.select_related("provider").order_by(
        rank, Length("model_name"), "model_name", "provider__slug"
    )[: SUGGESTIONS + MOST_MODELS]
    return [row for row in rows if row.reference not in without][:SUGGESTIONS]


def _enabled(organization: Organization) -> QuerySet[ModelSetting, int]:
    return ModelSetting.objects.filter(
        organization=organization, is_enabled=True
    ).values_list("ai_model_id", flat=True)
