"""The page of what came by OpenTelemetry."""

import pytest

from analytics.otlp.mapping import mapped
from analytics.otlp.nesting import Surroundings
from analytics.services.telemetry import receive
from tests.analytics.otlp.telling import bare, span

pytestmark = pytest.mark.django_db
PAGE = "/settings/telemetry/"


@pytest.fixture
def organization(membership):
    return membership.organization


def tell(organization, *spans) -> None:
    receive(organization, [mapped(one) for one in spans], around=Surroundings())


def test_an_empty_page_shows_the_lines_to_run(viewer):
    text = viewer.get(PAGE).content.decode()

    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://testserver/otlp" in text
    assert "OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20$MODELHUB_TOKEN" in text
    assert "pip install" in text


def test_spans_are_shown_with_how_they_were_read(viewer, organization):
    tell(
        organization,
        span({"gen_ai.shiny.new": "x"}, name="chat gpt-9"),
        span({"gen_ai.usage.input_tokens": -4}, name="bad one"),
        bare({"http.request.method": "GET"}, name="GET /"),
    )

    text = viewer.get(PAGE).content.decode()

    assert "chat gpt-9" in text
    assert "gen_ai.usage.input_tokens is negative: -4." in text
    assert "gen_ai.shiny.new" in text
    assert "not understood" in text
    assert "no model call" in text


def test_one_fate_can_be_chosen(viewer, organization):
    tell(organization, span(name="good one"), bare({}, name="other one"))

    text = viewer.get(PAGE, {"fate": "ignored"}).content.decode()

    assert "other one" in text
    assert "good one" not in text


def test_a_fate_that_does_not_exist_is_said(viewer):
    answer = viewer.get(PAGE, {"fate": "nonsense"})

    assert answer.status_code == 422


def test_other_organisations_see_nothing_of_it(stranger, organization):
    tell(organization, span(name="secret name"))

    assert "secret name" not in stranger.get(PAGE).content.decode()


def test_markup_in_a_span_is_text(viewer, organization):
    tell(organization, span(name="<script>alert(1)</script>"))

    assert "<script>alert(1)" not in viewer.get(PAGE).content.decode()
