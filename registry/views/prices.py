"""An organisation's own price of a model: the drawer, saving it, ending one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from modelhub.htmx import render_page
from registry.access import OrganizationRequest, editor_required
from registry.forms.price import PriceForm, price_initial
from registry.models import AIModel, Price
from registry.queries.prices import own_prices, quote_for
from registry.queries.references import resolve_reference
from registry.services.prices import end_negotiated_price, set_negotiated_price

DRAWER = "overlays"


@require_http_methods(["GET", "POST"])
@editor_required
def price_edit(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> HttpResponse:
    """Agree a price with the model's provider, or see what was agreed."""
    ai_model = _exact_model(request, provider_slug, model_name)
    now = timezone.now()
    quote = quote_for(ai_model, request.organization, now)
    form = PriceForm(
        request.POST or None,
        initial=price_initial(quote.rates if quote else None),
        matched=quote.rates.document.get("matched") if quote else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_negotiated_price(
                organization=request.organization,
                ai_model=ai_model,
                actor=request.user,
                **form.terms,
            )
        except ValidationError as refusal:
            form.add_refusal(refusal)
        else:
            return _done(request, ai_model, f"Own price of {ai_model.reference} saved.")
    context = {
        "ai_model": ai_model,
        "form": form,
        "quote": quote,
        "own_prices": own_prices(ai_model, request.organization, now),
        "now": now,
        "url": ai_model.get_absolute_url(),
    }
    return _drawer(request, context, 422 if request.method == "POST" else 200)


@require_POST
@editor_required
def price_end(
    request: OrganizationRequest, provider_slug: str, model_name: str, price_id: int
) -> HttpResponse:
    """End the organisation's own price now, or take a planned one back."""
    ai_model = _exact_model(request, provider_slug, model_name)
    price = get_object_or_404(
        Price, pk=price_id, ai_model=ai_model, organization=request.organization
    )
    ended = end_negotiated_price(price=price, actor=request.user)
    done = "ended" if ended else "taken back"
    return _done(request, ai_model, f"Own price of {ai_model.reference} {done}.")


def _exact_model(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> AIModel:
    """What is changed is never reached by an alias."""
    reference = f"{provider_slug}/{model_name}"
    resolution = resolve_reference(reference, request.organization)
    if resolution.ai_model is None or resolution.alias:
        message = f"{reference} is not a model that you can see."
        raise Http404(message)
    return resolution.ai_model


def _drawer(
    request: OrganizationRequest, context: dict[str, Any], status: int
) -> HttpResponse:
    return render_page(
        request,
        "registry/price_edit.html",
        "registry/_price_drawer.html",
        DRAWER,
        {**context, "is_fragment": bool(getattr(request, "htmx", False))},
        status=status,
    )


def _done(request: OrganizationRequest, ai_model: AIModel, text: str) -> HttpResponse:
    """Back to the model's page, where every figure is of the new price."""
    messages.success(request, text)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(ai_model.get_absolute_url())
    return redirect(ai_model)
