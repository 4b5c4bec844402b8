"""Signing in: by password, or by the one-time link that the console prints."""

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from sesame.utils import get_user

from registry.access import OrganizationRequest

sign_in = LoginView.as_view(
    template_name="account/sign_in.html",
    authentication_form=AuthenticationForm,
    redirect_authenticated_user=True,
)


@login_not_required
@never_cache
@require_GET
def sign_in_link(request: HttpRequest) -> HttpResponse:
    """Sign in by a one-time link; a person without a password chooses one next."""
    user = get_user(request)
    if user is None:
        return render(request, "account/link_used.html", status=403)
    login(request, user, backend="sesame.backends.ModelBackend")
    if not user.has_usable_password():
        return redirect("account_password")
    return redirect("/")


@require_http_methods(["GET", "POST"])
def account_password(request: OrganizationRequest) -> HttpResponse:
    """Choose the password to sign in with from now on."""
    form = SetPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        messages.success(request, "Password saved.")
        return redirect("/")
    status = 422 if form.is_bound else 200
    return render(request, "account/password.html", {"form": form}, status=status)
