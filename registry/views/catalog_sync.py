"""The button "Sync catalog": ask a worker, then look until its row is there."""

import time
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from registry.access import OrganizationRequest, admin_required
from registry.models import CatalogSync, SyncState
from registry.services.catalog_requests import QueueUnavailable, request_sync

PATIENCE_S: Final = 120
NO_QUEUE: Final = (
    "The task queue does not answer, so nothing was started. "
    "`modelhub catalog sync` syncs without it."
)
NO_WORKER: Final = (
    "No worker has finished the sync yet. It stays in the queue; look at the log of "
    "`modelhub serve`."
)
ASKED: Final = "The sync is on its way. Reload this page in some seconds."


class AskedForm(forms.Form):
    """When the person pressed the button, in seconds since 1970."""

    asked = forms.IntegerField(min_value=0, max_value=2**40)


@require_POST
@admin_required
def catalog_sync(request: OrganizationRequest) -> HttpResponse:
    """Ask for a sync of the shared catalogue."""
    try:
        after = request_sync(actor=request.user)
    except QueueUnavailable:
        return _answer(request, NO_QUEUE, "warning")
    if not getattr(request, "htmx", False):
        messages.info(request, ASKED)
        return redirect("registry:model_list")
    return _waiting(request, after, int(time.time()))


@require_GET
@admin_required
def catalog_sync_state(request: OrganizationRequest, after: int) -> HttpResponse:
    """Still waiting, or what the sync after number `after` changed."""
    run = CatalogSync.objects.filter(pk__gt=after).exclude(finished_at=None).last()
    if run is None:
        form = AskedForm(request.GET)
        asked_at = form.cleaned_data["asked"] if form.is_valid() else 0
        if time.time() - asked_at > PATIENCE_S:
            return _answer(request, NO_WORKER, "warning")
        return _waiting(request, after, asked_at)
    if run.state == SyncState.FAILED:
        return _answer(request, f"The sync failed: {run.error}", "warning")
    return _answer(request, sync_summary(run), "success")


def sync_summary(run: CatalogSync) -> str:
    """What a finished sync changed, in one sentence."""
    counts = run.report.get("counts", {})
    named = (
        ("models added", "added"),
        ("changed", "changed"),
        ("vanished", "vanished"),
        ("prices added", "prices_added"),
    )
    parts = [f"{counts[key]:,} {label}" for label, key in named if counts.get(key)]
    return f"Catalog synced: {', '.join(parts) or 'nothing has changed'}."


def _waiting(request: HttpRequest, after: int, asked_at: int) -> HttpResponse:
    context = {"is_waiting": True, "after": after, "asked_at": asked_at}
    return render(request, "registry/_catalog_sync.html", context)


def _answer(request: HttpRequest, text: str, tone: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        messages.add_message(
            request, messages.SUCCESS if tone == "success" else messages.WARNING, text
        )
        return redirect("registry:model_list")
    context = {"text": text, "tone": tone}
    return render(request, "registry/_catalog_synced.html", context)
