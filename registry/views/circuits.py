"""Closing a circuit by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from registry.access import OrganizationRequest, editor_required
from registry.models import CircuitState
from registry.services.circuits import close_circuit


@require_POST
@editor_required
def circuit_close(request: OrganizationRequest, pk: int) -> HttpResponse:
    rows = CircuitState.objects.select_related("ai_model__provider", "connection")
    state = get_object_or_404(
        rows.filter(connection__organization=request.organization), pk=pk
    )
    if close_circuit(state=state, actor=request.user):
        text = f"{state.ai_model.reference} is called again from now on."
        messages.success(request, text)
    else:
        messages.info(request, "The circuit was closed already.")
    return redirect(_back(request))


def _back(request: OrganizationRequest) -> str:
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return came_from
    return "/"
