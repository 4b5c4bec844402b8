"""What a card or a table row says about a model, ready to be shown."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from registry import levels
from registry.measured import Measured
from registry.model_status import NOT_KNOWN, ModelStatus
from registry.models import AIModel, ModelSetting, Organization
from registry.queries.base_prices import NO_PRICE, BasePrice
from registry.queries.model_measurements import measured_of
from registry.queries.model_status import statuses
from registry.queries.model_uses import Use, uses, uses_of
from registry.queries.prices import Quote, quote_for
from registry.rates import base_rate
from registry.recommended_uses import Facts, RecommendedUse, recommended_uses
from registry.templatetags.display import day


@dataclass(frozen=True)
class ModelCard:
    """A model with what one organisation knows of it at one moment."""

    ai_model: AIModel
    is_enabled: bool
    today: datetime.date
    price: BasePrice
    status: ModelStatus = NOT_KNOWN
    uses: Sequence[Use] = ()
    quote: Quote | None = None
    measured: Sequence[Measured] = ()

    @property
    def pk(self) -> int:
        return self.ai_model.pk

    @cached_property
    def reference(self) -> str:
        return self.ai_model.reference

    @cached_property
    def url(self) -> str:
        return self.ai_model.get_absolute_url()

    @property
    def input_usd(self) -> Decimal | None:
        return self.price.input_usd

    @property
    def output_usd(self) -> Decimal | None:
        return self.price.output_usd

    @property
    def is_negotiated(self) -> bool:
        return self.price.is_negotiated

    @property
    def speed(self) -> levels.Level:
        return levels.speed(self.measured)

    @property
    def reliability(self) -> levels.Level:
        return levels.reliability(self.measured)

    @cached_property
    def accuracy(self) -> levels.Level:
        return levels.accuracy(self.ai_model.ratings, self.measured)

    @cached_property
    def cost(self) -> levels.Level:
        return levels.cost(levels.cost_level(self.input_usd, self.output_usd))

    @property
    def can_switch(self) -> bool:
        return self.is_enabled or self.is_served

    @property
    def is_served(self) -> bool:
        """Neither retired nor gone from the catalogue: then it can be enabled, also
        while no connection offers it."""
        return self.ai_model.is_listed and not self.ai_model.is_retired(self.today)

    @property
    def switch_label(self) -> str:
        return "Disable" if self.is_enabled else "Enable"

    @property
    def switch_path(self) -> str:
        """Behind the model's own address."""
        return "-/disable/" if self.is_enabled else "-/enable/"

    @property
    def origin(self) -> str:
        """Version, release date and use, as far as they are known."""
        model = self.ai_model
        parts = [
            f"Version {model.version}" if model.version else "",
            f"released {day(model.released_on)}"
            if model.released_on
            else "release date not known",
            self.used_by,
        ]
        text = " · ".join(part for part in parts if part)
        return text[:1].upper() + text[1:]

    @property
    def indicators(self) -> list[tuple[str, levels.Level]]:
        """Reliability only where it was measured: no source states it."""
        found = [
            ("Speed", self.speed),
            ("Accuracy", self.accuracy),
            ("Cost", self.cost),
        ]
        if self.reliability.value is not None:
            found.append(("Reliability", self.reliability))
        return found

    @cached_property
    def recommended_uses(self) -> tuple[RecommendedUse, ...]:
        return recommended_uses(
            Facts(
                model_type=self.ai_model.model_type,
                capabilities=self.ai_model.capabilities,
                context_window=self.ai_model.context_window,
                cost_level=self.cost.value,
                # What is documented: one's own cases say little of other uses.
                accuracy_level=levels.accuracy(self.ai_model.ratings).value,
            )
        )

    @property
    def used_by(self) -> str:
        """How many features use it, in words; empty where none does."""
        assigned = sum(use.fallback_position is None for use in self.uses)
        if assigned:
            return f"{assigned} feature{'' if assigned == 1 else 's'}"
        return "fallback only" if self.uses else ""


def cards(
    ai_models: Sequence[AIModel],
    organization: Organization,
    today: datetime.date,
    enabled: Collection[int],
    prices: Mapping[int, BasePrice],
    known: Mapping[int, ModelStatus],
) -> list[ModelCard]:
    """The cards of `ai_models` in their order. Three queries. `enabled` holds the
    primary keys of enabled models; `prices` in force and `known` statuses are by
    primary key."""
    used = uses(ai_models, organization)
    measured = measured_of(organization, [one.pk for one in ai_models])
    return [
        ModelCard(
            ai_model=one,
            is_enabled=one.pk in enabled,
            today=today,
            price=prices.get(one.pk, NO_PRICE),
            status=known.get(one.pk, NOT_KNOWN),
            uses=used[one.pk],
            measured=measured[one.pk],
        )
        for one in ai_models
    ]


def card_of(
    ai_model: AIModel, organization: Organization, at: datetime.datetime
) -> ModelCard:
    """The card of one model, with its whole price in force."""
    setting = ModelSetting.objects.filter(
        organization=organization, ai_model=ai_model, is_enabled=True
    )
    quote = quote_for(ai_model, organization, at)
    enabled = {ai_model.pk} if setting.exists() else set()
    return ModelCard(
        ai_model=ai_model,
        is_enabled=bool(enabled),
        today=at.date(),
        price=_base_price(quote) if quote else NO_PRICE,
        status=statuses(organization, [ai_model], at, enabled)[ai_model.pk],
        uses=uses_of(ai_model, organization),
        quote=quote,
        measured=measured_of(organization, [ai_model.pk])[ai_model.pk],
    )


def _base_price(quote: Quote) -> BasePrice:
    rates = quote.rates.document
    return BasePrice(
        base_rate(rates, "input_mtok"),
        base_rate(rates, "output_mtok"),
        quote.price.organization_id is not None,
    )
