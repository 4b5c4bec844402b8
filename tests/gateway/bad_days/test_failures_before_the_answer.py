"""What fails before the answer began: the fallback answers, and without one the SDK's
own exception tells what happened."""

import email.utils
import time
from dataclasses import dataclass

import pytest

from tests.gateway.bad_days.asking import OTHERS, SOME, summary
from tests.upstream.replies import HTML, RESET


@dataclass(frozen=True)
class Fault:
    """`reply` takes the provider's wire format; `tries` is how often the provider is
    asked in all; `raised` the exception of the SDK where nobody else is there."""

    reply: object
    kind: str
    code: str
    raised: str
    tries: int = 2


def of_status(status: int, code: str = "", **more):
    return lambda wire: wire.error(status, code, **more)


def in_a_minute(wire):
    """Retry-After as a date."""
    then = email.utils.formatdate(time.time() + 60, usegmt=True)
    return wire.error(429, retry_after=then)


FAULTS = {
    "429": Fault(of_status(429), "rate_limit", "rate_limit", "RateLimitError"),
    "429 for 60 s": Fault(
        of_status(429, retry_after="60"),
        "rate_limit",
        "rate_limit",
        "RateLimitError",
        tries=1,
    ),
    "429 until a date": Fault(
        in_a_minute, "rate_limit", "rate_limit", "RateLimitError", tries=1
    ),
    "500": Fault(of_status(500), "unavailable", "server_error", "InternalServerError"),
    "502": Fault(
        lambda wire: HTML.but(status=502),
        "unavailable",
        "server_error",
        "InternalServerError",
    ),
    "503": Fault(of_status(503), "unavailable", "overloaded", "InternalServerError"),
    "529": Fault(of_status(529), "unavailable", "overloaded", "InternalServerError"),
    "404": Fault(
        of_status(404, "model_not_found", message="model: no such model"),
        "unavailable",
        "not_found",
        "NotFoundError",
        tries=1,
    ),
    "html": Fault(lambda wire: HTML, "unavailable", "malformed", "InternalServerError"),
    "half a json": Fault(
        lambda wire: wire.completion().but(pieces=(b'{"id": "ch',)),
        "unavailable",
        "malformed",
        "InternalServerError",
    ),
    "reset": Fault(lambda wire: RESET, "network", "reset", "InternalServerError"),
}


@pytest.mark.parametrize("way", SOME, ids=str)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_fallback_answers(asker, way, fault):
    asker.breaks(way, fault.reply(way.wire))

    said = asker.ask(way)

    assert said.text == "Hello there."
    assert said.headers["x-modelhub-model"] == "spare/ok"
    assert said.model in ("ok", "spare/ok")
    assert len(asker.upstream(way).requests) == fault.tries
    *failed, answered = asker.rows(fault.tries + 1)
    assert {summary(row) for row in failed} == {
        (asker.model(way), "error", fault.kind, fault.code)
    }
    assert [row["answered"] for row in failed] == [False] * fault.tries
    assert summary(answered) == ("spare/ok", "ok", "", "")
    assert answered["answered"]
    assert (answered["output_tokens"], answered["cost_state"]) == (5, "computed")


@pytest.mark.parametrize("way", OTHERS, ids=str)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_without_a_fallback_the_sdk_raises_its_own_error(asker, way, fault):
    asker.breaks(way, fault.reply(way.wire))

    with pytest.raises(getattr(way.errors, fault.raised)) as raised:
        asker.ask(way, fallback="off")

    assert way.provider in raised.value.message
    rows = asker.rows(fault.tries)
    assert {row["error_kind"] for row in rows} == {fault.kind}
    assert not any(row["answered"] for row in rows)
