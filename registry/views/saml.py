"""SAML, step by step django-allauth's. Its library is loaded with the first use: few
need it, and it brings much."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from registry.sign_in.other_systems import refusal

NO_ANSWER = "What came back from the other system is no answer of this protocol."
# The XML library's own error is a SyntaxError.
MALFORMED = (SyntaxError, KeyError, TypeError, ValueError, AttributeError)


def _step(name: str, request: HttpRequest, slug: str) -> HttpResponse:
    if "saml" not in settings.SOCIALACCOUNT_PROVIDERS:
        raise Http404("There is no such system to sign in with.")
    from allauth.socialaccount.providers.saml import views

    view: Any = getattr(views, name)
    try:
        response: HttpResponse = view(request, organization_slug=slug)
    except MALFORMED:
        return refusal(request, NO_ANSWER, status=401)
    return response


@login_not_required
@never_cache
@require_GET
def saml_login(request: HttpRequest, organization_slug: str) -> HttpResponse:
    return _step("login", request, organization_slug)


# The provider's page posts here; what it posts is signed.
@csrf_exempt
@login_not_required
@require_POST
def saml_acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    return _step("acs", request, organization_slug)


@login_not_required
@never_cache
@require_GET
def saml_finish_acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    return _step("finish_acs", request, organization_slug)


@login_not_required
@require_GET
def saml_metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    return _step("metadata", request, organization_slug)


@csrf_exempt
@login_not_required
def saml_sls(request: HttpRequest, organization_slug: str) -> HttpResponse:
    return _step("sls", request, organization_slug)
