"""`modelhub probes`: asks, waits, tells, and ends with a code that scripts can read."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics.management.commands import probes as command
from analytics.models import CapabilityProbe
from analytics.probes.probe import failed, inconclusive, verified
from analytics.services import capability_probes as service
from registry.models import AuditEntry
from tests.factories import ConnectionFactory, enabled_model


@pytest.fixture
def place(organization):
    connection = ConnectionFactory(organization=organization, label="main place")
    connection.ai_model = enabled_model(
        organization,
        provider=connection.provider,
        model_name="gpt-p",
        capabilities=["tools"],
        context_window=8_000,
    )
    return connection


@pytest.fixture
def answering(monkeypatch):
    """Whenever the command looks, a worker has settled one more probe with the next
    of these findings."""
    findings = []

    def look(seconds):
        one = service.claim()
        if one is not None:
            service.settle(one, findings.pop(0), service.Spent(), [])

    monkeypatch.setattr(command.time, "sleep", look)
    return findings


def probes(*words):
    out, err = StringIO(), StringIO()
    call_command("probes", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_dry_run_says_the_cost_and_asks_nothing(place):
    said, _ = probes(
        "run", place.ai_model.reference, "--capabilities", "tools", "--dry-run"
    )

    assert "At most 2 calls" in said
    assert not CapabilityProbe.objects.exists()


def test_without_waiting_they_are_handed_to_the_workers(place):
    probes("run", place.ai_model.reference, "--capabilities", "tools,streaming")

    rows = CapabilityProbe.objects.values_list("capability", "state")
    assert set(rows) == {("tools", "waiting"), ("streaming", "waiting")}
    entry = AuditEntry.objects.get(action="model.probed")
    assert entry.actor_label == "modelhub probes"


def test_waiting_tells_each_as_it_is_done_and_ends_well(place, answering):
    answering += [verified("Called it."), verified("3 pieces.")]

    said, progress = probes(
        "run", place.ai_model.reference, "--capabilities", "tools,streaming", "--wait"
    )

    assert progress.splitlines() == [
        "1/2 Tool calling: verified",
        "2/2 Streaming: verified",
    ]
    assert "Called it." in said


@pytest.mark.parametrize(
    ("findings", "code", "sentence"),
    [
        ([failed("No."), inconclusive("Hm.")], 1, "1 of 2 failed: tool calling."),
        ([verified("Yes."), inconclusive("Hm.")], 3, "1 of 2 not clear: streaming."),
    ],
    ids=["failed", "not clear"],
)
def test_the_exit_code_tells_what_was_found(place, answering, findings, code, sentence):
    answering += findings

    with pytest.raises(CommandError, match=sentence) as raised:
        probes(
            *("run", place.ai_model.reference, "--wait"),
            *("--capabilities", "tools,streaming"),
        )

    assert raised.value.returncode == code


def test_what_is_known_is_shown_and_listed(place):
    service.request_probes(
        organization=place.organization,
        actor=None,
        ai_model=place.ai_model,
        connection=place,
        capabilities=["tools", "json_mode"],
    )
    service.settle(service.claim(), failed("It talked."), service.Spent(), [])
    service.settle(service.claim(), verified("JSON."), service.Spent(), [])

    shown, _ = probes("show", place.ai_model.reference)
    listed, _ = probes("list")
    (document,) = json.loads(probes("list", "--json")[0])

    assert ["Tool", "calling", "yes", "contradicted"] in [
        line.split()[:4] for line in shown.splitlines()
    ]
    assert "main place" in listed
    assert (document["verified"], document["failed"]) == (
        ["JSON mode"],
        ["Tool calling"],
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--capabilities", "mind_reading"], "There is no probe “mind_reading”"),
        (["--capabilities", ","], "Choose at least one"),
        (["--connection", "moon"], "has no connection 'moon'; it has main place"),
        (["--limit-tokens", "-1"], "The limit lies between"),
    ],
    ids=["unknown", "none", "no connection", "negative"],
)
def test_what_cannot_be_asked_is_said_in_words(place, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        probes("run", place.ai_model.reference, *words)


def test_an_unknown_model_is_said_with_those_alike(place):
    with pytest.raises(CommandError, match="Did you mean"):
        probes("run", place.ai_model.reference + "x")


def test_nothing_probed_yet_says_how_to_begin(organization):
    assert "modelhub probes run" in probes("list")[0]
