"""Which role may do what; for everybody, so that one knows what to ask for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.access import OrganizationRequest, member_required
from registry.models import Role
from registry.queries.people import admins_of
from registry.rights import RIGHTS


@require_GET
@member_required
def role_list(request: OrganizationRequest) -> HttpResponse:
    own = Role(request.membership.role)
    lines = [
        {
            "words": one.words,
            "may": [role.includes(one.least) for role in Role],
            "least": one.least,
            "is_own": own.includes(one.least),
        }
        for one in RIGHTS
    ]
    context = {
        "roles": list(Role),
        "own": own,
        "lines": lines,
        "admins": admins_of(request.organization),
    }
    return render(request, "registry/role_list.html", context)
