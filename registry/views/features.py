"""The list of features; creating, editing and archiving one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from modelhub.htmx import render_page
from registry.access import OrganizationRequest, editor_required, member_required
from registry.feature_facts import conflict_lines
from registry.forms.features import (
    FeatureEditForm,
    FeatureForm,
    FeatureListForm,
    feature_initial,
)
from registry.models import Feature
from registry.queries.features import (
    feature_rows,
    features_of,
    filter_features,
    sort_rows,
    summarise,
    would_break,
)
from registry.services.features import (
    StaleFeature,
    archive_feature,
    create_feature,
    edit_feature,
    restore_feature,
)
from registry.views.feature_lookup import feature_or_404, row_or_404

RESULTS = "features-results"


@require_GET
@member_required
def feature_list(request: OrganizationRequest) -> HttpResponse:
    """All features with what answers for each; the state is in the address."""
    form = FeatureListForm(request.GET)
    form.is_valid()
    archived = form.value("state", "active") == "archived"
    found = filter_features(
        features_of(request.organization, archived=archived), form.value("q", "")
    )
    rows = feature_rows(found, request.organization, timezone.now())
    context = {
        "form": form,
        "rows": sort_rows(rows, form.value("sort", "name")),
        "summary": summarise(rows),
        "archived": archived,
        "sort": form.value("sort", "name"),
        "view": form.value("view", "table"),
        "words": form.value("q", ""),
    }
    return render_page(
        request,
        "registry/feature_list.html",
        "registry/_feature_list_results.html",
        RESULTS,
        context,
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@editor_required
def feature_create(request: OrganizationRequest) -> HttpResponse:
    """A new feature; its page comes next, where it gets a model."""
    form = FeatureForm(request.POST or None)
    if form.is_valid():
        feature = _created(request, form)
        if feature is not None:
            messages.success(request, f"{feature.name} created. Now choose its model.")
            return redirect(feature)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
@editor_required
def feature_edit(request: OrganizationRequest, key: str) -> HttpResponse:
    """Requirements and words of a feature; its key stays."""
    row = row_or_404(request, key)
    if request.method == "GET":
        form = FeatureEditForm(initial=feature_initial(row.feature))
        return _form_page(request, form, row.feature)
    form = FeatureEditForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, row.feature)
    broken = would_break(row, form.facts)
    if broken and not form.cleaned_data["confirmed"]:
        return _form_page(request, form, row.feature, broken=broken, status=422)
    return _edited(request, form, row.feature)


@require_POST
@editor_required
def feature_archive(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = feature_or_404(request, key)
    archive_feature(feature=feature, actor=request.user)
    undo = reverse("registry:feature_restore", args=[feature.key])
    messages.success(request, f"{feature.name} archived.", extra_tags=undo)
    return redirect("registry:feature_list")


@require_POST
@editor_required
def feature_restore(request: OrganizationRequest, key: str) -> HttpResponse:
    feature = feature_or_404(request, key)
    restore_feature(feature=feature, actor=request.user)
    messages.success(request, f"{feature.name} restored.")
    return redirect(feature)


def _created(request: OrganizationRequest, form: FeatureForm) -> Feature | None:
    """The new feature, or None with what is wrong beside its field."""
    facts = form.cleaned_data
    taken = Feature.objects.filter(
        organization=request.organization, key=facts["key"]
    ).first()
    if taken is not None:
        form.add_error("key", _taken_text(taken))
        return None
    try:
        return create_feature(
            organization=request.organization, actor=request.user, **facts
        )
    except ValidationError as error:
        _add_errors(form, error)
        return None


def _taken_text(taken: Feature) -> str:
    if taken.archived_at is not None:
        return (
            f"The archived feature “{taken.name}” has this key. Restore it, or choose "
            "another key."
        )
    return f"The feature “{taken.name}” has this key already. Choose another."


def _edited(
    request: OrganizationRequest, form: FeatureEditForm, feature: Feature
) -> HttpResponse:
    try:
        changed = edit_feature(
            feature=feature,
            actor=request.user,
            expected_version=form.cleaned_data["expected_version"],
            **form.facts,
        )
    except StaleFeature as stale:
        return _edit_conflict(request, form, stale.current)
    except ValidationError as error:
        _add_errors(form, error)
        return _form_page(request, form, feature)
    messages.success(request, "Saved." if changed else "Nothing to change.")
    return redirect(feature)


def _edit_conflict(
    request: OrganizationRequest, form: FeatureEditForm, current: Feature
) -> HttpResponse:
    context = {
        "feature": current,
        "lines": conflict_lines(feature_initial(current), form.facts),
        "mine": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", "expected_version"}
            for value in values
        ],
        "expected_name": "expected_version",
        "expected": current.version,
        "action": reverse("registry:feature_edit", args=[current.key]),
    }
    return render(request, "registry/feature_conflict.html", context, status=409)


def _form_page(
    request: OrganizationRequest,
    form: FeatureForm,
    feature: Feature | None,
    **more: Any,
) -> HttpResponse:
    status = more.pop("status", 422 if form.errors else 200)
    context = {"form": form, "feature": feature, **more}
    return render(request, "registry/feature_form.html", context, status=status)


def _add_errors(form: FeatureForm, error: ValidationError) -> None:
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)
