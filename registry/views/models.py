"""The models page: the whole state stands in the address."""

from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, member_required
from registry.forms.model_list import PAGE_SIZES, SORTS, ModelListForm
from registry.model_list_address import ListAddress
from registry.model_list_page import chips, facet_groups, page_numbers
from registry.queries.models import CatalogueQuery, provider_options

RESULTS: Final = "models-results"


@require_GET
@member_required
def model_list(request: OrganizationRequest) -> HttpResponse:
    """Cards or a table of the catalogue, filtered, sorted, paged."""
    providers = provider_options(request.organization)
    form = ModelListForm(request.GET, [(slug, name) for slug, name, _ in providers])
    kept = form.kept
    catalogue = CatalogueQuery(
        organization=request.organization,
        at=timezone.now(),
        words=kept["q"],
        selection=form.selection,
        sort=kept["sort"],
        page=kept["page"],
        page_size=PAGE_SIZES[kept["view"]],
    ).run()
    context = {
        "form": form,
        "kept": kept,
        "catalogue": catalogue,
        "total": sum(number for _, _, number in providers),
        "provider_count": len(providers),
        "facets": facet_groups(form, catalogue.counts),
        "chips": chips(form),
        "address": ListAddress(kept),
        "page_links": _page_links(kept, catalogue.page, catalogue.pages),
        "sorts": SORTS,
        "can_edit": request.membership.can_edit,
        "is_fragment": is_fragment(request, RESULTS),
    }
    return render_page(
        request,
        "registry/model_list.html",
        "registry/_model_list_results.html",
        RESULTS,
        context,
    )


def _page_links(
    kept: dict[str, object], page: int, pages: int
) -> dict[str, list[tuple[int, str]] | str | None]:
    address = ListAddress(kept)
    return {
        "numbers": [
            (number, address.with_(page=number) if number else "")
            for number in page_numbers(page, pages)
        ],
        "previous": address.with_(page=page - 1) if page > 1 else None,
        "next": address.with_(page=page + 1) if page < pages else None,
    }
