from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.access import OrganizationRequest, member_required


@require_GET
@member_required
def feature_list(request: OrganizationRequest) -> HttpResponse:
    return render(request, "registry/feature_list.html")


@require_GET
@member_required
def feature_detail(request: OrganizationRequest, key: str) -> HttpResponse:
    return render(request, "registry/feature_detail.html")
