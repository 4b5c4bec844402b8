"""Calls as others tell of them."""

import datetime
from typing import Any

from analytics.incoming import IncomingCall
from analytics.usage_row import Source
from registry.usage import Usage

LATELY = datetime.timedelta(hours=3)


def told(external_id: str = "call-1", **facts: Any) -> IncomingCall:
    """A good call of three hours ago: 1,000 tokens in, 100 out."""
    usual: dict[str, Any] = {
        "external_id": external_id,
        "source": Source.API,
        "started_at": datetime.datetime.now(datetime.UTC) - LATELY,
        "provider": "openai",
        "model": "gpt-9",
        "usage": Usage(input_tokens=1000, output_tokens=100),
        "latency_ms": 812.0,
    }
    return IncomingCall(**{**usual, **facts})
