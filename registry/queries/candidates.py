"""Models as candidates for a feature: their facts, price and verdict."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from registry.model_status import NOT_KNOWN, ModelStatus
from registry.models import AIModel, Feature, ModelSetting, Organization
from registry.queries.model_status import statuses
from registry.queries.prices import Quote, quotes
from registry.rates import base_rate
from registry.requirements import ModelFacts, Requirements, Verdict, check

FOUND = 12


@dataclass(frozen=True)
class Candidate:
    """A model with what an organisation knows of it at one moment."""

    ai_model: AIModel
    facts: ModelFacts
    quote: Quote | None
    status: ModelStatus = NOT_KNOWN

    @property
    def input_usd_per_million(self) -> Decimal | None:
        return self._rate("input_mtok")

    @property
    def output_usd_per_million(self) -> Decimal | None:
        return self._rate("output_mtok")

    @property
    def is_negotiated(self) -> bool:
        return self.quote is not None and self.quote.price.organization_id is not None

    def verdict(self, requirements: Requirements, today: datetime.date) -> Verdict:
        return check(requirements, self.facts, today)

    def _rate(self, key: str) -> Decimal | None:
        return base_rate(self.quote.rates.document, key) if self.quote else None


@dataclass(frozen=True)
class Option:
    """A candidate as one feature sees it."""

    candidate: Candidate
    verdict: Verdict

    @property
    def ai_model(self) -> AIModel:
        return self.candidate.ai_model


def requirements_of(feature: Feature) -> Requirements:
    return Requirements(
        capabilities=tuple(feature.required_capabilities),
        min_context_tokens=feature.min_context_tokens,
        accuracy_level=feature.accuracy_level,
        urgency=feature.urgency,
        budget_sensitivity=feature.budget_sensitivity,
    )


def load_candidates(
    ai_models: Iterable[AIModel], organization: Organization, at: datetime.datetime
) -> dict[int, Candidate]:
    """The candidate of each model by primary key. Three queries, however many."""
    models = list(ai_models)
    enabled = set(
        ModelSetting.objects.filter(
            organization=organization, ai_model__in=models, is_enabled=True
        ).values_list("ai_model_id", flat=True)
    )
    prices = quotes(models, organization, at)
    known = statuses(organization, models, at, enabled)
    return {
        one.pk: Candidate(
            one,
            _facts(one, known[one.pk], prices.get(one.pk)),
            prices.get(one.pk),
            known[one.pk],
        )
        for one in models
    }


def enabled_models(organization: Organization) -> QuerySet[AIModel]:
    """What the organisation's features may use, by reference."""
    return (
        AIModel.objects.visible_to(organization)
        .filter(settings__organization=organization, settings__is_enabled=True)
        .select_related("provider")
        .order_by("provider__slug", "model_name")
    )


def options_for(
    feature: Feature, candidates: Iterable[Candidate], today: datetime.date
) -> list[Option]:
    """Every candidate with its verdict; those that may be chosen first."""
    requirements = requirements_of(feature)
    options = [Option(one, one.verdict(requirements, today)) for one in candidates]
    return sorted(options, key=lambda option: not option.verdict.is_met)


def find_options(feature: Feature, words: str, at: datetime.datetime) -> list[Option]:
    """Models of the whole catalogue that match all `words`, with their verdicts: first
    those that may be used, then those that only need enabling. At most `FOUND`."""
    organization = feature.organization
    enabled = enabled_models(organization).values("pk")
    found = AIModel.objects.visible_to(organization).select_related("provider")
    for word in words.lower().split():
        found = found.filter(search_text__contains=word)
    able = Q(is_listed=True, capabilities__contains=feature.required_capabilities)
    if feature.min_context_tokens:
        able &= Q(context_window__gte=feature.min_context_tokens)
    rank = Case(
        When(able, pk__in=enabled, then=Value(0)),
        When(able, then=Value(1)),
        When(is_listed=True, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows = list(found.order_by(rank, "provider__slug", "model_name")[:FOUND])
    candidates = load_candidates(rows, organization, at)
    requirements = requirements_of(feature)
    return [
        Option(candidates[one.pk], candidates[one.pk].verdict(requirements, at.date()))
        for one in rows
    ]


def _facts(ai_model: AIModel, status: ModelStatus, quote: Quote | None) -> ModelFacts:
    rates = quote.rates.document if quote else {}
    return ModelFacts(
        capabilities=frozenset(ai_model.capabilities),
        context_window=ai_model.context_window,
        is_enabled=status.is_enabled,
        is_listed=ai_model.is_listed,
        retired_on=ai_model.retired_on,
        deprecated_on=ai_model.deprecated_on,
        is_priced=quote is not None,
        output_usd_per_million=base_rate(rates, "output_mtok"),
        is_rated=bool(ai_model.ratings),
        unavailable_because=status.reason if status.is_away else "",
    )
