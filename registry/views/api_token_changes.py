"""Changing an API token after it was made, and taking a change back: admins only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from registry.access import OrganizationRequest, admin_required
from registry.forms.api_tokens import TokenEditForm
from registry.models import ApiToken, AuditEntry
from registry.services.api_token_changes import (
    REVOKED,
    StaleToken,
    edit_token,
    last_token_change,
    undo_token_change,
)
from registry.views.api_tokens import token_or_404


@require_http_methods(["GET", "POST"])
@admin_required
def token_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    token = token_or_404(request, pk)
    if token.revoked_at is not None:
        messages.error(request, REVOKED)
        return redirect("registry:api_tokens")
    if request.method == "GET":
        return _form(request, TokenEditForm(token=token))
    form = TokenEditForm(request.POST, token=token)
    if not form.is_valid():
        return _form(request, form, 422)
    try:
        is_changed = edit_token(
            token=token,
            actor=request.user,
            expected=form.cleaned_data["seen"],
            **form.facts,
        )
    except StaleToken:
        return _form(request, form, 409, is_stale=True)
    except ValidationError as error:
        _tell(form, error)
        return _form(request, form, 422)
    if is_changed:
        _say_changed(request, token)
    return redirect("registry:api_tokens")


@require_POST
@admin_required
def token_undo(request: OrganizationRequest, pk: int, entry_id: int) -> HttpResponse:
    token = token_or_404(request, pk)
    entry = get_object_or_404(
        AuditEntry,
        pk=entry_id,
        organization=request.organization,
        object_type="apitoken",
        object_id=str(pk),
    )
    try:
        undo_token_change(token=token, entry=entry, actor=request.user)
    except StaleToken as error:
        messages.error(request, f"Not taken back. {error}")
    except ValidationError as error:
        messages.error(request, f"Not taken back. {' '.join(error.messages)}")
    else:
        messages.success(request, f"{token.label} is as it was before.")
    return redirect("registry:api_tokens")


def _form(
    request: OrganizationRequest,
    form: TokenEditForm,
    status: int = 200,
    *,
    is_stale: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "token": form.token, "is_stale": is_stale}
    return render(request, "registry/api_token_edit.html", context, status=status)


def _tell(form: TokenEditForm, error: ValidationError) -> None:
    """What the service refused, beside the field that says it."""
    fields = {"expires_at": "expires_on"}
    said = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in said.items():
        field = fields.get(name, name)
        form.add_error(field if field in form.fields else None, texts[0])


def _say_changed(request: OrganizationRequest, token: ApiToken) -> None:
    entry = last_token_change(token)
    undo = reverse("registry:token_undo", args=[token.pk, entry.pk]) if entry else ""
    messages.success(
        request, f"{token.label} is saved and holds at once.", extra_tags=undo
    )
