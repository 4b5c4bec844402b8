"""Messages to one person: texts in `templates/account/email/`."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string

FOLDER = "account/email"

logger = logging.getLogger(__name__)


class NotMailed(Exception):
    """The mail server did not take the message, or there is none."""

    def __init__(self) -> None:
        super().__init__(
            "The message could not be sent: the mail server did not take it. "
            "Try again later, or ask an administrator."
        )


def has_mail() -> bool:
    """Whether an operator has named a mail server (docs/configuration.md)."""
    return bool(settings.EMAIL_HOST)


def mail_to(email: str, name: str, context: dict[str, Any]) -> None:
    """Send the text `name`, whose first line is the subject. Raises NotMailed."""
    if not has_mail():
        raise NotMailed
    subject, *lines = render_to_string(f"{FOLDER}/{name}.txt", context).splitlines()
    body = "\n".join(lines).strip() + "\n"
    try:
        send_mail(" ".join(subject.split()), body, None, [email])
    except OSError as error:
        logger.warning("mail %s was not taken: %s", name, type(error).__name__)
        raise NotMailed from error


def address_of(request: HttpRequest, path: str) -> str:
    """What to write into a message for this path: where people reach this ModelHub, or
    where this request came to."""
    if settings.MODELHUB_URL:
        return settings.MODELHUB_URL.rstrip("/") + path
    return request.build_absolute_uri(path)
