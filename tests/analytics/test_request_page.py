"""One request: its attempts in order, its times, its cost, its words if kept."""

import datetime
import re
import uuid

import pytest

from analytics.models import Feedback
from analytics.recording.calls import Payload
from analytics.usage_row import Outcome
from registry.models import ApiToken
from registry.services.prompts import create_prompt
from tests.analytics.calls import call, failed
from tests.analytics.records import keep_payload, record, stored
from tests.factories import AIModelFactory, FeatureFactory
from tests.registry.packs.packing import entry, packed

NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


def page(client, request_id) -> str:
    response = client.get(f"/requests/{request_id}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def request_id(organization) -> uuid.UUID:
    """Refused once, answered a second later by another model, as a stream."""
    request_id = uuid.uuid4()
    feature = FeatureFactory(organization=organization, name="Replies")
    token = ApiToken.objects.create(
        organization=organization, label="backend", digest="d", prefix="p"
    )
    usual = {
        "organization_id": organization.pk,
        "request_id": request_id,
        "feature_id": feature.pk,
        "token_id": token.pk,
        "is_stream": True,
    }
    first, second = AIModelFactory(model_name="one"), AIModelFactory(model_name="two")
    later = NOON + datetime.timedelta(milliseconds=1212)
    stored(
        call(
            attempt=2,
            started_at=later,
            ai_model_id=second.pk,
            tags={"team": "support"},
            **usual,
        )
    )
    stored(
        failed(
            started_at=NOON,
            ai_model_id=first.pk,
            trace=("openai/zero has no connection.",),
            **usual,
        )
    )
    return request_id


def test_attempts_stand_in_order_with_their_errors_in_words(viewer, request_id):
    text = page(viewer, request_id)

    assert text.index(">one<") < text.index(">two<")
    assert "Rate limit of the provider: Too many requests" in text
    assert "Failed, 429" in text
    assert "openai/zero has no connection." in text
    assert "Answered by a fallback" in text
    for word in ("Replies", "backend", "team: support"):
        assert word in text


def test_times_are_bars_on_one_line(viewer, request_id):
    response = viewer.get(f"/requests/{request_id}/")

    spans = response.context["detail"].spans
    assert [(one.label, one.ms) for one in spans] == [
        ("Attempt 1", 212),
        ("Wait", 1000),
        ("Attempt 2, first token", 782),
        ("Streaming", 702),
    ]
    assert (spans[1].start, spans[1].width) == ("7.86%", "37.09%")
    ends = float(spans[-1].start[:-1]) + float(spans[-1].width[:-1])
    assert ends == pytest.approx(100, abs=0.05)


def test_the_cost_shows_its_lines_and_its_state(viewer, organization):
    row = record(organization)

    text = page(viewer, row.request_id)

    for word in ("Computed", "Cached input, read", "1,412", "$0.000353", "price 6"):
        assert word in text


def test_a_cost_that_is_not_known_says_why(viewer, organization):
    row = stored(failed(organization_id=organization.pk))

    text = page(viewer, row.request_id)

    assert "Unpriced" in text
    assert "$0.00<" not in text


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.TRUNCATED, "Cut"),
        (Outcome.CANCELLED, "Client left"),
        (Outcome.LOST_RACE, "Lost the race"),
    ],
)
def test_other_ends_are_said(viewer, organization, outcome, words):
    row = record(organization, outcome=outcome, answered=False)

    assert f"</span>{words}</span>" in page(viewer, row.request_id)


def test_kept_words_are_shown_escaped_and_with_their_end(viewer, organization):
    row = call(organization_id=organization.pk, started_at=NOON)
    stored(row)
    keep_payload(row, Payload.of("<script>alert(1)</script>", "Hello", 14))

    text = page(viewer, row.request_id)

    assert "&lt;script&gt;alert(1)" in text
    assert "kept until 5 Dec 2026" in text


def test_feedback_stands_beside_the_request(viewer, organization):
    row = record(organization)
    Feedback.objects.create(
        organization=organization, request_id=row.request_id, score=1, comment="Good"
    )

    assert "Good" in page(viewer, row.request_id)


def test_names_that_are_gone_break_nothing(viewer, organization):
    text = page(viewer, record(organization).request_id)

    assert "removed model" in text
    assert "removed token" in text


def test_a_request_of_others_is_not_found(stranger, request_id):
    assert stranger.get(f"/requests/{request_id}/").status_code == 404


def test_a_request_that_never_was_is_not_found(viewer):
    assert viewer.get(f"/requests/{uuid.uuid4()}/").status_code == 404
    assert viewer.get("/requests/12/").status_code == 404


def test_a_feature_page_fetches_its_recent_calls(viewer, organization, request_id):
    feature = FeatureFactory(organization=organization, key="other")
    row = record(organization, feature_id=feature.pk)
    address = "/features/other/calls/"
    headers = {"HX-Request": "true", "HX-Target": "recent-calls"}

    card = viewer.get(address, headers=headers).content.decode()
    plain = viewer.get(address)

    assert re.findall(r"/requests/([0-9a-f-]{36})/", card) == [str(row.request_id)]
    assert "<html" not in card
    assert plain.url == "/requests/?feature=other"
    assert address in viewer.get(feature.get_absolute_url()).content.decode()


def test_the_card_of_another_organisations_feature_is_not_found(stranger, organization):
    FeatureFactory(organization=organization, key="theirs")

    assert stranger.get("/features/theirs/calls/").status_code == 404


def test_a_feature_that_nobody_called_says_how_to(viewer, organization):
    FeatureFactory(organization=organization, key="quiet")
    headers = {"HX-Request": "true", "HX-Target": "recent-calls"}

    card = viewer.get("/features/quiet/calls/", headers=headers).content.decode()

    assert "feature:quiet" in card


def test_the_pack_and_the_prompt_of_then_are_named(viewer, organization):
    version = packed(organization, entry("planner", "openai/one"))
    used = create_prompt(
        organization=organization, name="PLANS", text="Plan.", actor=None
    )
    seen = record(organization, pack_version_id=version.pk, prompt_version_id=used.pk)

    text = page(viewer, seen.request_id)

    assert f"/packs/mixed-pack/?version={version.number}" in text
    assert "PLANS v1" in text
