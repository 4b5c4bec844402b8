from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.access import OrganizationRequest, member_required


@require_GET
@member_required
def model_list(request: OrganizationRequest) -> HttpResponse:
    return render(request, "registry/model_list.html")
