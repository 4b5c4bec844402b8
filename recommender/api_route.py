"""Management API: what a request would be answered by, without asking anybody."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from ninja import Router

from recommender.queries.explained_choice import explaining_selector
from recommender.routing.asked import Asked
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_route import RouteExplanation, RouteQuestion
from registry.models import Role
from registry.resolution.explaining import explain
from registry.resolution.loading import load_snapshot
from registry.schemas import Problem

router = Router(tags=["Routing"])


@router.post(
    "/route/explain",
    auth=access(Role.VIEWER),
    response={200: RouteExplanation, 422: Problem},
    summary="Explain a route",
)
def explain_route(request: OrganizationRequest, question: RouteQuestion) -> Any:
    """Which models would be asked at which connections, who is left out, and why; where
    ModelHub chooses, the order before the choice and the choice. It calls nobody and
    costs nothing. How busy connections are is known to the gateway's processes alone
    and not looked at."""
    snapshot, now = load_snapshot(), timezone.now()
    selector = explaining_selector(snapshot, request.organization, now)
    asked = Asked(
        request_id=question.request_id,
        prompt=question.prompt,
        input_tokens=question.input_tokens or len(question.prompt.encode()) // 4,
        max_output_tokens=question.max_tokens,
        capabilities=frozenset(filter(None, question.capabilities)),
        timeout_ms=question.timeout_ms,
    )
    return explain(
        snapshot,
        request.organization.pk,
        question.chosen(),
        at=now,
        input_tokens=asked.input_tokens,
        max_output_tokens=question.max_tokens,
        needed_capabilities=asked.capabilities,
        arrange=lambda plan: selector.arranged(plan, asked),
    ).as_document()
