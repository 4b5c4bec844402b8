"""API tokens of an organisation: everybody sees which there are, admins issue them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, admin_required, member_required
from registry.forms.api_tokens import TokenForm
from registry.models import ApiToken
from registry.queries.api_tokens import example_feature, tokens_of
from registry.services.api_tokens import create_token, revoke_token

TARGET = "tokens-results"


@require_GET
@member_required
def api_tokens(request: OrganizationRequest) -> HttpResponse:
    return render_tokens(request)


@never_cache
@require_POST
@admin_required
def token_create(request: OrganizationRequest) -> HttpResponse:
    """The one answer in which the token stands; it is stored nowhere."""
    form = TokenForm(request.POST, organization=request.organization)
    if not form.is_valid():
        return render_tokens(request, status=422, form=form)
    try:
        issued = create_token(
            organization=request.organization, actor=request.user, **form.facts
        )
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            form.add_error(name if name in form.fields else "label", texts[0])
        return render_tokens(request, status=422, form=form)
    return render_tokens(request, issued=issued)


@require_POST
@admin_required
def token_revoke(request: OrganizationRequest, pk: int) -> HttpResponse:
    token = token_or_404(request, pk)
    if revoke_token(token=token, actor=request.user):
        return done(request, f"{token.label} is revoked. Nobody can call with it now.")
    return done(request, f"{token.label} was revoked already.")


def token_or_404(request: OrganizationRequest, pk: int) -> ApiToken:
    return get_object_or_404(ApiToken, organization=request.organization, pk=pk)


def done(request: OrganizationRequest, text: str) -> HttpResponse:
    if is_fragment(request, TARGET):
        return render_tokens(request, toast=text)
    messages.success(request, text)
    return redirect("registry:api_tokens")


def render_tokens(
    request: OrganizationRequest, *, status: int = 200, **extra: Any
) -> HttpResponse:
    feature = example_feature(request.organization)
    context = {
        "rows": tokens_of(request.organization, timezone.now()),
        "form": TokenForm(organization=request.organization),
        "base_url": request.build_absolute_uri("/v1"),
        "example_model": f"feature:{feature}" if feature else "auto",
        **extra,
    }
    return render_page(
        request,
        "registry/api_tokens.html",
        "registry/_api_tokens_results.html",
        TARGET,
        context,
        status,
    )
