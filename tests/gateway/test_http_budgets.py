"""Budgets in front of real HTTP: two worker processes share what is left."""

import datetime
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import httpx
import psutil
import pytest
from django.db import connections
from django.utils import timezone

from analytics.models import BudgetDefinition
from analytics.services.budget_definitions import create_budget, delete_budget
from analytics.services.budgets import LEASE, sweep_expired
from registry.models import AIModel, Organization
from registry.services.model_settings import enable_model
from tests.factories import AIModelFactory, PriceFactory, ProviderFactory
from tests.gateway.site import database_name, new_site

CHAT = "/v1/chat/completions"
ASKED = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 100}
RATES = {"gpt-x": "100", "backup-y": "100", "claude-x": "100", "gpt-y": "0"}
SPENT = "SELECT spent_usd, held_usd FROM analytics_budget"


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_blocker):
    folder = tmp_path_factory.mktemp("var")
    found = new_site(database_name("budgets"), folder, workers=2)
    found.unblocked = django_db_blocker.unblock
    try:
        with database_of(found):
            _set_prices()
        found.start()
        yield found
    finally:
        found.stop()
        found.drop()
        for upstream in found.upstreams.values():
            upstream.stop()


@contextmanager
def database_of(site):
    """Django in this process works on the site's database: a process of its own for
    each budget would take seconds."""
    default = connections["default"]
    own = default.settings_dict["NAME"]
    with site.unblocked():
        default.close()
        default.settings_dict["NAME"] = site.database
        try:
            yield
        finally:
            default.close()
            default.settings_dict["NAME"] = own


def _set_prices():
    organization = Organization.objects.get(slug="site")
    for name, dollars in RATES.items():
        PriceFactory(
            ai_model=AIModel.objects.get(model_name=name),
            organization=organization,
            rates={"standard": {"input_mtok": dollars, "output_mtok": dollars}},
        )
    unpriced = AIModelFactory(
        provider=ProviderFactory(slug="openai"),
        model_name="gpt-u",
        capabilities=["text_generation"],
    )
    enable_model(ai_model=unpriced, organization=organization, actor=None)


def made(site, amount, fallback="", **facts):
    """A budget alone, known to both workers."""
    with database_of(site):
        BudgetDefinition.objects.all().delete()
        if fallback:
            model = AIModel.objects.get(model_name=fallback)
            facts |= {"on_limit": "fallback", "fallback_model": model}
        create_budget(
            organization=Organization.objects.get(slug="site"),
            actor=None,
            name="Team",
            scope_kind="organization",
            amount_usd=Decimal(amount),
            **facts,
        )
    time.sleep(0.5)


def ask(site, model="openai/gpt-x", path=CHAT, **headers):
    headers = {"authorization": f"Bearer {site.token}", **headers}
    body = {"model": model, **ASKED}
    return httpx.post(f"{site.url}{path}", json=body, headers=headers, timeout=30)


def crowd(site, count):
    with ThreadPoolExecutor(40) as pool:
        return list(pool.map(lambda _: ask(site), range(count)))


def settled(site):
    """What is spent once nobody holds anything any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        rows = site.query(SPENT)
        if rows and not any(held for _, held in rows):
            break
        time.sleep(0.2)
    return sum((spent for spent, _ in site.query(SPENT)), Decimal(0))


def test_two_hundred_requests_at_once_never_pass_the_limit(site):
    """Each may cost a cent by its estimate, and costs less."""
    made(site, "0.20")

    answers = crowd(site, 200)

    statuses = {one.status_code for one in answers}
    assert statuses <= {200, 402, 429}
    assert {402, 429} & statuses
    assert 200 in statuses
    assert settled(site) <= Decimal("0.20")


@pytest.mark.parametrize(
    ("path", "model", "kind"),
    [
        (CHAT, "openai/gpt-x", "insufficient_quota"),
        ("/v1/messages", "anthropic/claude-x", "billing_error"),
    ],
    ids=["openai", "anthropic"],
)
def test_a_refusal_has_the_shape_of_the_api_and_says_when_it_opens(
    site, path, model, kind
):
    made(site, "0.00", period="day", time_zone="Asia/Kolkata")

    answer = ask(site, model, path)

    assert answer.status_code == 402
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == (kind, "budget_exceeded")
    assert "budget “Team” of $0.00 a day used up" in error["message"]
    opens_at = datetime.datetime.fromisoformat(error["opens_at"])
    assert (opens_at.hour, opens_at.minute) == (18, 30)
    left_s = (opens_at - datetime.datetime.now(datetime.UTC)).total_seconds()
    assert abs(int(answer.headers["retry-after"]) - left_s) < 10


def test_a_free_model_still_runs(site):
    made(site, "0.00")

    assert ask(site, "openai/gpt-y").status_code == 200


def test_a_model_without_a_price_is_refused_in_words(site):
    made(site, "5.00")

    answer = ask(site, "openai/gpt-u")

    assert answer.status_code == 402
    assert "its price is not known" in answer.json()["error"]["message"]


def test_a_cheaper_model_is_asked_instead_and_the_answer_says_so(site):
    made(site, "0.00", fallback="gpt-y")

    answer = ask(site, "feature:chat")

    assert answer.status_code == 200
    assert answer.headers["x-modelhub-model"] == "openai/gpt-y"


def test_a_deleted_budget_stops_nothing_any_more(site):
    made(site, "0.00")
    assert ask(site).status_code == 402
    with database_of(site):
        delete_budget(definition=BudgetDefinition.objects.get(), actor=None)
    time.sleep(0.5)

    assert ask(site).status_code == 200


def test_a_killed_worker_leaves_no_hold_past_its_lease(site):
    """Runs last: it kills one of the two."""
    made(site, "50.00")
    crowd(site, 20)
    assert site.query("SELECT 1 FROM analytics_budgethold WHERE closed_at IS NULL")

    for child in psutil.Process(site.process.pid).children():
        os.kill(child.pid, signal.SIGKILL)
    with database_of(site):
        sweep_expired(at=timezone.now() + LEASE + datetime.timedelta(seconds=1))

    assert not site.query("SELECT 1 FROM analytics_budgethold WHERE closed_at IS NULL")
    assert [held for _, held in site.query(SPENT)] == [0]
