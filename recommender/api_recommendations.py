"""Management API: recommendations, what is decided about them, and questions for the
best model of a feature, a kind of work or a budget."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from recommender.exports_recommendations import (
    ranking_document,
    recommendation_document,
)
from recommender.models import Recommendation
from recommender.queries.recommendation_lists import URGENCY, recommendations_of
from recommender.queries.recommending import (
    recommend_for_budget,
    recommend_for_feature,
    recommend_for_use_case,
)
from recommender.recommending.asked import AskedError, Constraints, ExpectedUse
from recommender.recommending.results import Recommendations
from recommender.services import recommendations as decisions
from recommender.services.recommendations import RecommendationRefused
from registry.access import OrganizationRequest
from registry.api_paging import PageOf, PageQuery, page, page_of_list
from registry.api_tags import checked, tag_of, tell_tag
from registry.models import Feature
from registry.schemas import Body, Problem

router = Router(tags=["Recommendations"])
LARGEST = 10**18


class ListQuery(PageQuery):
    state: Literal["open", "snoozed", "applied", "dismissed", "outdated", "all"] = (
        "open"
    )
    evidence: Literal["", "tested", "untested"] = ""
    kind: Literal["", "saving", "retiring", "quality", "latency"] = ""
    q: str = Field("", max_length=200, description="Words of a feature or a model.")


class RecommendationOut(Schema):
    """Dollars are a month, as text, with the 95 % interval of the saving, which is
    negative where the model costs more; null where a price is not known. `kind` is what
    it is for, `trouble` what is wrong with the model from before, `due_on` the last
    day of that. `evidence` is not_worse, or undecided or untested, which need a
    benchmark."""

    id: int
    feature: str
    state: str
    kind: Literal["saving", "retiring", "quality", "latency"]
    due_on: str | None
    trouble: str
    current_model: str
    proposed_model: str
    score: float
    current_score: float | None
    evidence: str
    confidence: str
    before_usd: str | None
    after_usd: str | None
    saving_usd: str | None
    saving_low_usd: str | None
    saving_high_usd: str | None
    reason: str
    decided_by: str
    decided_at: str | None
    found_at: str
    details: dict[str, Any]


class DismissIn(Body):
    reason: str = Field(..., min_length=1, max_length=400)


class SnoozeIn(Body):
    days: Literal[7, 30, 90] = 7


class ExclusionOut(Schema):
    reason: str
    models: int


class RankingOut(Schema):
    """`ranked` is the best first, each with its score part by part, reasons,
    trade-offs, cost and certainty; `problem` says in words why there is none."""

    use_case: str
    weights: dict[str, float]
    looked_at: int
    possible: int
    problem: str
    current: dict[str, Any] | None
    ranked: list[dict[str, Any]]
    exclusions: list[ExclusionOut]
    excluded: list[dict[str, Any]]


class FeatureQuery(Schema):
    use_case: str = Field("", max_length=40)
    any_model: bool = Field(False, description="Those that are not enabled, too.")
    limit: int = Field(20, ge=1, le=100)


class WorkQuery(Schema):
    """A month of work and what is hard about it."""

    use_case: str = Field("chat", max_length=40)
    requests: int = 10_000
    input_tokens: int = 1_000
    output_tokens: int = 300
    cache_share: float = Field(0.0, ge=0, le=1)
    capability: list[str] = Field([], max_length=30)
    provider: list[str] = Field([], max_length=100)
    min_context_tokens: int | None = Field(None, ge=1)
    most_latency_ms: float | None = Field(None, ge=0)
    least_quality: float | None = Field(None, ge=0, le=100)
    any_model: bool = Field(False, description="Those that are not enabled, too.")
    limit: int = Field(20, ge=1, le=100)

    def constraints(self) -> Constraints:
        return Constraints(
            capabilities=tuple(self.capability),
            min_context_tokens=self.min_context_tokens,
            providers=tuple(self.provider),
            most_latency_ms=self.most_latency_ms,
            least_quality=self.least_quality,
            is_any_model=self.any_model,
        )

    def use(self) -> ExpectedUse:
        return ExpectedUse(
            requests=self.requests,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cache_share=self.cache_share,
        )


class BudgetQuery(WorkQuery):
    monthly_budget_usd: Decimal = Field(..., ge=0, max_digits=15)


@router.get(
    "/recommendations",
    response=PageOf[RecommendationOut],
    summary="List recommendations",
)
def list_recommendations(
    request: OrganizationRequest, response: HttpResponse, filters: Query[ListQuery]
) -> Any:
    """What is urgent first, then the largest saving."""
    found = recommendations_of(
        request.organization,
        filters.state,
        words=filters.q,
        evidence=filters.evidence,
        kind=filters.kind,
    )
    rows, following = page_of_list(list(found), _place, filters)
    items = [recommendation_document(one) for one in rows]
    return page(request, response, items, following)


@router.get(
    "/recommendations/{int:pk}", response={200: RecommendationOut, 404: Problem}
)
def get_recommendation(
    request: OrganizationRequest, response: HttpResponse, pk: int
) -> Any:
    return _told(response, _one(request, pk))


@router.post(
    "/recommendations/{int:pk}/apply",
    response={200: RecommendationOut, 403: Problem, 404: Problem, 409: Problem},
    summary="Assign the proposed model",
)
def apply_recommendation(
    request: OrganizationRequest, response: HttpResponse, pk: int
) -> Any:
    """Through the ordinary assignment; prompt, parameters and fallbacks stay."""
    return _decided(request, response, pk, decisions.apply)


@router.post(
    "/recommendations/{int:pk}/undo",
    response={200: RecommendationOut, 403: Problem, 404: Problem, 409: Problem},
    summary="Take an applied recommendation back",
)
def undo_recommendation(
    request: OrganizationRequest, response: HttpResponse, pk: int
) -> Any:
    return _decided(request, response, pk, decisions.undo)


@router.post(
    "/recommendations/{int:pk}/snooze",
    response={200: RecommendationOut, 403: Problem, 404: Problem, 409: Problem},
)
def snooze_recommendation(
    request: OrganizationRequest, response: HttpResponse, pk: int, wish: SnoozeIn
) -> Any:
    return _decided(request, response, pk, decisions.snooze, days=wish.days)


@router.post(
    "/recommendations/{int:pk}/dismiss",
    response={
        200: RecommendationOut,
        403: Problem,
        404: Problem,
        409: Problem,
        422: Problem,
    },
)
def dismiss_recommendation(
    request: OrganizationRequest, response: HttpResponse, pk: int, wish: DismissIn
) -> Any:
    """The model is not proposed for the feature again for 90 days."""
    return _decided(request, response, pk, decisions.dismiss, reason=wish.reason)


@router.get(
    "/recommend/features/{str:key}",
    response={200: RankingOut, 404: Problem, 422: Problem},
    summary="The best models for a feature",
)
def for_feature(
    request: OrganizationRequest, key: str, question: Query[FeatureQuery]
) -> Any:
    """At the cost of the feature's own calls of the last 30 days, priced anew."""
    feature = get_object_or_404(
        Feature, organization=request.organization, key=key, archived_at=None
    )
    return _ranking(
        lambda: recommend_for_feature(
            feature, use_case=question.use_case, is_any_model=question.any_model
        ),
        question.limit,
    )


