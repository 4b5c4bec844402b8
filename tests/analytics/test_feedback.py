"""Feedback belongs to a request of the same organisation, once for each name."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from analytics.models import Feedback, UsageRecord
from analytics.services import feedback as feedback_service
from analytics.services.feedback import UnknownRequest, record_feedback
from registry.resolution.token_check import TokenRefused
from registry.services.api_tokens import create_token
from tests.analytics.records import record
from tests.factories import FeatureFactory, OrganizationFactory


@pytest.fixture(autouse=True)
def no_other_recorder(monkeypatch, recording):
    monkeypatch.setattr(feedback_service, "recorder", lambda: recording)


@pytest.fixture
def known(organization) -> UsageRecord:
    return record(organization)


def test_feedback_is_kept_with_its_request(organization, known):
    kept = record_feedback(
        organization=organization,
        request_id=known.request_id,
        score=1,
        comment="Exactly right",
        tags={"by": "user"},
    )

    kept.refresh_from_db()
    assert (kept.score, kept.comment, kept.tags) == (1, "Exactly right", {"by": "user"})
    assert kept.request_id == known.request_id


def test_a_token_for_some_features_rates_calls_of_those_only(organization):
    planner = FeatureFactory(organization=organization, key="planner")
    other = FeatureFactory(organization=organization, key="other")
    token = create_token(
        organization=organization, label="t", feature_keys=["planner"], actor=None
    ).token

    def rate(**facts):
        return record_feedback(
            organization=organization,
            request_id=record(organization, **facts).request_id,
            score=1,
            token=token,
        )

    assert rate(feature_id=planner.pk).score == 1
    for facts in ({"feature_id": other.pk}, {"feature_id": None}):
        with pytest.raises(TokenRefused, match="only be used for feature:planner"):
            rate(**facts)


def test_said_again_it_is_kept_once_with_the_last_word(organization, known):
    for score in (1, 1, -0.5):
        record_feedback(
            organization=organization, request_id=known.request_id, score=score
        )
    record_feedback(
        organization=organization, request_id=known.request_id, name="tone", score=0
    )

    assert list(Feedback.objects.order_by("name").values_list("name", "score")) == [
        ("score", -0.5),
        ("tone", 0),
    ]


def test_a_request_of_others_is_unknown(known):
    with pytest.raises(UnknownRequest):
        record_feedback(
            organization=OrganizationFactory(),
            request_id=known.request_id,
            score=1,
            patience_s=0,
        )


def test_a_request_that_never_was_is_unknown(organization):
    with pytest.raises(UnknownRequest):
        record_feedback(
            organization=organization, request_id=uuid.uuid4(), score=1, patience_s=0.05
        )


@pytest.mark.parametrize(
    "odd",
    [
        {"score": 1.1},
        {"score": -2},
        {"score": float("nan")},
        {"comment": "x" * 2001},
        {"name": ""},
        {"name": "x" * 61},
        {"comment": "\x00"},
        {"tags": {"by": "\x00"}},
        {"tags": {"by": "x" * 101}},
        {"tags": {str(number): "x" for number in range(17)}},
    ],
)
def test_feedback_that_makes_no_sense_is_refused(organization, known, odd):
    with pytest.raises(ValidationError):
        record_feedback(organization=organization, request_id=known.request_id, **odd)

    assert not Feedback.objects.exists()
