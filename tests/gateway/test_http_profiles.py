"""Which profile lies over a request: the header's, else the token's, else that of the
person whom the token follows."""

import httpx
import pytest


@pytest.fixture
def answered(gateway_site):
    """The model that answers `feature:chat`, or the refusal."""

    def ask(token, profile=None):
        headers = {"authorization": f"Bearer {gateway_site.tokens[token]}"}
        if profile is not None:
            headers["x-modelhub-profile"] = profile
        body = {
            "model": "feature:chat",
            "messages": [{"role": "user", "content": "Hi"}],
        }
        url = f"{gateway_site.url}/v1/chat/completions"
        answer = httpx.post(url, json=body, headers=headers, timeout=20)
        if answer.status_code != 200:
            return answer.status_code, answer.json()["error"]["message"]
        return answer.headers["x-modelhub-model"]

    return ask


@pytest.mark.parametrize(
    ("token", "header", "model"),
    [
        ("token", None, "openai/gpt-x"),
        ("token", "of-header", "openai/gpt-y"),
        ("of_token", None, "acme/backup-y"),
        ("of_token", "of-header", "openai/gpt-y"),
        ("of_token", "NONE", "openai/gpt-x"),
        ("of_token", "", "acme/backup-y"),
        ("of_person", None, "openai/gpt-s"),
        ("of_person", "of-header", "openai/gpt-y"),
    ],
)
def test_the_header_wins_over_the_token_and_that_over_the_person(
    answered, token, header, model
):
    assert answered(token, header) == model


def test_an_unknown_profile_is_refused_with_the_nearest(answered):
    status, message = answered("token", "of-heador")

    assert status == 404
    assert message == "No profile is called “of-heador”. Did you mean of-header?"


def test_another_organisations_profile_is_not_known(answered):
    assert answered("token", "of-stranger")[0] == 404
