"""Benchmark runs against a provider that takes 50 ms: the total beside the ideal."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.management import CommandError
from django.db import connection

from analytics.models import BenchmarkCase, BenchmarkSuite
from analytics.services.benchmark_runs import RunOptions, start_run
from modelhub.bench.gateway_site import environment
from modelhub.bench.slow_upstream import DELAY_S
from modelhub.bench.timing import Measurement, Timing
from registry.models import AIModel, ModelType, Organization, Price, Provider
from registry.services.connections import add_connection, draft_connection
from registry.services.model_settings import enable_model

CASES: Final = 200
MODELS: Final = ("one", "two")
TARGETS_MS: Final = {4: 1.3 * CASES * 2 * 50 / 4, 16: 4_000.0, 64: None}
PROVIDER: Final = "openai-compatible"
MANY: Final = 100_000


def measure_benchmarks() -> Iterator[Measurement]:
    """Both models share a connection, so that `concurrency` is that of the run."""
    with _provider() as port:
        organization = _organization(port)
        suite = _suite(organization, CASES, "bench")
        at_once = (16, *TARGETS_MS)
        run_ids = [_start(organization, suite, one) for one in at_once]
        # The first warms the process.
        _, *taken = _work(run_ids)
        _check(suite)
        for (concurrency, target_ms), seconds in zip(
            TARGETS_MS.items(), taken, strict=True
        ):
            yield _measured(concurrency, seconds, target_ms)
        large = _suite(organization, MANY // len(MODELS), "large")
        started = time.perf_counter()
        _start(organization, large, 4)
        took = _once(time.perf_counter() - started)
        yield Measurement(f"Starting a run of {MANY:,} answers", took)


def _measured(concurrency: int, seconds: float, target_ms: float | None) -> Measurement:
    ideal = CASES * len(MODELS) * DELAY_S / concurrency
    return Measurement(
        f"Benchmark, {CASES} cases × {len(MODELS)} models, {concurrency} at once",
        _once(seconds),
        target_ms,
        beside="calls × 50 ms ÷ at once",
        beside_timing=_once(ideal),
        note=f"{seconds / ideal:.2f} × the ideal",
    )


def _work(run_ids: list[int]) -> list[float]:
    """In a process of its own, as a worker is; the seconds of each run."""
    with tempfile.TemporaryDirectory(prefix="modelhub-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "modelhub.bench.benchmark_work", *map(str, run_ids)],
            env=environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise CommandError(f"The worker failed: {done.stderr[-400:]}")
    return list(json.loads(done.stdout.splitlines()[-1]))


def _check(suite: BenchmarkSuite) -> None:
    for run in suite.runs.all():
        done = run.results.filter(state="done").count()
        if done != CASES * len(MODELS):
            raise CommandError(f"Only {done} answers came: {run.problem}")


def _start(organization: Organization, suite: BenchmarkSuite, concurrency: int) -> int:
    references = tuple(f"{PROVIDER}/{name}" for name in MODELS)
    options = RunOptions(contenders=references, concurrency=concurrency)
    run = start_run(organization, suite, options, by=None, by_label="bench")
    return int(run.pk)


def _organization(port: int) -> Organization:
    organization = Organization.objects.create(name="Bench", slug="benchmark-bench")
    provider, _ = Provider.objects.get_or_create(slug=PROVIDER, name="Bench")
    draft = draft_connection(
        organization=organization,
        provider=provider,
        label="benchmarks",
        key="sk-bench",
        base_url=f"http://127.0.0.1:{port}/v1",
    )
    add_connection(connection=draft, actor=None)
    for name in MODELS:
        ai_model = AIModel.objects.create(
            provider=provider,
            model_name=name,
            name=name,
            model_type=ModelType.LANGUAGE,
            input_modalities=["text"],
            output_modalities=["text"],
            capabilities=["text_generation"],
            context_window=1_000_000,
        )
        Price.objects.create(
            ai_model=ai_model,
            source="bench",
            rates={"standard": {"input_mtok": "0.1", "output_mtok": "0.4"}},
        )
        enable_model(organization=organization, ai_model=ai_model, actor=None)
    return organization


def _suite(organization: Organization, cases: int, key: str) -> BenchmarkSuite:
    suite = BenchmarkSuite.objects.create(
        organization=organization, key=key, name=key, scorers=[{"kind": "contains"}]
    )
    BenchmarkCase.objects.bulk_create(
        BenchmarkCase(
            suite=suite,
            key=f"case-{number}",
            position=number,
            messages=[{"role": "user", "content": f"Say a word, {number}."}],
            expected="word",
            digest=f"{number:064x}",
        )
        for number in range(cases)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return suite


def _once(seconds: float) -> Timing:
    return Timing(1, seconds * 1000, seconds * 1000)


@contextmanager
def _provider() -> Iterator[int]:
    """In a process of its own; its port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "modelhub.bench.slow_upstream", str(port)]
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CommandError(f"Nobody answers at port {port}.")
