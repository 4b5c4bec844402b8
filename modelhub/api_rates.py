"""How many calls of the management API a token or a person may make in a minute, as
draft-ietf-httpapi-ratelimit-headers-10 tells it. Not counted are usage that comes in,
and tokens that only products use: what those may call belongs to their requests."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from ninja.throttling import BaseThrottle

from modelhub.api_operations import facts_of, operation_of
from modelhub.api_problems import problem
from registry.api_access import LEVELS, caller_of
from registry.resolution.entries import TokenEntry
from registry.services.call_counts import WINDOW_S, count_call

log = logging.getLogger(__name__)
Run = Callable[..., Any]
READS, WRITES = "reads", "writes"
POLICY: Final = "RateLimit-Policy"
LEFT: Final = "RateLimit"


@dataclass(frozen=True)
class Standing:
    """What a caller has left of `quota` calls for `resets_in_s` whole seconds."""

    policy: str
    quota: int
    calls: int
    resets_in_s: int

    @property
    def is_over(self) -> bool:
        return self.calls > self.quota

    def tell(self, response: HttpResponse) -> None:
        left = max(0, self.quota - self.calls)
        response[POLICY] = f'"{self.policy}";q={self.quota};w={WINDOW_S}'
        response[LEFT] = f'"{self.policy}";r={left};t={self.resets_in_s}'
        if self.is_over:
            response["Retry-After"] = str(self.resets_in_s)


class CallRates(BaseThrottle):
    """Counts a call after its caller was let in, before anything is done."""

    def allow_request(self, request: Any) -> bool:
        policy: str = request.rate_policy
        quota = quotas()[policy] if policy else 0
        if quota <= 0 or _is_product(request):
            return True
        try:
            counted = count_call(f"{caller_of(request)} {policy}")
        except Error as error:
            # The call itself finds out, and answers 503.
            log.warning("A call was not counted: %s", type(error).__name__)
            return True
        resets_in_s = max(1, math.ceil(counted.resets_in_s))
        request.standing = Standing(policy, quota, counted.calls, resets_in_s)
        return not request.standing.is_over


def quotas() -> dict[str, int]:
    """Calls a minute; 0: any number."""
    return {
        READS: settings.MODELHUB_API_READS_PER_MINUTE,
        WRITES: settings.MODELHUB_API_WRITES_PER_MINUTE,
    }


def counted(run: Run) -> Run:
    """Says what the call counts as, and tells in the answer what is left."""
    facts = facts_of(operation_of(run))
    policy = (WRITES if facts.is_change else READS) if facts.is_counted else ""

    @wraps(run)
    def told(request: Any, *args: Any, **kwargs: Any) -> Any:
        request.rate_policy = policy
        response = run(request, *args, **kwargs)
        standing: Standing | None = getattr(request, "standing", None)
        if standing is not None:
            standing.tell(response)
        return response

    return told


def too_many(request: HttpRequest, error: Any) -> HttpResponse:
    standing: Standing = request.standing  # type: ignore[attr-defined]  # set by CallRates
    detail = (
        f"More than {standing.quota} {standing.policy} in a minute: "
        f"ask again in {standing.resets_in_s} s."
    )
    return problem(429, detail, more={"violated-policies": [standing.policy]})


def _is_product(request: Any) -> bool:
    who = request.auth
    return isinstance(who, TokenEntry) and who.scopes.isdisjoint(LEVELS)
