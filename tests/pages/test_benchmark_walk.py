"""A person runs a benchmark in the browser, looks on while it goes, and reads what came
of it. A Celery worker does the work, as in earnest."""

import subprocess
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

from modelhub.embedded.layout import Layout
from modelhub.embedded.valkey import embedded_broker
from modelhub.serving import processes
from tests.pages.conftest import ROOT
from tests.pages.test_connect_and_call import FIRST, SECOND, office  # noqa: F401
from tests.upstream import openai_wire

pytestmark = pytest.mark.browser

CASES = 6
SUITE = """
from analytics.models import BenchmarkCase, BenchmarkSuite
from registry.models import AIModel, Organization, Price
organization = Organization.objects.latest("pk")
suite = BenchmarkSuite.objects.create(
    organization=organization, key="capitals", name="Capitals",
    scorers=[{{"kind": "contains"}}],
)
BenchmarkCase.objects.bulk_create(
    BenchmarkCase(
        suite=suite, key=f"case-{{number}}", position=number, expected="Paris",
        messages=[{{"role": "user", "content": f"Capital of France? ({{number}})"}}],
        digest=f"{{number:064x}}",
    )
    for number in range({cases})
)
for ai_model in AIModel.objects.filter(
    connection_models__connection__organization=organization
):
    Price.objects.create(
        ai_model=ai_model, source="list",
        rates={{"standard": {{"input_mtok": "1", "output_mtok": "10"}}}},
    )
"""


def saying(text, gate=None):
    def handler(received):
        assert gate is None or gate.wait(120)
        return openai_wire.stream(text)

    return handler


@pytest.fixture
def worker(site):
    """The broker and a worker, as the server starts them."""
    layout = Layout(Path(site.environment["MODELHUB_VAR"]))
    child = processes.worker()
    with embedded_broker(layout, say=lambda line: None):
        process = subprocess.Popen(
            child.command, cwd=ROOT, env={**site.environment, **child.environment}
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def exam(office, worker):  # noqa: F811
    """A suite of six cases; the first model knows the answer, the second one does not,
    and says nothing before `office.gate` is open."""
    office.gate = threading.Event()
    first, second = office.servers
    first.handler = saying("It is Paris.")
    second.handler = saying("It is Rome.", office.gate)
    office.site.modelhub("shell", "-c", SUITE.format(cases=CASES))
    yield office
    office.gate.set()


def test_a_benchmark_is_run_to_its_end_and_the_leaderboard_read(exam):
    page, url = exam.page, exam.site.url
    page.goto(f"{url}/benchmarks/suites/capitals/")
    page.get_by_role("link", name="Run", exact=True).click()
    estimate = page.locator("#run-estimate")
    expect(estimate).to_contain_text("Choose a suite and at least one model.")
    page.get_by_label(FIRST).check()
    expect(estimate).to_contain_text("6 answers: 6 cases × 1 model.")
    page.get_by_label(FIRST).uncheck()
    page.get_by_label(FIRST).check()
    page.get_by_label(SECOND).check()
    expect(estimate).to_contain_text("12 answers: 6 cases × 2 models.")
    page.get_by_label("Limit in dollars").fill("0.0001")
    start = page.get_by_role("button", name="Start run")
    expect(estimate).to_contain_text("more than the limit of $0.00")
    expect(start).to_be_disabled()
    page.get_by_label("Limit in dollars").fill("5")
    expect(start).to_be_enabled()

    start.click()

    # Without a reload: one model has answered everything, the other is being asked.
    progress = page.get_by_role("region", name="Progress")
    expect(progress).to_contain_text("6 of 12 answers", timeout=60_000)
    expect(progress).to_contain_text("50%")
    expect(progress).to_contain_text("a minute")
    expect(progress).to_contain_text("left")
    expect(progress).to_contain_text("of $5.00")
    expect(progress.get_by_label(FIRST)).to_have_attribute("value", "6")
    exam.gate.set()
    expect(progress).to_contain_text("12 of 12 answers", timeout=60_000)
    expect(page.locator(".title-row")).to_contain_text("Done")
    board = page.get_by_role("region", name="Leaderboard").get_by_role("row")
    expect(board.nth(1)).to_contain_text("qwen3-32b")
    expect(board.nth(1)).to_contain_text("100")
    expect(board.nth(2)).to_contain_text("mistral-small-24b")
    expect(page.get_by_text("0 errors")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
