"""Management API: experiments, from drafting over steps to promotion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.errors import HttpError

from recommender.experiment_drafts import ArmDraft, ExperimentDraft
from recommender.experiment_schemas import (
    MOST_LISTED,
    ArmIn,
    ExperimentIn,
    ExperimentOut,
    ListQuery,
    PromoteIn,
    ReasonIn,
    ShownOut,
    WishIn,
)
from recommender.exports_experiments import experiment_document, results_document
from recommender.models import Experiment
from recommender.queries.experiment_control import control_of
from recommender.queries.experiment_lists import experiments_of
from recommender.queries.experiment_readiness import problems_of
from recommender.queries.experiment_results import results_of
from recommender.services import experiment_running as running
from recommender.services.experiment_changes import ExperimentRefused, Said
from recommender.services.experiment_promotion import promote
from recommender.services.experiment_undo import take_back
from recommender.services.experiments import create_experiment
from registry.access import OrganizationRequest
from registry.api_lookup import named_model
from registry.api_paging import PageOf, page, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.models import Feature, Organization
from registry.queries.prompts import PromptNotFound, find_version
from registry.schemas import Problem

router = Router(tags=["Experiments"])


CHANGED = {200: ExperimentOut, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.get(
    "/experiments",
    response={200: PageOf[ExperimentOut], 422: Problem},
    summary="List experiments",
)
def list_experiments(
    request: OrganizationRequest, response: HttpResponse, filters: Query[ListQuery]
) -> Any:
    """The newest first."""
    found = experiments_of(
        request.organization,
        state=filters.state,
        words=filters.q,
        feature=filters.feature,
    )
    rows, end = page_of_rows(found, ("-created_at", "-id"), filters)
    return page(request, response, [experiment_document(one) for one in rows], end)


@router.post(
    "/experiments",
    response={201: ExperimentOut, 403: Problem, 404: Problem, 422: Problem},
    summary="Draft an experiment",
)
def create(
    request: OrganizationRequest, response: HttpResponse, wish: ExperimentIn
) -> Any:
    """Nothing runs before it is started."""
    organization = request.organization
    feature = get_object_or_404(
        Feature.objects.select_related("organization"),
        organization=organization,
        key=wish.feature,
        archived_at=None,
    )
    arms = [_arm(organization, one) for one in wish.candidates]
    said = wish.model_dump(exclude={"feature", "candidates"})
    try:
        made = create_experiment(
            organization=organization,
            feature=feature,
            draft=ExperimentDraft(candidates=arms, **said),
            actor=request.user,
        )
    except ExperimentRefused as refused:
        raise HttpError(422, str(refused)) from refused
    response["Location"] = f"/api/experiments/{made.slug}"
    return Status(201, _told(response, _one(request, made.slug)))


@router.get("/experiments/{str:slug}", response={200: ShownOut, 404: Problem})
def get_experiment(
    request: OrganizationRequest, response: HttpResponse, slug: str
) -> Any:
    """With what it found until now, by arm and hour."""
    one = _one(request, slug)
    results = results_of(one, timezone.now())
    return _told(response, one) | {
        "results": results_document(results),
        "in_the_way": problems_of(one, control_of(one.feature))
        if results is None
        else [],
        "events": [
            {
                "at": event.at.isoformat(),
                "kind": event.kind,
                "text": event.text,
                "actor": event.actor_label,
                "facts": event.facts,
            }
            for event in one.events.all()[:MOST_LISTED]
        ],
    }


@router.post("/experiments/{str:slug}/start", response=CHANGED)
def start(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    wish: WishIn | None = None,
) -> Any:
    return _changed(request, response, slug, running.start, wish)


@router.post("/experiments/{str:slug}/pause", response=CHANGED)
def pause(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    wish: ReasonIn | None = None,
) -> Any:
    """All traffic goes to the assignment for now."""
    return _changed(request, response, slug, running.pause, wish)


@router.post("/experiments/{str:slug}/resume", response=CHANGED)
def resume(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    wish: WishIn | None = None,
) -> Any:
    return _changed(request, response, slug, running.resume, wish)


@router.post("/experiments/{str:slug}/step", response=CHANGED)
def step(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    wish: ReasonIn | None = None,
) -> Any:
    """Give the candidate of a canary its next share."""
    return _changed(request, response, slug, running.step_forward, wish)


@router.post("/experiments/{str:slug}/step-back", response=CHANGED)
def step_back(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    wish: ReasonIn | None = None,
) -> Any:
    """Give it its former share; at the first step the experiment ends."""
    return _changed(request, response, slug, running.step_back, wish)


@router.post("/experiments/{str:slug}/stop", response=CHANGED)
def stop(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    wish: ReasonIn | None = None,
) -> Any:
    """End it and keep the control."""
    return _changed(request, response, slug, running.stop, wish)


@router.post("/experiments/{str:slug}/promote", response=CHANGED)
def promote_arm(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    wish: PromoteIn | None = None,
) -> Any:
    """Assign a candidate to the feature, through the ordinary assignment."""
    asked = wish or PromoteIn(version=None, arm="b")
    arms = {arm.key: arm for arm in _checked(request, slug).arms.all()}
    if asked.arm not in arms:
        raise Http404("There is no such arm.")
    return _changed(request, response, slug, promote, asked, arm=arms[asked.arm])


@router.post(
    "/experiments/{str:slug}/undo",
    response=CHANGED,
    summary="Take a promotion back",
)
def undo(request: OrganizationRequest, response: HttpResponse, slug: str) -> Any:
    return _changed(request, response, slug, take_back, None)


def _arm(organization: Organization, wish: ArmIn) -> ArmDraft:
    _, model = named_model(wish.model, organization)
    version = None
    if wish.prompt.strip():
        try:
            version = find_version(organization, wish.prompt)
        except PromptNotFound as error:
            raise HttpError(422, str(error)) from error
    return ArmDraft(
        ai_model=model,
        name=wish.name,
        parameters=wish.parameters,
        prompt_version=version,
        share_percent=wish.share_percent,
    )


def _one(request: OrganizationRequest, slug: str) -> Experiment:
    found = experiments_of(request.organization).filter(slug=slug[:80]).first()
    if found is None:
        raise Http404("There is no such experiment.")
    return found


def _checked(request: OrganizationRequest, slug: str) -> Experiment:
    return checked(request, lambda: _one(request, slug), _tag)


def _tag(one: Experiment) -> str:
    return tag_of("experiment", one.pk, one.version)


def _told(response: HttpResponse, one: Experiment) -> dict[str, Any]:
    tell_tag(response, _tag(one))
    return experiment_document(one)


def _changed(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    act: Callable[..., Experiment],
    wish: WishIn | None,
    **wishes: Any,
) -> dict[str, Any]:
    one = _checked(request, slug)
    said = Said(
        request.user,
        reason=wish.reason if isinstance(wish, ReasonIn) else "",
        expected_version=wish.version if wish else None,
    )
    try:
        act(one, said, **wishes)
    except ExperimentRefused as refused:
        raise HttpError(409, str(refused)) from refused
    return _told(response, _one(request, slug))
