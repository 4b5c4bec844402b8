"""A person's own page: name, time zone, password, second factors and where they are
signed in."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from registry.access import OrganizationRequest
from registry.forms.account import NameForm, OwnZoneForm
from registry.mail import has_mail
from registry.sign_in.events import record_for_person
from registry.sign_in.sessions import (
    end_other_sessions,
    end_session,
    note_session,
    sessions_of,
)
from registry.time_zones import zone_names

PAGE = "account/account.html"


@require_GET
@never_cache
def account(request: OrganizationRequest) -> HttpResponse:
    return render(request, PAGE, _context(request))


@require_POST
def account_name(request: OrganizationRequest) -> HttpResponse:
    form = NameForm(request.POST, instance=request.user)
    if not form.is_valid():
        return render(request, PAGE, _context(request, form=form), status=422)
    if _saved(request, form):
        messages.success(request, "Your name is saved.")
    return redirect("account")


@require_POST
def account_zone(request: OrganizationRequest) -> HttpResponse:
    """The zone of the times on pages; the organisation's where none is named."""
    form = OwnZoneForm(request.POST, instance=request.user)
    if not form.is_valid():
        return render(request, PAGE, _context(request, zone_form=form), status=422)
    if _saved(request, form):
        zone = form.cleaned_data["time_zone"]
        text = f"Times are shown in {zone} now."
        if not zone:
            text = "Times are shown in the zone of the organisation now."
        messages.success(request, text)
    return redirect("account")


def _saved(request: OrganizationRequest, form: NameForm | OwnZoneForm) -> bool:
    """False where nothing had to change."""
    names = list(form.fields)
    before = {name: form.initial[name] for name in names}
    after = {name: form.cleaned_data[name] for name in names}
    if before == after:
        return False
    with transaction.atomic():
        form.save()
        record_for_person(request.user, "user.edited", before=before, after=after)
    return True


@sensitive_post_parameters()
@reauthentication_required  # type: ignore[untyped-decorator]  # has no types
@require_http_methods(["GET", "POST"])
@never_cache
def account_password(request: OrganizationRequest) -> HttpResponse:
    """Choose the password to sign in with from now on. Other browsers are signed
    out."""
    form = SetPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            record_for_person(
                request.user, "user.password_set", after={"password": "set"}
            )
        update_session_auth_hash(request, form.user)
        note_session(request)
        messages.success(request, "Password saved.")
        return redirect("/")
    status = 422 if form.is_bound else 200
    return render(request, "account/password.html", {"form": form}, status=status)


@require_POST
def account_session_end(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Sign out in another browser of one's own."""
    if not end_session(user=request.user, pk=pk):
        raise Http404("There is no such session.")
    messages.success(request, "That browser is signed out.")
    return redirect("account")


@require_POST
def account_sessions_end(request: OrganizationRequest) -> HttpResponse:
    """Sign out everywhere else."""
    ended = end_other_sessions(user=request.user, keep=request.session.session_key)
    text = "Nobody else was signed in as you."
    if ended:
        text = f"{ended} other session{'s' * (ended != 1)} ended."
    messages.success(request, text)
    return redirect("account")


def _context(
    request: OrganizationRequest,
    form: NameForm | None = None,
    zone_form: OwnZoneForm | None = None,
) -> dict[str, Any]:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    kinds = Authenticator.Type
    return {
        "form": form or NameForm(instance=request.user),
        "zone_form": zone_form or OwnZoneForm(instance=request.user),
        "zones": zone_names(),
        "now": timezone.now(),
        "has_mail": has_mail(),
        "app": next((one for one in factors if one.type == kinds.TOTP), None),
        "passkeys": [_passkey(one) for one in factors if one.type == kinds.WEBAUTHN],
        "codes_left": next(
            (
                len(one.wrap().get_unused_codes())
                for one in factors
                if one.type == kinds.RECOVERY_CODES
            ),
            None,
        ),
        "sessions": sessions_of(request, request.user),
        "can_have_passkeys": _has_a_name(request.get_host()),
    }


def _passkey(one: Authenticator) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "name": one.wrap().name,
        "since": one.created_at,
        "used_at": one.last_used_at,
    }


def _has_a_name(host: str) -> bool:
    """Browsers bind passkeys to names, not to numbers like 127.0.0.1."""
    name = host.rpartition(":")[0] if ":" in host else host
    return not name.replace(".", "").isdigit() and "[" not in host
