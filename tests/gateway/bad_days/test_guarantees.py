"""What a stream promises after a cut: `continue` and `whole`."""

import pytest

from tests.gateway.bad_days.asking import STREAMS, Said, summary
from tests.gateway.bad_days.test_broken_streams import begun, cut, without_end


@pytest.mark.parametrize("way", STREAMS, ids=str)
@pytest.mark.parametrize("broken", [cut, without_end])
def test_continue_makes_one_message_of_two_providers(asker, way, broken):
    asker.breaks(way, broken(way))

    said = asker.ask(way, stream_guarantee="continue")

    assert said.text == "HelloHello there."
    assert len(said.ids) == 1
    assert said.finish in ("stop", "end_turn")
    (asked,) = asker.site.upstreams["spare"].requests
    assert asked.json["messages"][-1] == {"role": "assistant", "content": "Hello"}
    first, second = asker.rows(2)
    assert summary(first)[1] == "truncated"
    assert summary(second) == ("spare/ok", "ok", "", "")
    assert (first["answered"], second["answered"]) == (False, True)


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_a_fallback_that_refuses_a_begun_answer_hides_no_cut(asker, way):
    asker.breaks(way, cut(way))
    spare = asker.site.upstreams["spare"]
    refusal = "The conversation must end with a user message."
    spare.handler = lambda received: STREAMS[0].wire.error(400, "", refusal)
    said = Said()

    with pytest.raises(way.errors.APIError) as raised:
        asker.ask(way, said=said, stream_guarantee="continue")

    assert said.text == "Hello"
    assert not said.finish
    assert refusal not in raised.value.message
    assert way.provider in raised.value.message
    rows = asker.rows(3)  # Both models of `spare` refuse.
    assert [row["outcome"] for row in rows] == ["truncated", "error", "error"]
    assert {row["error_kind"] for row in rows[1:]} == {"invalid_request"}


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_whole_sends_nothing_of_an_answer_that_breaks(asker, way):
    asker.breaks(way, begun(way, way.wire.error_event()))

    said = asker.ask(way, stream_guarantee="whole")

    assert said.text == "Hello there."
    assert said.headers["x-modelhub-model"] == "spare/ok"
    rows = asker.rows(3)
    assert [row["answered"] for row in rows] == [False, False, True]


@pytest.mark.parametrize("way", STREAMS, ids=str)
def test_a_guarantee_that_is_none_is_refused(asker, way):
    with pytest.raises(way.errors.BadRequestError, match="first-token"):
        asker.ask(way, stream_guarantee="always")


@pytest.mark.parametrize("sdk", ["openai", "anthropic"])
def test_models_that_answer_anew_are_not_asked_to_go_on(asker, sdk):
    way = next(one for one in STREAMS if one.sdk == sdk and one.provider == "acme")
    asker.breaks(way, cut(way))

    said = asker.ask(way, model="feature:many", stream_guarantee="continue")

    assert said.text == "HelloHello there."
    assert not asker.site.upstreams["openai"].requests
    asker.rows(2)
