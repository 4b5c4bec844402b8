"""Everything that the page of one model shows."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from registry.charts import PricePoint
from registry.model_facts import Fact, facts_of
from registry.models import (
    AIModel,
    AuditEntry,
    ModelAlias,
    ModelSetting,
    Organization,
    Price,
)
from registry.price_table import PriceTable, price_table
from registry.queries.model_cards import ModelCard, card_of

HISTORY = 20


@dataclass(frozen=True)
class Rating:
    """One rating with its 95 % interval, and where it lies between the lowest and the
    highest bound of this model's ratings, in percent."""

    category: str
    score: float
    low: float | None
    high: float | None
    votes: int | None
    source: str
    read_on: str


@dataclass(frozen=True)
class ModelDetail:
    card: ModelCard
    facts: list[Fact]
    prices: PriceTable | None
    points: list[PricePoint]
    ratings: list[Rating]
    aliases: list[ModelAlias] = field(default_factory=list)
    history: list[AuditEntry] = field(default_factory=list)

    @property
    def ai_model(self) -> AIModel:
        return self.card.ai_model

    @property
    def has_token_price(self) -> bool:
        return any(
            rate is not None
            for point in self.points
            for rate in (point.input_usd, point.output_usd)
        )


def model_detail(
    ai_model: AIModel, organization: Organization, at: datetime.datetime
) -> ModelDetail:
    card = card_of(ai_model, organization, at)
    return ModelDetail(
        card=card,
        facts=facts_of(ai_model),
        prices=price_table(card.quote.rates.document) if card.quote else None,
        points=price_points(ai_model, at.date()),
        ratings=ratings_of(ai_model),
        aliases=list(ai_model.aliases.select_related("provider").order_by("alias")),
        history=list(changes_of(ai_model, organization)[:HISTORY]),
    )


def price_points(ai_model: AIModel, today: datetime.date) -> list[PricePoint]:
    """The catalogue's prices from the first to the one of today. A price "since ever"
    begins with the model's release, or the day it was read."""
    rows = Price.objects.filter(ai_model=ai_model, organization=None)
    points = [
        PricePoint(
            since=_start(price, ai_model, today),
            input_usd=price.input_usd_per_million,
            output_usd=price.output_usd_per_million,
        )
        for price in rows
    ]
    return sorted(
        (point for point in points if point.since <= today),
        key=lambda point: point.since,
    )


def changes_of(ai_model: AIModel, organization: Organization) -> QuerySet[AuditEntry]:
    """Changes of this model in this organisation or in the shared catalogue."""
    return AuditEntry.objects.filter(
        Q(organization=organization) | Q(organization=None),
        object_type="aimodel",
        object_id=str(ai_model.pk),
    )


def setting_of(ai_model: AIModel, organization: Organization) -> ModelSetting | None:
    return ModelSetting.objects.filter(
        organization=organization, ai_model=ai_model
    ).first()


def ratings_of(ai_model: AIModel) -> list[Rating]:
    """The stored ratings, the overall one first, then by name."""
    stated: dict[str, dict[str, Any]] = ai_model.ratings
    names = sorted(stated, key=lambda name: (name != "overall", name))
    return [
        Rating(
            category=name.replace("_", " ").capitalize(),
            score=stated[name]["score"],
            low=stated[name].get("low"),
            high=stated[name].get("high"),
            votes=stated[name].get("votes"),
            source=stated[name].get("source", ""),
            read_on=stated[name].get("read_on", ""),
        )
        for name in names
        if stated[name].get("score") is not None
    ]


def _start(price: Price, ai_model: AIModel, today: datetime.date) -> datetime.date:
    if price.effective_from:
        return price.effective_from.date()
    first = ai_model.released_on or price.read_on or price.created_at.date()
    end = price.effective_to.date() if price.effective_to else today
    return min(first, end)
