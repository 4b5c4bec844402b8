"""Changing what the organisation decided about a model."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.middleware import HtmxDetails

from registry.access import OrganizationRequest, editor_required
from registry.configuration_changes import configuration_changes
from registry.forms.model_configuration import (
    ModelConfigurationForm,
    configuration_initial,
)
from registry.model_access import exact_model
from registry.models import AIModel, ModelSetting
from registry.queries.candidates import enabled_models
from registry.queries.model_cards import card_of
from registry.queries.model_detail import setting_of
from registry.services.model_settings import (
    Configuration,
    ModelRefused,
    StaleSetting,
    configuration_of,
    configure_model,
    disable_model,
    enable_model,
)

# What the browser calls the place of the button → the element that comes back whole.
PLACES: Final = {
    "card": "registry/_model_card.html",
    "row": "registry/_model_row.html",
    "head": "registry/_model_head.html",
}


@require_POST
@editor_required
def model_enable(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    ai_model = exact_model(request, provider_slug, model_name)
    return _switch(request, ai_model, enable_model, "is enabled")


@require_POST
@editor_required
def model_disable(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    ai_model = exact_model(request, provider_slug, model_name)
    return _switch(request, ai_model, disable_model, "is disabled")


@require_http_methods(["GET", "POST"])
@editor_required
def model_configure(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """The configuration drawer, and saving it."""
    ai_model = exact_model(request, provider_slug, model_name)
    setting = setting_of(ai_model, request.organization)
    stored = configuration_of(setting)
    form = ModelConfigurationForm(
        request.POST or None,
        ai_model=ai_model,
        choices=_fallback_choices(request, ai_model, stored),
        initial=configuration_initial(stored, setting.version if setting else 1),
    )
    if request.method == "GET":
        return _drawer(request, ai_model, form)
    if not form.is_valid():
        return _drawer(request, ai_model, form, status=422)
    try:
        saved = configure_model(
            organization=request.organization,
            ai_model=ai_model,
            configuration=form.configuration,
            expected_version=form.cleaned_data["version"],
            actor=request.user,
        )
    except StaleSetting as stale:
        return _stale(request, ai_model, form, stale.current)
    except ModelRefused as refusal:
        form.add_error(None, str(refusal))
        return _drawer(request, ai_model, form, status=422)
    return _configured(request, ai_model, saved)


def _switch(
    request: OrganizationRequest,
    ai_model: AIModel,
    change: Callable[..., bool],
    done: str,
) -> HttpResponse:
    tone, text, is_changed = "success", f"{ai_model.reference} {done}.", False
    try:
        is_changed = change(
            organization=request.organization, ai_model=ai_model, actor=request.user
        )
    except ModelRefused as refusal:
        tone, text = "warning", str(refusal)
    if not getattr(request, "htmx", False):
        level = messages.SUCCESS if tone == "success" else messages.WARNING
        messages.add_message(request, level, text)
        return redirect(_back(request, ai_model))
    place = request.POST.get("place", "")
    card = card_of(ai_model, request.organization, timezone.now())
    context = {
        "card": card,
        "element": PLACES.get(place, PLACES["card"]),
        "place": place if place in PLACES else "card",
        "ai_model": ai_model,
        "url": card.url,
        "reference": card.reference,
        "can_edit": True,
        "text": text,
        "tone": tone,
        "can_undo": is_changed,
    }
    status = 200 if tone == "success" else 409
    return render(request, "registry/_model_switched.html", context, status=status)


def _back(request: OrganizationRequest, ai_model: AIModel) -> str:
    """Where the button was pressed, else the model's page."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return came_from
    return ai_model.get_absolute_url()


def _fallback_choices(
    request: OrganizationRequest, ai_model: AIModel, stored: Configuration
) -> list[AIModel]:
    """Enabled models, and those that stand there already."""
    enabled = enabled_models(request.organization).exclude(pk=ai_model.pk)
    choices = {one.pk: one for one in [*enabled, *stored.fallbacks]}
    return sorted(choices.values(), key=lambda one: one.reference)


def _drawer(
    request: OrganizationRequest,
    ai_model: AIModel,
    form: ModelConfigurationForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    is_htmx = bool(getattr(request, "htmx", False))
    template = "_model_configure.html" if is_htmx else "model_configure.html"
    context = {
        "form": form,
        "ai_model": ai_model,
        "url": ai_model.get_absolute_url(),
        "is_htmx": is_htmx,
        **more,
    }
    return render(request, f"registry/{template}", context, status=status)


def _stale(
    request: OrganizationRequest,
    ai_model: AIModel,
    form: ModelConfigurationForm,
    current: ModelSetting,
) -> HttpResponse:
    """The form again with what the person wrote, beside what is stored now. Sending
    it once more is a decision made with both in view."""
    theirs = configuration_of(current).as_record()
    data = request.POST.copy()
    data["version"] = str(current.version)
    form.data = data
    conflicts = configuration_changes(theirs, form.configuration.as_record())
    return _drawer(request, ai_model, form, status=409, conflicts=conflicts)


def _configured(
    request: OrganizationRequest, ai_model: AIModel, saved: ModelSetting
) -> HttpResponse:
    text = f"{ai_model.reference} is configured."
    if not getattr(request, "htmx", False):
        messages.success(request, text)
        return redirect(ai_model)
    defaults = configuration_changes(
        Configuration().as_record(), configuration_of(saved).as_record()
    )
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by middleware
    context = {
        "text": text,
        "defaults": defaults,
        "is_swapped": True,
        "is_on_model_page": htmx.current_url_abs_path == ai_model.get_absolute_url(),
    }
    return render(request, "registry/_model_configured.html", context)
