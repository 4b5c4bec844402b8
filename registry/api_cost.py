"""Management API: what a described call costs, as `modelhub models cost` answers it."""

import datetime
from argparse import ArgumentTypeError
from decimal import Decimal
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import AfterValidator

from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_lookup import named_model
from registry.command_arguments import images, moment
from registry.cost_report import cost_json
from registry.models import Organization, Role
from registry.queries.model_costs import Images, model_cost
from registry.schemas import Body, Problem, ShortText
from registry.usage import MAX_QUANTITY, Usage

MOST_IMAGE_SIZES = 50

router = Router(tags=["Costs"])


def _images(text: str) -> str:
    try:
        images(text)
    except ArgumentTypeError as error:
        raise ValueError(str(error)) from error
    return text


def _moment(text: str) -> str:
    try:
        moment(text)
    except ArgumentTypeError as error:
        raise ValueError(str(error)) from error
    return text


Amount = Annotated[Decimal, Field(ge=0, le=MAX_QUANTITY, max_digits=27)]
ImagesText = Annotated[str, AfterValidator(_images)]
MomentText = Annotated[str, AfterValidator(_moment)]


class CostQuestion(Body):
    """One call. `input_tokens` includes cached and picture tokens, `output_tokens`
    includes reasoning tokens. `images` are written `2x1024x1024:low` and add their
    tokens to the input. `requests` is how often the call happens."""

    model: ShortText
    input_tokens: Amount = Decimal(0)
    output_tokens: Amount = Decimal(0)
    cache_read_tokens: Amount = Decimal(0)
    cache_write_tokens: Amount = Decimal(0)
    cache_write_1h_tokens: Amount = Decimal(0)
    reasoning_tokens: Amount = Decimal(0)
    citation_tokens: Amount = Decimal(0)
    input_image_tokens: Amount = Decimal(0)
    output_image_tokens: Amount = Decimal(0)
    cache_image_read_tokens: Amount | None = None
    input_audio_tokens: Amount = Decimal(0)
    output_audio_tokens: Amount = Decimal(0)
    cache_audio_read_tokens: Amount | None = None
    input_video_tokens: Amount = Decimal(0)
    output_video_tokens: Amount = Decimal(0)
    audio_seconds: Amount = Decimal(0)
    input_audio_seconds: Amount = Decimal(0)
    input_characters: Amount = Decimal(0)
    input_text_messages: Amount = Decimal(0)
    input_document_pages: Amount = Decimal(0)
    input_annotated_document_pages: Amount = Decimal(0)
    web_searches: Amount = Decimal(0)
    storage_searches: Amount = Decimal(0)
    generated_images: Amount = Decimal(0)
    requests: Amount = Decimal(1)
    images: list[ImagesText] = Field([], max_length=MOST_IMAGE_SIZES)
    batch: bool = False
    at: MomentText | None = Field(None, description="ISO 8601; UTC where it says none.")

    def usage(self) -> Usage:
        """Raises ValueError where parts exceed their whole."""
        counts = self.dict(exclude={"model", "images", "batch", "at"})
        return Usage(
            **{
                name: _whole(count)
                for name, count in counts.items()
                if count is not None
            },
            is_batch=self.batch,
        )

    def sizes(self) -> list[Images]:
        return [images(text) for text in self.images]

    def moment(self) -> datetime.datetime:
        return moment(self.at) if self.at else timezone.now()


class CostAnswerOut(Schema):
    """`total_usd` is null exactly when the state is `unpriced`; otherwise the lines
    add up to it. `missing` names what the price has no rate for."""

    model: str
    requested: str
    alias: str | None
    organization: str | None
    at: str
    state: str
    total_usd: str | None
    requests: str
    batch: bool
    usage: dict[str, str]
    images: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    price: dict[str, Any] | None
    missing: list[str]
    notes: list[str]


ANSWERS = {200: CostAnswerOut, 404: Problem, 422: Problem}


@router.get("/cost", response=ANSWERS, summary="Cost of a call")
def get_cost(request: OrganizationRequest, question: Query[CostQuestion]) -> Any:
    return _answer(request.organization, question)


@router.post(
    "/cost",
    response=ANSWERS,
    auth=access(Role.VIEWER),
    summary="Cost of a call, asked as JSON",
)
def post_cost(request: OrganizationRequest, question: CostQuestion) -> Any:
    """The same as GET; nothing is stored."""
    return _answer(request.organization, question)


def _answer(organization: Organization, question: CostQuestion) -> dict[str, Any]:
    resolution, ai_model = named_model(question.model, organization)
    try:
        answer = model_cost(
            ai_model,
            question.usage(),
            question.sizes(),
            organization,
            question.moment(),
        )
    except ValueError as error:
        raise HttpError(422, str(error)) from error
    return cost_json(resolution, answer)


def _whole(count: Decimal) -> Decimal | int:
    return int(count) if count == count.to_integral_value() else count
