"""The people of an organisation; for its admins."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, admin_required
from registry.forms.people import InviteForm, RoleForm
from registry.mail import NotMailed, address_of, has_mail
from registry.models import AuditEntry, Membership, Role
from registry.queries.people import members_of
from registry.services.invitations import (
    InvitationClosed,
    MadeInvitation,
    invite,
    mail_link,
    open_invitations,
    renew,
    withdraw,
)
from registry.services.memberships import (
    LastAdmin,
    Overtaken,
    change_role,
    make_sign_in_link,
    newest_entry,
    removals,
    remove_member,
    restore_member,
    role_changes,
    undo_role_change,
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
        made = invite(
            organization=request.organization, actor=request.user, **form.cleaned_data
        )
    except ValidationError as error:
        form.add_error("email", error.message_dict["email"][0])
        return render_people(request, status=422, form=form)
    return with_invitation(request, made)


@never_cache
@require_POST
@admin_required
def people_renew(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(open_invitations(request.organization), pk=pk)
    try:
        made = renew(invitation=row, actor=request.user)
    except InvitationClosed as error:
        return render_people(request, status=422, problem=str(error))
    return with_invitation(request, made)


@require_POST
@admin_required
def people_withdraw(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(open_invitations(request.organization), pk=pk)
    withdraw(invitation=row, actor=request.user)
    return done(request, f"The invitation of {row.email} is withdrawn.")


@require_POST
@admin_required
def people_role(request: OrganizationRequest, pk: int) -> HttpResponse:
    membership = member(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return render_people(request, status=422, problem="That is no role.")
    role, before = form.cleaned_data["role"], membership.role
    try:
        change_role(membership=membership, actor=request.user, role=role)
    except LastAdmin as error:
        return render_people(request, status=422, problem=str(error))
    undo = ""
    if role != before:
        entry = newest_entry(role_changes(request.organization), membership, pk)
        undo = undo_at("people_role_undo", entry)
    return done(request, f"{membership.user.email} is {role.label.lower()} now.", undo)


@require_POST
@admin_required
def people_role_undo(request: OrganizationRequest, entry_pk: int) -> HttpResponse:
    """Take a change of role back."""
    entry = get_object_or_404(role_changes(request.organization), pk=entry_pk)
    try:
        membership = undo_role_change(entry=entry, actor=request.user)
    except (LastAdmin, Overtaken) as error:
        return render_people(request, status=422, problem=str(error))
    role = membership.get_role_display().lower()
    return done(request, f"{membership.user.email} is {role} again.")


@require_POST
@admin_required
def people_remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    membership = member(request, pk)
    try:
        remove_member(membership=membership, actor=request.user)
    except LastAdmin as error:
        return render_people(request, status=422, problem=str(error))
    entry = newest_entry(removals(request.organization), membership, pk)
    undo = undo_at("people_restore", entry)
    return done(request, f"{membership.user.email} was removed.", undo)


@require_POST
@admin_required
def people_restore(request: OrganizationRequest, entry_pk: int) -> HttpResponse:
    """Take a removal back: the person has the role that they had."""
    entry = get_object_or_404(removals(request.organization), pk=entry_pk)
    try:
        user = restore_member(entry=entry, actor=request.user)
    except Overtaken as error:
        return render_people(request, status=422, problem=str(error))
    return done(request, f"{user.email} is a member again.")


@never_cache
@require_POST
@admin_required
def people_link(request: OrganizationRequest, pk: int) -> HttpResponse:
    return with_link(request, member(request, pk))


def undo_at(name: str, entry: AuditEntry | None) -> str:
    return reverse(f"registry:{name}", args=[entry.pk]) if entry else ""


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
        request, link=address_of(request, path), linked=membership.user.email
    )


def with_invitation(request: OrganizationRequest, made: MadeInvitation) -> HttpResponse:
    """Shows the link in this one answer, and mails it where mail is configured."""
    link = address_of(request, made.path)
    said: dict[str, Any] = {
        "link": link,
        "linked": made.invitation.email,
        "is_invitation": True,
    }
    try:
        said["is_mailed"] = mail_link(made, link)
    except NotMailed:
        said["problem_mail"] = True
    return render_people(request, **said)


def done(request: OrganizationRequest, text: str, undo: str = "") -> HttpResponse:
    if request.user.pk and not still_admin(request):
        messages.success(request, text)
        return redirect("/")
    if is_fragment(request, TARGET):
        return render_people(request, toast=text, undo=undo)
    messages.success(request, text, extra_tags=undo)
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
        "invitations": open_invitations(request.organization),
        "now": timezone.now(),
        "has_mail": has_mail(),
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
