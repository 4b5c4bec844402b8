"""Sample data: loading it, looking on, going there, taking it away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from analytics.models import SampleLoad
from analytics.services.demo_casting import SampleRefused
from analytics.services.demo_loads import (
    QueueUnavailable,
    join_sample,
    remove_sample,
    request_load,
    sample_organization,
    send_to_worker,
)
from registry.access import (
    SESSION_KEY,
    OrganizationRequest,
    admin_required,
    editor_required,
    member_required,
)

NO_QUEUE = (
    "The task queue does not answer. `modelhub demo load` loads the data without it."
)


@require_GET
@member_required
def demo(request: OrganizationRequest) -> HttpResponse:
    return render(request, "analytics/demo.html", _context())


@require_GET
@member_required
def demo_progress(request: OrganizationRequest) -> HttpResponse:
    return render(request, "analytics/_demo_state.html", _context())


@require_POST
@editor_required
def demo_load(request: OrganizationRequest) -> HttpResponse:
    """Ask for the sample data; who asks for what is there joins it."""
    try:
        request_load(user=request.user)
        send_to_worker()
    except SampleRefused as refused:
        messages.warning(request, str(refused))
    except QueueUnavailable:
        messages.warning(request, NO_QUEUE)
    return redirect("analytics:demo")


@require_POST
@member_required
def demo_open(request: OrganizationRequest) -> HttpResponse:
    """Go to the sample organisation, as a member from now on."""
    organization = sample_organization()
    if organization is None:
        return redirect("analytics:demo")
    join_sample(organization, request.user)
    request.session[SESSION_KEY] = organization.slug
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(reverse("analytics:overview"))
    return redirect("analytics:overview")


@require_POST
@admin_required
def demo_remove(request: OrganizationRequest) -> HttpResponse:
    if not request.organization.is_sample:
        raise PermissionDenied("Go to the sample organisation to remove it.")
    try:
        remove_sample()
    except SampleRefused as refused:
        messages.warning(request, str(refused))
        return redirect("analytics:demo")
    request.session.pop(SESSION_KEY, None)
    messages.success(request, "The sample data is gone.")
    return redirect("analytics:overview")


def _context() -> dict[str, object]:
    return {"load": SampleLoad.objects.first(), "sample": sample_organization()}
