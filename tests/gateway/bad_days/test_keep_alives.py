"""A client that waits long for a whole answer hears that somebody is there."""

import httpx

from modelhub.gateway.api.events import KEEP_ALIVE, KEEP_ALIVE_S
from tests.gateway.bad_days.asking import HELLO, WIRES


def test_in_the_silence_of_whole_there_are_signs_of_life(asker):
    acme = asker.site.upstreams["acme"]
    late = WIRES["acme"].stream("Hello").but(delay_s=KEEP_ALIVE_S + 0.5)
    acme.handler = lambda received: late
    asked = {"model": f"acme/m-{asker.lane}", "messages": HELLO, "stream": True}
    headers = {
        "authorization": f"Bearer {asker.site.token}",
        **asker.headers(stream_guarantee="whole"),
    }

    answer = httpx.post(
        f"{asker.site.url}/v1/chat/completions",
        json=asked,
        headers=headers,
        timeout=KEEP_ALIVE_S + 5,
    )

    assert answer.content.startswith(KEEP_ALIVE)
    assert b"Hello" in answer.content
    assert asker.rows()[0]["outcome"] == "ok"
