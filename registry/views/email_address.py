"""The address that a person signs in with: changing it, and showing that it is
theirs. Without a mail server it is changed at once and counts as not verified."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from registry.access import OrganizationRequest
from registry.forms.account import EmailChangeForm
from registry.mail import NotMailed, has_mail, mail_to
from registry.models import EmailState, User
from registry.services.email_addresses import change_email, is_taken, verify_email
from registry.sign_in.mailed_links import EmailLink, mail_email_link, read_email_link
from registry.views.sign_in import with_status

PAGE = "account/email.html"
CONFIRM = "account/email_confirm.html"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def account_email(request: OrganizationRequest) -> HttpResponse:
    """Ask for another address. Who has no password confirms by another factor."""
    if request.user.has_usable_password():
        return _ask(request)
    response: HttpResponse = reauthentication_required(_ask)(request)
    return response


def _ask(request: OrganizationRequest) -> HttpResponse:
    form = EmailChangeForm(request, request.POST or None)
    if request.method != "POST":
        return _page(request, form)
    if form.is_valid():
        try:
            text = _change(request, form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error(None, error)
        except NotMailed as error:
            form.add_error("email", str(error))
            return _page(request, form, status=503)
        else:
            messages.success(request, text)
            return redirect("account")
    return with_status(_page(request, form), form)


def _change(request: OrganizationRequest, email: str) -> str:
    """What was done, in words."""
    user = request.user
    if not has_mail():
        change_email(user=user, email=email, state=EmailState.CLAIMED)
        return f"You sign in as {email} from now on."
    mail_email_link(request, user, email, is_taken=is_taken(email, user))
    return f"A link was sent to {email}. Your address changes when you open it."


@require_POST
def account_email_verify(request: OrganizationRequest) -> HttpResponse:
    """Mail a link to the address that the person has."""
    if not has_mail():
        raise Http404("No mail server is configured.")
    try:
        mail_email_link(request, request.user, request.user.email)
    except (ValidationError, NotMailed) as error:
        words = error.messages[0] if isinstance(error, ValidationError) else str(error)
        messages.error(request, words)
    else:
        messages.success(request, f"A link was sent to {request.user.email}.")
    return redirect("account")


@never_cache
@require_http_methods(["GET", "POST"])
def account_email_confirm(request: OrganizationRequest, secret: str) -> HttpResponse:
    """The page behind a mailed link; it asks first, for mail programs open links."""
    link = read_email_link(secret)
    refusal = _refusal(link, request.user)
    if link is None or refusal:
        return render(request, CONFIRM, {"refusal": refusal}, status=410)
    if request.method != "POST":
        return render(request, CONFIRM, {"link": link})
    try:
        _confirm(request.user, link)
    except ValidationError:
        text = "This address belongs to another account by now."
        return render(request, CONFIRM, {"refusal": text}, status=422)
    messages.success(request, f"{link.new} is verified, and what you sign in with.")
    return redirect("account")


def _refusal(link: EmailLink | None, user: User) -> str:
    """Why the link does nothing for this person; empty where it works."""
    if link is None:
        return "It is older than a day, or incomplete."
    if link.user_pk != user.pk:
        return f"It is for another account than {user.email}."
    if link.old != user.email:
        return "It was used already, or your address was changed since."
    return ""


def _confirm(user: User, link: EmailLink) -> None:
    if not link.is_change:
        verify_email(user=user)
        return
    change_email(user=user, email=link.new, state=EmailState.VERIFIED)
    try:
        mail_to(link.old, "email_changed", {"email": link.new, "old": link.old})
    except NotMailed:
        return


def _page(request: OrganizationRequest, form: Any, status: int = 200) -> HttpResponse:
    context = {"form": form, "has_mail": has_mail()}
    return render(request, PAGE, context, status=status)
