"""A real model on this machine, through discovery, gateway and a small benchmark. With
`make local-model` at work: LOCAL_MODEL_URL=http://127.0.0.1:8080/v1 make test."""

import os

import pytest
from django.core.management import call_command

from analytics.models import BenchmarkCase, BenchmarkResult
from modelhub.gateway import ModelRequest, Options, stream
from registry.connection_providers import provider_named
from registry.models import AIModel
from registry.services.connections import add_connection, draft_connection
from registry.services.discovery import discover
from registry.services.model_settings import enable_model
from tests.factories import OrganizationFactory
from tests.gateway.benchmarking.suites import new_suite
from tests.gateway.stage import gateway_here, know

URL = os.environ.get("LOCAL_MODEL_URL", "")
SENTENCES = (
    "Name three fruits.",
    "Say in one sentence what a lighthouse is for.",
    "Write a short greeting to a neighbour.",
)

if not URL:
    reason = "LOCAL_MODEL_URL names no local model (docs/local-model.md)"
    pytest.skip(reason, allow_module_level=True)


@pytest.fixture
def model(transactional_db, woken):
    """The first one that the server offers, found and enabled as a person would."""
    organization = OrganizationFactory(slug="here")
    connection = add_connection(
        actor=None,
        connection=draft_connection(
            organization=organization,
            provider=provider_named("llama-cpp"),
            label="Here",
            base_url=URL,
        ),
    )
    discover(connections=[connection])
    found = AIModel.objects.filter(connection_models__connection=connection).first()
    assert found is not None, f"{URL} offers no model."
    enable_model(organization=organization, ai_model=found, actor=None)
    with gateway_here():
        know()
        yield found


def test_a_real_model_streams_through_the_gateway(model):
    request = ModelRequest(prompt="Count from one to ten.", max_tokens=40)
    answer = stream(request, model.reference, Options(organization="here"))

    pieces = [piece.text for piece in answer if piece.text]

    assert len(pieces) > 3
    assert "".join(pieces) == answer.response.content
    assert answer.response.usage.output_tokens >= len(pieces)
    assert 0 < answer.response.ttft_ms < answer.response.latency_ms


def test_a_real_model_is_benchmarked(model, capsys):
    suite = new_suite(
        model.organization,
        cases=0,
        scorers=[{"kind": "regex", "pattern": r"\w{3}"}],
        parameters={"max_tokens": 32, "temperature": 0},
    )
    for place, text in enumerate(SENTENCES):
        BenchmarkCase.objects.create(
            suite=suite,
            key=f"case-{place}",
            position=place,
            digest=f"{place}" * 64,
            messages=[{"role": "user", "content": text}],
        )
    words = ("--models", model.reference, "--concurrency", "1", "--wait")

    call_command("benchmarks", "run", suite.key, *words, "--fail-under", "0.6")

    assert f"{len(SENTENCES)} of {len(SENTENCES)} answers" in capsys.readouterr().out
    kept = BenchmarkResult.objects.filter(state="done")
    assert kept.count() == len(SENTENCES)
    spent_s = sum(one.latency_ms - one.ttft_ms for one in kept) / 1000
    written = sum(one.output_tokens for one in kept)
    with capsys.disabled():
        print(f"\n{model.reference}: {written / spent_s:.1f} tokens a second")  # noqa: T201
