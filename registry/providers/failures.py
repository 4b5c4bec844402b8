"""The one place that turns what a provider or the network did into `errors`: by status
first, then by the provider's code, by text last. Every adapter and the relay use it.
Messages are for a person, hold no key, and quote at most 300 characters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from registry.providers.errors import (
    AuthenticationError,
    ContentFilterError,
    ContextLengthError,
    InvalidRequestError,
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
    RateLimitError,
)
from registry.providers.fault_body import (
    Fault,
    fault_from_document,
    quoted,
    read_fault,
)
from registry.providers.retry_after import retry_after_s, wait_in_text_s

JUDGED_CHARACTERS: Final = 1_000
"""Of a message so much is searched for words: what a server sends must not hold up
others, and the expressions below take time that grows with its square."""
CONTEXT_CODES: Final = frozenset(
    {
        "context_length_exceeded",
        "context_window_exceeded",
        "exceed_context_size_error",
        "model_context_window_exceeded",
        "string_above_max_length",
    }
)
CONTEXT_TEXT: Final = re.compile(
    r"prompt is too long|maximum context length|context[ _]length|context window"
    r"|exceeds? the (?:maximum|max) (?:number of )?(?:input )?tokens"
    r"|input token count .* exceeds|exceeds? (?:the )?available context"
    r"|input is too long|too many input tokens|max_prompt_tokens"
    r"|input length and .?max_tokens.? exceed",
    re.I,
)
FILTER_CODES: Final = frozenset(
    {
        "content_filter",
        "content_filter_error",
        "content_policy_violation",
        "responsibleaipolicyviolation",
        "moderation_blocked",
        "data_inspection_failed",
        "invalid_prompt",
        "safety",
        "prohibited_content",
    }
)
FILTER_TEXT: Final = re.compile(
    r"content (?:management )?polic|content filter|content exists risk"
    r"|flagged (?:by|for|as)|usage polic(?:y|ies)|safety system",
    re.I,
)
QUOTA_CODES: Final = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_credits",
        "billing_error",
        "quota_exceeded",
    }
)
QUOTA_TEXT: Final = re.compile(
    r"credit balance|insufficient (?:balance|credits?|quota|funds)|not enough credits"
    r"|exceeded your (?:current|monthly) (?:quota|included credits).*billing",
    re.I | re.S,
)
KEY_CODES: Final = frozenset(
    {"invalid_api_key", "api_key_invalid", "authentication_error", "unauthenticated"}
)
KEY_TEXT: Final = re.compile(
    r"(?:incorrect|invalid|wrong|expired|missing) api[ _-]?key|api key not valid", re.I
)
LIMIT_CODES: Final = frozenset(
    {"rate_limit_exceeded", "rate_limit_error", "rate_limit", "rate_limited"}
)
LARGE_TEXT: Final = re.compile(r"request too large", re.I)
MODEL_CODES: Final = frozenset(
    {"model_not_found", "not_found_error", "not_found", "deploymentnotfound"}
)
MODEL_TEXT: Final = re.compile(
    r"\bmodels?\b.*(?:not (?:found|exist|available|supported|a valid)|does ?n.t exist"
    r"|no longer|unknown|decommissioned|deprecated)"
    r"|(?:unknown|invalid|no such|not a valid) model",
    re.I | re.S,
)
UNABLE: Final = (
    r"(?:images?|image_url|vision|tools?|tool (?:use|calling)|function calling"
    r"|response_format|json_schema|json mode|structured outputs?|stop"
    r"|stop sequences?|system (?:prompts?|messages?|instructions?)|stream(?:ing)?)"
)
UNABLE_TEXT: Final = re.compile(
    rf"(?:does not|does ?n.t|do not) support (?:the )?{UNABLE}\b"
    rf"|\b{UNABLE}['\"`]?(?: inputs?| content| of type \S+)? (?:is|are) not supported"
    rf"|no endpoints found that support {UNABLE}\b",
    re.I,
)
"""That a model cannot do what a request asks of it, as against a wrong request."""
OVERLOAD_CODES: Final = frozenset(
    {"overloaded_error", "overloaded", "unavailable", "engine_overloaded"}
)


def error_from_status(
    provider: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str] = (),
) -> ModelCallError:
    """The error of an answer with a status that is not 2xx. `secrets` (the key, extra
    headers' values) are blotted out should the provider quote them."""
    return _Told(provider, status, headers, read_fault(body), secrets).error()


def error_from_event(
    provider: str,
    document: Any,
    headers: Mapping[str, str],
    secrets: Sequence[str] = (),
) -> ModelCallError:
    """The error that a provider reports in the body of a 200: an error event of a
    stream, or a whole answer that is an error. `document` is the parsed JSON."""
    fault = fault_from_document(document)
    status = fault.status or _status_of(fault.codes)
    return _Told(provider, status, headers, fault, secrets).error()


def _status_of(codes: frozenset[str]) -> int:
    """The status that an error in a body would have had."""
    for known, status in (
        (LIMIT_CODES | QUOTA_CODES | {"resource_exhausted"}, 429),
        (KEY_CODES, 401),
        ({"permission_error", "permission_denied"}, 403),
        (MODEL_CODES, 404),
        (CONTEXT_CODES | FILTER_CODES, 400),
        ({"invalid_request_error", "invalid_argument"}, 400),
        (OVERLOAD_CODES, 529),
    ):
        if codes & known:
            return status
    return 500


class _Told:
    """One failure as the provider told it."""

    def __init__(
        self,
        provider: str,
        status: int,
        headers: Mapping[str, str],
        fault: Fault,
        secrets: Sequence[str],
    ) -> None:
        self.provider = provider
        self.status = status
        self.headers = headers
        self.fault = fault
        self.text = fault.message[:JUDGED_CHARACTERS]
        self.quote = quoted(fault.message, secrets)

    def error(self) -> ModelCallError:
        if 300 <= self.status < 400:
            return self._redirected()
        if self.status >= 500:
            return self._of_server()
        if self.status in (429, 402):
            return self._of_limit()
        return self._by_code() or self._by_status()

    def _of_server(self) -> ModelCallError:
        if self.fault.codes & CONTEXT_CODES:
            return self._make(ContextLengthError, "finds the input too long", "")
        if UNABLE_TEXT.search(self.text):
            return self._unable()
        if self.status in (503, 529) or self.fault.codes & OVERLOAD_CODES:
            return self._make(ModelUnavailableError, "is overloaded", "overloaded")
        return self._make(ModelUnavailableError, "failed", "server_error")

    def _of_limit(self) -> ModelCallError:
        if self.status == 402 or self._says(QUOTA_CODES, QUOTA_TEXT):
            return self._make(
                RateLimitError, "says that the account has no credit left", "quota"
            )
        if LARGE_TEXT.search(self.text):
            return self._make(
                RateLimitError, "allows no request of this size", "too_large"
            )
        return self._make(RateLimitError, "limits the rate of requests", "rate_limit")

    def _by_code(self) -> ModelCallError | None:
        if self._says(KEY_CODES, KEY_TEXT):
            return self._make(AuthenticationError, "rejected the key", "invalid_key")
        if self._says(CONTEXT_CODES, CONTEXT_TEXT):
            return self._make(
                ContextLengthError, "finds the input too long", "context_length"
            )
        if self._says(FILTER_CODES, FILTER_TEXT) and self.status != 401:
            return self._make(
                ContentFilterError, "refused the content", "content_filter"
            )
        if self._says(QUOTA_CODES, QUOTA_TEXT) or self.fault.codes & LIMIT_CODES:
            return self._of_limit()
        if self.fault.codes & {"model_not_found", "deploymentnotfound"}:
            return self._make(
                ModelUnavailableError, "does not offer this model", "not_found"
            )
        return None

    def _by_status(self) -> ModelCallError:
        if self.status == 401:
            return self._make(AuthenticationError, "rejected the key", "invalid_key")
        if self.status == 403:
            return self._make(
                AuthenticationError, "does not allow this with this key", "forbidden"
            )
        if self.status in (400, 404, 422) and UNABLE_TEXT.search(self.text):
            return self._unable()
        if self.status in (404, 405, 410):
            return self._not_found()
        if self.status in (408, 409, 425):
            return self._make(ModelUnavailableError, "did not manage", "server_error")
        if self.status == 413:
            return self._make(
                InvalidRequestError, "finds the request too large", "too_large"
            )
        if MODEL_TEXT.search(self.text) and self.status != 422:
            return self._make(
                ModelUnavailableError, "does not offer this model", "not_found"
            )
        return self._make(InvalidRequestError, "refused the request", "invalid_request")

    def _not_found(self) -> ModelCallError:
        """No such model, or nothing there that speaks this interface."""
        names_model = self._says(MODEL_CODES, MODEL_TEXT)
        is_address = self.status == 405 or "invalid url" in self.text.lower()
        if self.fault.is_json and (names_model or self.status == 410):
            is_address = False
        elif not self.fault.is_json or self.text.lower() == "not found":
            is_address = True
        if is_address:
            return self._make(
                NetworkError,
                "does not know this path: the base URL is wrong",
                "address",
            )
        return self._make(
            ModelUnavailableError, "does not offer this model", "not_found"
        )

    def _unable(self) -> ModelCallError:
        return self._make(
            InvalidRequestError, "says that the model cannot do this", "unsupported"
        )

    def _redirected(self) -> ModelCallError:
        return self._make(
            NetworkError, "answers with a redirect: the base URL is wrong", "address"
        )

    def _says(self, codes: frozenset[str], text: re.Pattern[str]) -> bool:
        return bool(self.fault.codes & codes or text.search(self.text))

    def _make(self, kind: type[ModelCallError], what: str, code: str) -> ModelCallError:
        said = f": {self.quote}" if self.quote else "."
        return kind(
            f"{self.provider or 'The provider'} {what} (HTTP {self.status}){said}",
            provider=self.provider,
            status_code=self.status,
            code=code or kind.kind,
            retry_after_s=self._wait_s(kind),
            provider_request_id=request_id(self.headers),
        )

    def _wait_s(self, kind: type[ModelCallError]) -> float | None:
        if kind not in (RateLimitError, ModelUnavailableError):
            return None
        for wait in (
            self.fault.retry_after_s,
            retry_after_s(self.headers),
            wait_in_text_s(self.text),
        ):
            if wait is not None:
                return wait
        return None


def request_id(headers: Mapping[str, str]) -> str:
    """The provider's own id of a request, by whichever header it comes."""
    lowered = {name.lower(): value for name, value in headers.items()}
    for name in ("x-request-id", "request-id", "x-generation-id", "cf-ray"):
        if lowered.get(name):
            return lowered[name][:200]
    return ""
