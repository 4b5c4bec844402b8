"""An arm is a candidate like any other: it may fail, stream, be left out; and every
attempt of its requests is recorded as the arm's."""

from tests.upstream import openai_wire

CONTROL, CANDIDATE = "openai/gpt-x", "openai/gpt-y"


def breaks(trial, name="gpt-y"):
    """The provider fails whoever asks for this model."""

    def handler(received):
        if received.json.get("model") == name:
            return openai_wire.error(500, "broken")
        return openai_wire.echo(received)

    trial.site.upstreams["openai"].handler = handler


def inside(trial, share=50):
    return next(u for u in map(str, range(999)) if trial.bucket(u) < 100 * share)


def outside(trial, share=50):
    return next(u for u in map(str, range(999)) if trial.bucket(u) >= 100 * share)


def test_the_control_answers_where_the_candidate_fails(start):
    trial = start("failing")
    breaks(trial)

    answer = trial.ask(inside(trial), headers={"x-modelhub-tags": "find=failing"})

    assert answer.headers["x-modelhub-model"] == CONTROL
    rows = trial.rows("arm_id, outcome, answered", "failing", least=2)
    assert {arm for arm, *_ in rows} == {trial.arms["b"]}
    assert [outcome for _, outcome, _ in rows] == ["error"] * (len(rows) - 1) + ["ok"]


def test_both_arms_are_recorded_with_their_unit(start):
    trial = start("recorded")
    one, other = inside(trial), outside(trial)
    for user in (one, other, one):
        trial.ask(user, headers={"x-modelhub-tags": "find=recorded"})

    rows = trial.rows("arm_id, unit_hash, trace", "recorded", least=3)

    arms = [arm for arm, *_ in rows]
    assert sorted(arms) == sorted([trial.arms["control"]] + [trial.arms["b"]] * 2)
    assert len({(arm, unit) for arm, unit, _ in rows}) == 2
    assert all("The experiment recorded gives it the arm" in row[2] for row in rows)
    assert all(row[2].count("\n") == 0 for row in rows)


def test_what_no_experiment_decided_is_recorded_without(start):
    trial = start("beside")

    trial.ask(model="feature:chat", headers={"x-modelhub-tags": "find=beside"})

    assert trial.rows("arm_id, unit_hash, trace", "beside") == [(None, None, "")]


def test_a_stream_comes_from_the_arm(start):
    trial = start("streaming", parameters={"temperature": 0.25})
    tags = {"x-modelhub-tags": "find=streaming"}

    answer = trial.ask(inside(trial), headers=tags, stream=True)

    assert answer.headers["x-modelhub-model"] == CANDIDATE
    assert "data: [DONE]" in answer.text
    sent = trial.site.upstreams["openai"].requests[-1].json
    assert (sent["model"], sent["temperature"]) == ("gpt-y", 0.25)
    row = trial.rows("arm_id, is_stream", "streaming")
    assert row == [(trial.arms["b"], True)]


def test_a_stream_falls_back_to_the_control(start):
    trial = start("stream-failing")
    breaks(trial)

    answer = trial.ask(inside(trial), stream=True)

    assert answer.headers["x-modelhub-model"] == CONTROL


def test_an_arm_may_try_a_prompt(start):
    trial = start("prompting", prompt="Answer in verse.")

    trial.model(inside(trial))
    sent = trial.site.upstreams["openai"].requests[-1].json
    trial.model(outside(trial))
    other = trial.site.upstreams["openai"].requests[-1].json

    first = {"role": "system", "content": "Answer in verse."}
    assert sent["messages"][0] == first
    assert first not in other["messages"]
