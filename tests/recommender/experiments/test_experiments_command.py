"""`modelhub experiments`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from recommender.models import Experiment
from registry.models import AuditEntry
from registry.queries.assignments import current_revision
from tests.factories import OrganizationFactory
from tests.recommender.experiments.laboratory import half
from tests.recommender.experiments.traffic import traffic


@pytest.fixture
def run(lab):
    def said(*words):
        out = io.StringIO()
        where = ("--organization", lab.organization.slug)
        call_command("experiments", *words, *where, stdout=out)
        return out.getvalue()

    return said


def test_nothing_says_where_to_begin(run):
    assert "No experiments yet" in run("list")
    assert json.loads(run("list", "--json")) == []


def test_it_lists_what_there_is(lab, run):
    lab.canary(name="Bolder")

    (line,) = [one for one in run("list").splitlines() if "bolder" in one]
    assert "chat" in line
    assert "5 %" in line
    assert "running" in line
    assert json.loads(run("list", "--json"))[0]["slug"] == "bolder"


def test_it_shows_arms_and_events(lab, run):
    made = lab.canary()
    traffic(made, requests=200, failing_percent=10)
    Experiment.objects.update(started_at=made.started_at)

    told = json.loads(run("show", "try-it", "--json"))
    assert [arm["key"] for arm in told["arms"]] == ["control", "b"]
    assert told["events"][0]["kind"] == "started"
    text = run("show", "try-it")
    assert "openai/bold" in text
    assert "Started: 5 % to the candidate." in text


def test_a_draft_has_no_figures_yet(lab, run):
    lab.drafted()

    told = json.loads(run("show", "try-it", "--json"))
    assert {arm["requests"] for arm in told["arms"]} == {None}


def test_it_starts_pauses_goes_on_and_stops(lab, run):
    made = lab.drafted()
    states = []
    for words in (("start",), ("pause", "--reason", "Lunch."), ("start",), ("stop",)):
        run(words[0], "try-it", *words[1:])
        made.refresh_from_db()
        states.append(made.state)

    assert states == ["running", "paused", "running", "stopped"]
    assert AuditEntry.objects.latest("id").actor_label == "modelhub experiments"


def test_it_promotes_the_only_candidate(lab, run):
    lab.started()

    told = json.loads(run("promote", "try-it", "--json"))

    assert (told["state"], told["winner"]) == ("promoted", "b")
    assert current_revision(lab.feature).ai_model == lab.candidate


def test_of_several_candidates_one_is_named(lab, run):
    lab.started(candidates=[half(lab.candidate, 25), half(lab.another_model(), 25)])

    with pytest.raises(CommandError, match="--arm: b, c"):
        run("promote", "try-it")
    with pytest.raises(CommandError, match="no candidate x"):
        run("promote", "try-it", "--arm", "x")
    run("promote", "try-it", "--arm", "c")

    assert Experiment.objects.get().winner_arm.key == "c"


@pytest.mark.parametrize("action", ["show", "start", "pause", "stop", "promote"])
def test_one_that_is_not_there_is_said(run, action):
    with pytest.raises(CommandError, match="no experiment nope"):
        run(action, "nope")


def test_what_cannot_be_done_is_said(lab, run):
    lab.drafted()

    with pytest.raises(CommandError, match="cannot be paused"):
        run("pause", "try-it")


def test_another_organisations_experiment_is_not_there(lab):
    lab.drafted()
    other = OrganizationFactory()

    with pytest.raises(CommandError, match="no experiment"):
        call_command("experiments", "show", "try-it", "--organization", other.slug)
