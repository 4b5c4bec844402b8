"""The page behind an invitation's link, with an account and without one."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.access import SESSION_KEY
from registry.forms.invitations import AcceptForm
from registry.models import Invitation, User
from registry.services.invitations import (
    InvitationClosed,
    accept,
    accept_as_new,
    find,
)
from registry.sign_in.events import record_sign_in
from registry.sign_in.sessions import note_session

PAGE = "account/invitation.html"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    row = find(secret)
    if row is None:
        raise Http404("There is no such invitation.")
    why_not = row.why_not(timezone.now())
    if why_not:
        context = {"invitation": row, "why_not": why_not}
        return render(request, "account/invitation_closed.html", context, status=410)
    try:
        if isinstance(request.user, User):
            return _for_member(request, row, request.user)
        if User.objects.filter(email__iexact=row.email).exists():
            return _page(request, row, kind="sign_in")
        return _for_newcomer(request, row)
    except InvitationClosed as error:
        messages.error(request, str(error))
        return redirect(request.path)


def _for_member(request: HttpRequest, row: Invitation, user: User) -> HttpResponse:
    if user.email.lower() != row.email.lower():
        status = 403 if request.method == "POST" else 200
        return _page(request, row, kind="somebody_else", status=status)
    if request.method == "POST":
        accept(invitation=row, user=user)
        return _welcome(request, row)
    return _page(request, row, kind="join")


def _for_newcomer(request: HttpRequest, row: Invitation) -> HttpResponse:
    form = AcceptForm(row.email, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return _page(request, row, kind="new", form=form, status=status)
    user = accept_as_new(
        invitation=row,
        password=form.cleaned_data["password"],
        first_name=form.cleaned_data["first_name"],
        last_name=form.cleaned_data["last_name"],
    )
    login(request, user, backend=BACKEND)
    record_authentication(request, user, "invitation")
    note_session(request)
    record_sign_in(user, "invitation")
    return _welcome(request, row)


def _welcome(request: HttpRequest, row: Invitation) -> HttpResponse:
    request.session[SESSION_KEY] = row.organization.slug
    messages.success(request, f"Welcome to {row.organization.name}.")
    return redirect("/")


def _page(
    request: HttpRequest, row: Invitation, *, status: int = 200, **facts: Any
) -> HttpResponse:
    return render(request, PAGE, {"invitation": row, **facts}, status=status)
