"""Models with the price that holds: for lists and the command line."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from registry.models import AIModel, Organization
from registry.queries.prices import Quote, quotes
from registry.rates import base_rate


@dataclass(frozen=True)
class ModelLine:
    """A model and the quote in force, if there is any."""

    ai_model: AIModel
    quote: Quote | None

    def rate(self, price_key: str) -> Decimal | None:
        """A base rate of the price in force, e.g. `input_mtok`; None: not known."""
        return base_rate(self.quote.rates.document, price_key) if self.quote else None


def model_lines(
    organization: Organization | None,
    at: datetime.datetime,
    q: str = "",
    provider_slug: str = "",
) -> list[ModelLine]:
    """The catalogue (and the organisation's own models) by reference. Every word of
    `q` must stand in the reference, the name or the provider's name. Two queries."""
    models = AIModel.objects.filter(
        Q(organization=None) | Q(organization=organization)
    ).select_related("provider")
    if provider_slug:
        models = models.filter(provider__slug=provider_slug)
    for word in q.lower().replace("\x00", "")[:200].split():
        models = models.filter(search_text__contains=word)
    found = list(models)
    priced = quotes(found, organization, at)
    return [ModelLine(model, priced.get(model.pk)) for model in found]
