"""What the failed check of a connection means, in words for a person. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from registry.models import ConnectionState
from registry.provider_client import refusal_in
from registry.providers.errors import (
    AuthenticationError,
    InvalidRequestError,
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
)

NETWORK_WORDS: Final = {
    "refused": "{host} refuses the connection. Is the server running, and is the port "
    "right?",
    "reset": "{host} hung up without an answer.",
    "dns": "The name {host} was not found. Check the address, and whether this machine "
    "is online.",
    "tls": "No safe connection to {host}: its certificate is not accepted, or it "
    "speaks no TLS.",
    "connect_timeout": "{host} accepts no connection. Is it reachable from here?",
    "address": "The address cannot be called. Check the base URL.",
}
WRONG_PATH: Final = (
    "{host} answers, but not to this path. Check the base URL: many end in /v1."
)
SILENT: Final = "{host} said nothing for {seconds:g} seconds."
UNAVAILABLE_WORDS: Final = {
    "malformed": "{host} answers, but not as {provider} does. Check the base URL: many "
    "end in /v1.",
    "not_found": WRONG_PATH,
    "empty": "{host} answers with nothing. Check the base URL.",
}
LIMIT_WORDS: Final = {
    "quota": "The key is right, but the account has no credit left.",
    "": "The key is right, but {provider} limits its requests now. Check again later.",
}


def told_fault(
    error: ModelCallError, *, base_url: str, provider: str, timeout_s: float
) -> tuple[ConnectionState, str]:
    """The state of a connection after `error`, and why. `provider` is its name."""
    host = urlsplit(base_url).netloc or base_url
    state, words = _told(error)
    return state, words.format(host=host, provider=provider, seconds=timeout_s)[:400]


def _told(error: ModelCallError) -> tuple[ConnectionState, str]:
    if isinstance(error, AuthenticationError):
        return ConnectionState.KEY_REJECTED, _key_words(error)
    if isinstance(error, NetworkError):
        refused = refusal_in(error)
        if refused:
            return ConnectionState.UNREACHABLE, _plain(str(refused))
        return ConnectionState.UNREACHABLE, _network_words(error)
    if isinstance(error, RateLimitError):
        words = LIMIT_WORDS.get(error.code, LIMIT_WORDS[""])
        return ConnectionState.FAILING, words
    if isinstance(error, ModelUnavailableError) and error.code in UNAVAILABLE_WORDS:
        return ConnectionState.UNREACHABLE, UNAVAILABLE_WORDS[error.code]
    if isinstance(error, InvalidRequestError):
        words = "{provider} does not understand the question: "
        return ConnectionState.FAILING, words + _plain(error.message)
    return ConnectionState.FAILING, _plain(error.message)


def _network_words(error: NetworkError) -> str:
    if error.code == "address" and error.status_code is not None:
        is_answer = 200 <= error.status_code < 300
        return UNAVAILABLE_WORDS["malformed" if is_answer else "not_found"]
    return NETWORK_WORDS.get(error.code, SILENT)


def _key_words(error: AuthenticationError) -> str:
    if error.code == "malformed_key":
        return _plain(error.message)
    if error.status_code == 403:
        return (
            "{provider} knows the key but does not let it do this (403). Check what "
            "the key may do, or replace it."
        )
    return "{provider} rejects the key. Replace it."


def _plain(text: str) -> str:
    """What others said stands as it is: their braces are no places for words."""
    return text.replace("{", "{{").replace("}", "}}")
