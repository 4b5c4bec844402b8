"""How long somebody has to wait who tried too often."""

import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

APP = "allauth.account"


def seconds_to_wait(request: HttpRequest, action: str, key: str) -> int:
    """Until the next attempt counts; 0 where one is free. Whole seconds, rounded up."""
    waits = [0]
    for rate in ratelimit.get_rates(app=APP, action=action):
        name = ratelimit.get_cache_key(
            request, app=APP, action=action, rate=rate, key=key
        )
        history = cache.get(name, [])
        if len(history) >= rate.amount:
            oldest = history[rate.amount - 1]
            waits.append(int(oldest + rate.duration - time.time()) + 1)
    return max(waits)


def in_words(seconds: int) -> str:
    """`40` → 40 seconds, `200` → 4 minutes."""
    if seconds < 60:
        return f"{seconds} second{'s' * (seconds != 1)}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'s' * (minutes != 1)}"
