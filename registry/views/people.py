"""The people of an organisation; for its admins."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, admin_required
from registry.forms.people import InviteForm, RoleForm
from registry.models import Membership, Role
from registry.queries.people import members_of
from registry.services.memberships import (
    LastAdmin,
    change_role,
    invite_person,
    make_sign_in_link,
    may_have_link,
    remove_member,
)

TARGET = "people-results"


@require_GET
@admin_required
def people(request: OrganizationRequest) -> HttpResponse:
    return render_people(request)


@never_cache
@require_POST
@admin_required
def people_invite(request: OrganizationRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return render_people(request, status=422, form=form)
    try:
        membership = invite_person(
            organization=request.organization, actor=request.user, **form.cleaned_data
        )
    except ValidationError as error:
        form.add_error("email", error.message_dict["email"][0])
        return render_people(request, status=422, form=form)
    if may_have_link(membership):
        return with_link(request, membership)
    email = membership.user.email
    return done(request, f"{email} is a member now and signs in as before.")


@require_POST
@admin_required
def people_role(request: OrganizationRequest, pk: int) -> HttpResponse:
    membership = member(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return render_people(request, status=422, problem="That is no role.")
    role = form.cleaned_data["role"]
    try:
        change_role(membership=membership, actor=request.user, role=role)
    except LastAdmin as error:
        return render_people(request, status=422, problem=str(error))
    return done(request, f"{membership.user.email} is {role.label.lower()} now.")


@require_POST
@admin_required
def people_remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    membership = member(request, pk)
    try:
        remove_member(membership=membership, actor=request.user)
    except LastAdmin as error:
        return render_people(request, status=422, problem=str(error))
    return done(request, f"{membership.user.email} was removed.")


@never_cache
@require_POST
@admin_required
def people_link(request: OrganizationRequest, pk: int) -> HttpResponse:
    return with_link(request, member(request, pk))


def member(request: OrganizationRequest, pk: int) -> Membership:
    rows = Membership.objects.filter(organization=request.organization)
    return get_object_or_404(rows.select_related("user", "organization"), pk=pk)


def with_link(request: OrganizationRequest, membership: Membership) -> HttpResponse:
    """Shows the link in this one answer; it is stored nowhere."""
    try:
        path = make_sign_in_link(membership=membership, actor=request.user)
    except ValidationError as error:
        return render_people(request, status=422, problem=error.messages[0])
    return render_people(
        request, link=request.build_absolute_uri(path), linked=membership.user
    )


def done(request: OrganizationRequest, text: str) -> HttpResponse:
    if request.user.pk and not still_admin(request):
        messages.success(request, text)
        return redirect("/")
    if is_fragment(request, TARGET):
        return render_people(request, toast=text)
    messages.success(request, text)
    return redirect("registry:people")


def still_admin(request: OrganizationRequest) -> bool:
    """An admin may give their own role away, if another one is left."""
    return Membership.objects.filter(
        organization=request.organization, user=request.user, role=Role.ADMIN
    ).exists()


def render_people(
    request: OrganizationRequest, *, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        "members": members_of(request.organization, request.user),
        "roles": Role.choices,
        "form": InviteForm(),
        "rights": RIGHTS,
        **extra,
    }
    return render_page(
        request,
        "registry/people.html",
        "registry/_people_results.html",
        TARGET,
        context,
        status,
    )


# What a role may do: (right, viewer, editor, admin).
RIGHTS = (
    ("See everything, export", True, True, True),
    ("Enable, configure and price models", False, True, True),
    ("Add own models", False, True, True),
    ("Edit and assign features", False, True, True),
    ("Test and pause connections", False, True, True),
    ("Add and edit connections, replace keys", False, False, True),
    ("Invite and remove people", False, False, True),
    ("Create and revoke API tokens", False, False, True),
)
