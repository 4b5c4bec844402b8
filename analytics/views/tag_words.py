"""What the fields for tags offer: looked up when somebody goes into one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.queries.tag_words import tag_names, tag_pairs, tag_values
from registry.access import OrganizationRequest, member_required


@require_safe
@member_required
def tag_words(request: OrganizationRequest) -> HttpResponse:
    """Options of a list: pairs, or names, or (with `tag_name`) the values of one."""
    organization, now = request.organization, timezone.now()
    name = request.GET.get("tag_name", "").strip().replace("\x00", "")
    match request.GET.get("list"):
        case "names":
            words = tag_names(organization, now)
        case "values":
            words = tag_values(organization, name, now) if name else []
        case _:
            words = tag_pairs(organization, now)
    return render(request, "analytics/_tag_words.html", {"words": words})
