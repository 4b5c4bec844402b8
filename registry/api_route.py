"""The shapes of an explained route; `recommender.api_route` answers with them."""

from typing import Annotated, Self

from ninja import Field, Schema
from pydantic import StringConstraints, model_validator

from registry.resolution.plan import Selection
from registry.schemas import Body, CapabilityWord, DecimalText, ShortText

MOST_TOKENS = 1_000_000_000
LongText = Annotated[str, StringConstraints(max_length=200_000)]


class RouteQuestion(Body):
    """Exactly one of `feature`, `model`, `provider` and `selection`; the last one is
    what a client writes as its `model`: `feature:photo-tagging`, `auto`, …"""

    feature: ShortText = ""
    model: ShortText = ""
    provider: ShortText = ""
    selection: ShortText = ""
    local_only: bool = False
    has_fallback: bool = True
    profile: ShortText = ""
    input_tokens: int = Field(0, ge=0, le=MOST_TOKENS)
    max_tokens: int | None = Field(None, ge=1, le=MOST_TOKENS)
    capabilities: list[CapabilityWord] = Field([], max_length=30)
    prompt: LongText = Field(
        "", description="What the user says, where ModelHub chooses the model."
    )
    request_id: ShortText = Field(
        "", description="By it is decided whether a little known model is tried."
    )
    timeout_ms: int | None = Field(None, ge=1, le=3_600_000)

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        wishes = [self.feature, self.model, self.provider, self.selection]
        if sum(map(bool, wishes)) != 1:
            raise ValueError("Give one of feature, model, provider and selection")
        return self

    def chosen(self) -> Selection:
        parsed = Selection.parse(self.selection) if self.selection else Selection()
        return Selection(
            feature=self.feature or parsed.feature,
            model=self.model or parsed.model,
            provider=self.provider or parsed.provider,
            is_auto=parsed.is_auto,
            local_only=self.local_only or parsed.local_only,
            has_fallback=self.has_fallback,
            profile=self.profile,
        )


class RouteConnection(Schema):
    id: int
    label: str
    provider: str
    is_local: bool


class RoutePrice(Schema):
    """US dollars per million tokens; null is not known."""

    id: int
    input_usd_per_million: DecimalText | None
    output_usd_per_million: DecimalText | None


class RouteCandidate(Schema):
    position: int
    source: str
    model: str
    context_window: int | None
    connection: RouteConnection
    parameters: dict[str, object]
    price: RoutePrice | None


class RouteSkipped(Schema):
    """`reason` reads on after the model's name."""

    model: str
    code: str
    reason: str


class RouteFeature(Schema):
    key: str
    revision: int
    stream_guarantee: str
    timeout_s: float
    hedge_after_ms: int | None


class RouteExplanation(Schema):
    """Who would be asked, in this order. `error` says why nobody would be.
    `is_chosen`: ModelHub chose the order by what the request asks; `before_choice` are
    the models as they stood before, without those that cannot answer."""

    selection: str
    local_only: bool
    has_fallback: bool
    profile: str | None
    snapshot_version: int
    is_answered: bool
    error: str | None
    choices: list[str]
    feature: RouteFeature | None
    candidates: list[RouteCandidate]
    skipped: list[RouteSkipped]
    trace: list[str]
    is_chosen: bool
    before_choice: list[str]
