"""The list of packs: ready-made ones to add, recent switches and planned ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, editor_required, member_required
from registry.forms.packs import PackListForm
from registry.models import Feature, Organization, Pack, PlannedSwitch
from registry.packs.document import PackDocument
from registry.packs.examples import example_features, ready_made_packs
from registry.packs.finding_words import in_words
from registry.queries.pack_history import switch_rows
from registry.queries.pack_situation import active_pack
from registry.queries.packs import (
    PackRow,
    pack_rows,
    past_planned_switches,
    planned_switches,
)
from registry.services.packs import PackRefused
from registry.services.planned_switches import cancel_planned_switch
from registry.services.ready_made_packs import (
    add_example_features,
    install_ready_made,
)

RESULTS = "packs-results"
SHOWN_SWITCHES = 12
SHOWN_PLANS = 5


@require_GET
@member_required
def pack_list(request: OrganizationRequest) -> HttpResponse:
    """The packs; `?q=` filters them, `?state=archived` shows what was put away."""
    form = PackListForm(request.GET)
    form.is_valid()
    words = form.value("q")
    archived = form.value("state") == "archived"
    rows = pack_rows(request.organization, timezone.now(), is_archived=archived)
    context: dict[str, Any] = {
        "form": form,
        "words": words,
        "archived": archived,
        "rows": [(row, in_words(row.findings)) for row in rows if _matches(row, words)],
        "has_packs": bool(rows),
        "active": active_pack(request.organization),
        "ready_made": [] if archived else _not_added(request.organization),
    }
    if not is_fragment(request, RESULTS):
        context |= {
            "switches": switch_rows(request.organization, SHOWN_SWITCHES),
            "planned": planned_switches(request.organization),
            "past_plans": past_planned_switches(request.organization, SHOWN_PLANS),
            "missing_examples": len(_missing_examples(request.organization)),
        }
    return render_page(
        request,
        "registry/pack_list.html",
        "registry/_pack_list_results.html",
        RESULTS,
        context,
    )


@require_POST
@editor_required
def pack_install(request: OrganizationRequest, slug: str) -> HttpResponse:
    """Add a ready-made pack. Nothing is switched by it."""
    try:
        outcome = install_ready_made(
            organization=request.organization, slug=slug, actor=request.user
        )
    except PackRefused as refused:
        messages.error(request, str(refused))
        return redirect("registry:pack_list")
    pack = outcome.version.pack
    messages.success(request, f"{pack.name} is here. Nothing is switched yet.")
    return redirect("registry:pack_detail", pack.slug)


@require_POST
@editor_required
def pack_example_features(request: OrganizationRequest) -> HttpResponse:
    """Make the features that the ready-made packs are written for."""
    added = add_example_features(organization=request.organization, actor=request.user)
    if added:
        text = f"{len(added)} example feature{'s' if len(added) != 1 else ''} added."
        messages.success(request, text)
    else:
        messages.info(request, "All example features are here already.")
    return redirect("registry:pack_list")


@require_POST
@editor_required
def planned_switch_cancel(request: OrganizationRequest, pk: int) -> HttpResponse:
    planned = get_object_or_404(
        PlannedSwitch.objects.select_related("pack"),
        organization=request.organization,
        pk=pk,
    )
    if cancel_planned_switch(planned=planned, actor=request.user):
        messages.success(request, f"The switch to {planned.pack.name} is cancelled.")
    else:
        messages.info(request, "This switch is done or cancelled already.")
    return redirect("registry:pack_list")


def _matches(row: PackRow, words: str) -> bool:
    text = f"{row.pack.name} {row.pack.slug} {row.pack.description}".lower()
    return all(word in text for word in words.lower().split())


def _not_added(organization: Organization) -> list[PackDocument]:
    taken = set(
        Pack.objects.filter(organization=organization).values_list("slug", flat=True)
    )
    return [one for one in ready_made_packs() if one.slug not in taken]


def _missing_examples(organization: Organization) -> list[str]:
    known = set(
        Feature.objects.filter(organization=organization).values_list("key", flat=True)
    )
    return [one.key for one in example_features() if one.key not in known]