@router.get(
    "/recommend/use-case",
    response={200: RankingOut, 422: Problem},
    summary="The best models for a kind of work",
)
def for_use_case(request: OrganizationRequest, question: Query[WorkQuery]) -> Any:
    return _ranking(
        lambda: recommend_for_use_case(
            request.organization,
            question.use_case,
            question.constraints(),
            use=question.use(),
        ),
        question.limit,
    )


@router.get(
    "/recommend/budget",
    response={200: RankingOut, 422: Problem},
    summary="The best models within a budget",
)
def for_budget(request: OrganizationRequest, question: Query[BudgetQuery]) -> Any:
    return _ranking(
        lambda: recommend_for_budget(
            request.organization,
            question.monthly_budget_usd,
            question.use(),
            use_case=question.use_case,
            constraints=question.constraints(),
        ),
        question.limit,
    )


def _place(one: Recommendation) -> str:
    """What is urgent first, then the largest saving, as a key that can be compared."""
    places: list[str] = [str(kind) for kind in URGENCY]
    urgent = places.index(one.kind) if one.kind in places else len(places)
    due = one.due_on.isoformat() if one.due_on else "9999"
    # An unknown saving comes last.
    cents = -LARGEST if one.saving_usd is None else int(one.saving_usd * 100)
    return f"{urgent}\n{due}\n{LARGEST - cents:020}\n{one.pk:020}"


def _ranking(ask: Callable[[], Recommendations], limit: int) -> dict[str, Any]:
    try:
        return ranking_document(ask(), limit)
    except AskedError as error:
        raise HttpError(422, str(error)) from error


def _one(request: OrganizationRequest, pk: int) -> Recommendation:
    found = recommendations_of(request.organization, "all").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such recommendation.")
    return found


def _tag(one: Recommendation) -> str:
    return tag_of("recommendation", one.pk, one.state, one.decided_at)


def _told(response: HttpResponse, one: Recommendation) -> dict[str, Any]:
    tell_tag(response, _tag(one))
    return recommendation_document(one)


def _decided(
    request: OrganizationRequest,
    response: HttpResponse,
    pk: int,
    act: Callable[..., Recommendation],
    **wishes: Any,
) -> dict[str, Any]:
    one = checked(request, lambda: _one(request, pk), _tag)
    if not request.membership.can_edit:
        raise HttpError(403, "Viewers change nothing; ask for the editor role.")
    try:
        act(recommendation=one, actor=request.user, **wishes)
    except RecommendationRefused as refused:
        raise HttpError(409, str(refused)) from refused
    return _told(response, _one(request, pk))
