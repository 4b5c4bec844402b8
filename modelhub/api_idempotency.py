"""`Idempotency-Key` for every write of the management API. A call with one, or with
`If-Match`, is done in one transaction, which begins when its caller was let in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from modelhub.api_problems import problem
from registry.api_access import SAFE, caller_of
from registry.api_tags import is_checked
from registry.models import IdempotentAnswer
from registry.services.idempotent_answers import (
    KeyInUse,
    KeyMisused,
    claimed,
    keep_answer,
)

HEADER: Final = "Idempotency-Key"
ACCEPTABLE: Final = re.compile(r"[\x21-\x7e]{1,200}")
WRONG: Final = f"{HEADER}: 1 to 200 visible characters without spaces."
SHOWN_ONCE: Final = "This was done already. What it answered is shown only once."
KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location", "Link")
FAULT: Final = 500

Run = Callable[..., Any]


@dataclass(frozen=True)
class Claim:
    """A key that this call took. `is_secret`: its answer is not to be kept."""

    owner: str
    key: str
    fingerprint: str
    is_secret: bool

    def keep(self, response: HttpResponse) -> None:
        is_done = response.status_code < 400
        if self.is_secret and is_done:
            response = problem(409, SHOWN_ONCE)
        keep_answer(
            owner=self.owner,
            key=self.key,
            fingerprint=self.fingerprint,
            status=response.status_code,
            headers={
                name: response[name]
                for name in KEPT_HEADERS
                if name in response.headers
            },
            body=response.content,
        )


def in_one_transaction(run: Run) -> Run:
    """Ends the transaction that `done_once` began: the change and the memory of its
    answer stand or fall together."""

    @wraps(run)
    def answered(request: Any, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if request.method in SAFE or not (key is not None or is_checked(request)):
            return run(request, *args, **kwargs)
        if key is not None and not ACCEPTABLE.fullmatch(key):
            return problem(422, WRONG)
        with ExitStack() as begun:
            request.begun = begun
            request.is_begun = False
            response = run(request, *args, **kwargs)
            if request.is_begun:
                _end(request, response)
        return response

    return answered


def _end(request: Any, response: HttpResponse) -> None:
    claim: Claim | None = getattr(request, "idempotency_claim", None)
    if response.status_code >= FAULT or connection.needs_rollback:
        transaction.set_rollback(True)
    elif claim is not None:
        claim.keep(response)


def done_once(operation: Run) -> Run:
    """Answers a call that was answered before with the same answer. It runs after the
    caller was let in, so that nobody is told the answer of another."""
    if getattr(operation, "reads_its_body", False):
        return operation
    is_secret = getattr(operation, "answers_a_secret", False)

    @wraps(operation)
    def done(request: Any, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(request, "begun"):
            return operation(request, *args, **kwargs)
        request.begun.enter_context(transaction.atomic())
        request.is_begun = True
        key = request.headers.get(HEADER)
        if key is None:
            return operation(request, *args, **kwargs)
        claim = Claim(caller_of(request), key, _fingerprint(request), is_secret)
        try:
            known = claimed(claim.owner, claim.key, claim.fingerprint)
        except KeyInUse as error:
            response = problem(409, str(error))
            response["Retry-After"] = "1"
            return response
        except KeyMisused as error:
            return problem(422, str(error))
        if known is not None:
            return _again(known)
        request.idempotency_claim = claim
        return operation(request, *args, **kwargs)

    return done


def _fingerprint(request: HttpRequest) -> str:
    head = f"{request.method} {request.get_full_path()}\n"
    return hashlib.sha256(head.encode() + request.body).hexdigest()


def _again(known: IdempotentAnswer) -> HttpResponse:
    response = HttpResponse(bytes(known.body), status=known.status)
    for name, value in known.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response
