"""What is Google's own about its calls."""

import pytest

from registry.providers.adapter import ModelTraits
from registry.providers.errors import AuthenticationError, RateLimitError
from tests.registry.providers.dialects import PATIENT
from tests.upstream import google_wire as wire

RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}
KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}


def test_the_key_goes_in_a_header_never_in_the_address(google_calls):
    google_calls.generate(key_header="x-goog-api-key", key_prefix="")

    received = google_calls.upstream.requests[0]
    assert received.headers["x-goog-api-key"] == "key-of-test"
    assert "key-of-test" not in received.path


@pytest.mark.parametrize(
    ("suffix", "version"), [("", "v1beta"), ("/v1beta/", "v1beta"), ("/v1", "v1")]
)
def test_the_address_may_name_the_version(google_calls, suffix, version):
    url = google_calls.upstream.url

    google_calls.generate(base_url=f"{url}{suffix}")

    path = google_calls.upstream.requests[0].path
    assert path == f"/{version}/models/model-x:generateContent"


def test_a_tuned_model_has_a_path_of_its_own(google_calls):
    google_calls.generate(model=ModelTraits("tunedModels/my-own"))

    assert "/v1beta/tunedModels/my-own:" in google_calls.upstream.requests[0].path


def test_every_page_of_the_list_is_read(google_calls):
    upstream = google_calls.upstream
    upstream.script += [wire.models("a", next_page="p2"), wire.models("b")]

    models = google_calls.run(lambda adapter: adapter.list_models(PATIENT))

    assert [model.model_name for model in models] == ["a", "b"]
    assert "pageToken=p2" in upstream.requests[1].path


def test_a_wrong_key_is_told_though_its_status_is_400(google_calls):
    message = "API key not valid. Please pass a valid API key."
    reply = wire.error(400, "INVALID_ARGUMENT", message, [KEY])
    google_calls.upstream.script.append(reply)

    with pytest.raises(AuthenticationError):
        google_calls.run(lambda adapter: adapter.is_available(PATIENT))


def test_the_wait_stands_in_the_body(google_calls):
    reply = wire.error(429, "RESOURCE_EXHAUSTED", "Too many.", [RETRY])
    google_calls.upstream.script.append(reply)

    with pytest.raises(RateLimitError) as caught:
        google_calls.generate()

    assert caught.value.retry_after_s == 34
