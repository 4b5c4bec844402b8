"""A new password by a link that is mailed. Nobody learns from these pages who has an
account. Without a mail server there are none of them."""

from typing import Any

from allauth.account.views import PasswordResetFromKeyView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.forms.account import PasswordForgottenForm
from registry.mail import NotMailed, has_mail, mail_to
from registry.models import User
from registry.services.email_addresses import verify_email
from registry.sign_in.events import record_for_person
from registry.sign_in.mailed_links import mail_password_link
from registry.sign_in.sessions import end_other_sessions
from registry.views.sign_in import with_status

PAGE = "account/password_forgotten.html"


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same for every address."""
    if not has_mail():
        raise Http404("No mail server is configured.")
    form = PasswordForgottenForm(request.POST or None)
    if request.method != "POST":
        return render(request, PAGE, {"form": form})
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            mail_password_link(request, email)
        except ValidationError as error:
            form.add_error("email", error)
        except NotMailed as error:
            form.add_error("email", str(error))
            return render(request, PAGE, {"form": form}, status=503)
        else:
            return render(request, PAGE, {"sent_to": email})
    return with_status(render(request, PAGE, {"form": form}), form)


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordFromLink(PasswordResetFromKeyView):
    """Choose the password; signing in with it, and a second factor, comes after."""

    template_name = "account/password_from_link.html"
    success_url = reverse_lazy("sign_in")
    reset_user: User | None

    def render_to_response(self, context: Any, **facts: Any) -> HttpResponse:
        if context.get("token_fail"):
            facts["status"] = 410
        response: HttpResponse = super().render_to_response(context, **facts)
        return response

    def get_form(self, *kinds: Any) -> Any:
        """Labels stand above the fields, so nothing stands in them."""
        form = super().get_form(*kinds)
        for field in form.fields.values():
            field.widget.attrs.pop("placeholder", None)
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.reset_user
        if user is None:
            raise Http404("The link is for nobody.")
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            facts = {"password": "set", "by": "mailed link"}
            record_for_person(user, "user.password_set", after=facts)
            verify_email(user=user)
            end_other_sessions(user=user, keep=None)
        tell(user)
        messages.success(self.request, "Your new password is saved: sign in with it.")
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        return with_status(response, form)


def tell(user: User) -> None:
    """If it was somebody else, they should know; the password is saved anyhow."""
    try:
        mail_to(user.email, "password_changed", {"email": user.email})
    except NotMailed:
        return


password_from_link = PasswordFromLink.as_view()
