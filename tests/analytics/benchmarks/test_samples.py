"""Cases out of real requests, where prompts and answers are kept."""

import json

import pytest

from analytics.models import UsagePayload
from analytics.recording.calls import Payload
from analytics.services.benchmark_cases import content_of, living_cases
from analytics.services.benchmark_samples import sample_requests
from tests.analytics.benchmarks.suites import make_suite
from tests.analytics.calls import call
from tests.analytics.records import keep_payload, stored
from tests.factories import FeatureFactory


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, key="support")


def asked(feature, said, answer="Yes.") -> UsagePayload:
    row = call(organization_id=feature.organization_id, feature_id=feature.pk)
    stored(row)
    text = said if isinstance(said, str) else json.dumps(said)
    return keep_payload(row, Payload.of(text, answer, 14))


def body(text):
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": text}]},
    ]
    return {"model": "feature:support", "messages": messages}


def sample(feature, suite, number=5, seed=1, with_answers=False):
    return sample_requests(
        suite=suite,
        feature=feature,
        number=number,
        days=7,
        seed=seed,
        with_answers=with_answers,
        actor=None,
    )


def test_a_request_becomes_a_case_with_the_answer_of_then(feature, organization):
    asked(feature, body("Where is my parcel?"), "On its way.")
    suite = make_suite(organization)

    sampled = sample(feature, suite, with_answers=True)

    [case] = living_cases(suite)
    assert (sampled.added, sampled.unfit) == (1, 0)
    assert content_of(case).prompt == "Where is my parcel?"
    assert (case.system, case.expected) == ("Be kind.", "On its way.")
    assert case.origin["feature"] == "support"


def test_a_seed_draws_the_same_again_and_no_request_twice(feature, organization):
    for number in range(12):
        asked(feature, body(f"Question {number}"))
    first, second = make_suite(organization), make_suite(organization)

    for suite in (first, second):
        assert sample(feature, suite).added == 5
    drawn = {one.origin["request_id"] for one in living_cases(first)}
    assert drawn == {one.origin["request_id"] for one in living_cases(second)}
    assert sample(feature, first, number=50).added == 7


def test_what_holds_more_than_texts_is_left_out(feature, organization):
    picture = {"type": "image_url", "image_url": {"url": "data:"}}
    asked(feature, {"messages": [{"role": "user", "content": [picture]}]})
    asked(feature, "[1]")
    asked(feature, "Plain text")
    suite = make_suite(organization)

    sampled = sample(feature, suite)

    assert (sampled.added, sampled.found, sampled.unfit) == (1, 3, 2)
    assert [content_of(one).prompt for one in living_cases(suite)] == ["Plain text"]


def test_the_page_says_how_to_switch_keeping_on(editor, organization):
    make_suite(organization, "Refunds")

    said = editor.get("/benchmarks/suites/refunds/sample/").text

    assert "Prompts and answers are not kept" in said
    assert "/settings/recording/" in said
