"""Requests over HTTP get the arm of their user, in every process and for good."""

import pytest

from tests.gateway.experiments.conftest import MESSAGES, change, started

CONTROL, CANDIDATE = "openai/gpt-x", "openai/gpt-y"


@pytest.fixture(scope="module")
def named(serving):
    return started(serving, "naming")


def test_each_user_stays_and_arms_get_their_shares(start):
    trial = start("shares", share=30)
    users = [f"user-{number}" for number in range(120)]

    first = {user: trial.model(user) for user in users}
    second = {user: trial.model(user) for user in reversed(users)}

    inside = {user for user in users if trial.bucket(user) < 3000}
    assert first == second
    assert {user for user in users if first[user] == CANDIDATE} == inside
    assert 20 < len(inside) < 55


def test_a_growing_canary_keeps_whoever_has_the_candidate(start):
    trial = start("growing", kind="canary")
    names = [f"user-{number}" for number in range(400)]
    early = [one for one in names if trial.bucket(one) < 500][:5]
    later = [one for one in names if 500 <= trial.bucket(one) < 2500][:5]
    never = [one for one in names if trial.bucket(one) >= 2500][:5]
    assert {trial.model(one) for one in early} == {CANDIDATE}
    assert {trial.model(one) for one in later} == {CONTROL}

    trial.does("step_forward")
    trial.until(later[0], CANDIDATE)

    assert {trial.model(one) for one in early + later} == {CANDIDATE}
    assert {trial.model(one) for one in never} == {CONTROL}


def test_a_pause_reaches_every_process(start):
    trial = start("pausing", share=90)
    user = next(u for u in map(str, range(999)) if trial.bucket(u) < 9000)

    trial.does("pause")
    trial.until(user, CONTROL)
    trial.does("resume")
    trial.until(user, CANDIDATE)
    trial.does("stop")
    trial.until(user, CONTROL)


@pytest.mark.parametrize(
    "said",
    [
        lambda user: {"headers": {"x-modelhub-user": user}},
        lambda user: {"headers": {"x-modelhub-conversation": user}},
        lambda user: {"user": user},
        lambda user: {"safety_identifier": user, "user": "somebody else"},
        lambda user: {"prompt_cache_key": user},
        lambda user: {"metadata": {"user_id": user}},
    ],
)
def test_a_client_names_its_user_in_many_ways(named, said):
    for user in (f"user-{number}" for number in range(8)):
        expected = CANDIDATE if named.bucket(user) < 5000 else CONTROL

        assert named.model(**said(user)) == expected


def test_anthropics_clients_name_it_in_their_way(start):
    trial = start("naming-messages", candidate="anthropic/claude-x")
    for user in (f"user-{number}" for number in range(8)):
        said = {"path": MESSAGES, "metadata": {"user_id": user}}
        inside = trial.bucket(user) < 5000

        assert trial.model(**said) == ("anthropic/claude-x" if inside else CONTROL)


@pytest.mark.parametrize(
    "fields",
    [{"user": 42}, {"metadata": ["x"]}, {"prompt_cache_key": None}, {"user": ""}],
)
def test_what_names_nobody_is_drawn_by_itself(named, fields):
    models = {named.model(**fields) for _ in range(40)}

    assert models == {CONTROL, CANDIDATE}


def test_an_exact_model_and_a_profile_are_not_divided(start):
    trial = start("exact", share=99)

    assert trial.model("ada", model=CONTROL) == CONTROL
    header = {"x-modelhub-profile": "of-header"}
    assert trial.model("ada", headers=header, model="feature:chat") == CANDIDATE
    tag = {"x-modelhub-tags": "find=exact", **header}
    trial.ask("ada", headers=tag)
    assert trial.rows("arm_id", "exact") == [(None,)]


def test_another_assignment_ends_the_division_at_once(start):
    trial = start("reassigned", share=99)
    user = next(u for u in map(str, range(999)) if trial.bucket(u) < 9900)

    change(trial.site, "reassign", key=trial.key, reference="acme/backup-y")

    trial.until(user, "acme/backup-y")
