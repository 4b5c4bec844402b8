"""What a described call costs on a model: for the command line and other programs."""

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from registry.image_rules import Detail
from registry.image_tokens import ImageTokens, image_tokens
from registry.models import AIModel, Organization
from registry.pricing import Cost, Usage, cost_of
from registry.queries.prices import Quote, quote_for

IMAGE_TOKENS = "input_image_tokens"


@dataclass(frozen=True)
class Images:
    """`count` images of one size, sent at one detail."""

    count: int
    width_px: int
    height_px: int
    detail: Detail = "auto"


@dataclass(frozen=True)
class CountedImages:
    """Images, and what one of them is in tokens of the model."""

    images: Images
    each: ImageTokens


@dataclass(frozen=True)
class CostAnswer:
    """What `usage` and `images` cost on `ai_model` at the moment `at`. The tokens of
    the images are in `usage` as far as they are known."""

    ai_model: AIModel
    organization: Organization | None
    at: datetime.datetime
    usage: Usage
    images: tuple[CountedImages, ...]
    quote: Quote | None
    cost: Cost

    @property
    def matched(self) -> str | None:
        """The catalogue entry that the price is of, as `provider/model-id`."""
        document = self.quote.rates.document if self.quote else {}
        entry = document.get("matched")
        return f"{entry['provider_id']}/{entry['model_id']}" if entry else None


def model_cost(
    ai_model: AIModel,
    usage: Usage,
    images: Sequence[Images],
    organization: Organization | None,
    at: datetime.datetime,
) -> CostAnswer:
    """The cost of a call with `usage` and, on top of it, `images`.

    Raises ValueError as `cost_of` and `image_tokens` do.
    """
    counted = tuple(CountedImages(one, _count(ai_model, one)) for one in images)
    whole = _with_images(usage, counted)
    quote = quote_for(ai_model, organization, at)
    cost = cost_of(whole, quote.rates if quote else None, at)
    for one in counted:
        if one.each.tokens is None:
            words = f"{one.images.count} × {one.each.note} They are not in the sum."
            cost = cost.lacking(IMAGE_TOKENS, words)
        elif not one.each.is_certain:
            cost = cost.doubted(one.each.note)
    return CostAnswer(ai_model, organization, at, whole, counted, quote, cost)


def _count(ai_model: AIModel, images: Images) -> ImageTokens:
    return image_tokens(
        ai_model.provider.slug,
        ai_model.model_name,
        images.width_px,
        images.height_px,
        images.detail,
    )


def _with_images(usage: Usage, counted: Sequence[CountedImages]) -> Usage:
    tokens = sum(one.images.count * (one.each.tokens or 0) for one in counted)
    if not tokens:
        return usage
    return dataclasses.replace(
        usage,
        input_tokens=usage.input_tokens + tokens,
        input_image_tokens=usage.input_image_tokens + tokens,
    )
