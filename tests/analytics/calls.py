"""Recorded calls for tests."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from analytics.usage_row import Outcome, UsageRow
from registry.cost import Cost, CostLine, CostState
from registry.usage import Usage

MILLION = 1_000_000
COMPUTED = Cost(
    CostState.COMPUTED,
    Decimal("0.0010026"),
    (
        CostLine(
            "input_mtok", Decimal(1412), Decimal("0.000353"), Decimal("0.25"), MILLION
        ),
        CostLine(
            "cache_read_mtok",
            Decimal(1024),
            Decimal("0.0000256"),
            Decimal("0.025"),
            MILLION,
        ),
        CostLine("output_mtok", Decimal(312), Decimal("0.000624"), Decimal(2), MILLION),
    ),
)
UNPRICED = Cost(CostState.UNPRICED, None)


def call(**facts: Any) -> UsageRow:
    """A good call of now, with the facts of interest."""
    usual: dict[str, Any] = {
        "id": uuid.uuid4(),
        "request_id": uuid.uuid4(),
        "attempt": 1,
        "started_at": datetime.datetime.now(datetime.UTC),
        "organization_id": 77_001,
        "ai_model_id": 77_002,
        "connection_id": 77_003,
        "feature_id": 77_004,
        "token_id": 77_005,
        "price_id": 6,
        "cost": COMPUTED,
        "outcome": Outcome.OK,
        "usage": Usage(
            input_tokens=2436,
            cache_read_tokens=1024,
            output_tokens=312,
            reasoning_tokens=64,
        ),
        "ttft_ms": 782.4,
        "latency_ms": 1484.2,
        "finish_reason": "stop",
        "status_code": 200,
        "provider_request_id": "chatcmpl-CfT1eaXNnGyTqUcQdZ5b3S0fzzAAA",
        "answered": True,
    }
    return UsageRow(**{**usual, **facts})


def failed(**facts: Any) -> UsageRow:
    """A call that was refused."""
    usual: dict[str, Any] = {
        "outcome": Outcome.ERROR,
        "error_kind": "rate_limit",
        "error_code": "rate_limit_exceeded",
        "error_message": "Too many requests",
        "status_code": 429,
        "usage": None,
        "cost": UNPRICED,
        "price_id": None,
        "finish_reason": "",
        "ttft_ms": None,
        "latency_ms": 212,
        "answered": False,
    }
    return call(**{**usual, **facts})
