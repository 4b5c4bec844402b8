"""What packs would cost a month, and what their versions really cost."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.pack_words import use_lines
from analytics.queries.pack_costs import projected_costs
from analytics.queries.pack_use import pack_use
from modelhub.htmx import render_page
from registry.access import OrganizationRequest, member_required
from registry.queries.pack_difference import pack_difference
from registry.queries.packs import pack_named, pack_rows

USE = "pack-use"


@require_GET
@member_required
def pack_costs(request: OrganizationRequest) -> HttpResponse:
    """The projected cost of every pack: into their cards, or as a page."""
    now = timezone.now()
    packs = pack_rows(request.organization, now)
    context = {
        "costs": [
            (row.pack, projected_costs(pack_difference(row.latest, now), now))
            for row in packs
        ]
    }
    is_swap = bool(getattr(request, "htmx", False))
    template = "analytics/_pack_costs.html" if is_swap else "analytics/pack_costs.html"
    return render(request, template, context)


@require_GET
@member_required
def pack_used(request: OrganizationRequest, slug: str) -> HttpResponse:
    """Use and cost of each version as they were: a card, or a page."""
    pack = pack_named(request.organization, slug)
    if pack is None:
        raise Http404(f"There is no pack “{slug[:60]}” in this organisation.")
    context = {"pack": pack, "lines": use_lines(pack_use(pack))}
    return render_page(
        request, "analytics/pack_use.html", "analytics/_pack_use.html", USE, context
    )
