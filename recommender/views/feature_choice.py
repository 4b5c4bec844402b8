"""How the model of a feature is chosen for each request: its page."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import render_page
from recommender.forms.automatic_choice import AutomaticChoiceForm, choice_initial
from recommender.queries.choice_preview import preview_choice
from recommender.queries.learned_chances import learned_chances
from registry.access import OrganizationRequest, editor_required, member_required
from registry.models import Feature
from registry.services.automatic_choices import (
    last_change,
    set_automatic_choice,
    undo_automatic_choice,
)
from registry.services.features import StaleFeature

PAGE: Final = "recommender/feature_choice.html"
PREVIEW: Final = "recommender/_feature_choice_preview.html"
TARGET: Final = "choice-preview"
ADDRESS: Final = "recommender:feature_choice"


@require_GET
@member_required
def feature_choice(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = _feature(request, key)
    form = AutomaticChoiceForm(request.organization, initial=choice_initial(feature))
    return render(request, PAGE, _context(feature, form))


@require_POST
@member_required
def feature_choice_preview(request: OrganizationRequest, key: str) -> HttpResponse:
    """What the rules as they are typed would have done; saves nothing."""
    feature = _feature(request, key)
    form = _typed(request, feature)
    context = _context(feature, form)
    if form.is_valid() and form.document is not None:
        now = timezone.now()
        context["preview"] = preview_choice(feature, form.document, now)
    context["is_off"] = form.is_valid() and form.document is None
    status = 200 if form.is_valid() else 422
    return render_page(request, PAGE, PREVIEW, TARGET, context, status)


@require_POST
@editor_required
def feature_choice_save(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = _feature(request, key)
    form = _typed(request, feature)
    if not form.is_valid():
        return render(request, PAGE, _context(feature, form), status=422)
    try:
        changed = set_automatic_choice(
            feature=feature,
            document=form.document,
            actor=request.user,
            expected_version=form.cleaned_data["expected_version"],
        )
    except StaleFeature:
        context = _context(feature, form) | {"is_stale": True}
        return render(request, PAGE, context, status=409)
    except ValidationError as error:
        form.add_error(None, error.messages[0])
        return render(request, PAGE, _context(feature, form), status=422)
    said = "Saved. Requests are answered by it from now on."
    undo = reverse("recommender:feature_choice_undo", args=[key]) if changed else ""
    messages.success(request, said if changed else "Nothing changed.", extra_tags=undo)
    return redirect(ADDRESS, key)


@require_POST
@editor_required
def feature_choice_undo(request: OrganizationRequest, key: str) -> HttpResponse:
    if undo_automatic_choice(feature=_feature(request, key), actor=request.user):
        messages.success(request, "The choice is as it was before the last change.")
    else:
        messages.error(request, "There is nothing to take back.")
    return redirect(ADDRESS, key)


def _feature(request: OrganizationRequest, key: str) -> Feature:
    return get_object_or_404(
        Feature, organization=request.organization, key=key, archived_at=None
    )


def _typed(request: OrganizationRequest, feature: Feature) -> AutomaticChoiceForm:
    initial = choice_initial(feature)
    return AutomaticChoiceForm(request.organization, request.POST, initial=initial)


def _context(feature: Feature, form: AutomaticChoiceForm) -> dict[str, Any]:
    return {
        "feature": feature,
        "form": form,
        "last": last_change(feature),
        "learned": SimpleLazyObject(lambda: learned_chances(feature, timezone.now())),
    }
