"""A client that leaves ends the call upstream within a second, and what was used until
then is estimated."""

import time

import httpx
import pytest

from tests.gateway.bad_days.asking import HELLO, WAYS
from tests.upstream.replies import SILENCE

PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


def leave(asker, way, after_words: int) -> None:
    """Ask, wait for so many words, and hang up."""
    asked = {
        "model": asker.model(way),
        "messages": HELLO,
        "max_tokens": 64,
        "stream": way.is_stream,
    }
    headers = {"authorization": f"Bearer {asker.site.token}", **asker.headers()}
    url = asker.site.url + PATHS[way.sdk]
    with (
        httpx.Client(timeout=5 if after_words else 0.6) as client,
        client.stream("POST", url, json=asked, headers=headers) as answer,
    ):
        for line in answer.iter_lines():
            after_words -= "word" in line
            if after_words <= 0:
                return
    raise AssertionError("The stream ended.")


def is_ended(asker, way) -> bool:
    """Whether the provider's connection was cut, long before its answer would end."""
    until = time.monotonic() + 8
    (received,) = asker.upstream(way).requests
    while not received.was_cut and time.monotonic() < until:
        time.sleep(0.01)
    return received.was_cut


@pytest.mark.parametrize("way", [one for one in WAYS if one.is_stream], ids=str)
def test_leaving_in_mid_stream(asker, way):
    asker.breaks(way, way.wire.stream(*["word"] * 500).but(pause_s=0.02))

    leave(asker, way, after_words=3)

    assert is_ended(asker, way)
    (row,) = asker.rows()
    assert (row["outcome"], row["answered"]) == ("cancelled", False)
    assert row["cost_state"] == "estimated"
    assert 3 <= row["output_tokens"] < 200
    assert row["input_tokens"] > 0
    assert row["ttft_ms"] is not None


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_leaving_before_the_answer(asker, way):
    asker.breaks(way, SILENCE)

    with pytest.raises(httpx.ReadTimeout):
        leave(asker, way, after_words=0)

    assert is_ended(asker, way)
    (row,) = asker.rows()
    assert (row["outcome"], row["cost_state"]) == ("cancelled", "estimated")
    assert (row["output_tokens"], row["error_kind"]) == (0, "")
    assert not asker.site.upstreams["spare"].requests
