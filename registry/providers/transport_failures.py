"""What the network did, as errors. Exceptions are told apart by the names of their
classes: the SDKs bring an HTTP library of their own that names them the same."""

from __future__ import annotations

import errno
import json
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NoReturn

from registry.providers.errors import (
    AuthenticationError,
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
)
from registry.providers.failures import error_from_status, request_id
from registry.providers.fault_body import looks_like_html, quoted

NAME_WORDS: Final = ("name or service", "nodename", "getaddrinfo", "name resolution")
BY_CLASS: Final[tuple[tuple[str, str], ...]] = (
    ("AddressRefused", "address"),
    ("ConnectTimeout", "connect_timeout"),
    ("PoolTimeout", "connect_timeout"),
    ("ReadTimeout", "silence"),
    ("WriteTimeout", "silence"),
    ("APITimeoutError", "silence"),
    ("UnsupportedProtocol", "address"),
    ("InvalidURL", "address"),
    ("UnicodeError", "address"),
    ("TimeoutError", "total"),
    ("ConnectError", "refused"),
    ("NetworkError", "reset"),
    ("RemoteProtocolError", "reset"),
    ("EndOfStream", "reset"),
    ("ClosedResourceError", "reset"),
    ("APIConnectionError", "reset"),
)
WORDS: Final = {
    "refused": "refused the connection: nothing listens at the address",
    "reset": "closed the connection before it had answered",
    "dns": "was not found: its host name has no address",
    "tls": "could not be reached safely: its certificate or TLS is not accepted",
    "connect_timeout": "did not accept a connection in time",
    "silence": "said nothing until the timeout",
    "first_token": "sent no content in time",
    "idle": "fell silent in the middle of its answer",
    "total": "did not finish in time",
    "address": "cannot be called: its base URL is wrong or leads where it may not",
}


def network_error(
    provider: str, code: str, waited_s: float | None = None
) -> NetworkError:
    """A NetworkError with the words for `code`."""
    after = "" if waited_s is None else f" ({waited_s:g} s)"
    return NetworkError(
        f"{provider or 'The provider'} {WORDS[code]}{after}.",
        provider=provider,
        code=code,
    )


def error_from_transport(
    provider: str, exception: BaseException, secrets: Sequence[str] = ()
) -> ModelCallError:
    """The error for an exception of an HTTP library or an official SDK. Raises the
    exception again where it is none of those: a fault of ours stays visible."""
    chain = list(_chain(exception))
    for one in chain:
        if isinstance(one, ModelCallError):
            return one
        response = getattr(one, "response", None)
        if response is not None and getattr(one, "status_code", None) is not None:
            return _from_response(provider, one, response, secrets)
        if type(one).__name__ == "AddressRefused":  # registry.addresses
            return NetworkError(str(one), provider=provider, code="address")
    code = _code(chain)
    if code == "malformed":
        return unreadable(provider, "its answer cannot be read")
    if code == "header":
        return AuthenticationError(
            "The key or an extra header holds characters that HTTP does not allow.",
            provider=provider,
            code="malformed_key",
        )
    if not code:
        _raise(exception)
    return network_error(provider, code)


def unreadable(
    provider: str,
    what: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    secrets: Sequence[str] = (),
) -> ModelUnavailableError:
    """A 200 whose body is not what it should be: HTML, half a JSON, bad gzip. How the
    body begins is quoted, without `secrets`."""
    text = body[:4000].decode(errors="replace")
    if looks_like_html(text):
        what = "a web page came instead of an answer; is the base URL right?"
    said = f" It begins: {quoted(text, secrets, 120)}" if text.strip() else ""
    return ModelUnavailableError(
        f"{provider or 'The provider'} answered, but {what}.{said}".replace("?.", "?"),
        provider=provider,
        status_code=200,
        code="malformed",
        provider_request_id=request_id(headers or {}),
    )


def _from_response(
    provider: str, exception: BaseException, response: object, secrets: Sequence[str]
) -> ModelCallError:
    status: int = response.status_code  # type: ignore[attr-defined]  # httpx, httpx2
    headers: Mapping[str, str] = response.headers  # type: ignore[attr-defined]
    try:
        body: bytes = response.content  # type: ignore[attr-defined]
    except RuntimeError:  # The body of a stream was not read.
        body = str(exception).encode()
    if 200 <= status < 300:
        what = "its answer cannot be read"
        return unreadable(provider, what, body, headers, secrets)
    return error_from_status(provider, status, headers, body, secrets)


def _chain(exception: BaseException) -> Iterator[BaseException]:
    """The exception, what caused it, and the members of groups, outermost first."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [exception]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def _code(chain: list[BaseException]) -> str:
    """The most exact word for what went wrong; empty: not a transport's fault."""
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    text = " ".join(str(one) for one in chain).lower()
    if names & {"DecodingError", "JSONDecodeError", "APIResponseValidationError"}:
        return "malformed"
    if "LocalProtocolError" in names or _is_header(chain):
        return "header"
    if any(isinstance(one, socket.gaierror) for one in chain):
        return "dns"
    if any(isinstance(one, ssl.SSLError) for one in chain) or "ssl:" in text:
        return "tls"
    if any(word in text for word in NAME_WORDS):
        return "dns"
    if "ConnectError" in names and _is_reset(chain):
        return "reset"
    return next((code for name, code in BY_CLASS if name in names), "") or (
        "reset" if "ConnectionError" in names else ""
    )


def _is_header(chain: list[BaseException]) -> bool:
    return any(
        isinstance(one, UnicodeEncodeError) and one.encoding in ("ascii", "latin-1")
        for one in chain
    )


def _is_reset(chain: list[BaseException]) -> bool:
    resets = (errno.ECONNRESET, errno.EPIPE)
    return any(isinstance(one, OSError) and one.errno in resets for one in chain)


def _raise(exception: BaseException) -> NoReturn:
    raise exception


def parse_json(
    provider: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    secrets: Sequence[str] = (),
) -> object:
    """The JSON of a whole answer. Raises ModelUnavailableError (malformed)."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        what = "its JSON is cut or broken" if body.strip() else "it was empty"
        raise unreadable(provider, what, body, headers, secrets) from None
    return document
