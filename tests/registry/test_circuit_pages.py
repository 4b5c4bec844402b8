"""Open circuits where people look: at the connection, at the feature, in the log."""

import datetime

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from registry.models import AuditEntry, CircuitState
from registry.queries.circuits import chain_circuits, connection_circuits
from registry.services.assignments import assign_model
from tests.factories import ConnectionFactory, FeatureFactory, enabled_model


@pytest.fixture
def state(organization):
    now = timezone.now()
    ai_model = enabled_model(organization)
    return CircuitState.objects.create(
        connection=ConnectionFactory(
            organization=organization, provider=ai_model.provider, label="Main"
        ),
        ai_model=ai_model,
        state="open",
        openings=1,
        opened_at=now,
        retry_at=now + datetime.timedelta(seconds=5),
        last_error_kind="unavailable",
        last_error="It answered 503.",
        changed_at=now,
    )


def section(state, at=None):
    lines = connection_circuits(state.connection, at or timezone.now())
    return render_to_string("registry/_connection_circuits.html", {"circuits": lines})


def test_a_connection_says_what_is_open_why_and_when_it_is_tried_again(state):
    text = section(state)

    assert state.ai_model.model_name in text
    assert "It answered 503." in text
    assert f"Probe from {state.retry_at:%H:%M:%S} UTC" in text


def test_it_says_when_the_next_call_is_the_probe_and_when_one_is_on_its_way(state):
    after = state.retry_at + datetime.timedelta(seconds=1)

    assert "The next call is the probe" in section(state, after)
    state.probe_claimed_at = after
    state.save()
    assert "A probe is on its way" in section(state, after)


def test_a_connection_without_trouble_shows_nothing(state):
    state.state = "closed"
    state.save()

    assert section(state).strip() == ""


def test_failures_that_still_count_are_told(state):
    state.state, state.failed_at = "closed", [timezone.now()]
    state.opened_at = state.retry_at = None
    state.save()

    assert "1 failure in a row" in section(state)
    later = timezone.now() + datetime.timedelta(minutes=1)
    assert section(state, later).strip() == ""


def test_a_feature_says_which_model_of_its_chain_is_not_called(editor, state):
    feature = FeatureFactory(organization=state.connection.organization)
    assign_model(
        feature=feature, ai_model=state.ai_model, actor=None, expected_revision=0
    )

    page = editor.get(feature.get_absolute_url()).content.decode()

    assert f"{state.ai_model.reference} is not called now." in page
    assert "It answered 503." in page


def test_a_paused_connection_does_not_matter_to_a_feature(state):
    state.connection.is_enabled = False
    state.connection.save()
    organization = state.connection.organization

    assert chain_circuits(organization, [state.ai_model_id], timezone.now()) == []


def close(client, state):
    return client.post(reverse("registry:circuit_close", args=[state.pk]), follow=True)


def test_an_editor_closes_it_and_the_log_says_so(editor, state):
    page = close(editor, state)

    state.refresh_from_db()
    entry = AuditEntry.objects.get(action="circuit.closed")
    assert state.state == "closed"
    assert entry.before["error"] == "It answered 503."
    assert "is called again from now on" in page.content.decode()
    log = editor.get(reverse("registry:audit_log")).content.decode()
    assert str(state) in log


def test_closing_twice_is_written_once(editor, state):
    close(editor, state)
    close(editor, state)

    assert AuditEntry.objects.filter(action="circuit.closed").count() == 1


def test_a_viewer_may_not_and_a_stranger_finds_nothing(viewer, stranger, state):
    assert close(viewer, state).status_code == 403
    assert close(stranger, state).status_code == 404
    state.refresh_from_db()
    assert state.state == "open"


def test_it_takes_a_post(editor, state):
    address = reverse("registry:circuit_close", args=[state.pk])

    assert editor.get(address).status_code == 405
