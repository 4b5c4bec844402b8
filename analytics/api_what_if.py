"""Management API: re-pricing of real traffic."""

from typing import Any, Literal

from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from analytics.bands.what_if import Unfit
from analytics.queries.alternatives import find_alternatives
from analytics.queries.what_if import Prices, WhatIfQuestion, what_if
from analytics.what_if_words import document
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.models import Feature, Role
from registry.schemas import Body, DecimalText, Problem, ShortText

router = Router(tags=["Analytics"])
MOST_ALTERNATIVES = 8
MOST_FEATURES = 500


class WhatIfRequest(Body):
    """`alternatives` are models (`provider/model`, for every feature) and packs
    (`pack:slug`); `mix` is a model by the key of a feature."""

    days: int = Field(30, ge=1, le=90)
    features: list[ShortText] = Field([], max_length=MOST_FEATURES)
    alternatives: list[ShortText] = Field([], max_length=MOST_ALTERNATIVES)
    mix: dict[ShortText, ShortText] = Field({}, max_length=MOST_FEATURES)
    prices: Prices = Field(
        Prices.DAY, description="In force on each `day`, `today`, or today's `list`."
    )
    cache: Literal["measured", "none"] = "measured"
    unfit: Unfit = Field(
        Unfit.STAY,
        description="Requests that do not fit `stay` on their model, or are priced.",
    )


class WhatIfSums(Schema):
    """`usd` is null where no price is known. `change_usd` compares calls whose cost is
    known both ways."""

    name: str
    usd: DecimalText | None
    change_usd: DecimalText | None
    calls: int
    moved_calls: int
    unpriced_calls: int
    requests_too_long: int
    requests_lacking_capability: int
    is_being_rebuilt: bool


class WhatIfTotal(WhatIfSums):
    label: str


class WhatIfCell(WhatIfSums):
    """`model` is null where the feature stays as it was."""

    model: str | None
    missing_capabilities: list[str]
    notes: list[str]


class WhatIfModel(Schema):
    model: str | None
    calls: int


class WhatIfFeature(Schema):
    feature: str | None
    name: str
    models: list[WhatIfModel]
    calls: int
    requests: int
    actual_usd: DecimalText
    calls_without_cost: int
    alternatives: list[WhatIfCell]


class WhatIfOut(Schema):
    start: str = Field(alias="from")
    to: str
    as_of: str
    prices: str
    cache: str
    unfit: str
    actual_usd: DecimalText
    alternatives: list[WhatIfTotal]
    features: list[WhatIfFeature]


@router.post(
    "/what-if",
    auth=access(Role.VIEWER),
    response={200: WhatIfOut, 422: Problem},
    by_alias=True,
    summary="Re-price real traffic",
)
def re_price(request: OrganizationRequest, asked: WhatIfRequest) -> Any:
    """What the traffic of the last days would have cost, token for token, feature by
    feature. It calls nobody and changes nothing."""
    organization = request.organization
    found = find_alternatives(organization, asked.alternatives, asked.mix)
    if found.problems:
        raise HttpError(422, " ".join(found.problems))
    question = WhatIfQuestion(
        organization=organization,
        now=timezone.now(),
        days=asked.days,
        alternatives=found.alternatives,
        feature_ids=_features(request, asked.features),
        prices=asked.prices,
        is_cached=asked.cache == "measured",
        unfit=asked.unfit,
    )
    return document(what_if(question))


def _features(request: OrganizationRequest, keys: list[str]) -> frozenset[int]:
    """Raises HttpError 422 for a key that is none."""
    known = dict(
        Feature.objects.filter(
            organization=request.organization, key__in=keys
        ).values_list("key", "pk")
    )
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise HttpError(422, f"There is no feature {', '.join(unknown)[:200]}.")
    return frozenset(known.values())
