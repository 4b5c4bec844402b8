"""Management API: models side by side, with the same figures as the page."""

from decimal import Decimal
from typing import Annotated, Any

from django.urls import reverse
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from recommender.comparing import Comparison
from recommender.exports_comparison import comparison_document
from recommender.forms.comparison import (
    MAX_REQUESTS,
    MAX_TOKENS,
    ComparisonRequest,
    query_of,
)
from recommender.presets import DEFAULTS
from recommender.queries.comparison import READ_REFERENCES, line_up
from recommender.queries.rows import now
from recommender.workload import TokenWorkload
from registry.access import OrganizationRequest
from registry.schemas import Problem

router = Router(tags=["Models"])

Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=15)]


class CompareQuestion(Schema):
    """Two to six models, and the volume that the costs are for."""

    m: list[str] = Field(
        ..., max_length=READ_REFERENCES, description="provider/model-id, repeated."
    )
    requests: int = Field(int(DEFAULTS["requests"]), ge=0, le=MAX_REQUESTS)
    input_tokens: int = Field(int(DEFAULTS["input_tokens"]), ge=0, le=MAX_TOKENS)
    output_tokens: int = Field(int(DEFAULTS["output_tokens"]), ge=0, le=MAX_TOKENS)
    cache: Percent = Decimal(DEFAULTS["cache"])
    batch: Percent = Decimal(DEFAULTS["batch"])
    differences: bool = Field(False, description="Only rows in which models differ.")

    def to_request(self) -> ComparisonRequest:
        return ComparisonRequest(
            references=tuple(self.m),
            workload=TokenWorkload(
                input_tokens=self.input_tokens,
                output_tokens=self.output_tokens,
                cache_hit_percent=self.cache,
                batch_percent=self.batch,
            ),
            requests=self.requests,
            only_differences=self.differences,
        )


class ComparedModel(Schema):
    reference: str
    name: str
    asked_as: str | None
    is_enabled: bool
    is_negotiated: bool
    price: int | None


class ComparedCell(Schema):
    """`value` is exact and null where it is not known; `mark` is best or tie."""

    value: str | None
    text: str | None
    low: str | None
    high: str | None
    mark: str | None
    notes: list[str]
    reasons: list[str]


class ComparedRow(Schema):
    """Cells in the order of the models; `better` is higher, lower or none."""

    key: str
    label: str
    unit: str
    better: str
    cells: list[ComparedCell]


class ComparedCategory(Schema):
    key: str
    title: str
    rows: list[ComparedRow]


class ComparisonOut(Schema):
    link: str
    volume: str
    messages: list[str]
    models: list[ComparedModel]
    categories: list[ComparedCategory]
    reading: list[str]


@router.get(
    "/compare",
    response={200: ComparisonOut, 404: Problem, 422: Problem},
    summary="Compare models",
)
def compare(request: OrganizationRequest, question: Query[CompareQuestion]) -> Any:
    """References that are unknown or too many are named in `messages`."""
    asked = question.to_request()
    line = line_up(request.organization, asked.references, now())
    messages = [note.text for note in line.notes]
    if not line.subjects:
        raise HttpError(404, " ".join(messages) or "No model was named.")
    comparison = Comparison(asked, line.subjects)
    link = f"{reverse('recommender:compare')}?{query_of(asked, comparison.references)}"
    return comparison_document(comparison, request.build_absolute_uri(link), messages)
