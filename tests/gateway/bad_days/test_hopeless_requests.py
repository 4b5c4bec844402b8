"""What would fail everywhere, or what somebody has to act on, ends the request."""

import pytest

from tests.gateway.bad_days.asking import OTHERS, SOME, WAYS, summary


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_rejected_key_is_told_at_once(asker, way):
    asker.breaks(way, way.wire.error(401, "authentication_error", "Bad key."))

    with pytest.raises(way.errors.InternalServerError) as raised:
        asker.ask(way)

    assert raised.value.body["error" if way.sdk == "anthropic" else "code"]
    assert raised.value.response.headers["x-should-retry"] == "false"
    assert "sk-of-the-provider" not in raised.value.message
    assert len(asker.upstream(way).requests) == 1
    assert summary(asker.rows()[0])[1:] == ("error", "authentication", "invalid_key")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_what_is_too_long_goes_to_a_larger_window(asker, way):
    asker.breaks(way, too_long(way))

    said = asker.ask(way)

    assert said.headers["x-modelhub-model"] == "spare/large"
    failed, answered = asker.rows(2)
    assert summary(failed)[1:] == ("error", "context_length", "context_length")
    assert summary(answered) == ("spare/large", "ok", "", "")


@pytest.mark.parametrize("way", SOME, ids=str)
def test_what_is_too_long_for_everybody_is_a_bad_request(asker, way):
    asker.breaks(way, too_long(way))

    with pytest.raises(way.errors.BadRequestError) as raised:
        asker.ask(way, fallback="off")

    assert "too long" in raised.value.message
    assert summary(asker.rows()[0])[2] == "context_length"


@pytest.mark.parametrize("way", OTHERS, ids=str)
def test_a_refused_request_is_asked_nowhere_else(asker, way):
    asker.breaks(way, way.wire.error(400, "invalid_request_error", "Odd messages."))

    with pytest.raises(way.errors.BadRequestError, match="Odd messages"):
        asker.ask(way)

    assert len(asker.rows()) == 1
    assert not asker.site.upstreams["spare"].requests


def too_long(way):
    if way.provider == "anthropic":
        message = "prompt is too long: 210000 tokens > 200000 maximum"
        return way.wire.error(400, "invalid_request_error", message)
    return way.wire.error(400, "context_length_exceeded", "It is too long.")
