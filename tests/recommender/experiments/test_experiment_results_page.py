"""The page of an experiment that runs: arms, bounds, differences, split, a month."""

import datetime
import json
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from analytics.models import UsageRecord
from recommender.models import Experiment
from recommender.queries.experiment_readings import readings_between
from registry.models import Role
from tests.analytics.rolling import rolled_up
from tests.factories import MembershipFactory
from tests.recommender.experiments.laboratory import half
from tests.recommender.experiments.recorded import recorded


@pytest.fixture
def editor(client, lab):
    client.force_login(lab.user)
    return client


def begun(one: Experiment, *, days: float = 2) -> Experiment:
    """As if it had started so long ago."""
    at = timezone.now() - datetime.timedelta(days=days)
    Experiment.objects.filter(pk=one.pk).update(started_at=at, step_started_at=at)
    one.refresh_from_db()
    return one


def arms(one):
    return one.arms.get(is_control=True), one.arms.get(is_control=False)


@pytest.fixture
def split(lab):
    return begun(lab.started(name="Bold or steady", candidates=[half(lab.candidate)]))


@pytest.fixture
def canary(lab):
    one = lab.canary(name="Bold canary", min_requests_per_step=100, steps=[25, 50, 100])
    return begun(one)


def shown(editor, one):
    response = editor.get(one.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_request_nothing_is_invented(editor, split):
    page = shown(editor, split)

    assert "no request yet" in page
    assert "Too few to tell: 0 users until now, 100 are needed." in page
    assert "Nothing to draw yet." in page
    assert "$0.00" not in page
    assert "0.00%</span>" not in page


def test_arms_stand_beside_each_other_with_their_certainty(editor, split):
    control, candidate = arms(split)
    recorded(control, 400, failures=4, usd="0.01", rated=40, disliked=4)
    recorded(candidate, 400, failures=6, usd="0.002", rated=40, disliked=5)

    page = shown(editor, split)

    assert "800 requests" in page
    assert "99.00%" in page
    assert "98.50%" in page
    assert "always-valid 95% interval" in page
    assert 'class="best">$2.0' in page
    assert "Split as planned, p = 1." in page
    assert "0 of 800 users" in page
    assert "Difference in success between openai/bold and the control" in page
    assert "more requests would settle whether success fell by more than 2 points" in (
        page
    )


def test_a_split_that_is_off_hides_the_results(editor, split):
    control, candidate = arms(split)
    recorded(control, 400)
    recorded(candidate, 250)

    page = shown(editor, split)

    assert "The results are hidden." in page
    assert "Mismatch" in page
    assert "If promoted" not in page
    assert "Difference in success" not in page
    assert "100.00%" not in page
    told = editor.get(f"/experiments/{split.slug}/readings.json").json()
    assert "success" not in told["results"]["arms"][0]


def test_a_canary_says_how_its_bounds_stand_and_what_it_waits_for(editor, canary):
    control, candidate = arms(canary)
    recorded(control, 180)
    recorded(candidate, 60)

    page = shown(editor, canary)

    assert "60 of 100" in page.replace("</span>", "")
    assert "Holds at 25%: 60 of 100 requests of this step." in page
    assert "Success drop, steps back above" in page
    assert "0.00 points now" in page
    assert "Step to 50% now" in page
    assert "Back to the control" in page


def test_a_canary_that_fails_says_so_before_it_steps_back(editor, canary):
    control, candidate = arms(canary)
    recorded(control, 180)
    recorded(candidate, 60, failures=50)

    page = shown(editor, canary)

    assert "Stepped back. Success drop: +83.33 points" in page
    assert "+83.33 points now" in page


def test_at_the_last_step_all_of_its_time_counts(editor, canary):
    control, candidate = arms(canary)
    recorded(control, 120)
    recorded(candidate, 120)
    Experiment.objects.filter(pk=canary.pk).update(
        step_index=2, step_started_at=timezone.now()
    )

    page = shown(editor, canary)

    assert "last step" in page
    assert "Split over several steps" in page
    assert "240 requests" in page


def test_a_month_on_the_candidate_is_told_from_real_requests(editor, split, lab):
    control, candidate = arms(split)
    since = timezone.now() - datetime.timedelta(days=6)
    begun(split, days=6)
    recorded(control, 200, since=since, minutes=40, usd="0.01")
    recorded(candidate, 200, since=since, minutes=40, usd="0.001")
    rolled_up(lab.organization)

    page = shown(editor, split)

    assert "Cost per month" in page
    assert "not enough data" not in page


def test_requests_that_the_client_left_count_for_nobody(editor, split):
    control, candidate = arms(split)
    recorded(control, 100)
    recorded(candidate, 100)
    left = UsageRecord.objects.filter(arm_id=candidate.pk)[:10]
    for row in left:
        row.outcome, row.answered = "cancelled", False
        row.save(update_fields=["outcome", "answered"])

    told = editor.get(f"/experiments/{split.slug}/readings.json").json()

    assert [one["requests"] for one in told["results"]["arms"]] == [100, 90]


def test_readings_are_taken_away_as_csv_and_json(editor, split):
    control, candidate = arms(split)
    recorded(control, 100, failures=1)
    recorded(candidate, 100)

    lines = editor.get(f"/experiments/{split.slug}/readings.csv").content.decode()
    told = json.loads(editor.get(f"/experiments/{split.slug}/readings.json").content)

    header, first, second = lines.splitlines()
    assert header.startswith("arm,model,is_control,planned_percent,requests,successes")
    assert first.startswith("control,openai/steady,True,50.0,100,99,0.99")
    assert second.startswith("b,openai/bold,False,50.0,100,100,1.0")
    assert told["state"] == "running"
    assert told["results"]["arms"][1]["against_control"]["success"]["value"] == (
        pytest.approx(0.01)
    )


def test_another_ending_is_not_there(editor, split):
    assert editor.get(f"/experiments/{split.slug}/readings.xml").status_code == 404


def test_readings_of_others_are_not_there(stranger, split):
    assert stranger.get(split.get_absolute_url()).status_code == 404
    assert stranger.get(f"/experiments/{split.slug}/readings.csv").status_code == 404


def test_a_viewer_sees_it_and_can_change_nothing(client, lab, split):
    person = MembershipFactory(organization=lab.organization, role=Role.VIEWER).user
    client.force_login(person)

    page = client.get(split.get_absolute_url()).content.decode()

    assert "Stop, keep control" not in page
    assert client.post(f"/experiments/{split.slug}/stop/").status_code == 403


def test_a_fragment_is_what_changes_alone(editor, split):
    headers = {"HX-Request": "true", "HX-Target": "experiment-readings"}

    page = editor.get(split.get_absolute_url(), headers=headers).content.decode()

    assert "<html" not in page
    assert "Arms" in page


def test_a_finished_experiment_keeps_what_it_found(editor, lab, split):
    control, candidate = arms(split)
    recorded(control, 100)
    recorded(candidate, 100)
    editor.post(f"/experiments/{split.slug}/promote/", {"arm": "b"})

    with time_machine.travel(timezone.now() + datetime.timedelta(days=40), tick=False):
        editor.force_login(lab.user)
        page = shown(editor, split)

    assert "200 requests" in page
    assert "bold promoted" in page


def test_a_fragment_brings_the_head_only_where_the_experiment_changed(editor, split):
    headers = {"HX-Request": "true", "HX-Target": "experiment-readings"}
    url = split.get_absolute_url()

    same = editor.get(url, {"version": split.version}, headers=headers)
    older = editor.get(url, {"version": split.version - 1}, headers=headers)

    assert "hx-swap-oob" not in same.content.decode()
    assert 'id="experiment-head" hx-swap-oob="true"' in older.content.decode()


def test_units_in_several_arms_are_each_counted_once(editor, lab):
    third = lab.another_model(model_name="third")
    candidates = [half(lab.candidate, 30), half(third, 20)]
    one = begun(lab.started(name="Three", candidates=candidates))
    for arm in one.arms.all():
        recorded(arm, 40, unit_hash=None)
        recorded(arm, 1, unit_hash=7)

    assert "1 of 121 users" in shown(editor, one)


def test_the_page_says_how_much_users_who_ask_often_tell(editor, split):
    control, candidate = arms(split)
    for arm in (control, candidate):
        for unit in range(40):
            recorded(arm, 10, unit_hash=1_000 * arm.pk + unit, minutes=0.1)

    page = shown(editor, split)

    assert "Requests of one user are not independent of each other: 800 tell" in page
    told = editor.get(f"/experiments/{split.slug}/readings.json").json()
    assert told["results"]["arms"][0]["requests_as_one"] > 3


def test_the_cost_of_a_canary_is_that_which_its_rules_go_by(editor, lab):
    one = begun(lab.canary(name="Capped", steps=[50, 100], cost_cap_usd=Decimal(9)))
    control, candidate = arms(one)
    since = one.step_started_at + datetime.timedelta(minutes=1)
    recorded(control, 50, since=since)
    recorded(candidate, 50, since=since)

    page = shown(editor, one)

    spent = readings_between(
        one, [control, candidate], one.started_at, timezone.now()
    ).spent_usd
    assert f"${spent:,.2f} since the start" in page
