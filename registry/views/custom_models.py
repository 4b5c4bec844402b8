"""Models of an organisation's own."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registry.access import OrganizationRequest, editor_required
from registry.forms.custom_model import CustomModelForm
from registry.models import AIModel
from registry.queries.model_use import use_of
from registry.queries.prices import quote_for
from registry.services.custom_models import (
    ModelInUse,
    StaleModel,
    add_custom_model,
    delete_custom_model,
    edit_custom_model,
    retire_custom_model,
)


@require_http_methods(["GET", "POST"])
@editor_required
def model_add(request: OrganizationRequest) -> HttpResponse:
    form = CustomModelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ai_model = add_custom_model(
                organization=request.organization,
                actor=request.user,
                provider_slug=form.cleaned_data["provider"],
                model_name=form.cleaned_data["model_name"],
                given=form.given(),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{ai_model.reference} added.")
            return redirect(ai_model)
    return render_form(request, form)


@require_http_methods(["GET", "POST"])
@editor_required
def model_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    ai_model = own_model(request, pk)
    quote = quote_for(ai_model, None, timezone.now())
    form = CustomModelForm(
        request.POST or None, instance=ai_model, price=quote.price if quote else None
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = edit_custom_model(
                ai_model=ai_model,
                actor=request.user,
                seen_at=form.cleaned_data["seen_at"] or timezone.now(),
                given=form.given(),
            )
        except ValidationError as error:
            add_errors(form, error)
        except StaleModel:
            status = 409
        else:
            text = "saved" if changed else "was as you left it"
            messages.success(request, f"{ai_model.reference} {text}.")
            return redirect(ai_model)
    return render_form(request, form, ai_model, status)


@require_POST
@editor_required
def model_retire(request: OrganizationRequest, pk: int) -> HttpResponse:
    ai_model = own_model(request, pk)
    try:
        retire_custom_model(ai_model=ai_model, actor=request.user)
    except ModelInUse as error:
        messages.error(request, f"Not retired. {error}")
        return redirect("registry:model_edit", pk)
    messages.success(request, f"{ai_model.reference} is retired from today.")
    return redirect(ai_model)


@require_POST
@editor_required
def model_delete(request: OrganizationRequest, pk: int) -> HttpResponse:
    ai_model = own_model(request, pk)
    try:
        delete_custom_model(ai_model=ai_model, actor=request.user)
    except ModelInUse as error:
        messages.error(request, f"Not deleted. {error}")
        return redirect("registry:model_edit", pk)
    messages.success(request, f"{ai_model.reference} deleted.")
    return redirect("registry:model_list")


def own_model(request: OrganizationRequest, pk: int) -> AIModel:
    rows = AIModel.objects.filter(organization=request.organization)
    return get_object_or_404(rows.select_related("provider"), pk=pk)


def add_errors(form: CustomModelForm, error: ValidationError) -> None:
    """Beside their fields; what belongs to none stands above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def render_form(
    request: OrganizationRequest,
    form: CustomModelForm,
    ai_model: AIModel | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "ai_model": ai_model,
        "use": use_of(ai_model) if ai_model else None,
        "is_stale": status == 409,
        "today": timezone.now().date(),
    }
    if form.errors:
        status = 422
    return render(request, "registry/custom_model.html", context, status=status)
