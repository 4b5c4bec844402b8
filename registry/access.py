"""Who is asking, for which organisation, and what they may do there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from registry.models import Membership, Organization, Role, User

SESSION_KEY = "organization"

REFUSALS = {
    Role.VIEWER: "You do not belong to this organisation.",
    Role.ANALYST: (
        "Viewers can look at everything here but run nothing. "
        "Ask an admin of your organisation for the analyst role."
    ),
    Role.EDITOR: (
        "Viewers can look at everything here but change nothing; nor can analysts. "
        "Ask an admin of your organisation for the editor role."
    ),
    Role.ADMIN: "Only an admin of your organisation may do this.",
}

View = Callable[..., HttpResponse]


class OrganizationRequest(HttpRequest):
    """A signed-in request, with the organisation it is about."""

    user: User
    organization: Organization
    membership: Membership


class OrganizationMiddleware:
    """Sets `request.memberships`, and `request.membership` and `request.organization`
    (both None for a visitor or for a person without any organisation)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        memberships = memberships_of(request)
        membership = _chosen(request, memberships)
        request.memberships = memberships  # type: ignore[attr-defined]
        request.membership = membership  # type: ignore[attr-defined]
        request.organization = membership and membership.organization  # type: ignore[attr-defined]
        return self.get_response(request)


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The person's, the oldest first and sample data last. One query."""
    if not request.user.is_authenticated:
        return []
    return list(
        Membership.objects.filter(user_id=request.user.pk)
        .select_related("organization")
        .order_by("organization__is_sample", "id")
    )


def _chosen(request: HttpRequest, memberships: list[Membership]) -> Membership | None:
    """The membership chosen in this session, else the first."""
    if not memberships:
        return None
    chosen = request.session.get(SESSION_KEY)
    return next(
        (one for one in memberships if one.organization.slug == chosen),
        memberships[0],
    )


def member_required(view: View) -> View:
    """The person belongs to an organisation; otherwise there is nothing here (404)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "membership", None) is None:
            raise Http404("You do not belong to an organisation yet.")
        return view(request, *args, **kwargs)

    guarded.least_role = Role.VIEWER  # type: ignore[attr-defined]
    return guarded


def analyst_required(view: View) -> View:
    """The person may run analyses (analyst, editor or admin); else 403."""
    return _from(Role.ANALYST, view)


def editor_required(view: View) -> View:
    """The person may edit in the organisation (editor or admin); else 403."""
    return _from(Role.EDITOR, view)


def admin_required(view: View) -> View:
    """The person administers the organisation; else 403."""
    return _from(Role.ADMIN, view)


def _from(least: Role, view: View) -> View:
    @wraps(view)
    @member_required
    def guarded(
        request: OrganizationRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        refuse_below(least, request.membership)
        return view(request, *args, **kwargs)

    guarded.least_role = least  # type: ignore[attr-defined]
    return guarded


def refuse_below(least: Role, membership: Membership) -> None:
    """Raise PermissionDenied, with what to ask for, where the role is not enough."""
    if not membership.may(least):
        raise PermissionDenied(REFUSALS[least])
