"""Sending one message through one channel, now."""

from __future__ import annotations

import asyncio
import smtplib
import time
from typing import Final

import httpx2
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from analytics.alerting.message import Message
from analytics.alerting.signature import HEADER, signature
from analytics.models import AlertChannel, ChannelKind
from registry.addresses import AddressRefused, check_address
from registry.key_ring import Undecryptable, decrypt
from registry.provider_client import provider_client, refusal_in

LONGEST_S: Final = 20.0
TIMEOUT: Final = httpx2.Timeout(10.0)
MOST_SHOWN: Final = 200
SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"


class NotSent(Exception):
    """The message did not arrive, as far as is known; the text says why."""


def send(channel: AlertChannel, message: Message) -> str:
    """What the other side answered, in words. Raises NotSent."""
    if channel.organization.is_sample:
        raise NotSent("Sample data is never sent anywhere.")
    if channel.kind == ChannelKind.EMAIL:
        return _send_email(channel, message)
    if channel.kind == ChannelKind.SLACK:
        return _post(_clear(channel.encrypted_url), message.as_slack(), {})
    body = message.as_json()
    moment = int(time.time())
    headers = {
        HEADER: signature(signing_secrets(channel), moment, body),
        "X-ModelHub-Delivery": message.delivery,
    }
    return _post(_clear(channel.encrypted_url), body, headers)


def signing_secrets(channel: AlertChannel) -> list[str]:
    """The secret and, for a day after it was replaced, the one before."""
    stored = [channel.encrypted_secret]
    until = channel.previous_until
    if until and until > timezone.now() and channel.encrypted_previous_secret:
        stored.append(channel.encrypted_previous_secret)
    return [_clear(one) for one in stored]


def _send_email(channel: AlertChannel, message: Message) -> str:
    if settings.EMAIL_BACKEND == SMTP and not settings.EMAIL_HOST:
        raise NotSent("No mail server is set up: the operator sets EMAIL_HOST.")
    subject, body = message.as_email()
    mail = EmailMessage(subject, body, to=list(channel.emails))
    mail.extra_headers["X-ModelHub-Delivery"] = message.delivery
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        said = str(error).strip() or type(error).__name__
        raise NotSent(
            f"The mail server did not take it: {said[:MOST_SHOWN]}"
        ) from error
    return f"The mail server took it for {', '.join(channel.emails)}."


def _post(url: str, body: bytes, headers: dict[str, str]) -> str:
    try:
        check_address(url.partition("?")[0])
        status, answer = asyncio.run(_ask(url, body, headers))
    except AddressRefused as error:
        raise NotSent(str(error)) from error
    except TimeoutError as error:
        raise NotSent(f"It did not answer within {LONGEST_S:g} s.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotSent(_words(error)) from error
    said = f"It answered {status}" + (f": {answer}" if answer else ".")
    if 300 <= status < 400:
        raise NotSent(f"It answered {status}, a redirect, which is not followed.")
    if not 200 <= status < 300:
        raise NotSent(said)
    return said


def _words(error: Exception) -> str:
    refused = refusal_in(error)
    if isinstance(error, httpx2.TimeoutException) and refused is None:
        return "It did not answer in time."
    said = str(refused or error).strip() or type(error).__name__
    return f"It was not reached: {said[:MOST_SHOWN]}"


async def _ask(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """Status and the beginning of the answer."""
    sent = {"content-type": "application/json", "user-agent": "ModelHub", **headers}
    async with (
        asyncio.timeout(LONGEST_S),
        provider_client(1) as client,
        client.stream(
            "POST", url, content=body, headers=sent, timeout=TIMEOUT
        ) as response,
    ):
        answer = b""
        async for piece in response.aiter_bytes():
            answer += piece
            if len(answer) >= MOST_SHOWN:
                break
    text = answer[:MOST_SHOWN].decode(errors="replace")
    printable = "".join(one if one.isprintable() else " " for one in text)
    return response.status_code, " ".join(printable.split())


def _clear(stored: str) -> str:
    try:
        return decrypt(stored)
    except Undecryptable as error:
        message = "What is stored cannot be read any more: enter the address again."
        raise NotSent(message) from error
