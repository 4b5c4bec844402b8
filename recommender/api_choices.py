"""Management API: how the model of a feature is chosen for each request."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.errors import ValidationError as WrongFields

from recommender.queries.choice_preview import Preview, preview_choice
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_tags import checked, tag_of, tell_tag
from registry.automatic_choice import MOST_MODELS, full_choice
from registry.models import Feature, Role
from registry.schemas import Body, DecimalText, Problem, ShortText
from registry.services.automatic_choices import (
    cleaned_choice,
    set_automatic_choice,
    undo_automatic_choice,
)
from registry.services.features import StaleFeature

router = Router(tags=["Routing"])


class ChoiceRulesIn(Body):
    """See docs/routing.md. Amounts are US dollars, shares are in percent."""

    policy: Literal["cheapest", "best", "fastest", "balanced"] = "cheapest"
    accuracy: Literal["", "basic", "standard", "high", "critical"] = ""
    max_request_usd: Decimal | None = Field(None, ge=0, le=1000)
    max_latency_ms: int | None = Field(None, ge=1, le=3_600_000)
    keeps_conversations: bool = True
    tried_percent: Decimal = Field(Decimal(0), ge=0, le=20)
    tried_extra_usd: Decimal = Field(Decimal(0), ge=0, le=1000)
    scarce_percent: int = Field(10, ge=0, le=100)
    avoids_busy: bool = True
    hurries: bool = True
    pool: Literal["assigned", "enabled", "listed"] = "assigned"
    models: list[ShortText] = Field([], max_length=MOST_MODELS)

    @property
    def document(self) -> dict[str, Any]:
        found = self.dict()
        for name in ("max_request_usd", "tried_percent", "tried_extra_usd"):
            found[name] = None if found[name] is None else format(found[name], "f")
        return found


class ChoiceWish(Body):
    """`choice` null: the assignment alone answers. With `expected_version` nothing is
    changed where somebody else changed the feature since."""

    choice: ChoiceRulesIn | None
    expected_version: int | None = Field(None, ge=1)


class ChoiceOut(Schema):
    feature: str
    version: int
    choice: dict[str, Any] | None


class ChosenModelOut(Schema):
    model: str
    requests: int


class PreviewOut(Schema):
    """Counted on the last answered requests; costs are of the `priced` ones alone.
    Null is not known."""

    requests: int
    models: list[ChosenModelOut]
    changed: int
    left_to_assignment: int
    priced: int
    now_usd: DecimalText
    then_usd: DecimalText
    success: float | None
    success_now: float | None
    known_tasks: int
    cases_per_model: float
    problem: str | None


KEY = "/features/{key}/automatic-choice"


@router.get(KEY, response={200: ChoiceOut, 404: Problem}, summary="Rules of a choice")
def get_choice(request: OrganizationRequest, response: HttpResponse, key: str) -> Any:
    """How the feature's model is chosen, with every rule; null: it is not."""
    return _told(response, _feature(request, key))


@router.put(
    KEY,
    response={200: ChoiceOut, 404: Problem, 409: Problem, 422: Problem},
    summary="Set the rules of a choice",
)
def put_choice(
    request: OrganizationRequest, response: HttpResponse, key: str, wish: ChoiceWish
) -> Any:
    feature = _checked(request, key)
    try:
        set_automatic_choice(
            feature=feature,
            document=wish.choice and wish.choice.document,
            actor=request.user,
            expected_version=wish.expected_version,
        )
    except StaleFeature as stale:
        said = f"Somebody changed it meanwhile: it is at {stale.current.version}."
        raise HttpError(409, said) from stale
    except ValidationError as error:
        raise _refused(error) from error
    return _told(response, feature)


@router.post(
    f"{KEY}/undo",
    response={200: ChoiceOut, 404: Problem, 409: Problem},
    summary="Take the last change of a choice back",
)
def undo_choice(request: OrganizationRequest, response: HttpResponse, key: str) -> Any:
    feature = _checked(request, key)
    if not undo_automatic_choice(feature=feature, actor=request.user):
        raise HttpError(409, "There is nothing to take back.")
    return _told(response, feature)


@router.post(
    f"{KEY}/preview",
    auth=access(Role.VIEWER),
    response={200: PreviewOut, 404: Problem, 422: Problem},
    summary="What rules would have chosen",
)
def preview(request: OrganizationRequest, key: str, rules: ChoiceRulesIn) -> Any:
    """What these rules would have done with the feature's last 200 answered requests.
    Saves nothing and asks no provider."""
    feature = _feature(request, key)
    try:
        document = cleaned_choice(rules.document) or {}
    except ValidationError as error:
        raise _refused(error) from error
    return _previewed(preview_choice(feature, document, timezone.now()))


def _feature(request: OrganizationRequest, key: str) -> Feature:
    found = Feature.objects.filter(
        organization=request.organization, key=key, archived_at=None
    ).first()
    if found is None:
        raise Http404(f"Your organisation has no feature {key}.")
    return found


def _checked(request: OrganizationRequest, key: str) -> Feature:
    return checked(request, lambda: _feature(request, key), _tag)


def _tag(feature: Feature) -> str:
    return tag_of("choice", feature.pk, feature.version)


def _told(response: HttpResponse, feature: Feature) -> dict[str, Any]:
    tell_tag(response, _tag(feature))
    return {
        "feature": feature.key,
        "version": feature.version,
        "choice": full_choice(feature.automatic_choice),
    }


def _refused(error: ValidationError) -> WrongFields:
    """The same shape of answer as for what the schema refuses."""
    return WrongFields(
        [
            {"type": "value_error", "loc": ("body", name), "msg": " ".join(texts)}
            for name, texts in error.message_dict.items()
        ]
    )


def _previewed(found: Preview) -> dict[str, Any]:
    return {
        "requests": found.requests,
        "models": [
            {"model": one.reference, "requests": one.requests} for one in found.models
        ],
        "changed": found.changed,
        "left_to_assignment": found.unmoved,
        "priced": found.priced,
        "now_usd": found.now_usd,
        "then_usd": found.then_usd,
        "success": found.success,
        "success_now": found.success_now,
        "known_tasks": found.classified,
        "cases_per_model": found.measured_cases,
        "problem": found.problem or None,
    }
