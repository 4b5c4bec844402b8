"""A canary in a real browser whose candidate refuses what the product asks: it steps
back by itself, the open page tells why without a reload, and a person goes on."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.pages.test_connect_and_call import FIRST, HELLO, SECOND, office
from tests.pages.test_experiments_walk import until
from tests.upstream import openai_wire

__all__ = ["office"]
pytestmark = pytest.mark.browser

REFUSED, GOOD = 400, [200] * 8
CANARY = """
from recommender.experiment_drafts import ArmDraft, ExperimentDraft
from recommender.services.experiments import create_experiment
from registry.models import AIModel, Connection, Feature
connection = Connection.objects.get(base_url__startswith={url!r})
candidate = AIModel.objects.get(
    connection_models__connection=connection, model_name={name!r}
)
create_experiment(
    organization=connection.organization,
    feature=Feature.objects.get(organization=connection.organization),
    draft=ExperimentDraft(
        name="Mistral canary", kind="canary", steps=[25, 50, 100],
        candidates=[ArmDraft(ai_model=candidate)],
    ),
    actor=None,
)
"""
LOOK = """
import datetime
from django.db.models import F
from django.utils import timezone
from recommender.models import Experiment
from recommender.services.experiment_evaluation import evaluate_running
# Requests of the first seconds of a step do not count: it began a while ago.
Experiment.objects.filter(state="running").update(
    step_started_at=F("step_started_at") - datetime.timedelta(seconds=20),
)
print("changed", evaluate_running(timezone.now()))
"""


def refuse(received):
    if received.path.endswith("/models"):
        return openai_wire.models(SECOND.partition("/")[2])
    return openai_wire.error(400, "unsupported_value", "It takes no such parameter.")


def status(office, user):
    """Of an answer to one user of the product."""
    answer = httpx.post(
        f"{office.site.url}/v1/chat/completions",
        headers={
            "Authorization": f"Bearer {office.token}",
            "x-modelhub-user": str(user),
        },
        json={"model": "feature:photo-tagging", "messages": HELLO},
        timeout=60,
    )
    return answer.status_code


def test_a_canary_that_fails_steps_back_under_the_eyes_of_a_person(office):
    page, site = office.page, office.site
    office.assign(FIRST, SECOND)
    name = SECOND.partition("/")[2]
    site.modelhub("shell", "-c", CANARY.format(url=office.servers[1].url, name=name))
    office.servers[1].handler = refuse
    page.goto(f"{site.url}/experiments/mistral-canary/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Step to 50% now").click()
    expect(page.locator(".toasts")).to_contain_text("50% to the candidate now.")

    users = iter(range(10_000))
    until(page, REFUSED.__eq__, lambda: status(office, next(users)))
    seen = [status(office, next(users)) for _ in range(70)]
    assert min(seen.count(200), seen.count(REFUSED)) > 15
    page.locator("#readings-csv").focus()
    until(
        page,
        lambda said: "changed 1" in said,
        lambda: site.modelhub("shell", "-c", LOOK),
    )
    page.evaluate("htmx.trigger('#experiment-readings', 'refresh')")

    events = page.get_by_role("region", name="What happened")
    expect(events).to_contain_text("Stepped back from 50 % to 25 %.")
    expect(events).to_contain_text("surely beyond the bound of +2.00 points")
    expect(events).to_contain_text("experiment rules")
    expect(page.locator("#experiment-head")).to_contain_text("Running, 25%")
    expect(page.locator("#readings-csv")).to_be_focused()
    page.goto(f"{site.url}/settings/audit/")
    entry = page.get_by_role("row").filter(has_text="Canary stepped back").first
    expect(entry).to_contain_text("experiment rules")

    page.goto(f"{site.url}/experiments/mistral-canary/")
    page.get_by_role("button", name="Step to 50% now").click()
    toast = page.locator(".toasts")
    expect(toast).to_contain_text("50% to the candidate now.")
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("Mistral canary stepped back.")
    page.get_by_role("button", name="Back to the control").click()
    expect(page.get_by_text("Stepped back, control kept")).to_be_visible()
    until(page, GOOD.__eq__, lambda: [status(office, n) for n in range(8)])
