"""What holds for all of an organisation; for admins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from registry.access import OrganizationRequest, admin_required
from registry.forms.organization import CapabilityTrustForm, OrganizationForm
from registry.services.capability_trust import set_capability_trust
from registry.services.time_zones import set_time_zone
from registry.time_zones import zone_names

PAGE = "registry/organization_settings.html"


@require_GET
@admin_required
def organization_settings(request: OrganizationRequest) -> HttpResponse:
    return _page(request, _zone_form(request))


@require_POST
@admin_required
def organization_save(request: OrganizationRequest) -> HttpResponse:
    form = OrganizationForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    zone = form.cleaned_data["time_zone"]
    is_changed = set_time_zone(
        organization=request.organization, actor=request.user, time_zone=zone
    )
    if is_changed:
        messages.success(request, f"Days begin at midnight in {zone} now.")
    return redirect("registry:organization_settings")


@require_POST
@admin_required
def capability_trust_save(request: OrganizationRequest) -> HttpResponse:
    form = CapabilityTrustForm(request.POST)
    if not form.is_valid():
        return _page(request, _zone_form(request), form, status=422)
    is_changed = set_capability_trust(
        organization=request.organization,
        actor=request.user,
        trust=form.cleaned_data["capability_trust"],
    )
    if is_changed:
        messages.success(request, "Requests go by this within a second.")
    return redirect("registry:organization_settings")


def _zone_form(request: OrganizationRequest) -> OrganizationForm:
    return OrganizationForm(initial={"time_zone": request.organization.time_zone})


def _page(
    request: OrganizationRequest,
    form: OrganizationForm,
    trust_form: CapabilityTrustForm | None = None,
    status: int = 200,
) -> HttpResponse:
    there = timezone.now().astimezone(request.organization.zone)
    trust = {"capability_trust": request.organization.capability_trust}
    context = {
        "form": form,
        "trust_form": trust_form or CapabilityTrustForm(initial=trust),
        "there": there,
        "zones": zone_names(),
    }
    return render(request, PAGE, context, status=status)
