"""Columns of the playground are asked side by side, streamed, and kept as they end."""

import base64
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from recommender.playground_request import Inputs
from recommender.services.playground_images import keep_image
from registry.models import Role
from tests.factories import MembershipFactory
from tests.upstream import openai_wire
from tests.upstream.replies import RESET

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


def poet(received):
    return openai_wire.stream("Lost, ", "but ", "loved.", model="poet")


def silent(received):
    return openai_wire.error(400, "bad", "The silent model speaks to nobody.")


def kept(run):
    return list(run.answers.order_by("position"))


def texts(lines):
    return [line["text"] for line in lines if "text" in line]


def test_each_column_streams_and_is_kept_with_its_figures(staged, room_of):
    stage = staged(poet, openai_wire.echo)
    room = room_of(stage)
    run = room.run()

    first, second = room.ask(run)

    assert texts(first) == ["Lost, ", "but ", "loved."]
    assert "".join(texts(second)) == "Hello there."
    assert [list(lines[-1]) for lines in (first, second)] == [["end"], ["end"]]
    assert "First token" in first[-1]["end"]
    for answer in kept(run):
        assert (answer.state, answer.finish_reason) == ("done", "stop")
        assert 0 < answer.ttft_ms <= answer.latency_ms
        assert answer.input_tokens > 0
        assert answer.output_tokens > 0
        assert answer.cost_usd > 0
        assert answer.request_id is not None
    rows = stage.rows()
    assert {row.source for row in rows} == {"playground"}
    assert sorted(row.cost_usd for row in rows) == sorted(
        one.cost_usd for one in kept(run)
    )


def test_a_column_that_fails_says_why_and_the_others_go_on(staged, room_of):
    stage = staged(poet, silent, poet)
    stage.places[2].upstream.handler = lambda received: RESET
    room = room_of(stage)
    run = room.run()

    columns = room.ask(run)

    first, second, third = kept(run)
    assert [one.state for one in (first, second, third)] == ["done", "failed", "failed"]
    assert first.text == "Lost, but loved."
    assert "speaks to nobody" in second.error
    assert "speaks to nobody" in columns[1][-1]["end"]
    assert third.error
    # A model is tried alone: no fallback of a feature answers in its name.
    assert [len(place.upstream.requests) for place in stage.places] == [1, 1, 1]


def test_a_stream_that_is_cut_keeps_what_was_written(staged, room_of):
    cut = openai_wire.stream("One ", "two").but(cut_after=3, pause_s=0.01)
    room = room_of(staged(lambda received: cut))
    run = room.run()

    (lines,) = room.ask(run)

    (answer,) = kept(run)
    assert answer.state == "failed"
    assert "cut" in answer.error
    assert answer.text == "".join(texts(lines)) == "One two"


def test_who_leaves_ends_the_call_and_keeps_what_was_written(staged, room_of):
    endless = openai_wire.stream("One ", "two", "never").but(silent_after=3)
    room = room_of(staged(lambda received: endless))
    run = room.run()

    lines = room.leave(run, after=2)

    (answer,) = kept(run)
    assert texts(lines) == ["One ", "two"]
    assert (answer.state, answer.text) == ("stopped", "One two")
    (row,) = room.stage.rows()
    assert row.cost_state == "estimated"


def test_pictures_schema_and_parameters_reach_the_model(staged, room_of):
    # With a schema the answer comes whole: it is checked before anybody sees it.
    stage = staged(
        lambda received: openai_wire.completion('{"city": "Oslo"}'),
        capabilities=["text_generation", "image_analysis", "structured_output"],
    )
    room = room_of(stage)
    file = io.BytesIO()
    Image.new("RGB", (3, 2), "red").save(file, "PNG")
    upload = SimpleUploadedFile("cat.png", file.getvalue(), "image/png")
    image = keep_image(organization=stage.organization, upload=upload)
    inputs = Inputs(
        system="Answer in {{language}}.",
        messages=({"role": "user", "content": "Which city?"},),
        variables={"language": "Danish"},
        parameters={"temperature": 0.5, "max_tokens": 40},
        response_schema=SCHEMA,
    )

    (lines,) = room.ask(room.run(inputs, image_digests=[image.digest]))

    assert "".join(texts(lines)) == '{"city": "Oslo"}'
    (received,) = stage.places[0].upstream.requests
    body = received.json
    first, last = body["messages"]
    assert first["content"] == "Answer in Danish."
    packed = base64.b64encode(file.getvalue()).decode()
    shown = [one for one in last["content"] if one["type"] == "image_url"]
    assert shown[0]["image_url"]["url"] == f"data:image/png;base64,{packed}"
    assert body["temperature"] == 0.5
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["city"]


def test_an_answer_against_the_schema_is_no_answer(staged, room_of):
    room = room_of(staged(lambda received: openai_wire.completion("Oslo.")))
    said = ({"role": "user", "content": "Which city?"},)
    run = room.run(Inputs(messages=said, response_schema=SCHEMA))

    room.ask(run)

    (answer,) = kept(run)
    assert answer.state == "failed"
    assert "JSON" in answer.error


def test_a_variable_without_a_value_asks_nobody(staged, room_of):
    stage = staged(poet)
    said = ({"role": "user", "content": "Greet in {{language}}."},)
    room = room_of(stage)
    run = room.run(Inputs(messages=said))

    room.ask(run)

    (answer,) = kept(run)
    assert (answer.state, stage.places[0].upstream.requests) == ("failed", [])
    assert "language" in answer.error


def test_two_windows_pay_once(staged, room_of):
    stage = staged(poet)
    room = room_of(stage)
    run = room.run()

    (first,) = room.ask(run)
    (second,) = room.ask(run)

    assert texts(first)
    assert not texts(second)
    assert "Lost, but loved." in second[-1]["end"]
    assert len(stage.places[0].upstream.requests) == 1


def test_a_blind_column_ends_without_its_name(staged, room_of):
    stage = staged(poet, silent)
    room = room_of(stage)

    columns = room.ask(room.run(is_blind=True))

    ends = "".join(lines[-1]["end"] for lines in columns)
    assert "Answer A" in ends
    assert not [
        place
        for place in stage.places
        if place.ai_model.model_name in ends or "speaks to nobody" in ends
    ]


def test_only_who_started_a_run_may_ask_for_it(staged, room_of, client):
    stage = staged(poet)
    (answer,) = kept(room_of(stage).run())
    other = MembershipFactory(organization=stage.organization, role=Role.EDITOR)
    client.force_login(other.user)

    assert client.post(f"/trials/answers/{answer.pk}/").status_code == 404

    assert stage.places[0].upstream.requests == []
    answer.refresh_from_db()
    assert answer.state == "waiting"
