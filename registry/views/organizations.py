from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from registry.access import SESSION_KEY
from registry.models import Membership


@require_POST
def organization_switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Show another of the person's organisations from now on."""
    own = Membership.objects.filter(
        user_id=request.user.pk or 0, organization__slug=slug
    )
    if not own.exists():
        raise Http404("You do not belong to that organisation.")
    request.session[SESSION_KEY] = slug
    return redirect("/")
