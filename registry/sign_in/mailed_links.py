"""Links that are mailed to a person: for a new password, and about their address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from registry.mail import address_of, mail_to
from registry.models import User
from registry.sign_in.adapter import TOO_MANY
from registry.sign_in.waiting import APP, in_words, seconds_to_wait

SALT: Final = "registry.email"
VALID_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True)
class EmailLink:
    """`old` is the account's address when the link was made: once it is another one,
    the link is spent. The same `new` only verifies it."""

    user_pk: int
    old: str
    new: str

    @property
    def is_change(self) -> bool:
        return self.old != self.new


def mail_password_link(request: HttpRequest, email: str) -> None:
    """A link for a new password; where no open account has the address, a message that
    says so: both take as long, and the page says the same. Raises NotMailed, and
    ValidationError with the time to wait."""
    _count(request, "reset_password", email.lower())
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        mail_to(email, "unknown_account", {"email": email})
        return
    token = default_token_generator.make_token(user)
    arguments = [user_pk_to_url_str(user), token]
    path = reverse("account_reset_password_from_key", args=arguments)
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    context = {"email": user.email, "link": address_of(request, path), "hours": hours}
    mail_to(user.email, "password_reset", context)


def mail_email_link(
    request: HttpRequest, user: User, email: str, *, is_taken: bool = False
) -> None:
    """A link to `email` that verifies it or, where it is another one, makes it the
    account's. Who has an account with it already is told so. Raises NotMailed, and
    ValidationError with the time to wait."""
    _count(request, "email_link", str(user.pk))
    if is_taken:
        mail_to(email, "email_taken", {"email": email})
        return
    facts = {"user": user.pk, "old": user.email, "new": email}
    secret = signing.dumps(facts, salt=SALT, compress=True)
    link = address_of(request, reverse("account_email_confirm", args=[secret]))
    name = "email_verify" if email == user.email else "email_change"
    mail_to(email, name, {"user": user, "email": email, "link": link})


def read_email_link(secret: str) -> EmailLink | None:
    """None for a link that is not ours or too old."""
    try:
        facts = signing.loads(secret, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    return EmailLink(facts["user"], facts["old"], facts["new"])


def _count(request: HttpRequest, action: str, key: str) -> None:
    if ratelimit.consume(request, app=APP, action=action, key=key):
        return
    seconds = seconds_to_wait(request, action, key) or 60
    text = f"Too many messages were asked for. Try again in {in_words(seconds)}."
    raise ValidationError(text, code=TOO_MANY, params={"seconds": seconds})
