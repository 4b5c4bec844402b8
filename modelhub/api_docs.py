"""The API's description as a page of our own look: the same document that
`/api/openapi.json` answers, read by people."""

from __future__ import annotations

from functools import lru_cache

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from modelhub.api import api
from modelhub.api_rates import quotas
from modelhub.api_reference import Operation, groups, operations
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required

RESULTS = "api-operations"
MOST_HOSTS = 8


class OperationFilter(forms.Form):
    q = forms.CharField(required=False, max_length=200)


@require_GET
@member_required
def api_docs(request: OrganizationRequest) -> HttpResponse:
    form = OperationFilter(request.GET)
    words = form.cleaned_data.get("q", "") if form.is_valid() else ""
    known = described(request.build_absolute_uri("/").rstrip("/"))
    shown = [one for one in known if one.has(words)]
    context = {
        "form": form,
        "words": words,
        "groups": groups(shown),
        "shown": len(shown),
        "all": len(known),
        "quotas": quotas(),
        "address": request.build_absolute_uri("/api/models?limit=3"),
    }
    return render_page(
        request,
        "modelhub/api_docs.html",
        "modelhub/_api_docs_results.html",
        RESULTS,
        context,
    )


@lru_cache(MOST_HOSTS)
def described(base_url: str) -> tuple[Operation, ...]:
    """All operations, for examples that call this address. They are the same as long
    as the process lives."""
    return tuple(operations(api.get_openapi_schema(), base_url))
