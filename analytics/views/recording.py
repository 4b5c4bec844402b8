"""What is kept of calls; for admins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from analytics.forms.recording import RecordingForm
from analytics.models import UsagePayload
from analytics.services.payloads import purge_payloads_of
from registry.access import OrganizationRequest, admin_required
from registry.services.payload_keeping import set_payload_keeping


@require_GET
@admin_required
def recording(request: OrganizationRequest) -> HttpResponse:
    organization = request.organization
    form = RecordingForm(
        initial={
            "keep_payloads": organization.keep_payloads,
            "payload_days": organization.payload_days,
        }
    )
    return render_recording(request, form)


@require_POST
@admin_required
def recording_save(request: OrganizationRequest) -> HttpResponse:
    form = RecordingForm(request.POST)
    if not form.is_valid():
        return render_recording(request, form, status=422)
    set_payload_keeping(
        organization=request.organization, actor=request.user, **form.cleaned_data
    )
    if form.cleaned_data["keep_payloads"]:
        messages.success(request, "Prompts and answers are kept from now on.")
    else:
        count = purge_payloads_of(request.organization.pk)
        messages.success(request, f"Nothing is kept; {count} prompts were deleted.")
    return redirect("analytics:recording")


def render_recording(
    request: OrganizationRequest, form: RecordingForm, status: int = 200
) -> HttpResponse:
    kept = UsagePayload.objects.filter(organization=request.organization).count()
    context = {"form": form, "kept": kept}
    return render(request, "analytics/recording.html", context, status=status)
