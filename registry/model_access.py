"""The model an address names, as the person asking may see it."""

from django.http import Http404

from registry.access import OrganizationRequest
from registry.models import AIModel
from registry.queries.references import Resolution, resolve_reference


def resolved(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> Resolution:
    """What the address means. 404 for another organisation's model as for none."""
    reference = f"{provider_slug}/{model_name}"
    resolution = resolve_reference(reference, request.organization)
    if resolution.ai_model is None:
        known = "an alias whose exact version is not known" if resolution.alias else ""
        message = f"{reference} is {known or 'not a model that you can see'}."
        raise Http404(message)
    return resolution


def exact_model(
    request: OrganizationRequest, provider_slug: str, model_name: str
) -> AIModel:
    """The model of exactly this name: what is changed is never reached by an alias."""
    resolution = resolved(request, provider_slug, model_name)
    if resolution.alias or resolution.ai_model is None:
        message = f"{provider_slug}/{model_name} is an alias. Use the exact version."
        raise Http404(message)
    return resolution.ai_model
