"""The ways to and from another system that people sign in with."""

import logging

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from registry.sign_in.openid_connect import MALFORMED, Callback, Door
from registry.sign_in.other_systems import refusal

logger = logging.getLogger(__name__)
AWAY = "The other system does not answer. Try again in a minute, or another way."
# An OSError is what a connection that fails raises.
FAULTS = (OSError, OAuth2Error, *MALFORMED)


@login_not_required
@never_cache
@require_GET
def other_system(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _through(OAuth2LoginView, request, provider_id)


@login_not_required
@never_cache
@require_GET
def other_system_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _through(Callback, request, provider_id)


def _through(
    view: type[OAuth2LoginView | Callback], request: HttpRequest, provider_id: str
) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(Door(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404("There is no such system to sign in with.") from error
    except FAULTS as error:
        logger.warning("%s does not keep to OpenID Connect: %r", provider_id, error)
        return refusal(request, AWAY, status=502)
    return response
