"""What ModelHub does differently from django-allauth's account handling."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase

from registry.models import User
from registry.sign_in.events import record_failure, record_sign_in
from registry.sign_in.sessions import SEEN_AT
from registry.sign_in.waiting import APP, in_words, seconds_to_wait

TOO_MANY = "too_many_login_attempts"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {  # noqa: RUF012  # the parent's is a plain dict too
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Email and password do not match.",
        "incorrect_password": "That is not your password.",
        "incorrect_code": "That code is wrong, used already, or too old.",
        TOO_MANY: "Too many wrong attempts. Wait five minutes and try again.",
        "rate_limited": "Too many wrong attempts. Wait five minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The peer, or what a trusted proxy told the web server; a socket has none."""
        return str(request.META.get("REMOTE_ADDR") or "127.0.0.1")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what has words of its own: our views say the rest."""
        if message:
            messages.add_message(request, level, message)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt. Raises ValidationError with the time to wait."""
        email = str(credentials.get("email", "")).lower()
        keys = {
            "login_failed": f"{email}@{self.get_client_ip(request)}",
            "account_failed": email,
        }
        used: list[Any] = []
        for action, key in keys.items():
            usage = ratelimit.consume(request, app=APP, action=action, key=key)
            if not usage:
                for one in used:
                    one.rollback()
                seconds = seconds_to_wait(request, action, key) or 60
                raise too_many(seconds)
            used.append(usage)
        self._used = used

    def _rollback_login_failed_rl_usage(self) -> None:
        for usage in getattr(self, "_used", []):
            usage.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email", ""))
        user = User.objects.filter(email__iexact=email).first() if email else None
        if user is not None:
            record_failure(user)

    def post_login(
        self, request: HttpRequest, user: User, **facts: Any
    ) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **facts)
        request.session[SEEN_AT] = time.time()
        record_sign_in(user, method_of(request, user))
        return response

    def reauthenticate(self, user: User, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **facts: Any) -> bool:
        """Not within a quarter of an hour of signing in."""
        request = context.request
        records = get_authentication_records(request, request.user)
        newest = max((one["at"] for one in records), default=0)
        return bool(time.time() - newest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def too_many(seconds: int) -> ValidationError:
    text = f"Too many wrong attempts. Try again in {in_words(seconds)}."
    return ValidationError(text, code=TOO_MANY, params={"seconds": seconds})


def method_of(request: HttpRequest, user: User) -> str:
    """In one word, with the second factor after a plus sign."""
    words = []
    for record in get_authentication_records(request, user):
        if record["method"] == "mfa":
            is_passkey = record.get("passwordless")
            words.append("passkey" if is_passkey else NAMES[record["type"]])
        elif record["method"] == "socialaccount":
            words.append(str(record.get("provider")))
        else:
            words.append(record["method"])
    return " + ".join(words) or "password"


NAMES = {
    "totp": "code of an app",
    "webauthn": "security key",
    "recovery_codes": "recovery code",
}
